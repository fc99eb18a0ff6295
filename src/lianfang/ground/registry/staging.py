"""A roster on its way in 导入: read, checked, matched and put aside in sealed chunks, each of which is kept.

An import that is killed goes on behind its last chunk. What it must remember of the rows before (doors, identity
numbers) stands in the chunks themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple, overload
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import F
from uuid_utils import uuid7

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.foundation.plumbing.large_map import LargeMap, LargeNumberMap
from lianfang.foundation.plumbing.sealing import DataKey, keyring
from lianfang.foundation.plumbing.tables import (
    Cell,
    SheetRow,
    Target,
    find_header,
    is_example,
    peek,
    read_sheet,
)
from lianfang.foundation.plumbing.tables import write_errors as write_rows_back
from lianfang.ground.registry import roster, rules
from lianfang.ground.registry.hands import Hands, Says
from lianfang.ground.registry.identity import compared
from lianfang.ground.registry.layouts import Layout, heading_at
from lianfang.ground.registry.models import Import, ImportChunk
from lianfang.ground.registry.own_layout import OwnLayoutReader, district_of
from lianfang.ground.registry.places import Grid, Places
from lianfang.ground.registry.records import (
    RosterChunk,
    RosterDwelling,
    RosterEdit,
    RosterHousehold,
    RosterResident,
)
from lianfang.ground.registry.register import OnRegister, Register
from lianfang.ground.registry.roster import Name, Reader, RowRead
from lianfang.ground.registry.terms import Door, Finding, ImportState, Relation, Severity
from lianfang.ground.territory import queries as territory

ROWS_IN_A_CHUNK = 2000
MOST_FINDINGS_SHOWN = 500
Say = Callable[[int], None]


class ShownRow(msgspec.Struct, frozen=True, array_like=True):
    """A user's own row that has findings."""

    row: int
    cells: list[Cell]


def read_people(row: Import, path: str, say: Say) -> None:
    """Read what of the file has not been read yet."""
    rows, reader = _opened(row, path)
    session = _Session(row, reader)
    todo = (r for r in rows if r.number > row.last_row and not is_example(r))
    while chunk := list(islice(todo, ROWS_IN_A_CHUNK)):
        session.take(chunk)
        say(session.rows)
    session.finish()


def _opened(row: Import, path: str) -> tuple[Iterator[SheetRow], "Reader | OwnLayoutReader"]:
    """The rows below the header, and who reads them: the template's reader, or that of their own layout."""
    on = local_day(row.created_at)
    if not row.layout:
        rows = iter(read_sheet(path))
        return rows, Reader(find_header(rows, roster.TITLES, required=roster.REQUIRED), on=on)
    layout = msgspec.json.decode(row.layout, type=Layout)
    heading = heading_at(peek(path, name=layout.sheet or None).rows, layout.header, layout.header_rows)
    reader = OwnLayoutReader(layout, heading, district_of(roots_of(row), on=on), on=on)
    return rows_of(layout, path), reader


def rows_of(layout: Layout, path: str) -> Iterator[SheetRow]:
    """The rows below the header of a file of their own layout; of columns that were not chosen nothing."""
    columns = [chosen.index for chosen in layout.columns]
    rows = read_sheet(path, name=layout.sheet or None, keep=columns, fill=True)
    return (row for row in rows if row.number > layout.header)


def roots_of(row: Import) -> list[AreaId]:
    """The areas in which the uploader may load."""
    return [AreaId(UUID(root)) for root in msgspec.json.decode(row.roots)]


def fail(import_id: UUID, problem: Problem) -> None:
    """The file as a whole cannot be used: throw away what was staged and keep the reason."""
    with ledger.turn(by=THE_HOUSE, at=clock.now()):
        ImportChunk.objects.filter(import_id=import_id).delete()
        Import.objects.filter(id=import_id).update(
            state=ImportState.FAILED,
            problem=problem.code,
            problem_details=msgspec.json.encode(problem.details).decode(),
        )


