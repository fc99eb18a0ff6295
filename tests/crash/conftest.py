"""What every proof is given: its size, and a place to say what it found. Which proofs run this time is decided here."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Say = Callable[..., None]

HERE = Path(__file__).parent
ROTATE = 3  # of the proofs marked `rotates` every third runs; the commit decides which
_OUTCOME = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.proof)
    not_now = {*_done_before(ours), *_not_their_turn(ours)}
    if not_now:
        config.hook.pytest_deselected(items=list(not_now))
        items[:] = [item for item in items if item not in not_now]


def _done_before(items: list[pytest.Item]) -> list[pytest.Item]:
    """What a full run that was broken off has proved already."""
    done = os.environ.get("LIANFANG_PROOF_DONE")
    known = set(Path(done).read_text("utf-8").splitlines()) if done and Path(done).is_file() else set()
    return [item for item in items if item.nodeid in known]


def _not_their_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    turn = os.environ.get("LIANFANG_PROOF_TURN")
    if not turn or os.environ.get("LIANFANG_PROOF") == "full":
        return []
    rotating = sorted((item for item in items if item.get_closest_marker("rotates")), key=lambda item: item.nodeid)
    return [item for number, item in enumerate(rotating) if number % ROTATE != int(turn) % ROTATE]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_OUTCOME] = not report.failed
        done = os.environ.get("LIANFANG_PROOF_DONE")
        if done and report.passed:
            with Path(done).open("a", encoding="utf-8") as file:
                file.write(f"{item.nodeid}\n")
    return report


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach as well: pytest closes its own to everybody else at each start."""
    with tempfile.TemporaryDirectory(prefix="lianfang-crash-", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def size() -> Callable[[int, int], int]:
    """`size(20, 1000)`: the first by default, the second with `./lf proof --full`."""
    return lambda usual, full: full if os.environ.get("LIANFANG_PROOF") == "full" else usual


@pytest.fixture
def skipped(proof: Say) -> Callable[[str, str, str], None]:
    """Say loudly that a proof could not be given here: a line in the table, and a skip."""

    def say(promise: str, what: str, why: str) -> None:
        proof(promise, what, size=0, SKIPPED=why)
        pytest.skip(why)

    return say


@pytest.fixture
def proof(request: pytest.FixtureRequest, repository: Path) -> Iterator[Say]:
    """Say in one line what was done and found: `proof("P1", "kill -9 of the server", size=20, lost=0)`.

    The line is written when the test has ended, with whether it held.
    """
    lines: list[dict[str, Any]] = []

    def say(promise: str, what: str, *, size: int, **found: Any) -> None:
        lines.append({"promise": promise, "what": what, "size": size, "found": found})

    yield say
    given = os.environ.get
    also = {
        "held": request.node.stash.get(_OUTCOME, False),
        "full": given("LIANFANG_PROOF") == "full",
        "at": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": given("LIANFANG_PROOF_COMMIT", ""),
        "machine": given("LIANFANG_PROOF_MACHINE", ""),
    }
    out = Path(given("LIANFANG_PROOF_LINES") or repository / "out" / "proof.jsonl")
    out.parent.mkdir(exist_ok=True)
    with out.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line | also, ensure_ascii=False) + "\n" for line in lines)
