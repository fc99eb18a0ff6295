"""HTTP for the register: households, residents, questions between edits, rosters.

Masked; every page of people is noted.
"""

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

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, ResidentId
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, FormParser, Page
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import DisclosureView
from lianfang.ground.registry import actions, boundaries_api, choosing, pairs, queries, roster, staging
from lianfang.ground.registry.jobs import (
    choose_later,
    find_duplicates_later,
    publish_later,
    read_later,
    undo_later,
)
from lianfang.ground.registry.layouts import Layout
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.suggestions import Why as Reasoned
from lianfang.ground.registry.terms import (
    DisagreementView,
    DuplicateView,
    EditView,
    Field,
    Finding,
    HouseholdRow,
    HouseholdView,
    ImportState,
    ImportView,
    MergeView,
    ResidentRow,
    Severity,
    Slice,
    Target,
)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Words = Annotated[str, msgspec.Meta(max_length=100)]
Reason = Annotated[str, msgspec.Meta(max_length=200)]
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=queries.MOST_ROWS)]


class ResidentWhere(msgspec.Struct, frozen=True):
    """One resident."""

    resident_id: UUID


class HouseholdWhere(msgspec.Struct, frozen=True):
    """One household."""

    household_id: UUID


class DisagreementWhere(msgspec.Struct, frozen=True):
    """One question."""

    disagreement_id: UUID


class DuplicateWhere(msgspec.Struct, frozen=True):
    """One pair."""

    duplicate_id: UUID


class MergeWhere(msgspec.Struct, frozen=True):
    """One merge."""

    merge_id: UUID


class ImportWhere(msgspec.Struct, frozen=True):
    """One import."""

    import_id: UUID


class People(msgspec.Struct, frozen=True):
    """Which people to list: by name, pinyin, initials, door, or one whole number; in an area; why."""

    q: Words = ""
    area: UUID | None = None
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|door|age|people)$|^$")] = ""
    page: Number = 1
    page_size: Size = 50
    purpose: Purpose = Purpose.REGISTER_UPKEEP


class Listed(msgspec.Struct, frozen=True):
    """Which page of a list."""

    area: UUID | None = None
    page: Number = 1
    page_size: Size = 50


class Why(msgspec.Struct, frozen=True):
    """What a look at one person is for."""

    purpose: Purpose = Purpose.REGISTER_UPKEEP


class Revealing(msgspec.Struct, frozen=True):
    """Which value of somebody is to be seen in clear, and why."""

    field: Field
    reason: Reason
    purpose: Purpose = Purpose.REGISTER_UPKEEP


class Revealed(msgspec.Struct, frozen=True):
    """The value; None when there is none."""

    value: str | None


class Edited(msgspec.Struct, frozen=True):
    """A field of somebody as it should be, and the version one was looking at."""

    field: Field
    base_version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    value: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    reason: Reason | None = None


class Decision(msgspec.Struct, frozen=True):
    """Which of the edits stands, and why."""

    kept: UUID
    reason: Reason = ""


class Merging(msgspec.Struct, frozen=True):
    """Which of the two stays on the list, of which fields the other's value stands, and as of when both were seen."""

    kept: UUID
    seen_one: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seen_other: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    take: Annotated[list[Field], msgspec.Meta(max_length=20)] = []
    reason: Reason = ""


class Looking(msgspec.Struct, frozen=True):
    """The job that looks through the register."""

    job: UUID


class Recorded(msgspec.Struct, frozen=True):
    """The entry that was written."""

    id: UUID


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


class Undoing(msgspec.Struct, frozen=True):
    """Why something is taken back, or is so."""

    reason: Reason = ""


class Uploaded(msgspec.Struct, frozen=True):
    """An import, and the job that reads it; None when somebody must say first what its columns are."""

    id: UUID
    job: UUID | None


class HowToRead(msgspec.Struct, frozen=True):
    """`own`: a layout that is not the template's is not refused, but asked about."""

    layout: Annotated[str, msgspec.Meta(pattern=r"^(template|own)$")] = "template"


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


class PreviewView(msgspec.Struct, frozen=True):
    """The first rows, and how many cells of each column are like what it was chosen for."""

    rows: list[PreviewRow]
    fits: list[choosing.Fit]


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
    needs_another: bool  # so many people change that somebody else than the uploader publishes


