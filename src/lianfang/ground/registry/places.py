"""Which grid a row of a roster means. Names and codes must match exactly; what is merely like one is suggested, never
taken.

Printed lists mix up 莘滕 and 莘塍, 丝绢路 and 丝绸路 (mission §1k): a machine that guesses would move households
between grids.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from rapidfuzz import fuzz, process

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry import rules
from lianfang.ground.registry.terms import Door
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind

_LIKE_ENOUGH = 50  # of 100
_COMMUNITIES = (AreaKind.COMMUNITY, AreaKind.VILLAGE)


class Mismatch(NamedTuple):
    """Why a community or grid was not found, and what it may have meant."""

    of_grid: bool
    code: str
    like: str | None


class Grid(NamedTuple):
    """A grid, and its id as it stands in chunks."""

    id: AreaId
    raw: bytes


class Places:
    """The communities and grids in which somebody may load people, on a day."""

    def __init__(self, roots: Iterable[AreaId], *, on: date) -> None:
        self._on = on
        self._grids: dict[str, dict[str, Grid]] = {}  # community → its grids, each by name and by code
        self._names: dict[str, list[str]] = {}
        self._matched: dict[tuple[str, str], Grid | Mismatch] = {}
        self._buildings: dict[AreaId, dict[str, Area]] = {}
        self._entrances: dict[AreaId, dict[str, AreaId]] = {}
        for root in sorted(set(roots)):
            for grid in territory.grids_under(root, on):
                self._learn(grid)

    def grid(self, community: str, grid: str) -> Grid | Mismatch:
        """The grid of these names, or why there is none."""
        found = self._matched.get((community, grid))
        if found is None:
            found = self._matched[community, grid] = self._match(_folded(community), _folded(grid))
        return found

    def area(self, grid: AreaId, door: Door) -> AreaId:
        """The entrance or building of a door, as far as the tree of areas knows them; else the grid."""
        if not door.building:
            return grid
        building = self._buildings_of(grid).get(door.building)
        if building is None:
            return grid
        return self._entrances_of(building.id).get(door.entrance, building.id) if door.entrance else building.id

    def _learn(self, grid: Area) -> None:
        community = self._community_of(grid)
        for name in {_folded(n) for n in (community.name, community.code) if n}:
            grids = self._grids.setdefault(name, {})
            for own in {_folded(n) for n in (grid.name, grid.code) if n}:
                grids[own] = Grid(grid.id, grid.id.bytes)
        names = self._names.setdefault(_folded(community.name), [])
        names.append(grid.name)

    def _community_of(self, grid: Area) -> Area:
        above = [territory.area_on(id, self._on) for id in territory.lineage(grid.id, self._on)]
        return next((area for area in reversed(above) if area.kind in _COMMUNITIES), grid)

    def _match(self, community: str, grid: str) -> Grid | Mismatch:
        grids = self._grids.get(community)
        if not community and grid and not any(grid in each for each in self._grids.values()):
            every = (name for names in self._names.values() for name in names)
            return Mismatch(True, "registry.grid_unknown", _most_like(grid, every))
        if grids is None:
            return Mismatch(False, "registry.community_unknown", _most_like(community, self._names))
        found = grids.get(grid)
        if found is None:
            return Mismatch(True, "registry.grid_unknown", _most_like(grid, self._names.get(community, ())))
        return found

    def _buildings_of(self, grid: AreaId) -> dict[str, Area]:
        if grid not in self._buildings:
            areas = [a for a in territory.children(grid, self._on) if a.kind is AreaKind.BUILDING]
            self._buildings[grid] = {_as_door(area.name, "building"): area for area in areas}
        return self._buildings[grid]

    def _entrances_of(self, building: AreaId) -> dict[str, AreaId]:
        if building not in self._entrances:
            areas = [a for a in territory.children(building, self._on) if a.kind is AreaKind.ENTRANCE]
            self._entrances[building] = {_as_door(area.name, "entrance"): area.id for area in areas}
        return self._entrances[building]


def _as_door(name: str, part: str) -> str:
    door = rules.read_door(name) if part == "building" else rules.read_door("1幢", name, "1")
    found: str = getattr(door, part) if door else ""
    return found or name


def _folded(name: str) -> str:
    return "".join(name.split())


def _most_like(name: str, names: Iterable[str]) -> str | None:
    found = process.extractOne(name, sorted(set(names)), scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH)
    return found[0] if found else None
