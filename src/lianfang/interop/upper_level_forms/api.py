"""HTTP for upper levels' tables: take in, draw, point at cells, take in a new layout, look at a day, issue."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.urls import path
from dmr import Body, FileMetadata, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.measures import Measure
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, FormParser, Page
from lianfang.ground.reports.terms import Audience, Basis, Place, Subject, SubjectKey
from lianfang.ground.territory import queries as territory
from lianfang.interop.upper_level_forms import actions, queries, rules, workbook
from lianfang.interop.upper_level_forms.permissions import Permission
from lianfang.interop.upper_level_forms.terms import AreaSuggestion, At, Book, Filling, Mapped, MovedCell, Table, Wanted

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableWhere(msgspec.Struct, frozen=True):
    """One table."""

    table_id: UUID


class SheetWhere(msgspec.Struct, frozen=True):
    """One of its sheets, counted from nought."""

    table_id: UUID
    no: int


class FillingWhere(msgspec.Struct, frozen=True):
    """One issued filling."""

    filling_id: UUID


class TableFilter(msgspec.Struct, frozen=True):
    """Which tables to list."""

    area: UUID | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class OnDay(msgspec.Struct, frozen=True):
    """Of which day; today's without one."""

    day: date | None = None


class NewUpper(msgspec.Struct, frozen=True):
    """What goes with a blank workbook: whose table it is, what it is called, who it is for."""

    area: UUID
    title: Annotated[str, msgspec.Meta(max_length=200)]
    audience: Audience = Audience.DESK


class NewLayout(msgspec.Struct, frozen=True):
    """What goes with another layout: which edit was read, and whether the cells that moved were looked at."""

    seen: int
    agreed: bool = False


class BookPart(msgspec.Struct, frozen=True):
    """The workbook."""

    size: int


class BookFiles(msgspec.Struct, frozen=True):
    """What is uploaded."""

    file: BookPart


class CellsWanted(msgspec.Struct, frozen=True):
    """All cells that hold something from now on."""

    seen: int
    cells: Annotated[list[Wanted], msgspec.Meta(max_length=rules.MOST_CELLS)]


class ColumnAsked(msgspec.Struct, frozen=True):
    """A column, from one of its cells down."""

    sheet: str
    cell: str


class Issuing(msgspec.Struct, frozen=True):
    """Of which day it goes out, and which edit was read."""

    seen: int
    day: date | None = None


class TableRow(msgspec.Struct, frozen=True):
    """A table as a list shows it."""

    id: UUID
    title: str
    area: UUID
    area_name: str
    audience: Audience
    file_name: str
    mapped: int
    edits: int
    changed_by: str
    changed_at: datetime
    issued_day: date | None
    issued_at: datetime | None


class SheetName(msgspec.Struct, frozen=True):
    """One of its sheets."""

    no: int
    name: str
    is_hidden: bool
    mapped: int


class CellMapped(msgspec.Struct, frozen=True):
    """What a cell holds, in words."""

    wanted: Wanted
    words: str
    measure_name: str
    area_name: str


class MeasureChoice(msgspec.Struct, frozen=True):
    """A measure to choose."""

    name: str
    title: str
    definition: str
    has_share: bool


class SubjectChoice(msgspec.Struct, frozen=True):
    """Something that can be told of, with its measures."""

    about: SubjectKey
    title: str
    measures: list[MeasureChoice]


class PlaceChoice(msgspec.Struct, frozen=True):
    """An area to choose."""

    id: UUID
    name: str


class TableView(TableRow, frozen=True, kw_only=True):
    """A table with what its cells hold, and what they might."""

    sheets: list[SheetName]
    cells: list[CellMapped]
    subjects: list[SubjectChoice]
    places: list[PlaceChoice]
    moved: list[MovedCell] = []