class Residents(Desk):
    """People, masked."""

    def get(self, parsed_query: Query[People]) -> Page[ResidentRow]:
        """Those the words mean, inside one's areas."""
        asked = parsed_query
        found = queries.search(
            asked.q,
            viewer=self.viewer,
            area=AreaId(asked.area) if asked.area else None,
            sort=asked.sort,
            page=asked.page,
            page_size=asked.page_size,
            purpose=asked.purpose,
        )
        return _page(found, asked.page, asked.page_size)


class OneResident(Desk):
    """One person."""

    def patch(self, parsed_path: Path[ResidentWhere], parsed_body: Body[Edited]) -> Recorded:
        """Edit one field."""
        record = actions.change_field(
            resident=ResidentId(parsed_path.resident_id),
            field=parsed_body.field,
            base_version=parsed_body.base_version,
            value=parsed_body.value,
            reason=parsed_body.reason,
            viewer=self.viewer,
            at=clock.now(),
        )
        return Recorded(record)


class RevealOfResident(Desk):
    """One value in clear."""

    def post(self, parsed_path: Path[ResidentWhere], parsed_body: Body[Revealing]) -> Revealed:
        """Show it, with the reason noted first."""
        value = queries.reveal(
            ResidentId(parsed_path.resident_id),
            field=parsed_body.field,
            reason=parsed_body.reason,
            purpose=parsed_body.purpose,
            viewer=self.viewer,
        )
        return Revealed(value)


class HistoryOfResident(Desk):
    """What was edited, by whom and when."""

    def get(self, parsed_path: Path[ResidentWhere], parsed_query: Query[Why]) -> list[EditView]:
        """Oldest first."""
        return queries.history(ResidentId(parsed_path.resident_id), viewer=self.viewer, purpose=parsed_query.purpose)


class LooksAtResident(Desk):
    """Who looked at somebody."""

    def get(self, parsed_path: Path[ResidentWhere]) -> list[DisclosureView]:
        """Every look at this person, latest first: who, how, what for; one's own look at this is not one."""
        self.viewer.require("access.who_looked")
        id = ResidentId(parsed_path.resident_id)
        ref = queries.resident_place(id, viewer=self.viewer, permission=Permission.READ)
        looks = {
            look.id: look
            for each in queries.ids_of(ref.id)
            for look in access.who_looked(resident=each, area=ref.grid, viewer=self.viewer)
        }
        return sorted(looks.values(), key=lambda look: look.at, reverse=True)


class Households(Desk):
    """Households, masked."""

    def get(self, parsed_query: Query[People]) -> Page[HouseholdRow]:
        """Those behind a door, or in which somebody of that name lives."""
        asked = parsed_query
        found = queries.households(
            q=asked.q,
            viewer=self.viewer,
            area=AreaId(asked.area) if asked.area else None,
            sort=asked.sort,
            page=asked.page,
            page_size=asked.page_size,
            purpose=asked.purpose,
        )
        return _page(found, asked.page, asked.page_size)


class OneHousehold(Desk):
    """One household."""

    def get(self, parsed_path: Path[HouseholdWhere], parsed_query: Query[Why]) -> HouseholdView:
        """With everybody in it."""
        return queries.household(
            HouseholdId(parsed_path.household_id), viewer=self.viewer, purpose=parsed_query.purpose
        )


class Disagreements(Desk):
    """Where two hands wrote different things."""

    def get(self, parsed_query: Query[Listed]) -> Page[DisagreementView]:
        """The questions that wait in one's areas."""
        found = queries.disagreements(
            viewer=self.viewer,
            area=AreaId(parsed_query.area) if parsed_query.area else None,
            page=parsed_query.page,
            page_size=parsed_query.page_size,
        )
        return _page(found, parsed_query.page, parsed_query.page_size)


class SettlementOfDisagreement(Desk):
    """The answer to one."""

    def post(self, parsed_path: Path[DisagreementWhere], parsed_body: Body[Decision]) -> Recorded:
        """Decide."""
        record = actions.settle(
            disagreement=parsed_path.disagreement_id,
            kept=parsed_body.kept,
            reason=parsed_body.reason,
            viewer=self.viewer,
            at=clock.now(),
        )
        return Recorded(record)


