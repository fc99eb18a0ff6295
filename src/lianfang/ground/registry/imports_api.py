"""HTTP for lists that come in: read, laid out, looked over, published, undone."""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.urls import path
from dmr import Body, FileMetadata, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, FormParser, Page
from lianfang.ground.registry import actions, choosing, imports, queries, roster, staging, subjects
from lianfang.ground.registry.asking import Listed, Recorded, Undoing, Words, paged
from lianfang.ground.registry.jobs import choose_later, publish_later, read_later, undo_later
from lianfang.ground.registry.layouts import Layout
from lianfang.ground.registry.people import RowShown
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.suggestions import Why as Reasoned
from lianfang.ground.registry.tabled import Line
from lianfang.ground.registry.terms import About, Finding, ImportState, ImportView, Severity, Slice, Target

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportWhere(msgspec.Struct, frozen=True):
    """One import."""

    import_id: UUID


class RosterFile(msgspec.Struct, frozen=True):
    """A workbook or csv as uploaded."""

    name: str
    size: int


class Roster(msgspec.Struct, frozen=True):
    """The form part `file`."""

    file: RosterFile


class Begun(msgspec.Struct, frozen=True):
    """An import, and the job that works on it."""

    id: UUID
    job: UUID


class Uploaded(msgspec.Struct, frozen=True):
    """An import, and the job that reads it; None when somebody must say first what its columns are."""

    id: UUID
    job: UUID | None


class HowToRead(msgspec.Struct, frozen=True):
    """`own`: a layout that is not the template's is not refused, but asked about. What is not people always is."""

    layout: Annotated[str, msgspec.Meta(pattern=r"^(template|own)$")] = "template"
    about: About = About.PEOPLE
    sender: Words = ""  # the office whose list it is


class Spoken(msgspec.Struct, frozen=True):
    """In which language a file is written, where the browser's own is not the desk's."""

    language: Annotated[str, msgspec.Meta(pattern=r"^(zh-Hans|en)$|^$")] = ""


class Header(msgspec.Struct, frozen=True):
    """Which sheet, and where its header stands if it is not where it seems."""

    sheet: Words = ""
    header: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    header_rows: Annotated[int, msgspec.Meta(ge=0, le=2)] = 1


class Confirmed(msgspec.Struct, frozen=True):
    """How the file is to be read, and whose file it is, so that it is known next time."""

    layout: Layout
    sender: Words = ""


class ColumnView(msgspec.Struct, frozen=True):
    """A column, what it is likely for, how sure (of 100) and why. `barred`: it cannot be chosen."""

    index: int
    title: str
    target: Target | None
    sure: int
    why: list[str]
    barred: bool


class LayoutView(msgspec.Struct, frozen=True):
    """What a file seems to be."""

    sheets: list[choosing.Sheet]
    header: int
    header_rows: int
    columns: list[ColumnView]
    layout: Layout
    sender: str
    targets: list[Target]  # what a column of such a file may be for
    needs: list[list[Target]]  # of each of these one must be chosen


class FindingView(msgspec.Struct, frozen=True):
    """What is to be said about one row, in the reader's language."""

    row: int
    column: str
    severity: Severity
    code: str
    message: str


class PreviewRow(msgspec.Struct, frozen=True):
    """A row as it would be read, masked, with what there is to say about it."""

    row: int
    place: str
    door: str
    name: str
    sex: str | None
    born_year: int | None
    relation: str | None
    id_masked: str
    phone_masked: str
    residence_kind: str | None
    why: str
    findings: list[FindingView]


class LineView(msgspec.Struct, frozen=True):
    """A line of a table that names no person: what its chosen columns say, in the order of `fits`."""

    row: int
    cells: list[str]
    findings: list[FindingView]


class PreviewView(msgspec.Struct, frozen=True):
    """The first rows, and how many cells of each column are like what it was chosen for."""

    rows: list[PreviewRow]
    fits: list[choosing.Fit]
    lines: list[LineView] = []


class ImportAnswer(msgspec.Struct, frozen=True):
    """How an import stands: counts, the first findings, and what became of it."""

    id: UUID
    state: ImportState
    file_name: str
    created_at: datetime
    rows: int
    good: int
    bad: int
    warned: int
    households: int
    residents: int
    edits: int
    unchanged: int
    job: UUID | None
    problem: FindingView | None
    findings: list[FindingView]
    kept_households: int
    kept_residents: int
    own_layout: bool  # read by a choice that can still be made otherwise
    about: About
    added: int  # areas, organisations or places
    kept: int  # of them not taken back, because they have changed since
    pairs: int | None  # that wait about its people; None: not looked for yet
    needs_another: bool  # so many people change that somebody else than the uploader publishes
    sender: str  # the office whose list it is
    by: str  # who brought it
    mine: bool  # the reader did
    edited: int  # people of whom its word stands from then on
    offered: int  # people of whom it says something over another hand's word
    offers: int  # in how many fields
    asked_before: int  # people of whom it only says what was offered before


