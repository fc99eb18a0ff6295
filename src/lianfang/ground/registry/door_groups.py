"""What of a grid can be given to another one, as somebody at a desk chooses it: its buildings and their entrances.

Where the tree of areas has them, they are chosen as areas and hang under the new grid afterwards; elsewhere by a line
of a list, which holds exactly the doors that are counted beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry.door_lists import holds, read_line
from lianfang.ground.registry.redrawing import FoundDoor, doors_of
from lianfang.ground.registry.rules import estate_and_number
from lianfang.ground.registry.terms import DoorGroup, DoorSpan
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import Area


def door_groups(grid: AreaId, on: date) -> list[DoorGroup]:
    """In walking order, each followed by its entrances, if it has several."""
    doors = doors_of(grid)
    behind: dict[AreaId, list[FoundDoor]] = defaultdict(list)
    for door in doors:
        behind[door.area].append(door)
    found = [group for child in areas.children(grid, on) for group in _of_area(child, behind, on)]
    return [*found, *_of_lines(behind.get(grid, []), doors)]


def _of_area(area: Area, behind: dict[AreaId, list[FoundDoor]], on: date, within: str = "") -> Iterator[DoorGroup]:
    doors = [door for each in areas.subtree(area.id, on) for door in behind.get(each, [])]
    name = f"{within} {area.name}".strip()
    yield _group(name, doors, area=area.id, depth=1 if within else 0)
    inner = areas.children(area.id, on)
    for child in inner if len(inner) > 1 and not within else ():
        yield from _of_area(child, behind, on, within=area.name)


def _of_lines(doors: Sequence[FoundDoor], all_doors: Sequence[FoundDoor]) -> Iterator[DoorGroup]:
    """Doors that hang on the grid itself, by the building that their own text names."""
    by_building: dict[str, list[FoundDoor]] = defaultdict(list)
    for door in doors:
        by_building[door.key.split("-", 2)[0]].append(door)
    for building, inside in by_building.items():
        line = _line(building)
        yield _group(line or building or inside[0].shown, inside, line=_exact(line, inside, all_doors))
        entrances = Counter(_entrance(door) for door in inside)
        for entrance in sorted(entrances) if len(entrances) > 1 and all(entrances) else ():
            some = [door for door in inside if _entrance(door) == entrance]
            line_in = f"{line}{entrance}单元"
            yield _group(line_in, some, line=_exact(line_in, some, all_doors), depth=1)


def _line(building: str) -> str:
    name, number = estate_and_number(building)
    return f"{name}{number}幢" if number else name


def _entrance(door: FoundDoor) -> str:
    return door.key.split("-", 2)[1]


def _exact(line: str, doors: Iterable[FoundDoor], all_doors: Sequence[FoundDoor]) -> str:
    """The line, if it says these doors and no others; else nothing, and they can only be chosen by a list."""
    span: DoorSpan | None = read_line(line)
    if span is None or span == DoorSpan():
        return ""
    meant = {door.id for door in all_doors if holds(span, door.key)}
    return line if meant == {door.id for door in doors} else ""


def _group(
    name: str, doors: Sequence[FoundDoor], *, area: AreaId | None = None, line: str = "", depth: int = 0
) -> DoorGroup:
    homes = sum(len(door.homes) for door in doors)
    return DoorGroup(name, area, line, depth, len(doors), homes, sum(door.people for door in doors))