class Duplicates(Desk):
    """Who may be listed twice."""

    def get(self, parsed_query: Query[Listed]) -> Page[DuplicateView]:
        """The pairs that wait in one's areas, surest first."""
        asked = parsed_query
        area = AreaId(asked.area) if asked.area else None
        found = pairs.duplicates(viewer=self.viewer, area=area, page=asked.page, page_size=asked.page_size)
        return _page(found, asked.page, asked.page_size)

    def post(self) -> Looking:
        """Look through whoever came or was changed since the last look."""
        self.viewer.require(Permission.SETTLE)
        return Looking(find_duplicates_later(by=self.viewer.actor))


class OneDuplicate(Desk):
    """One pair."""

    def get(self, parsed_path: Path[DuplicateWhere]) -> DuplicateView:
        """Side by side, with what speaks for it and against it."""
        return pairs.duplicate(parsed_path.duplicate_id, viewer=self.viewer)


class MergingOfDuplicate(Desk):
    """One answer: they are one."""

    def post(self, parsed_path: Path[DuplicateWhere], parsed_body: Body[Merging]) -> Recorded:
        """One of them stays on the list and answers for both."""
        pair = pairs.duplicate(parsed_path.duplicate_id, viewer=self.viewer)
        kept, two = ResidentId(parsed_body.kept), {pair.one.id, pair.other.id}
        if kept not in two:
            raise Problem("registry.neither_of_them", status=422)
        (other,) = two - {kept}
        record = actions.merge(
            kept=kept,
            other=other,
            take=parsed_body.take,
            seen={pair.one.id: parsed_body.seen_one, pair.other.id: parsed_body.seen_other},
            reason=parsed_body.reason,
            viewer=self.viewer,
            at=clock.now(),
        )
        return Recorded(record)


class ApartnessOfDuplicate(Desk):
    """The other answer: they are two."""

    def post(self, parsed_path: Path[DuplicateWhere], parsed_body: Body[Undoing]) -> Recorded:
        """Nobody is asked about them again."""
        pair = pairs.duplicate(parsed_path.duplicate_id, viewer=self.viewer)
        record = actions.tell_apart(
            one=pair.one.id, other=pair.other.id, reason=parsed_body.reason, viewer=self.viewer, at=clock.now()
        )
        return Recorded(record)


class Merges(Desk):
    """What was merged."""

    def get(self, parsed_query: Query[Listed]) -> Page[MergeView]:
        """What can be made two again in one's areas, latest first."""
        asked = parsed_query
        area = AreaId(asked.area) if asked.area else None
        found = pairs.merges(viewer=self.viewer, area=area, page=asked.page, page_size=asked.page_size)
        return _page(found, asked.page, asked.page_size)


class UndoingOfMerge(Desk):
    """And back."""

    def post(self, parsed_path: Path[MergeWhere], parsed_body: Body[Undoing]) -> Recorded:
        """They are two after all; each has what was said of it, also since."""
        record = actions.undo_merge(
            merge=parsed_path.merge_id, reason=parsed_body.reason, viewer=self.viewer, at=clock.now()
        )
        return Recorded(record)


class Imports(Desk):
    """Rosters on their way in."""

    parsers = (FormParser(),)

    def get(self, parsed_query: Query[Listed]) -> Page[ImportAnswer]:
        """One's own, and all in areas where one may load; latest first."""
        found = queries.imports(viewer=self.viewer, page=parsed_query.page, page_size=parsed_query.page_size)
        answers = [_answer(view, self._language) for view in found.rows]
        return _page(Slice(answers, found.total), parsed_query.page, parsed_query.page_size)

    def post(self, parsed_file_metadata: FileMetadata[Roster], parsed_query: Query[HowToRead]) -> Uploaded:
        """Take a roster and begin to read it; nothing of it is on the register until it is published."""
        self.viewer.require(Permission.IMPORT)
        file = self.request.FILES["file"]
        assert isinstance(file, UploadedFile)  # one part, said the schema
        kept = actions.keep_upload(file.chunks(), most=settings.LIANFANG_LARGEST_UPLOAD)
        try:
            what: dict[str, Any] = {"path": kept, "file_name": file.name or "", "by": self.viewer.actor}
            what |= {"roots": self.viewer.roots(Permission.IMPORT), "at": clock.now()}
            if parsed_query.layout == "own" and not choosing.is_the_template(kept):
                return Uploaded(actions.begin_import(**what, choosing=True), None)
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
        return LayoutView(found.sheets, heading.row, heading.rows, columns, found.layout, found.sender)

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
        return PreviewView([_shown(row, language) for row in found.rows], found.fits)


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
    def get(self, parsed_path: Path[ImportWhere]) -> FileResponse:
        """The user's own rows back, with a column of reasons."""
        header, rows = queries.rows_with_findings(parsed_path.import_id, viewer=self.viewer)
        book = BytesIO()
        reasons = ((cells, _reasons(findings)) for cells, findings in rows)
        tables.write_errors(book, title="需要核对的行", header=header, rows=reasons)
        return _excel(book, "需要核对的行.xlsx")


