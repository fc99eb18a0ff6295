"""What every proof is given: its size, and a place to say what it found."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Say = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.proof)


@pytest.fixture
def size() -> Callable[[int, int], int]:
    """`size(20, 1000)`: the first by default, the second with `./lf proof --full`."""
    return lambda usual, full: full if os.environ.get("LIANFANG_PROOF") == "full" else usual


@pytest.fixture
def proof(repository: Path) -> Say:
    """Say in one line what was done and found: `proof("P1", "kill -9 of the server", size=20, lost=0)`."""

    def say(promise: str, what: str, *, size: int, **found: Any) -> None:
        line = {"promise": promise, "what": what, "size": size, "found": found}
        out = repository / "out" / "proof.jsonl"
        out.parent.mkdir(exist_ok=True)
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    return say
