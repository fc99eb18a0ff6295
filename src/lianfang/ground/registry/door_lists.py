"""Lists of doors as an office writes them down when a grid is split: 1-6幢, 锦绣园3幢2单元, 前街, 前街1-59号. Pure.

Which part of a split grid a door falls to is worked out here alone: when the grid is split, and for whatever a phone
that was offline brings afterwards (`vectors.json` holds the cases).
"""

import re
from collections.abc import Sequence

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry.rules import estate_and_number, read_door
from lianfang.ground.registry.terms import DoorSpan, RedrawnRef

_RANGE = re.compile(r"^(?P<name>.*?)(?P<first>\d+)[–—~～至到-](?P<last>\d+)(?P<sign>号楼|[幢栋棟号])$")


def holds(span: DoorSpan, key: str) -> bool:
    """Is this door on the list?"""
    building, entrance, room = [*key.split("-", 2), "", ""][:3]
    name, number = estate_and_number(building)
    return (
        (not span.name or span.name in (name, building))
        and (span.buildings is None or _between(number, *span.buildings))
        and (not span.entrance or entrance == span.entrance)
        and (span.rooms is None or ((not number or span.buildings is not None) and _between(room, *span.rooms)))
    )


def read_line(text: str) -> DoorSpan | None:
    """One line of a list, or None when no door can be read from it."""
    text = "".join(text.split())
    if found := _RANGE.match(text):
        ends = (found["first"], found["last"])
        if int(ends[0]) > int(ends[1]):
            return None
        if found["sign"] == "号" and found["name"]:
            return DoorSpan(found["name"].lower(), rooms=ends)
        return DoorSpan(found["name"].lower(), buildings=ends)
    door = read_door(text)
    if door is None:
        return None
    building, entrance, room = door.key.split("-", 2)
    name, number = estate_and_number(building)
    return DoorSpan(name, (number, number) if number else None, entrance, (room, room) if room else None)


def parts_of(key: str, parts: Sequence[Sequence[DoorSpan]]) -> list[int]:
    """Which parts claim a door: one, if the lists are good; none, and it falls to the rest; several is a mistake."""
    return [no for no, spans in enumerate(parts) if any(holds(span, key) for span in spans)]


def grid_of(redrawn: RedrawnRef, key: str) -> AreaId:
    """Where a door of a grid that was redrawn has gone."""
    found = parts_of(key, [spans for _, spans in redrawn.lists])
    return redrawn.lists[found[0]][0] if found else redrawn.rest


def _between(text: str, first: str, last: str) -> bool:
    number = re.match(r"\d+", text)
    if first == last or not number or not first.isdigit():
        return text == first or (text.split("-")[0] == first and first.isdigit())
    return int(first) <= int(number[0]) <= int(last)
