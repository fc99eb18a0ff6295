"""The register as work 底册质量: what is to be looked at, by area and row by row; how complete it is; who lives here.

Counts are of the viewer's own areas and name nobody; rows are masked and noted like every look at people.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, ResidentId
from lianfang.foundation.kernel.masks import mask_name
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.plumbing import walls
from lianfang.ground.access import actions as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.registry import queries
from lianfang.ground.registry.figures import Expectation, expected_in, figures_in
from lianfang.ground.registry.flaws_sql import HOMES, PEOPLE, Cut, counted, cuts, rows_in
from lianfang.ground.registry.listing import Scope
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.quality import CONCERNS, OF_PEOPLE, Concern, Figures, Flaw
from lianfang.ground.registry.reading import MOST_ROWS, as_day, as_id, limits, query
from lianfang.ground.registry.terms import ResidenceKind, Slice
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind

UNKNOWN = "unknown"  # how somebody lives here was never said
_EVERY_HOME = Cut(HOMES, "1 = 1", [])
DAY = timedelta(days=1)
HOMES_KNOWN, HOMES_PEOPLED, PEOPLE_LISTED = "homes", "peopled", "people"


class AreaNamed(msgspec.Struct, frozen=True):
    """An area as a row names it."""

    id: AreaId
    kind: AreaKind
    name: str


class FlawCounts(msgspec.Struct, frozen=True):
    """How much there is to look at in an area, by flaw; none is left out."""

    area: AreaNamed
    homes: int
    people: int
    flaws: dict[Flaw, int]


class FlawSummary(msgspec.Struct, frozen=True):
    """What there is to look at below an area, and by which figures."""

    area: AreaNamed
    on: date
    figures: Figures
    total: dict[Flaw, int]
    rows: list[FlawCounts]


class FlawRow(msgspec.Struct, frozen=True):
    """One thing to look at: whose, where, masked."""

    id: str  # of the row, not of anybody
    flaw: Flaw
    concern: Concern
    household: HouseholdId
    resident: ResidentId | None
    grid: AreaId
    place: str
    door: str
    name: str
    confirmed_on: date | None


class Completeness(msgspec.Struct, frozen=True):
    """How complete the register is in an area. `expected` None: nobody handed in a count, and the register's own homes
    are what is expected.
    """

    area: AreaNamed
    expected: Expectation | None
    homes: int  # on the register and not struck
    peopled: int  # of these with somebody listed
    empty: int  # of these without, and the last visit said that it is empty
    people: int
    due: int  # how many there should be
    reached: int  # of which it is known who lives there, or that nobody does
    named: int  # on the register, and nobody known: each has a door
    unlisted: int  # should be there and are not on the register: a number without a door


class CompletenessReport(msgspec.Struct, frozen=True):
    """The same for an area and those below it."""

    on: date
    total: Completeness
    rows: list[Completeness]


class ResidenceCounts(msgspec.Struct, frozen=True):
    """How people live in an area: by kind of residence."""

    area: AreaNamed
    people: int
    kinds: dict[str, int]


class ResidenceReport(msgspec.Struct, frozen=True):
    """The same for an area and those below it."""

    on: date
    total: ResidenceCounts
    rows: list[ResidenceCounts]


class _Place(NamedTuple):
    """Where is asked: an area on a day, its grids, and those it had that have ended and still hold somebody."""

    area: AreaId
    on: date
    grids: list[AreaId]
    ended: dict[AreaId, date]  # the last day of each
    mine: list[AreaId]  # all grids of the viewer


# --- what is to be looked at -----------------------------------------------------------------------------------------


def flaw_summary(*, viewer: Viewer, area: AreaId | None = None) -> FlawSummary:
    """How much there is to look at below an area: numbers, nobody in particular."""
    place = _place(viewer, area)
    figures = figures_in(territory.lineage(place.area, place.on), place.on)
    by_grid = _flaws_by_grid(place, figures, viewer, tuple(Flaw))
    sizes = counted(_SIZES, Scope(place.grids))
    rows = [
        FlawCounts(
            _name(one),
            _sum(sizes, grids, HOMES_KNOWN),
            _sum(sizes, grids, PEOPLE_LISTED),
            _sums(by_grid, grids),
        )
        for one, grids in _below(place)
    ]
    named = _name(territory.area_on(place.area, place.on))
    return FlawSummary(named, place.on, figures, _sums(by_grid, by_grid), rows)


def flaw_rows(
    *,
    viewer: Viewer,
    area: AreaId | None = None,
    flaws: Sequence[Flaw] = (),
    page: int = 1,
    page_size: int = 50,
    how: Looked = Looked.LISTED,
    reason: str | None = None,
) -> Slice:
    """What is to be looked at, in walking order, grid by grid; of these kinds only, if any are named."""
    place = _place(viewer, area)
    figures = figures_in(territory.lineage(place.area, place.on), place.on)
    wanted = tuple(flaws) or tuple(Flaw)
    by_grid = _flaws_by_grid(place, figures, viewer, wanted)
    these = {**cuts(figures, place.on, place.mine), Flaw.GRID_ENDED: _EVERY_HOME}
    size, start = limits(page, page_size)
    names, rows = _Names(place.on), list[FlawRow]()
    for grid, flaw, most, skip in _stretches(by_grid, wanted, size, start):
        with _wall_of(grid, place, viewer):
            rows += [_flaw_row(flaw, row, names) for row in rows_in(these[flaw], grid, most=most, skip=skip)]
    if rows:
        access.disclose(
            viewer=viewer,
            what="registry.flaws",
            purpose=Purpose.REGISTER_UPKEEP,
            area=place.area,
            subjects=sorted({row.resident or row.household for row in rows}),
            permission=Permission.READ,
            how=how,
            reason=reason,
        )
    return Slice(list(rows), sum(sum(counts.values()) for counts in by_grid.values()))


def where(*, viewer: Viewer, area: AreaId | None) -> AreaId:
    """The area that is meant: named, or the viewer's own."""
    return _place(viewer, area).area


