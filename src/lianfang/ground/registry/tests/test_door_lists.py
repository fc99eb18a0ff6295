"""Lists of doors as an office writes them down: which doors a line means."""

import json
from pathlib import Path
from typing import Any

import pytest

from lianfang.ground.registry.door_lists import holds, parts_of, read_line

VECTORS = json.loads((Path(__file__).parents[1] / "vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["door_lists"], ids=lambda case: case["case"])
def test_a_line_of_a_list(case: dict[str, Any]) -> None:
    line = read_line(case["line"])
    assert (line and {key: holds(line, key) for key in case["holds"]}) == case["holds"]


def test_a_door_on_two_lists_is_claimed_twice_and_one_on_none_by_nobody() -> None:
    lists = [[line for text in texts if (line := read_line(text))] for texts in (["1-3幢"], ["3幢", "前街"])]
    assert [parts_of(key, lists) for key in ("1-1-101", "3-1-101", "前街--7", "9-1-101")] == [[0], [0, 1], [1], []]