def chunk_place(import_id: UUID, no: int, part: str) -> bytes:
    """What binds a sealed chunk to its import."""
    return f"registry_importchunk/{part}/{import_id}/{no}".encode()


class StagedChunks(Sequence[bytes]):
    """The chunks of an import, opened one at a time: all of them at once would be most of the memory of publishing."""

    def __init__(self, import_id: UUID) -> None:
        self._import = import_id
        self._key = keyring.need(REGISTER_KEY)
        rows = ImportChunk.objects.filter(import_id=import_id, rows__isnull=False)
        self._numbers = list(rows.order_by("no").values_list("no", flat=True))

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        no = self._numbers[index]
        sealed = ImportChunk.objects.values_list("rows", flat=True).get(import_id=self._import, no=no)
        return self._key.open(bytes(sealed or b""), about=chunk_place(self._import, no, "rows"))


def shown_rows(import_id: UUID) -> Iterator[tuple[list[Cell], list[Finding]]]:
    """The user's own rows that have findings, with them, in order."""
    key = keyring.need(REGISTER_KEY)
    chunks = ImportChunk.objects.filter(import_id=import_id).order_by("no").values_list("no", "findings", "shown")
    for no, findings, sealed in chunks.iterator(8):
        by_row: dict[int, list[Finding]] = {}
        for finding in msgspec.json.decode(findings, type=list[Finding]):
            by_row.setdefault(finding.row, []).append(finding)
        plain = key.open(bytes(sealed), about=chunk_place(import_id, no, "shown"))
        for row in msgspec.msgpack.decode(plain, type=list[ShownRow]):
            yield row.cells, by_row.get(row.row, [])


def in_words(finding: Finding, language: str) -> str:
    """A finding as a sentence: 第 37 行「身份证号」末位对不上,请核对原件。"""
    return sentence(finding.code, language, **finding.details | {"row": finding.row, "column": finding.column})


def write_errors(
    target: Target, header: Sequence[str], rows: Iterable[tuple[Sequence[Cell], list[Finding]]], *, language: str
) -> int:
    """The user's own rows back, with their reasons in their language; answers how many."""
    between = "；" if language == "zh-Hans" else " "
    reasons = ((cells, between.join(in_words(each, language) for each in found)) for cells, found in rows)
    title, column = sentence("registry.rows_to_check", language), sentence("registry.reasons", language)
    return write_rows_back(target, title=title, header=header, rows=reasons, reasons=column)


class _Home(NamedTuple):
    """Where the next person behind this door belongs."""

    dwelling: bytes
    household: bytes
    has_head: bool


class _Homes:
    """The doors met so far, each with its last household. A million people live behind a third of a million doors."""

    def __init__(self) -> None:
        self._kept = LargeMap()
        self._doors = LargeMap()  # id of a dwelling → its door
        self._last: tuple[tuple[bytes, str], _Home] | None = None
        self.grids: set[bytes] = set()

    def get(self, place: tuple[bytes, str]) -> _Home | None:
        """A household's rows follow each other, so it is mostly that of the row before."""
        if self._last is not None and self._last[0] == place:
            return self._last[1]
        kept = self._kept.get(_door(place))
        return _Home(kept[:16], kept[16:32], has_head=bool(kept[32])) if kept else None

    def __setitem__(self, place: tuple[bytes, str], home: _Home) -> None:
        if self._last == (place, home):
            return
        self._last = place, home
        self.grids.add(place[0])
        self._kept[_door(place)] = home.dwelling + home.household + bytes([home.has_head])

    def remember_door(self, dwelling: bytes, place: tuple[bytes, str]) -> None:
        """After a kill only: where a household of a later chunk belongs."""
        self._doors[dwelling] = _door(place)

    def place_of(self, dwelling: bytes) -> tuple[bytes, str] | None:
        """The door of a dwelling, where an earlier chunk brought it."""
        door = self._doors.get(dwelling)
        return (door[:16], door[16:].decode()) if door else None