class DrawnCell(msgspec.Struct, frozen=True):
    """A cell as it is drawn. `why`: it cannot be pointed at."""

    row: int
    column: int
    text: str
    words: str
    why: str
    wide: int = 1
    high: int = 1


class DrawnSheet(msgspec.Struct, frozen=True):
    """A sheet as it is."""

    no: int
    name: str
    rows: int
    columns: int
    widths: list[float]
    is_protected: bool
    cells: list[DrawnCell]


class ValueView(msgspec.Struct, frozen=True):
    """What a cell comes to on a day."""

    sheet: str
    cell: str
    shown: str


class ValuesOnDay(msgspec.Struct, frozen=True):
    """What the table would say of a day."""

    day: date
    values: list[ValueView]


class FillingRow(msgspec.Struct, frozen=True):
    """An issued filling."""

    id: UUID
    form: UUID
    title: str
    day: date
    cut_off: datetime
    position: int
    cells: int
    figures: str
    sha256: str
    issued_by: str
    issued_at: datetime


class TableRecount(msgspec.Struct, frozen=True):
    """Whether an issued filling still comes out the same."""

    filling: UUID
    position: int
    issued: str
    again: str
    same: bool


class Tables(Desk):
    """The tables of one's areas."""

    def get(self, parsed_query: Query[TableFilter]) -> Page[TableRow]:
        """Upper levels' tables of one's own areas and of all below them."""
        self.viewer.require(Permission.SEE)
        found = queries.forms(areas=_areas(self.viewer, parsed_query.area))
        start = (parsed_query.page - 1) * parsed_query.page_size
        rows = [_row(one) for one in found[start : start + parsed_query.page_size]]
        return Page(rows, len(found), parsed_query.page, parsed_query.page_size, clock.now().isoformat())


class NewTable(Desk):
    """A table that came in."""

    parsers = (FormParser(),)

    def post(self, parsed_body: Body[NewUpper], parsed_file_metadata: FileMetadata[BookFiles]) -> TableView:
        """Take in a blank workbook: .xlsx, without macros."""
        now, area = clock.now(), AreaId(parsed_body.area)
        self.viewer.require(Permission.MAP, lineage=territory.lineage(area, local_day(now)))
        data, name = _uploaded(self.request, parsed_file_metadata.file.size)
        taken = actions.take_in(
            data=data,
            file_name=name,
            title=parsed_body.title,
            area=area,
            audience=parsed_body.audience,
            by=self.viewer.actor,
            at=now,
        )
        return _view(taken, _language(self.request))


class OneTable(Desk):
    """One table."""

    def get(self, parsed_path: Path[TableWhere]) -> TableView:
        """What its cells hold, and what they might."""
        return _view(_found(parsed_path.table_id, self.viewer, Permission.SEE), _language(self.request))


class TableSheet(Desk):
    """One of its sheets."""

    def get(self, parsed_path: Path[SheetWhere]) -> DrawnSheet:
        """The sheet as the upper level drew it."""
        found = _found(parsed_path.table_id, self.viewer, Permission.SEE)
        book = workbook.read(queries.attached(found.entry))
        if parsed_path.no >= len(book.sheets):
            raise Problem("access.not_found", status=404)
        return _drawn(book, parsed_path.no)


class TableCells(Desk):
    """What the cells hold."""

    def post(self, parsed_path: Path[TableWhere], parsed_body: Body[CellsWanted]) -> TableView:
        """These cells and no others. A refusal names each cell and why it cannot be had."""
        found = _found(parsed_path.table_id, self.viewer, Permission.MAP)
        language = _language(self.request)
        try:
            mapped = actions.map_cells(
                form=found.id, cells=parsed_body.cells, seen=parsed_body.seen, by=self.viewer.actor, at=clock.now()
            )
        except Problem as problem:
            raise _in_words(problem, language) from None
        return _view(mapped, language)


