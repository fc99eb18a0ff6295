"""A roster on its way in 导入: read, checked, matched and put aside in sealed chunks, each of which is kept.

An import that is killed goes on behind its last chunk. What it must remember of the rows before (doors, identity
numbers) stands in the chunks themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import F

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.foundation.plumbing.sealing import DataKey, keyring
from lianfang.foundation.plumbing.tables import (
    Cell,
    Header,
    SheetRow,
    find_header,
    is_example,
    is_header_again,
    read_sheet,
)
from lianfang.ground.registry import roster, rules
from lianfang.ground.registry.models import Import, ImportChunk
from lianfang.ground.registry.places import Mismatch, Places
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

ROWS_IN_A_CHUNK = 2000
MOST_FINDINGS_SHOWN = 500
Say = Callable[[int], None]


class ShownRow(msgspec.Struct, frozen=True, array_like=True):
    """A user's own row that has findings."""

    row: int
    cells: list[Cell]


def stage(import_id: UUID, path: str, *, say: Say = lambda rows: None) -> None:
    """Read what of the file has not been read yet.

    A file that cannot be used at all makes the import fail, and says why.
    """
    try:
        _stage(import_id, path, say)
    except Problem as problem:
        fail(import_id, problem)


def _stage(import_id: UUID, path: str, say: Say) -> None:
    row = Import.objects.get(id=import_id)
    rows = iter(read_sheet(path))
    header = find_header(rows, roster.TITLES, required=roster.REQUIRED)
    session = _Session(row, header)
    todo = (r for r in rows if r.number > row.last_row and not is_example(r))
    while chunk := list(islice(todo, ROWS_IN_A_CHUNK)):
        session.take(chunk)
        say(session.rows)
    session.finish()


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


def staged(import_id: UUID) -> Iterator[bytes]:
    """The chunks of an import, opened, in order."""
    key = keyring.need(REGISTER_KEY)
    for no, sealed in (
        ImportChunk.objects.filter(import_id=import_id).order_by("no").values_list("no", "rows").iterator(8)
    ):
        if sealed is not None:
            yield key.open(bytes(sealed), about=chunk_place(import_id, no, "rows"))


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


class _Home(NamedTuple):
    """Where the next person behind this door belongs."""

    dwelling: str
    household: str
    has_head: bool


class _Session:
    """One run over the rows of an import, with what has to be remembered from row to row."""

    def __init__(self, row: Import, header: Header) -> None:
        self._import = row.id
        self._by = row.by
        self._header = header
        self._on: date = local_day(row.created_at)
        self._reader = Reader(header, on=self._on)
        self._places = Places([AreaId(UUID(root)) for root in msgspec.json.decode(row.roots)], on=self._on)
        self._register = Register()
        self._homes: dict[tuple[str, str], _Home] = {}
        self._numbers: dict[str, int] = {}  # identity number → the row it first stood in
        self._names: dict[tuple[str, str], int] = {}  # (household, name) → the row
        self._no = ImportChunk.objects.filter(import_id=row.id).count()
        self.rows = row.rows
        for piece in staged(row.id):
            self._remember(msgspec.msgpack.decode(piece, type=RosterChunk))

    def take(self, rows: Sequence[SheetRow]) -> None:
        """Check one chunk of rows and put it aside."""
        reads: list[tuple[SheetRow, RowRead, AreaId | None]] = []
        findings: list[Finding] = []
        for row in rows:
            if is_header_again(row, self._header):
                findings.append(Finding(row.number, "", "registry.header_again", Severity.WARNING))
                continue
            read = self._reader.read(row)
            reads.append((row, read, self._place(read)))
        self._register.look_up(
            [(grid.hex, read.door.key, read.id_number) for _, read, grid in reads if grid is not None and read.door]
        )
        made = _Made()
        shown: list[ShownRow] = []
        for row, read, grid in reads:
            if not read.refused and grid is not None and read.door is not None:
                self._settle(read, grid, read.door, made)
            made.refused += read.refused
            made.warned += bool(read.findings) and not read.refused
            if read.findings:
                findings += read.findings
                shown.append(ShownRow(row.number, list(row.cells)))
        self._put_aside(rows[-1].number, len(reads), made, findings, shown)

    def finish(self) -> None:
        """All rows are read: what remains is for a person to look at and publish."""
        if not self.rows:
            raise Problem("registry.no_rows", status=422)
        grids = {AreaId(UUID(grid)) for grid, _ in self._homes}
        with ledger.turn(by=THE_HOUSE, at=clock.now()):
            Import.objects.filter(id=self._import).update(
                state=ImportState.READY,
                read_at=clock.now(),
                area_id=_smallest_around(grids, self._on) if grids else None,
            )

    def _place(self, read: RowRead) -> AreaId | None:
        found = self._places.grid(read.community, read.grid)
        if not isinstance(found, Mismatch):
            return found
        name = Name.GRID if found.of_grid else Name.COMMUNITY
        written = read.grid if found.of_grid else read.community
        code = found.code if written else "registry.cell_missing"
        if found.like and written:
            read.find(self._reader.title(name), f"{code}_like", like=found.like)
        else:
            read.find(self._reader.title(name), code)
        return None

    def _settle(self, read: RowRead, grid: AreaId, door: Door, made: "_Made") -> None:
        """Give a good row its place: which door, which household, and whether the register knows the person already."""
        if read.id_number and not self._may_be(read):
            return
        known = self._register.person(grid.hex, door.key, read.name, read.id_number)
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
            made.residents.append(_resident(read, home.household, grid))

    def _may_be(self, read: RowRead) -> bool:
        """No number twice in one file; and in a demo only numbers that belong to nobody."""
        assert read.id_number is not None
        if settings.LIANFANG_DEMO and not rules.belongs_to_nobody(read.id_number):
            raise Problem("registry.demo_no_real_people", status=422, row=read.row)
        first = self._numbers.setdefault(read.id_number, read.row)
        if first != read.row:
            read.find(self._reader.title(Name.ID_NUMBER), "registry.id_twice", first=first)
        return first == read.row

    def _is_new(self, read: RowRead, household: str) -> bool:
        """Nobody of that name stands in this household yet; two of one name need a document each."""
        first = self._names.setdefault((household, rules.name_key(read.name)), read.row)
        if first == read.row:
            return True
        if read.id_number:
            read.warn(self._reader.title(Name.NAME), "registry.same_name_here", first=first)
            return True
        read.find(self._reader.title(Name.NAME), "registry.person_twice", first=first)
        return False

    def _home(self, read: RowRead, grid: AreaId, door: Door, made: "_Made", known: OnRegister | None) -> _Home:
        """The household a row belongs to. A second head of household behind one door opens a second household."""
        place = (grid.hex, door.key)
        home = self._homes.get(place) or self._register_home(place)
        is_head = read.relation is Relation.HEAD
        if known is not None:
            home = _Home(known.dwelling, known.household, has_head=True)
        elif home is None or (is_head and home.has_head):
            home = made.open(grid, self._places.area(grid, door), door, home.dwelling if home else None)
        self._homes[place] = home = home._replace(has_head=home.has_head or is_head)
        return home

    def _register_home(self, place: tuple[str, str]) -> _Home | None:
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
                header=msgspec.json.encode(self._header.titles).decode(),
                last_row=last_row,
                rows=F("rows") + rows,
                good=F("good") + rows - made.refused,
                bad=F("bad") + made.refused,
                warned=F("warned") + made.warned,
                dwellings=F("dwellings") + len(made.dwellings),
                households=F("households") + len(made.households),
                residents=F("residents") + len(made.residents),
                edits=F("edits") + len(made.edits),
                unchanged=F("unchanged") + made.unchanged,
            )
        self._no += 1
        self.rows += rows

    def _seal(self, key: DataKey, part: str, content: object) -> bytes:
        return key.seal(msgspec.msgpack.encode(content), about=chunk_place(self._import, self._no, part))

    def _remember(self, chunk: RosterChunk) -> None:
        """After a kill: what the rows before have left behind."""
        heads = {r.household for r in chunk.residents if r.relation == Relation.HEAD}
        for h in chunk.households:
            self._homes[h.grid, h.key] = _Home(h.dwelling, h.id, has_head=h.id in heads)
        for r in chunk.residents:
            if r.id_number:
                self._numbers[r.id_number] = r.row
            self._names[r.household, rules.name_key(r.name)] = r.row