def _door(place: tuple[bytes, str]) -> bytes:
    grid, key = place
    return grid + key.encode()


class _Session:
    """One run over the rows of an import, with what has to be remembered from row to row.

    Numbers and names are remembered by their hash, which this process alone can make: it stands in no file by itself.
    """

    def __init__(self, row: Import, reader: Reader | OwnLayoutReader) -> None:
        self._import = row.id
        self._on: date = local_day(row.created_at)
        self._reader = reader
        self._places = Places(roots_of(row), on=self._on)
        self._register = Register()
        self._hands = Hands(row.office or row.by)
        self._homes = _Homes()
        self._numbers = LargeNumberMap()  # identity number → the row it first stood in
        self._names = LargeNumberMap()  # household and name → the row
        self._demo = settings.LIANFANG_DEMO
        self._no = ImportChunk.objects.filter(import_id=row.id).count()
        self.rows = row.rows
        if self._no:
            for piece in StagedChunks(row.id):
                self._remember(msgspec.msgpack.decode(piece, type=RosterChunk))

    def take(self, rows: Sequence[SheetRow]) -> None:
        """Check one chunk of rows and put it aside."""
        findings: list[Finding] = []
        reads: list[tuple[SheetRow, RowRead, Grid | None]] = []
        for row in rows:
            if passed_over := self._reader.skips(row):
                findings.append(Finding(row.number, "", passed_over, Severity.WARNING))
            else:
                read = self._reader.read(row)
                reads.append((row, read, self._place(read)))
        self._register.look_up(
            (grid.raw, read.door.key, read.id_number) for _, read, grid in reads if grid and read.door
        )
        made, shown = _Made(), list[ShownRow]()
        for row, read, grid in reads:
            if grid is not None and read.door is not None and not read.refused:
                self._settle(read, grid, read.door, made)
            if read.findings:
                findings += read.findings
                shown.append(ShownRow(row.number, list(row.cells)))
                made.refused += read.refused
                made.warned += not read.refused
        made.weigh(self._hands)
        self._put_aside(rows[-1].number, len(reads), made, findings, shown)

    def finish(self) -> None:
        """All rows are read: what remains is for a person to look at and publish."""
        if not self.rows:
            raise Problem("registry.no_rows", status=422)
        grids = {AreaId(UUID(bytes=grid)) for grid in self._homes.grids}
        area = _smallest_around(grids, self._on) if grids else None
        with ledger.turn(by=THE_HOUSE, at=clock.now()) as turn:
            Import.objects.filter(id=self._import).update(state=ImportState.READY, read_at=turn.at, area_id=area)

    def _place(self, read: RowRead) -> Grid | None:
        found = self._places.grid(read.community, read.grid)
        if isinstance(found, Grid):
            return found
        if any(finding.code.startswith("registry.address_") for finding in read.findings):
            return None  # it says already why there is no grid
        name = Name.GRID if found.of_grid else Name.COMMUNITY
        if not (read.grid if found.of_grid else read.community):
            read.find(self._reader.title(name), "registry.cell_missing")
        elif found.like:
            read.find(self._reader.title(name), f"{found.code}_like", like=found.like)
        else:
            read.find(self._reader.title(name), found.code)
        return None

    def _settle(self, read: RowRead, grid: Grid, door: Door, made: "_Made") -> None:
        """Give a good row its place: which door, which household, and whether the register knows the person already."""
        if read.id_number and not self._may_be(read, read.id_number):
            return
        known = self._register.person(grid.raw, door.key, read.name, read.id_number)
        if known is not None and known.elsewhere:
            read.find(self._reader.title(Name.ID_NUMBER), "registry.id_elsewhere")
            return
        if known is not None and known.struck:
            read.warn(self._reader.title(Name.NAME), "registry.was_struck")
        home = self._home(read, grid, door, made, known)
        if not read.name or not self._is_new(read, home.household):
            return
        if known is not None:
            made.compare(read, known)
        else:
            made.residents.append(_resident(read, home.household))

    def _may_be(self, read: RowRead, number: str) -> bool:
        """No number twice in one file; and in a demo only numbers that belong to nobody."""
        if self._demo and not rules.belongs_to_nobody(number):
            raise Problem("registry.demo_no_real_people", status=422, row=read.row)
        first = self._numbers.setdefault(hash(compared(number)), read.row)
        if first != read.row:
            read.find(self._reader.title(Name.ID_NUMBER), "registry.id_twice", first=first)
        return first == read.row

    def _is_new(self, read: RowRead, household: bytes) -> bool:
        """Nobody of that name stands in this household yet; two of one name need a document each."""
        first = self._names.setdefault(_name_in(household, read.name), read.row)
        if first == read.row:
            return True
        if read.id_number:
            read.warn(self._reader.title(Name.NAME), "registry.same_name_here", first=first)
            return True
        read.find(self._reader.title(Name.NAME), "registry.person_twice", first=first)
        return False

    def _home(self, read: RowRead, grid: Grid, door: Door, made: "_Made", known: OnRegister | None) -> _Home:
        """The household a row belongs to. A second head of household behind one door opens a second household."""
        place = (grid.raw, door.key)
        home = self._homes.get(place) or self._register_home(place)
        is_head = read.relation is Relation.HEAD
        if known is not None:
            home = _Home(known.dwelling, known.household, has_head=True)
        elif home is None or (is_head and home.has_head):
            home = made.open(grid, self._places.area(grid.id, door), door, home.dwelling if home else None)
        if is_head and not home.has_head:
            home = _Home(home.dwelling, home.household, True)
        self._homes[place] = home
        return home

    def _register_home(self, place: tuple[bytes, str]) -> _Home | None:
        found = self._register.home(*place)
        return _Home(found.dwelling, found.household, has_head=found.has_head) if found else None

    def _put_aside(
        self, last_row: int, rows: int, made: "_Made", findings: list[Finding], shown: list[ShownRow]
    ) -> None:
        at = clock.now()
        with ledger.turn(by=THE_HOUSE, at=at):
            key = keyring.ensure(REGISTER_KEY, at=at)
            ImportChunk.objects.create(
                id=new_id(),
                import_id=self._import,
                no=self._no,
                last_row=last_row,
                rows=self._seal(key, "rows", made.chunk()),
                findings=msgspec.json.encode(findings).decode(),
                shown=self._seal(key, "shown", shown),
            )
            Import.objects.filter(id=self._import).update(
                header=msgspec.json.encode(list(self._reader.titles)).decode(),
                last_row=last_row,
                rows=F("rows") + rows,
                good=F("good") + rows - made.refused,
                bad=F("bad") + made.refused,
                warned=F("warned") + made.warned,
                dwellings=F("dwellings") + len(made.dwellings),
                households=F("households") + len(made.households),
                residents=F("residents") + len(made.residents),
                edits=F("edits") + len(made.edits),
                edited=F("edited") + made.edited,
                offered=F("offered") + made.offered,
                offers=F("offers") + made.offers,
                asked=F("asked") + made.asked,
                unchanged=F("unchanged") + made.unchanged,
            )
        self._no += 1
        self.rows += rows

    def _seal(self, key: DataKey, part: str, content: object) -> bytes:
        return key.seal(msgspec.msgpack.encode(content), about=chunk_place(self._import, self._no, part))

    def _remember(self, chunk: RosterChunk) -> None:
        """After a kill: what the rows before have left behind."""
        for d in chunk.dwellings:
            self._homes.remember_door(d.id, (d.grid, d.key))
        heads = {r.household for r in chunk.residents if r.relation == Relation.HEAD}
        for h in chunk.households:
            place = self._homes.place_of(h.dwelling) or self._register.place_of(h.dwelling)
            self._homes[place] = _Home(h.dwelling, h.id, has_head=h.id in heads)
        for r in chunk.residents:
            if r.id_number:
                self._numbers[hash(compared(r.id_number))] = r.row
            self._names[_name_in(r.household, r.name)] = r.row


