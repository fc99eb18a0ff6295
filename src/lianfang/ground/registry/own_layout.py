"""Reads a roster in somebody's own layout as if it were the template: their columns, their way to write a door.

Pure, but for `district_of`, which asks the tree of areas and the register which buildings there are.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.plumbing.sheet_process import WHOLE_ROW
from lianfang.foundation.plumbing.tables import Cell, Header, LostDigitsError, SheetRow, text_of
from lianfang.ground.registry import words
from lianfang.ground.registry.addresses import AddressRead, District, Stand, district, read_address
from lianfang.ground.registry.layouts import HeaderAgain, Heading, Layout, folded
from lianfang.ground.registry.reading import as_id, in_parts
from lianfang.ground.registry.roster import TITLES, Name, Reader, RowRead
from lianfang.ground.registry.rules import read_door
from lianfang.ground.registry.terms import Finding, Severity, Target
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind

_NAMES = tuple(Name)
_PLACE = (Name.COMMUNITY, Name.GRID, Name.BUILDING, Name.ENTRANCE, Name.ROOM)
_DOOR = (Name.BUILDING, Name.ENTRANCE, Name.ROOM)
_AT: dict[str, int] = {name: index for index, name in enumerate(_NAMES)}


class OwnLayoutReader:
    """Rows below somebody's own header, read by the template's own reader."""

    def __init__(self, layout: Layout, heading: Heading, known: District, *, on: date) -> None:
        self._layout = layout
        self._known = known
        self.titles = heading.titles
        self._from = {Name(target.value): at for target, at in layout.at.items() if target is not Target.ADDRESS}
        self._address = layout.at.get(Target.ADDRESS)
        self._again = HeaderAgain(heading, [chosen.index for chosen in layout.columns])
        self._yes = {name: self._if_yes(at) for name, at in self._from.items() if name in _YES_MEANS}
        titles = [self._own_title(name) for name in _NAMES]
        self._reader = Reader(Header(layout.header, _AT, tuple(titles)), on=on)
        self._above: dict[Name, Cell] = {}
        self._above_address: Cell = None
        self.address = AddressRead()  # of the last row, for whoever explains it
        self._last = ("", "", ""), self.address

    def title(self, name: Name) -> str:
        """What the user's own file calls a column."""
        return self._reader.title(name)

    def skips(self, row: SheetRow) -> str | None:
        """Why a row is no row of the table."""
        if row.odd.get(WHOLE_ROW) == "total":
            return "registry.total_passed_over"
        return "registry.header_again" if self._again(row) else None

    def read(self, row: SheetRow) -> RowRead:
        """A row, checked."""
        cells: dict[Name, Cell] = {name: row.at(at) for name, at in self._from.items()}
        address = row.at(self._address)
        if self._layout.carry:
            address = self._carried(cells, address)
        for name, meanings in self._yes.items():
            cells[name] = meanings.get(cells[name], cells[name]) if isinstance(cells[name], str) else cells[name]
        self._place(cells, address)
        read = self._reader.read(SheetRow(row.number, tuple(map(cells.get, _NAMES)), self._odd(row)))
        if self.address.problem:
            details = dict(self.address.details)
            column = self.title(Name.ROOM)
            read.findings.append(Finding(row.number, column, self.address.problem, Severity.ERROR, details))
        return read

    def _own_title(self, name: Name) -> str:
        at = self._from.get(name, self._address if name in _PLACE else None)
        return self.titles[at] if at is not None and at < len(self.titles) else TITLES[name][0]

    def _if_yes(self, at: int) -> Mapping[Cell, Cell]:
        """是否流动人口: 是."""
        title = folded(self.titles[at] if at < len(self.titles) else "")
        meaning = next((meaning for word, meaning in words.IF_YES.items() if word in title), None)
        no: dict[Cell, Cell] = dict.fromkeys(words.NO)
        return no | dict.fromkeys(words.YES, meaning) if meaning else {}

    def _carried(self, cells: dict[Name, Cell], address: Cell) -> Cell:
        """A line without a door belongs to the door above it."""
        if address is None and all(cells.get(name) is None for name in _DOOR):
            cells |= {name: cell for name, cell in self._above.items() if cells.get(name) is None}
            return self._above_address
        self._above = {name: cells.get(name) for name in _PLACE}
        self._above_address = address
        return address

    def _place(self, cells: dict[Name, Cell], address: Cell) -> None:
        """Community, grid and door: from their own columns, from what the whole file is about, from the address."""
        community = _text(cells.get(Name.COMMUNITY)) or self._layout.community
        grid = _text(cells.get(Name.GRID)) or self._layout.grid
        parts = {name: cells.get(name) for name in _DOOR}
        self.address = self._read_address(_text(address) or _joined(parts), community, grid)
        cells[Name.COMMUNITY] = community or self.address.community or self._known.community_of(grid)
        cells[Name.GRID] = grid or self.address.grid
        if address is not None and not any(part is not None for part in parts.values()):
            read = self.address
            cells |= {Name.BUILDING: read.building, Name.ENTRANCE: read.entrance, Name.ROOM: read.room}
        elif self.address.why and self.address.building:
            cells[Name.BUILDING] = self.address.building

    def _read_address(self, text: str, community: str, grid: str) -> AddressRead:
        """Not needed where the grid and the door have columns of their own."""
        if not text or (grid and self._address is None):
            return AddressRead()
        if self._last[0] != (text, community, grid):  # the lines of a household follow each other
            self._last = (text, community, grid), read_address(text, self._known, community=community, grid=grid)
        return self._last[1]

    def _odd(self, row: SheetRow) -> Mapping[int, str]:
        """A merged cell that was filled is like any other."""
        if not row.odd:
            return {}
        odd = {_AT[name]: row.odd[at] for name, at in self._from.items() if at in row.odd}
        return {at: why for at, why in odd.items() if why not in ("filled", "merged")}


