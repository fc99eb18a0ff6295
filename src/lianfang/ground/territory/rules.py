"""What a tree may look like, and what is wrong with a table of one. Pure.

Depth is data (seed 0: 街道-工作片-村社; seed 2: five levels), but not everything may stand under everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from lianfang.ground.territory.terms import (
    Area,
    AreaKind,
    EstateGap,
    EstateKind,
    Node,
    OrganisationKind,
    Post,
    RowProblem,
    Span,
    Tree,
    TreeRow,
)

_K = AreaKind

# One compound may be many grids (seed 2: 30,000 residents) and one grid several compounds, so each may hold the other.
MAY_HOLD: Mapping[AreaKind, frozenset[AreaKind]] = {
    _K.DIVISION: frozenset({_K.DIVISION, _K.SUBDISTRICT}),
    _K.SUBDISTRICT: frozenset({_K.SECTOR, _K.COMMUNITY, _K.VILLAGE}),
    _K.SECTOR: frozenset({_K.COMMUNITY, _K.VILLAGE}),
    _K.COMMUNITY: frozenset({_K.ESTATE, _K.GRID}),
    _K.VILLAGE: frozenset({_K.ESTATE, _K.GRID}),
    _K.ESTATE: frozenset({_K.GRID, _K.BUILDING}),
    _K.GRID: frozenset({_K.ESTATE, _K.BUILDING, _K.ENTRANCE}),
    _K.BUILDING: frozenset({_K.ENTRANCE}),
    _K.ENTRANCE: frozenset(),
}
BELOW_A_GRID = frozenset({_K.BUILDING, _K.ENTRANCE})
LARGER_THAN_A_GRID = frozenset(MAY_HOLD) - BELOW_A_GRID - {_K.GRID}
DEEPEST = 20


def may_hold(tree: Tree, parent: str, child: str) -> bool:
    """May a node of this kind stand under one of that kind? Organisations nest freely."""
    return tree is Tree.ORGANISATIONS or AreaKind(child) in MAY_HOLD[AreaKind(parent)]


def kinds_of(tree: Tree) -> type[AreaKind] | type[OrganisationKind]:
    """The kinds of a tree."""
    return AreaKind if tree is Tree.AREAS else OrganisationKind


def estate_gaps(area: Area, *, outlined: bool) -> list[EstateGap]:
    """What is missing of an estate, gravest first."""
    gaps = {
        EstateGap.NO_PROPERTY_COMPANY: area.no_property_company,
        EstateGap.KIND_UNKNOWN: area.estate_kind is None,
        EstateGap.GATES_UNKNOWN: area.gates is None and area.estate_kind is not EstateKind.OPEN_STREET,
        EstateGap.NO_OUTLINE: not outlined,
    }
    return [gap for gap, is_there in gaps.items() if is_there and area.kind is _K.ESTATE]


def first_day_without(area: Area, on: date) -> date:
    """When an area that ends today is gone: what only began today, or was renamed today, has this one day."""
    return on + timedelta(days=1) if area.valid_from == on else on


def windows_overlap(one: tuple[datetime, datetime | None], other: tuple[datetime, datetime | None]) -> bool:
    """Do two half-open windows share an instant?"""
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])


def post_on(looks: Sequence[Post], on: date) -> Post | None:
    """A post as it is on a day; None before there was one."""
    return max((look for look in looks if look.since <= on), key=lambda look: look.since, default=None)


def seats_on(looks: Sequence[Post], on: date) -> int:
    """How many are wanted on a day."""
    look = post_on(looks, on)
    return look.wanted if look else 0


def overfull_on(looks: Sequence[Post], held: Sequence[Span], within: Span) -> date | None:
    """The first of these days on which more hold the post than are wanted."""
    days = (day for day in _days_of_change(looks, held, within.starts_on) if within.holds(day))
    return next((day for day in days if _count(held, day) > seats_on(looks, day)), None)


def vacancy(looks: Sequence[Post], held: Sequence[Span], on: date) -> tuple[date, date | None, int] | None:
    """From which day on, not before `on`, seats stand empty, until when, and how many on the first of these days."""
    empty = {day: seats_on(looks, day) - _count(held, day) for day in _days_of_change(looks, held, on)}
    first = next((day for day, seats in empty.items() if seats > 0), None)
    if first is None:
        return None
    return first, next((day for day, seats in empty.items() if day > first and seats <= 0), None), empty[first]


def _count(held: Iterable[Span], on: date) -> int:
    return sum(1 for span in held if span.holds(on))


def _days_of_change(looks: Sequence[Post], held: Sequence[Span], on: date) -> list[date]:
    """A day, and every later one on which somebody comes or goes or another number is wanted."""
    days = {
        on,
        *(look.since for look in looks),
        *(day for span in held for day in (span.starts_on, span.ends_on) if day),
    }
    return sorted(day for day in days if day >= on)


class Standing(msgspec.Struct, frozen=True):
    """A node we know already, as far as checking a table needs it."""

    node: Node
    parent_code: str | None = None
    ended_on: date | None = None


def check_rows(
    rows: Sequence[TreeRow],
    *,
    tree: Tree,
    known: Mapping[str, Standing],
    areas: Mapping[str, UUID] = {},
    partial: bool = False,
) -> list[RowProblem]:
    """Everything wrong with a table of a tree, in the order of its rows: the clerk mends all of it at once.

    Of a `partial` table rows are missing that could not be read; what may only be for want of them is not held against
    it.
    """
    problems = [*_repeated_codes(rows)]
    kinds = {code: standing.node.kind for code, standing in known.items()} | {r.code: r.kind for r in rows}
    for row in rows:
        problems += _check_row(row, tree=tree, known=known, kinds=kinds, areas=areas)
    if partial:
        return [p for p in problems if p.code not in ("territory.parent_unknown", "territory.area_unknown")]
    if not problems:
        problems += _check_chains(rows, tree=tree, known=known)
    return sorted(problems, key=lambda p: p.row)


def parents_first(rows: Iterable[TreeRow]) -> list[TreeRow]:
    """The same rows, every parent before its children, otherwise in their own order. They passed `check_rows`."""
    by_code = {row.code: row for row in rows}
    placed: dict[str, TreeRow] = {}
    for row in by_code.values():
        chain = []
        at: TreeRow | None = row
        while at is not None and at.code not in placed:
            chain.append(at)
            at = by_code.get(at.parent or "")
        placed.update((each.code, each) for each in reversed(chain))
    return list(placed.values())


def _repeated_codes(rows: Sequence[TreeRow]) -> Iterable[RowProblem]:
    first: dict[str, int] = {}
    for row in rows:
        if row.code and row.code in first:
            details: dict[str, str | int] = {"value": row.code, "first": first[row.code]}
            yield RowProblem(row.row, "code", "territory.code_twice", details)
        first.setdefault(row.code, row.row)


def _check_row(
    row: TreeRow, *, tree: Tree, known: Mapping[str, Standing], kinds: Mapping[str, str], areas: Mapping[str, UUID]
) -> Iterable[RowProblem]:
    standing = known.get(row.code)
    if standing is not None and standing.node.kind != row.kind:
        yield RowProblem(row.row, "kind", "territory.kind_cannot_change", {"value": row.code})
    if standing is not None and standing.ended_on is not None:
        yield RowProblem(row.row, "code", "territory.code_of_an_ended_area", {"value": row.code})
    if row.parent is not None and row.parent not in kinds:
        yield RowProblem(row.row, "parent", "territory.parent_unknown", {"value": row.parent})
    elif row.parent is not None and not may_hold(tree, kinds[row.parent], row.kind):
        yield RowProblem(row.row, "parent", "territory.may_not_hold", {"parent": kinds[row.parent], "kind": row.kind})
    elif row.parent is None and tree is Tree.AREAS and row.kind not in (_K.DIVISION, _K.SUBDISTRICT):
        yield RowProblem(row.row, "parent", "territory.parent_missing", {"value": row.name})
    if row.area is not None and row.area not in areas:
        yield RowProblem(row.row, "area", "territory.area_unknown", {"value": row.area})


def _check_chains(rows: Sequence[TreeRow], *, tree: Tree, known: Mapping[str, Standing]) -> Iterable[RowProblem]:
    """No node above itself; every building in a grid, and no grid in a grid."""
    parent = {code: s.parent_code for code, s in known.items()} | {r.code: r.parent for r in rows}
    kind = {code: s.node.kind for code, s in known.items()} | {r.code: r.kind for r in rows}
    for row in rows:
        above = _chain(row.code, parent)
        if above is None:
            yield RowProblem(row.row, "parent", "territory.above_itself", {"value": row.code})
        elif tree is Tree.AREAS and row.kind in BELOW_A_GRID and not any(kind[code] == _K.GRID for code in above):
            yield RowProblem(row.row, "parent", "territory.no_grid_above", {"value": row.code})
        elif tree is Tree.AREAS and row.kind == _K.GRID and any(kind[code] == _K.GRID for code in above):
            yield RowProblem(row.row, "parent", "territory.grid_in_grid", {"value": row.code})


def _chain(code: str, parent: Mapping[str, str | None]) -> list[str] | None:
    """The codes above one, or None when it stands above itself (or deeper than any real tree)."""
    above: list[str] = []
    at = parent[code]
    while at is not None:
        above.append(at)
        if at == code or len(above) > DEEPEST:
            return None
        at = parent[at]
    return above