def _raw_id() -> bytes:
    """kernel.new_id without an object around it: there are a quarter of a million of them in a roster."""
    raw: bytes = uuid7().bytes
    return raw


def _name_in(household: bytes, name: str) -> int:
    return hash((household, rules.name_key(name)))


class _Made:
    """What one chunk of rows comes to."""

    def __init__(self) -> None:
        self.dwellings: list[RosterDwelling] = []
        self.households: list[RosterHousehold] = []
        self.residents: list[RosterResident] = []
        self.edits: list[RosterEdit] = []
        self.refused = self.warned = self.unchanged = self.edited = self.offered = self.offers = self.asked = 0
        self._otherwise: list[tuple[OnRegister, list[RosterEdit]]] = []

    def chunk(self) -> RosterChunk:
        """As it will stand with the entry."""
        return RosterChunk(self.dwellings, self.households, self.residents, self.edits)

    def open(self, grid: Grid, area: AreaId, door: Door, dwelling: bytes | None) -> _Home:
        """A household behind a door, and the door itself when it is new."""
        if dwelling is None:
            dwelling = _raw_id()
            place = (area.bytes, grid.raw, door.shown, door.key, door.room)
            self.dwellings.append(RosterDwelling(dwelling, *place, door.kind, door.walk))
        household = _raw_id()
        self.households.append(RosterHousehold(household, dwelling, grid.raw))
        return _Home(dwelling, household, has_head=False)

    def compare(self, read: RowRead, known: OnRegister) -> None:
        """Somebody the register knows: what the row says otherwise becomes an edit; an empty cell says nothing."""
        differs = [
            RosterEdit(read.row, known.id, known.household, field, known.versions.get(field, 0), value)
            for field, value in _said(read)
            if value and not known.says(field, value)
        ]
        if differs:
            self._otherwise.append((known, differs))
        self.unchanged += not differs

    def weigh(self, hands: Hands) -> None:
        """What of it would stand, what a person would be asked, and what they were asked before: that is left out."""
        hands.look_up([known.id for known, _ in self._otherwise])
        for known, differs in self._otherwise:
            judged = [(edit, hands.judge(known, edit.field, edit.value or "")) for edit in differs]
            self.edits += [edit for edit, said in judged if said is not Says.OFFERED_BEFORE]
            offers = sum(said is Says.OFFERED for _, said in judged)
            taken = any(said is Says.TAKEN for _, said in judged)
            self.offers += offers
            self.offered += bool(offers)
            self.edited += taken
            self.asked += not offers and not taken


def _said(read: RowRead) -> Iterable[tuple[str, str | None]]:
    """What a row says of a person, field by field."""
    fields = ("name", "sex", "born_on", "relation", "document_kind", "id_number", "phone", "residence_kind")
    return [(field, getattr(read, field)) for field in fields]


def _resident(read: RowRead, household: bytes) -> RosterResident:
    return RosterResident(
        read.row,
        _raw_id(),
        household,
        read.name,
        read.sex,
        read.born_on,
        read.relation,
        read.document_kind,
        read.id_number,
        read.phone,
        read.residence_kind,
    )


def _smallest_around(grids: Iterable[AreaId], on: date) -> AreaId:
    """The smallest area that holds all these grids."""
    lineages = [territory.lineage(grid, on) for grid in grids]
    shared = [level[0] for level in zip(*lineages, strict=False) if len(set(level)) == 1]
    return shared[-1] if shared else lineages[0][0]