class TemplateOfImport(Desk):
    """The workbook to fill in."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self) -> FileResponse:
        """An empty one."""
        self.viewer.require(Permission.IMPORT)
        book = BytesIO()
        tables.write_template(book, title="人口底册", columns=roster.COLUMNS, notes=roster.NOTES)
        return _excel(book, "人口底册模板.xlsx")


def _page(found: Slice, page: int, page_size: int) -> Page[Any]:
    return Page(found.rows, found.total, page, page_size, clock.now().isoformat())


def _whys(whys: Iterable[Reasoned], language: str) -> list[str]:
    return [sentence(why.code, language, **why.details) for why in whys]


def _shown(row: choosing.RowShown, language: str) -> PreviewRow:
    why = " ".join(_whys([row.why] if row.why else [], language))
    findings = [_finding(finding, language) for finding in row.findings]
    return msgspec.convert(msgspec.structs.asdict(row) | {"why": why, "findings": findings}, PreviewRow)


def _may_act(import_id: UUID, viewer: Viewer) -> UUID:
    viewer.require(Permission.PUBLISH)
    queries.import_row(import_id, viewer=viewer)
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
        needs_another=view.residents + view.edited > actions.MOST_ALONE,
    )


def _finding(finding: Finding, language: str) -> FindingView:
    return FindingView(finding.row, finding.column, finding.severity, finding.code, staging.in_words(finding, language))


def _reasons(findings: list[Finding]) -> str:
    return "；".join(staging.in_words(finding, "zh-Hans") for finding in findings)


def _excel(book: BytesIO, name: str) -> FileResponse:
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=name, content_type=EXCEL, status=HTTPStatus.OK)


urlpatterns = [
    path("households", Households.as_view(), name="households"),
    path("households/<uuid:household_id>", OneHousehold.as_view(), name="household"),
    path("residents", Residents.as_view(), name="residents"),
    path("residents/<uuid:resident_id>", OneResident.as_view(), name="resident"),
    path("residents/<uuid:resident_id>/reveal", RevealOfResident.as_view(), name="resident-reveal"),
    path("residents/<uuid:resident_id>/history", HistoryOfResident.as_view(), name="resident-history"),
    path("residents/<uuid:resident_id>/looks", LooksAtResident.as_view(), name="resident-looks"),
    path("disagreements", Disagreements.as_view(), name="disagreements"),
    path(
        "disagreements/<uuid:disagreement_id>/settle",
        SettlementOfDisagreement.as_view(),
        name="disagreement-settle",
    ),
    path("duplicates", Duplicates.as_view(), name="duplicates"),
    path("duplicates/<uuid:duplicate_id>", OneDuplicate.as_view(), name="duplicate"),
    path("duplicates/<uuid:duplicate_id>/merge", MergingOfDuplicate.as_view(), name="duplicate-merge"),
    path("duplicates/<uuid:duplicate_id>/apart", ApartnessOfDuplicate.as_view(), name="duplicate-apart"),
    path("merges", Merges.as_view(), name="merges"),
    path("merges/<uuid:merge_id>/undo", UndoingOfMerge.as_view(), name="merge-undo"),
    path("imports", Imports.as_view(), name="imports"),
    path("imports/template.xlsx", TemplateOfImport.as_view(), name="imports-template"),
    path("imports/<uuid:import_id>", OneImport.as_view(), name="import"),
    path("imports/<uuid:import_id>/errors.xlsx", ErrorsOfImport.as_view(), name="import-errors"),
    path("imports/<uuid:import_id>/layout", LayoutOfImport.as_view(), name="import-layout"),
    path("imports/<uuid:import_id>/preview", PreviewOfImport.as_view(), name="import-preview"),
    path("imports/<uuid:import_id>/publish", PublicationOfImport.as_view(), name="import-publish"),
    path("imports/<uuid:import_id>/undo", UndoingOfImport.as_view(), name="import-undo"),
    *boundaries_api.urlpatterns,
]