class TableColumn(Desk):
    """A whole column at once."""

    def post(self, parsed_path: Path[TableWhere], parsed_body: Body[ColumnAsked]) -> list[AreaSuggestion]:
        """Which area each cell of a column seems to be about, by the words before it: to be confirmed."""
        found = _found(parsed_path.table_id, self.viewer, Permission.MAP)
        now = clock.now()
        places = queries.basis_of(found, day=local_day(now), at=now).places
        book = workbook.read(queries.attached(found.entry))
        return rules.suggestions(book, parsed_body.sheet, parsed_body.cell, places)


class TableLayout(Desk):
    """The upper level sends another workbook."""

    parsers = (FormParser(),)

    def post(
        self, parsed_path: Path[TableWhere], parsed_body: Body[NewLayout], parsed_file_metadata: FileMetadata[BookFiles]
    ) -> TableView:
        """Every cell is looked for anew; what moved is asked about, what is not found for sure refuses the whole."""
        found = _found(parsed_path.table_id, self.viewer, Permission.MAP)
        data, name = _uploaded(self.request, parsed_file_metadata.file.size)
        language = _language(self.request)
        try:
            taken, moved = actions.take_in_layout(
                form=found.id,
                data=data,
                file_name=name,
                agreed=parsed_body.agreed,
                seen=parsed_body.seen,
                by=self.viewer.actor,
                at=clock.now(),
            )
        except Problem as problem:
            raise _in_words(problem, language) from None
        return _view(taken, language, moved)


class TableValues(Desk):
    """A look before it goes out."""

    def get(self, parsed_path: Path[TableWhere], parsed_query: Query[OnDay]) -> ValuesOnDay:
        """What each cell comes to on a day, as of now."""
        found, now = _found(parsed_path.table_id, self.viewer, Permission.SEE), clock.now()
        day = parsed_query.day or local_day(now)
        try:
            _, filled, _ = actions.fill(found, day=day, at=now)
        except Problem as problem:
            raise _in_words(problem, _language(self.request)) from None
        return ValuesOnDay(day, [ValueView(one.sheet, one.cell, one.shown) for one in filled.values])


class TableDraft(Desk):
    """The filled workbook, not issued."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[TableWhere], parsed_query: Query[OnDay]) -> FileResponse:
        """The workbook filled for a day as of now. Nothing is kept of it; its name says that it is a draft."""
        found, now = _found(parsed_path.table_id, self.viewer, Permission.SEE), clock.now()
        day = parsed_query.day or local_day(now)
        data, _, _ = actions.fill(found, day=day, at=now)
        return _file(data, f"{_mark(queries.basis_of(found, day=day, at=now))}草稿 {found.title} {day}.xlsx")


class Fillings(Desk):
    """What was issued of a table."""

    def get(self, parsed_path: Path[TableWhere]) -> list[FillingRow]:
        """The latest first."""
        found = _found(parsed_path.table_id, self.viewer, Permission.SEE)
        return [_filling_row(one) for one in queries.fillings(form=found.id)]

    def post(self, parsed_path: Path[TableWhere], parsed_body: Body[Issuing]) -> FillingRow:
        """Issue the table of a day: filled once, and archived byte for byte."""
        found, now = _found(parsed_path.table_id, self.viewer, Permission.ISSUE), clock.now()
        day = parsed_body.day or local_day(now)
        try:
            issued = actions.issue(form=found.id, day=day, seen=parsed_body.seen, by=self.viewer.actor, at=now)
        except Problem as problem:
            raise _in_words(problem, _language(self.request)) from None
        return _filling_row(issued)


class FillingFile(Desk):
    """An issued filling to carry away."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[FillingWhere]) -> FileResponse:
        """The very bytes that were issued."""
        found = _issued(parsed_path.filling_id, self.viewer)
        return _file(queries.attached(found.entry), f"{_mark(found.basis)}{found.title} {found.basis.day}.xlsx")