class _Made:
    """What one chunk of rows comes to."""

    def __init__(self) -> None:
        self.dwellings: list[RosterDwelling] = []
        self.households: list[RosterHousehold] = []
        self.residents: list[RosterResident] = []
        self.edits: list[RosterEdit] = []
        self.refused = self.warned = self.unchanged = 0

    def chunk(self) -> RosterChunk:
        """As it will stand with the entry."""
        return RosterChunk(self.dwellings, self.households, self.residents, self.edits)

    def open(self, grid: AreaId, area: AreaId, door: Door, dwelling: str | None) -> _Home:
        """A household behind a door, and the door itself when it is new."""
        place = (area.hex, grid.hex, door.shown, door.key, door.room)
        if dwelling is None:
            dwelling = new_id().hex
            self.dwellings.append(RosterDwelling(dwelling, *place, door.kind, door.walk))
        household = new_id().hex
        self.households.append(RosterHousehold(household, dwelling, *place, door.walk))
        return _Home(dwelling, household, has_head=False)

    def compare(self, read: RowRead, known: OnRegister) -> None:
        """Somebody the register knows: only what the row says otherwise becomes an edit; an empty cell says nothing."""
        differs = [
            RosterEdit(read.row, known.id, known.household, field, known.versions.get(field, 0), value)
            for field, value in said(read)
            if value and not known.says(field, value)
        ]
        self.edits += differs
        self.unchanged += not differs


def said(read: RowRead) -> Iterable[tuple[str, str | None]]:
    """What a row says of a person, field by field."""
    fields = ("name", "sex", "born_on", "relation", "document_kind", "id_number", "phone", "residence_kind")
    return [(field, getattr(read, field)) for field in fields]


def _resident(read: RowRead, household: str, grid: AreaId) -> RosterResident:
    return RosterResident(
        *(read.row, new_id().hex, household, grid.hex, read.name, read.sex, read.born_on, read.relation),
        *(read.document_kind, read.id_number, read.phone, read.residence_kind),
    )


def _smallest_around(grids: Iterable[AreaId], on: date) -> AreaId:
    """The smallest area that holds all these grids."""
    from lianfang.ground.territory import queries as territory

    lineages = [territory.lineage(grid, on) for grid in grids]
    shared = [level[0] for level in zip(*lineages, strict=False) if len(set(level)) == 1]
    return shared[-1] if shared else lineages[0][0]
