"""Pages of the register's long lists: 135,005 rows page, sort and filter without waiting.

A page is counted and found in indexes that hold all it takes, and only then are its own rows read. Whole lists are
not counted but looked up (registry_gridcount). What stands in an order of its own (the grids one after the other, those
whose pinyin begins so before those whose initials do) is a stretch: a page skips stretches by their counts.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry.reading import as_id, count, limits, marks, query
from lianfang.ground.registry.search import EVERYBODY, Meaning, Where, any_of, living_there

_OF_RESIDENTS = "registry_resident r"
_OF_HOUSEHOLDS = "registry_household h"
_WITH_HOMES = f"{_OF_RESIDENTS} JOIN {_OF_HOUSEHOLDS} ON h.id = r.household_id"
_BY_HOMES = f"{_OF_HOUSEHOLDS} CROSS JOIN {_OF_RESIDENTS}"  # so written SQLite begins with the households
_LIVES_THERE = "r.household_id = h.id"
_ORDERS = {
    "name": ("r.name_key", "r.id"),
    "pinyin": ("r.pinyin", "r.id"),
    "initials": ("r.initials", "r.pinyin", "r.id"),
    "age": ("r.born_on", "r.id"),
    "door": ("h.grid_id", "h.walk", "h.id", "r.id"),
}
_HOME_ORDERS = {"door": ("h.grid_id", "h.walk", "h.id"), "people": ("h.people", "h.id")}
_MUCH = 8  # from an eighth of the register on it is quicker to walk along the order than from grid to grid


class Scope:
    """The grids that somebody may see, or has asked for, out of all in which anybody is listed."""

    def __init__(self, grids: Sequence[AreaId]) -> None:
        rows = query("SELECT grid_id, households, residents FROM registry_gridcount WHERE households > 0", [])
        listed = {as_id(grid): (households, residents) for grid, households, residents in rows}
        self.grids = [grid for grid in grids if grid in listed]
        self.households = {grid: listed[grid][0] for grid in self.grids}
        self.residents = {grid: listed[grid][1] for grid in self.grids}
        self._is_whole = len(self.grids) == len(listed)
        self._is_much = sum(self.residents.values()) * _MUCH > sum(residents for _, residents in listed.values())

    def of(self, table: str, where: Where) -> tuple[str, list[Any]]:
        """The condition inside these grids only."""
        inside, grids = "", list[Any](self.grids)
        if not grids:
            return "1 = 0", []
        if self._is_whole:
            inside, grids = "1 = 1", []
        else:
            inside = f"{table}.grid_id IN ({marks(grids)})"
            if self._is_much:  # said so that no database begins with the grids
                inside = f"CASE WHEN {inside} THEN 1 ELSE 0 END = 1"
        return (f"{where.sql} AND {inside}" if where.sql else inside), [*where.params, *grids]


class Stretch(NamedTuple):
    """A part of a list that has an order of its own."""

    tables: str
    where: str
    params: list[Any]
    order: str
    rows: int | None = None  # where that is known without counting


class Found(NamedTuple):
    """The ids of one page, in order, and how long the whole list is."""

    ids: list[Any]
    total: int


def residents(meanings: Iterable[Meaning], scope: Scope, *, sort: str, page: int, page_size: int) -> Found:
    """A page of the people that the words mean: by the first of their meanings that means anybody."""
    by, backwards = _direction(sort, _ORDERS)
    readings = (_stretches_of_residents(meaning, scope, by, backwards) for meaning in meanings)
    return _first(readings, "r.id", *limits(page, page_size))


def households(meanings: Iterable[Meaning], scope: Scope, *, sort: str, page: int, page_size: int) -> Found:
    """The same of households."""
    by, backwards = _direction(sort, _HOME_ORDERS)
    readings = (_stretches_of_homes(meaning, scope, by, backwards) for meaning in meanings)
    return _first(readings, "h.id", *limits(page, page_size))


def _direction(sort: str, orders: dict[str, tuple[str, ...]]) -> tuple[str, bool]:
    """(by what, backwards); what is offered nowhere is no order. The youngest were born last."""
    by = sort.removeprefix("-")
    return (by, sort.startswith("-") != (by == "age")) if by in orders else ("", False)


def _stretches_of_residents(meaning: Meaning, scope: Scope, by: str, backwards: bool) -> list[Stretch]:
    if meaning == (EVERYBODY,):
        return _stretches_of_everybody(scope, by or "name", backwards)
    if len(meaning) == 1:
        return [_stretch(meaning[0], scope, by or meaning[0].order, backwards)]
    parts = [_stretch(where, scope, where.order) for where in meaning]
    if not by:
        return parts
    rows = sum(_count(part) for part in parts)
    return [_stretch(any_of(meaning), scope, by, backwards)._replace(rows=rows)]


def _stretches_of_everybody(scope: Scope, by: str, backwards: bool) -> list[Stretch]:
    if by == "door":
        return _grid_by_grid(_BY_HOMES, _LIVES_THERE, scope.residents, _ORDERS["door"], backwards)
    rows = sum(scope.residents.values())
    if by != "age":
        return [_stretch(EVERYBODY, scope, by, backwards)._replace(rows=rows)]
    unknown = _stretch(Where("r.born_on IS NULL", []), scope, "age")._replace(order="r.id")
    unknown = unknown._replace(rows=_count(unknown))
    known = _stretch(Where("r.born_on IS NOT NULL", []), scope, "age")
    order = _ordered(_ORDERS["age"], backwards)  # just as the index has it
    return [known._replace(order=order, rows=rows - (unknown.rows or 0)), unknown]


def _stretch(where: Where, scope: Scope, by: str, backwards: bool = False) -> Stretch:
    order = _ordered(_ORDERS[by], backwards)
    if by == "age":  # whose birthday nobody knows comes last, whichever way one looks
        order = f"r.born_on IS NULL, {order}"
    if where.of_homes:
        condition, params = scope.of("h", where)
        return Stretch(_BY_HOMES, f"{_LIVES_THERE} AND {condition}", params, order)
    tables = _WITH_HOMES if by == "door" else _OF_RESIDENTS
    return Stretch(tables, *scope.of("r", where), order)


def _stretches_of_homes(meaning: Meaning, scope: Scope, by: str, backwards: bool) -> list[Stretch]:
    where = living_there(meaning)
    if where == EVERYBODY and by != "people":
        return _grid_by_grid(_OF_HOUSEHOLDS, "1 = 1", scope.households, _HOME_ORDERS["door"], backwards)
    rows = sum(scope.households.values()) if where == EVERYBODY else None
    return [Stretch(_OF_HOUSEHOLDS, *scope.of("h", where), _ordered(_HOME_ORDERS[by or "door"], backwards), rows)]


def _grid_by_grid(
    tables: str, where: str, counts: dict[AreaId, int], order: Sequence[str], backwards: bool
) -> list[Stretch]:
    """In walking order, and in the order of the grids."""
    within = _ordered(order[1:], backwards)
    grids = sorted(counts, reverse=backwards)
    return [Stretch(tables, f"{where} AND h.grid_id = %s", [grid], within, counts[grid]) for grid in grids]


def _ordered(columns: Sequence[str], backwards: bool) -> str:
    return ", ".join(f"{column} DESC" if backwards else column for column in columns)


def _first(readings: Iterable[list[Stretch]], id: str, size: int, start: int) -> Found:
    found = Found([], 0)
    for stretches in readings:
        found = _walk(stretches, id, size, start)
        if found.total:
            break
    return found


def _walk(stretches: Sequence[Stretch], id: str, size: int, start: int) -> Found:
    """Skip whole stretches by their counts, and take the rows of the page from those it lies in."""
    ids, total = list[Any](), 0
    for stretch in stretches:
        rows = _count(stretch) if stretch.rows is None else stretch.rows
        begin = max(0, start - total)
        if begin < rows and len(ids) < size:
            ids += _ids(stretch, id, size - len(ids), begin)
        total += rows
    return Found(ids, total)


def _count(stretch: Stretch) -> int:
    return count(f"SELECT COUNT(*) FROM {stretch.tables} WHERE {stretch.where}", stretch.params)


def _ids(stretch: Stretch, id: str, size: int, begin: int) -> list[Any]:
    sql = f"SELECT {id} FROM {stretch.tables} WHERE {stretch.where} ORDER BY {stretch.order} LIMIT %s OFFSET %s"
    return [row[0] for row in query(sql, [*stretch.params, size, begin])]