class FillingRecount(Desk):
    """Proof that its numbers can still be had."""

    def get(self, parsed_path: Path[FillingWhere]) -> TableRecount:
        """Add everything up again as of its position."""
        found = _issued(parsed_path.filling_id, self.viewer)
        again = queries.recount(found)
        return TableRecount(found.id, found.basis.position, found.figures, again.figures, again.same)


def _language(request: Any) -> str:
    return language_of(request.headers.get("Accept-Language", ""))


def _uploaded(request: Any, size: int) -> tuple[bytes, str]:
    if size > workbook.MOST_BYTES:
        raise Problem("tables.too_large", status=413, most_mb=workbook.MOST_BYTES >> 20, has_mb=size >> 20)
    file = cast("UploadedFile[Any]", request.FILES["file"])
    return file.read(), (file.name or "").replace("\0", "")


def _mark(basis: Basis) -> str:
    return "演练 DRILL " if queries.is_exercise(basis) else ""


def _file(data: bytes, name: str) -> FileResponse:
    return FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=_EXCEL, status=200)


def _areas(viewer: Viewer, area: UUID | None) -> set[AreaId]:
    on = local_day(viewer.at)
    if area is None:
        return {below for root in viewer.roots(Permission.SEE) for below in territory.subtree(root, on)}
    viewer.require(Permission.SEE, lineage=territory.lineage(AreaId(area), on))
    return set(territory.subtree(AreaId(area), on))