_YES_MEANS = (Name.RESIDENCE_KIND, Name.RELATION)


def _text(cell: Cell) -> str:
    try:
        return text_of(cell)
    except LostDigitsError:
        return ""


def _joined(parts: Mapping[Name, Cell]) -> str:
    """A door in three columns as one text, to find its building."""
    door = read_door(*(_text(parts[name]) for name in _DOOR))
    return door.shown if door else ""


def district_of(roots: Iterable[AreaId], *, on: date) -> District:
    """The communities, grids and buildings in which somebody may load: of the tree, and behind the register's doors."""
    grids = {grid.id: grid for root in sorted(set(roots)) for grid in territory.grids_under(root, on)}
    around = {id: [territory.area_on(each, on) for each in territory.lineage(id, on)] for id in grids}
    communities: dict[str, list[str]] = {}
    found: list[tuple[Stand, str]] = []
    for id, grid in grids.items():
        community = _named(around[id], _COMMUNITIES) or grid.name
        communities.setdefault(community, []).append(grid.name)
        estate = _named(around[id], (AreaKind.ESTATE,))
        found += [
            (Stand(area.name, grid.name, community), estate)
            for area in territory.children(id, on)
            if area.kind is AreaKind.BUILDING
        ]
    found += [
        (Stand(building, grids[id].name, _named(around[id], _COMMUNITIES) or grids[id].name),
         _named(around[id], (AreaKind.ESTATE,)))
        for id, building in _on_the_register(grids)
    ]  # fmt: skip
    return district(found, communities)


_COMMUNITIES = (AreaKind.COMMUNITY, AreaKind.VILLAGE)


def _named(lineage: Iterable[Area], kinds: Iterable[AreaKind]) -> str:
    return next((area.name for area in reversed(list(lineage)) if area.kind in kinds), "")


def _on_the_register(grids: Mapping[AreaId, Area]) -> list[tuple[AreaId, str]]:
    """(grid, building) behind whose doors somebody lives already; each building once."""
    rows = in_parts("SELECT grid_id, door, door_key FROM registry_dwelling WHERE grid_id IN ({ids})", list(grids))
    first = {(grid, key.split("-", 1)[0]): door for grid, door, key in rows}
    read = [(AreaId(as_id(grid)), read_door(door)) for (grid, key), door in first.items() if key]
    return [(grid, door.building) for grid, door in read if door and door.building]