class Imports(Desk):
    """Rosters on their way in."""

    parsers = (FormParser(),)

    def get(self, parsed_query: Query[Listed]) -> Page[ImportAnswer]:
        """One's own, and all in areas where one may load; latest first."""
        found = queries.imports(viewer=self.viewer, page=parsed_query.page, page_size=parsed_query.page_size)
        answers = [_answer(view, self._language) for view in found.rows]
        return paged(Slice(answers, found.total), parsed_query.page, parsed_query.page_size)

    def post(self, parsed_file_metadata: FileMetadata[Roster], parsed_query: Query[HowToRead]) -> Uploaded:
        """Take a roster and begin to read it; nothing of it is on the register until it is published."""
        subject = subjects.SUBJECTS[parsed_query.about]
        self.viewer.require(subject.may_load)
        file = self.request.FILES["file"]
        assert isinstance(file, UploadedFile)  # one part, said the schema
        kept = actions.keep_upload(file.chunks(), most=settings.LIANFANG_LARGEST_UPLOAD)
        try:
            what: dict[str, Any] = {"path": kept, "file_name": file.name or "", "by": self.viewer.actor}
            what |= {"roots": self.viewer.roots(subject.may_load), "at": clock.now(), "sender": parsed_query.sender}
            people = parsed_query.about is About.PEOPLE
            if (not people or parsed_query.layout == "own") and not choosing.is_the_template(kept):
                return Uploaded(actions.begin_import(**what, choosing=True, about=parsed_query.about), None)
            if not people:
                raise Problem("registry.a_roster_of_people", status=422)
            return Uploaded(*read_later(**what))
        except BaseException:
            kept.unlink(missing_ok=True)
            raise

    @property
    def _language(self) -> str:
        return language_of(self.request.headers.get("Accept-Language", ""))


class OneImport(Desk):
    """One roster."""

    def get(self, parsed_path: Path[ImportWhere]) -> ImportAnswer:
        """How it stands."""
        view = queries.import_view(parsed_path.import_id, viewer=self.viewer)
        return _answer(view, language_of(self.request.headers.get("Accept-Language", "")))

    def delete(self, parsed_path: Path[ImportWhere]) -> Recorded:
        """Throw it away before it is published."""
        queries.import_row(parsed_path.import_id, viewer=self.viewer)
        actions.drop_import(import_id=parsed_path.import_id, by=self.viewer.actor, at=clock.now())
        return Recorded(parsed_path.import_id)


class LayoutOfImport(Desk):
    """What the columns of a roster are."""

    def get(self, parsed_path: Path[ImportWhere], parsed_query: Query[Header]) -> LayoutView:
        """As it seems, with reasons."""
        asked = parsed_query
        found = choosing.look(
            parsed_path.import_id,
            viewer=self.viewer,
            sheet=asked.sheet,
            header=asked.header,
            header_rows=asked.header_rows,
        )
        language = language_of(self.request.headers.get("Accept-Language", ""))
        columns = [
            ColumnView(c.index, c.title, c.target, c.sure, _whys(c.why, language), c.barred) for c in found.columns
        ]
        heading = found.heading
        subject = subjects.of(queries.import_row(parsed_path.import_id, viewer=self.viewer))
        targets, needs = list(subject.vocabulary.targets), [list(need.any_of) for need in subject.needs]
        return LayoutView(found.sheets, heading.row, heading.rows, columns, found.layout, found.sender, targets, needs)

    def post(self, parsed_path: Path[ImportWhere], parsed_body: Body[Confirmed]) -> Begun:
        """Confirm it, and have the file read so: a dry run, until it is published."""
        id, confirmed = parsed_path.import_id, parsed_body
        job = choose_later(
            import_id=id, layout=confirmed.layout, sender=confirmed.sender, viewer=self.viewer, at=clock.now()
        )
        return Begun(id, job)


class PreviewOfImport(Desk):
    """The first rows of a roster."""

    def post(self, parsed_path: Path[ImportWhere], parsed_body: Body[Layout]) -> PreviewView:
        """As this choice would read them, masked."""
        found = choosing.preview(parsed_path.import_id, parsed_body, viewer=self.viewer)
        language = language_of(self.request.headers.get("Accept-Language", ""))
        lines = [_line(line, found.fits, language) for line in found.lines]
        return PreviewView([_shown(row, language) for row in found.rows], found.fits, lines)