def flaw_count(*, viewer: Viewer, area: AreaId | None = None, flaws: Sequence[Flaw] = ()) -> int:
    """How many rows such a list has."""
    there = flaw_summary(viewer=viewer, area=area).total
    return sum(n for flaw, n in there.items() if not flaws or flaw in flaws)


def all_flaw_rows(*, viewer: Viewer, area: AreaId, flaws: Sequence[Flaw], most: int, reason: str) -> list[FlawRow]:
    """As many rows as two people agreed to, to be carried away; each page of them is noted."""
    rows: list[FlawRow] = []
    for page in count(1):
        found = flaw_rows(
            viewer=viewer,
            area=area,
            flaws=flaws,
            page=page,
            page_size=MOST_ROWS,
            how=Looked.EXPORTED,
            reason=reason,
        )
        rows += found.rows
        if len(rows) >= min(most, found.total) or not found.rows:
            break
    return rows[:most]


def _flaws_by_grid(
    place: _Place, figures: Figures, viewer: Viewer, wanted: Sequence[Flaw]
) -> dict[AreaId, dict[Flaw, int]]:
    these = {flaw: cut for flaw, cut in cuts(figures, place.on, place.mine).items() if flaw in wanted}
    found: dict[AreaId, dict[Flaw, int]] = counted(these, Scope(place.grids))
    if Flaw.GRID_ENDED in wanted:
        for grid in place.ended:
            with _wall_of(grid, place, viewer):
                homes = counted({Flaw.GRID_ENDED: _EVERY_HOME}, Scope([grid]))
            found |= homes
    return found


def _stretches(
    by_grid: Mapping[AreaId, Mapping[Flaw, int]], wanted: Sequence[Flaw], size: int, start: int
) -> Iterator[tuple[AreaId, Flaw, int, int]]:
    """Which parts of the whole list a page lies in: (grid, flaw, how many rows, after how many)."""
    passed = 0
    for grid in sorted(by_grid):
        for flaw in (flaw for flaw in wanted if by_grid[grid].get(flaw)):
            rows = by_grid[grid][flaw]
            skip = max(0, start - passed)
            most = min(rows, start + size - passed) - skip
            if most > 0:
                yield grid, flaw, most, skip
            passed += rows
            if passed >= start + size:
                return


def _flaw_row(flaw: Flaw, row: Sequence[Any], names: "_Names") -> FlawRow:
    home, grid, door, confirmed_on, person, name = row
    where = AreaId(as_id(grid))
    is_of_people = flaw in OF_PEOPLE
    return FlawRow(
        f"{flaw.value}:{as_id(person if is_of_people else home)}",
        flaw,
        CONCERNS[flaw],
        HouseholdId(as_id(home)),
        ResidentId(as_id(person)) if person is not None else None,
        where,
        names[where],
        door,
        mask_name(name),
        as_day(confirmed_on) if confirmed_on else None,
    )


# --- how complete it is ----------------------------------------------------------------------------------------------


def completeness(*, viewer: Viewer, area: AreaId | None = None) -> CompletenessReport:
    """Homes that should be there, homes that are known, and what is left between the two: numbers only."""
    place = _place(viewer, area)
    figures = figures_in(territory.lineage(place.area, place.on), place.on)
    unknown = cuts(figures, place.on, place.mine)[Flaw.NOBODY_KNOWN]
    sizes = counted({**_SIZES, Flaw.NOBODY_KNOWN: unknown}, Scope(place.grids))
    below = list(_below(place))
    told = expected_in([place.area, *(one.id for one, _ in below)], place.on)
    rows = [_completeness(one, grids, sizes, told.get(one.id)) for one, grids in below]
    here = territory.area_on(place.area, place.on)
    return CompletenessReport(place.on, _completeness(here, place.grids, sizes, told.get(place.area)), rows)