def _found(id: UUID, viewer: Viewer, permission: Permission) -> Table:
    """A table of one's areas; one of others' is not there at all."""
    viewer.require(permission)
    found = queries.form(id=id)
    viewer.require(permission, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def _issued(id: UUID, viewer: Viewer) -> Filling:
    viewer.require(Permission.SEE)
    found = queries.filling(id=id)
    viewer.require(Permission.SEE, lineage=territory.lineage(found.basis.area, local_day(viewer.at)))
    return found


def _in_words(problem: Problem, language: str) -> Problem:
    """Each cell's reason as a sentence."""
    for cell in problem.details.get("cells", ()):
        cell["message"] = sentence(f"upper_level_forms.why_{cell['why']}", language, **cell)
    return problem


# --- as it is shown --------------------------------------------------------------------------------------------------


def _row(found: Table) -> TableRow:
    return TableRow(**_fields(found))


def _fields(found: Table) -> dict[str, Any]:
    area, latest = territory.find(found.area), next(iter(queries.fillings(form=found.id)), None)
    return {
        "id": found.id,
        "title": found.title,
        "area": found.area,
        "area_name": area.name if area else "",
        "audience": found.audience,
        "file_name": found.file_name,
        "mapped": len(found.cells),
        "edits": found.edits,
        "changed_by": found.changed.name,
        "changed_at": found.changed.at,
        "issued_day": latest.basis.day if latest else None,
        "issued_at": latest.issued.at if latest else None,
    }


def _view(found: Table, language: str, moved: Sequence[MovedCell] = ()) -> TableView:
    now = clock.now()
    day = local_day(now)
    subjects = queries.subjects(found, day=day, at=now)
    places = queries.basis_of(found, day=day, at=now).places
    book = workbook.read(queries.attached(found.entry))
    return TableView(
        **_fields(found),
        sheets=[
            SheetName(no, one.name, one.is_hidden, sum(each.wanted.sheet == one.name for each in found.cells))
            for no, one in enumerate(book.sheets)
        ],
        cells=[_mapped(one, subjects, places, language) for one in found.cells],
        subjects=[_told(one, language) for one in subjects],
        places=[PlaceChoice(one.id, _full(one, places)) for one in places],
        moved=list(moved),
    )


def _mapped(one: Mapped, subjects: Sequence[Subject], places: Sequence[Place], language: str) -> CellMapped:
    wanted = one.wanted
    measures = [m for s in subjects if s.id == wanted.about.id for m in s.measures if m.name == wanted.measure]
    area = next((_full(each, places) for each in places if each.id == wanted.area), "")
    name = _name(measures[0], language) if measures else wanted.measure
    return CellMapped(wanted, rules.spoken(one.anchor), name, area)


def _told(subject: Subject, language: str) -> SubjectChoice:
    title = subject.title_en if language == "en" else subject.title_zh
    choices = [
        MeasureChoice(
            one.name,
            _name(one, language),
            one.definition_en if language == "en" else one.definition_zh,
            bool(one.denominator),
        )
        for one in subject.measures
    ]
    return SubjectChoice(SubjectKey(subject.source, subject.id), title, choices)


def _name(measure: Measure, language: str) -> str:
    return measure.en if language == "en" else measure.zh


def _full(place: Place, places: Sequence[Place]) -> str:
    above = next((each for each in places[1:] if each.id == place.within), None)
    return f"{above.name} {place.name}" if above else place.name


def _drawn(book: Book, no: int) -> DrawnSheet:
    sheet = book.sheets[no]
    around = rules.Surroundings(sheet)
    sizes = {At(one.top, one.left): one for one in sheet.merged}
    cells = []
    for row in range(1, sheet.rows + 1):
        for column in range(1, sheet.columns + 1):
            at = At(row, column)
            if sheet.corners.get(at, at) != at:
                continue
            why = rules.objection(sheet, at, book.styles) or around.why_not(at)
            range_ = sizes.get(at)
            cell = sheet.cells.get(at)
            cells.append(
                DrawnCell(
                    row,
                    column,
                    cell.text if cell and not cell.is_formula else "",
                    rules.spoken(around.of[at]) if at in around.of else "",
                    why.value if why else "",
                    min(range_.right, sheet.columns) - column + 1 if range_ else 1,
                    min(range_.bottom, sheet.rows) - row + 1 if range_ else 1,
                )
            )
    widths = [sheet.widths.get(column, 8.43) for column in range(1, sheet.columns + 1)]
    return DrawnSheet(no, sheet.name, sheet.rows, sheet.columns, widths, sheet.is_protected, cells)


def _filling_row(found: Filling) -> FillingRow:
    basis = found.basis
    return FillingRow(
        found.id,
        found.form,
        found.title,
        basis.day,
        basis.cut_off,
        basis.position,
        len(found.cells),
        found.figures,
        found.sha256,
        found.issued.name,
        found.issued.at,
    )


urlpatterns = [
    path("upper-level-forms", Tables.as_view(), name="upper-level-forms"),
    path("upper-level-forms/workbook", NewTable.as_view(), name="upper-level-forms-workbook"),
    path("upper-level-forms/<uuid:table_id>", OneTable.as_view(), name="upper-level-form"),
    path("upper-level-forms/<uuid:table_id>/sheets/<int:no>", TableSheet.as_view(), name="upper-level-form-sheet"),
    path("upper-level-forms/<uuid:table_id>/cells", TableCells.as_view(), name="upper-level-form-cells"),
    path("upper-level-forms/<uuid:table_id>/column", TableColumn.as_view(), name="upper-level-form-column"),
    path("upper-level-forms/<uuid:table_id>/workbook", TableLayout.as_view(), name="upper-level-form-layout"),
    path("upper-level-forms/<uuid:table_id>/values", TableValues.as_view(), name="upper-level-form-values"),
    path("upper-level-forms/<uuid:table_id>/filled.xlsx", TableDraft.as_view(), name="upper-level-form-draft"),
    path("upper-level-forms/<uuid:table_id>/fillings", Fillings.as_view(), name="upper-level-fillings"),
    path("upper-level-fillings/<uuid:filling_id>/file.xlsx", FillingFile.as_view(), name="upper-level-filling-file"),
    path("upper-level-fillings/<uuid:filling_id>/recount", FillingRecount.as_view(), name="upper-level-recount"),
]