class PublicationOfImport(Desk):
    """From staging onto the register."""

    def post(self, parsed_path: Path[ImportWhere]) -> Begun:
        """Publish it, by one entry."""
        id = _may_act(parsed_path.import_id, self.viewer)
        return Begun(id, publish_later(import_id=id, by=self.viewer.actor, at=clock.now()))


class UndoingOfImport(Desk):
    """And back."""

    def post(self, parsed_path: Path[ImportWhere], parsed_body: Body[Undoing]) -> Begun:
        """Take it back, by one entry; what was edited since stays and is counted."""
        id = _may_act(parsed_path.import_id, self.viewer)
        by, reason = self.viewer.actor, parsed_body.reason
        return Begun(id, undo_later(import_id=id, by=by, at=clock.now(), reason=reason))


class ErrorsOfImport(Desk):
    """The rows with findings."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[ImportWhere], parsed_query: Query[Spoken]) -> FileResponse:
        """The user's own rows back, with a column of reasons."""
        header, rows = queries.rows_with_findings(parsed_path.import_id, viewer=self.viewer)
        book = BytesIO()
        language = parsed_query.language or language_of(self.request.headers.get("Accept-Language", ""))
        staging.write_errors(book, header, rows, language=language)
        return _excel(book, f"{sentence('registry.rows_to_check', language)}.xlsx")


class TemplateOfImport(Desk):
    """The workbook to fill in."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self) -> FileResponse:
        """An empty one."""
        self.viewer.require(Permission.IMPORT)
        book = BytesIO()
        tables.write_template(book, title="人口底册", columns=roster.COLUMNS, notes=roster.NOTES)
        return _excel(book, "人口底册模板.xlsx")


def _whys(whys: Iterable[Reasoned], language: str) -> list[str]:
    return [sentence(why.code, language, **why.details) for why in whys]


def _shown(row: RowShown, language: str) -> PreviewRow:
    why = " ".join(_whys([row.why] if row.why else [], language))
    findings = [_finding(finding, language) for finding in row.findings]
    return msgspec.convert(msgspec.structs.asdict(row) | {"why": why, "findings": findings}, PreviewRow)


def _line(line: Line, fits: list[choosing.Fit], language: str) -> LineView:
    cells = [line.text(fit.target) for fit in fits]
    return LineView(line.row.number, cells, [_finding(finding, language) for finding in line.findings])


def _may_act(import_id: UUID, viewer: Viewer) -> UUID:
    subjects.require_any(viewer, publish=True)
    viewer.require(subjects.of(queries.import_row(import_id, viewer=viewer)).may_publish)
    return import_id


def _answer(view: ImportView, language: str) -> ImportAnswer:
    problem = None
    if view.problem:
        said = sentence(view.problem, language, **view.problem_details)
        problem = FindingView(int(view.problem_details.get("row", 0)), "", Severity.ERROR, view.problem, said)
    return ImportAnswer(
        id=view.id,
        state=view.state,
        file_name=view.file_name,
        created_at=view.created_at,
        rows=view.rows,
        good=view.good,
        bad=view.bad,
        warned=view.warned,
        households=view.households,
        residents=view.residents,
        edits=view.edits,
        unchanged=view.unchanged,
        job=view.job,
        problem=problem,
        findings=[_finding(finding, language) for finding in view.findings],
        kept_households=view.kept_households,
        kept_residents=view.kept_residents,
        own_layout=view.own_layout,
        about=view.about,
        added=view.added,
        kept=view.kept,
        pairs=view.pairs,
        needs_another=view.residents + view.edited > imports.MOST_ALONE,
        sender=view.sender,
        by=view.by,
        mine=view.mine,
        edited=view.edited,
        offered=view.offered,
        offers=view.offers,
        asked_before=view.asked,
    )


def _finding(finding: Finding, language: str) -> FindingView:
    return FindingView(finding.row, finding.column, finding.severity, finding.code, staging.in_words(finding, language))


def _excel(book: BytesIO, name: str) -> FileResponse:
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=name, content_type=EXCEL, status=HTTPStatus.OK)


urlpatterns = [
    path("imports", Imports.as_view(), name="imports"),
    path("imports/template.xlsx", TemplateOfImport.as_view(), name="imports-template"),
    path("imports/<uuid:import_id>", OneImport.as_view(), name="import"),
    path("imports/<uuid:import_id>/errors.xlsx", ErrorsOfImport.as_view(), name="import-errors"),
    path("imports/<uuid:import_id>/layout", LayoutOfImport.as_view(), name="import-layout"),
    path("imports/<uuid:import_id>/preview", PreviewOfImport.as_view(), name="import-preview"),
    path("imports/<uuid:import_id>/publish", PublicationOfImport.as_view(), name="import-publish"),
    path("imports/<uuid:import_id>/undo", UndoingOfImport.as_view(), name="import-undo"),
]