def _completeness(
    area: Area, grids: Collection[AreaId], sizes: Mapping[AreaId, Mapping[Any, int]], told: Expectation | None
) -> Completeness:
    homes, peopled, people, unknown = (
        _sum(sizes, grids, what) for what in (HOMES_KNOWN, HOMES_PEOPLED, PEOPLE_LISTED, Flaw.NOBODY_KNOWN)
    )
    due, reached = told.homes if told else homes, homes - unknown
    more = (due, reached, unknown, max(0, due - homes))
    return Completeness(_name(area), told, homes, peopled, reached - peopled, people, *more)


# --- who lives here in which way -------------------------------------------------------------------------------------


def residence(*, viewer: Viewer, area: AreaId | None = None) -> ResidenceReport:
    """How many live here in which way: registered and here, registered and away, here and registered elsewhere, …"""
    place = _place(viewer, area)
    sizes = counted({**_KINDS, PEOPLE_LISTED: _SIZES[PEOPLE_LISTED]}, Scope(place.grids))
    rows = [_residence(one, grids, sizes) for one, grids in _below(place)]
    here = territory.area_on(place.area, place.on)
    return ResidenceReport(place.on, _residence(here, place.grids, sizes), rows)


def _residence(area: Area, grids: Collection[AreaId], sizes: Mapping[AreaId, Mapping[Any, int]]) -> ResidenceCounts:
    kinds = {kind: _sum(sizes, grids, kind) for kind in _KINDS}
    return ResidenceCounts(_name(area), _sum(sizes, grids, PEOPLE_LISTED), kinds)


# --- where ------------------------------------------------------------------------------------------------------------

_SIZES = {
    HOMES_KNOWN: Cut(HOMES, "h.status = 'present'", []),
    HOMES_PEOPLED: Cut(HOMES, "h.status = 'present' AND h.people > 0", []),
    PEOPLE_LISTED: Cut(PEOPLE, "1 = 1", []),
}
_KINDS: dict[str, Cut] = {
    **{kind.value: Cut(PEOPLE, "r.residence_kind = %s", [kind.value]) for kind in ResidenceKind},
    UNKNOWN: Cut(PEOPLE, "r.residence_kind IS NULL", []),
}


class _Names(dict[UUID, str]):
    """Grids with their community, each worked out once per page."""

    def __init__(self, on: date) -> None:
        super().__init__()
        self._on = on

    def __missing__(self, grid: UUID) -> str:
        found = territory.find(AreaId(grid), self._on)
        self[grid] = " › ".join(found.path[-2:]) if found else ""
        return self[grid]


def _place(viewer: Viewer, area: AreaId | None) -> _Place:
    on = local_day(viewer.at)
    grids = queries.grids_in(viewer, Permission.READ, area)
    mine = queries.grids_in(viewer, Permission.READ, None)
    here = area or queries.own_area(viewer, Permission.READ)
    roots = frozenset({area}) if area else viewer.roots(Permission.READ)
    return _Place(here, on, grids, dict(_ended(roots, on)), mine)


def _ended(roots: Collection[AreaId], on: date) -> Iterator[tuple[AreaId, date]]:
    """Grids in which somebody is listed though there are no such grids any more, if they lay below these areas."""
    listed = {AreaId(as_id(id)) for (id,) in query("SELECT grid_id FROM registry_gridcount WHERE households > 0", [])}
    for grid in sorted(listed - territory.grid_ids((root.id for root in territory.roots(on)), on)):
        found = territory.find(grid, on)
        last = found.valid_to - DAY if found and found.valid_to else on
        if not frozenset(roots).isdisjoint(territory.lineage(grid, last)):
            yield grid, last


@contextmanager
def _wall_of(grid: AreaId, place: _Place, viewer: Viewer) -> Iterator[None]:
    """Of a grid that has ended the second wall is that of its last day."""
    last = place.ended.get(grid)
    if last is None:
        yield
        return
    with walls.behind(viewer.roots(Permission.READ), last):
        yield


def _below(place: _Place) -> Iterator[tuple[Area, Collection[AreaId]]]:
    """What lies directly below, or the grid itself, each with its grids (and those of its own that have ended). A level
    of one area alone is passed over: its row would say what stands above it.
    """
    on = place.on
    ones = [territory.area_on(place.area, on)]
    while len(ones) == 1 and ones[0].kind is not AreaKind.GRID and (below := territory.children(ones[0].id, on)):
        ones = below
    for one in ones:
        ended = {grid for grid, last in place.ended.items() if one.id in territory.lineage(grid, last)}
        yield one, territory.grid_ids([one.id], on) | ended


def _name(area: Area) -> AreaNamed:
    return AreaNamed(area.id, area.kind, area.name)


def _sum(by_grid: Mapping[AreaId, Mapping[Any, int]], grids: Collection[AreaId], what: Any) -> int:
    return sum(by_grid[grid].get(what, 0) for grid in grids if grid in by_grid)


def _sums(by_grid: Mapping[AreaId, Mapping[Flaw, int]], grids: Collection[AreaId]) -> dict[Flaw, int]:
    sums = {flaw: _sum(by_grid, grids, flaw) for flaw in Flaw}
    return {flaw: n for flaw, n in sums.items() if n}
