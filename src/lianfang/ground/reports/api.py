"""HTTP for reports: list, draft, read, write the free parts, sign, issue, download, recount; and what numbers mean."""

from datetime import date, datetime
from io import BytesIO
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import Instant, local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.reports import actions, composing, paper, queries
from lianfang.ground.reports.permissions import Permission
from lianfang.ground.reports.terms import Audience, Document, File, Format, Language, Report, State, Texts
from lianfang.ground.territory import queries as territory


class Where(msgspec.Struct, frozen=True):
    """One report."""

    report_id: UUID


class FileWhere(msgspec.Struct, frozen=True):
    """One of its files."""

    report_id: UUID
    format: Format


class Filter(msgspec.Struct, frozen=True):
    """Which reports to list."""

    area: UUID | None = None
    day: date | None = None
    state: State | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class By(msgspec.Struct, frozen=True):
    """Who did something, and when."""

    name: str
    at: datetime


class ReportRow(msgspec.Struct, frozen=True):
    """A report as a list shows it."""

    id: UUID
    title: str
    area: UUID
    area_name: str
    day: date
    cut_off: datetime
    audience: Audience
    language: Language
    number: int
    state: State
    drafted: By
    signed: By | None
    issued: By | None


class ReportView(ReportRow, frozen=True, kw_only=True):
    """A report as it reads. `edits` goes back with whatever is done next, so that nobody overwrites the unread."""

    position: int
    edits: int
    texts: Texts
    reason: str
    supersedes: UUID | None
    superseded_by: UUID | None
    figures: str
    files: list[File]
    document: Document


class New(msgspec.Struct, frozen=True):
    """A report to begin. Without a day it is today's; without a cut-off, as of now."""

    area: UUID
    day: date | None = None
    cut_off: Instant | None = None
    audience: Audience = Audience.DESK
    language: Language = Language.ZH
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Written(msgspec.Struct, frozen=True):
    """The free parts as they should read, and which edit was read before."""

    seen: int
    texts: Texts


class Seen(msgspec.Struct, frozen=True):
    """Which edit was read before it was signed."""

    seen: int


class RecountReply(msgspec.Struct, frozen=True):
    """Whether the numbers still come out as they were signed, and which definitions have changed since."""

    report: UUID
    position: int
    signed: str
    again: str
    same: bool
    changed: list[str]


class Reports(Desk):
    """The reports of one's areas, and beginning one."""

    def get(self, parsed_query: Query[Filter]) -> Page[ReportRow]:
        """Reports of one's own areas and of all below them, the latest day first."""
        viewer, wanted = self.viewer, parsed_query
        viewer.require(Permission.SEE)
        found = queries.reports(areas=_areas(viewer, wanted.area), day=wanted.day)
        found = [one for one in found if wanted.state in (None, one.state)]
        start = (wanted.page - 1) * wanted.page_size
        rows = [_row(one) for one in found[start : start + wanted.page_size]]
        return Page(rows, len(found), wanted.page, wanted.page_size, clock.now().isoformat())

    def post(self, parsed_body: Body[New]) -> ReportView:
        """Begin a report; of a day that has one in force already, its next version."""
        now, new, area = clock.now(), parsed_body, AreaId(parsed_body.area)
        self.viewer.require(Permission.DRAFT, lineage=territory.lineage(area, local_day(now)))
        cut_off = new.cut_off or now
        drafted = actions.draft_report(
            area=area,
            day=new.day or local_day(cut_off),
            cut_off=cut_off,
            audience=new.audience,
            language=new.language,
            reason=new.reason,
            by=self.viewer.actor,
            at=now,
        )
        return _view(drafted)


class OneReport(Desk):
    """One report."""

    def get(self, parsed_path: Path[Where]) -> ReportView:
        """The report as it reads, with the numbers of its position."""
        return _view(_found(parsed_path.report_id, self.viewer, Permission.SEE))


class ReportTexts(Desk):
    """The parts that people write."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Written]) -> ReportView:
        """Write them. Numbers cannot be written; a signature falls."""
        found = _found(parsed_path.report_id, self.viewer, Permission.DRAFT)
        return _view(
            actions.edit_report(
                report=found.id,
                texts=parsed_body.texts,
                seen=parsed_body.seen,
                by=self.viewer.actor,
                at=clock.now(),
            )
        )


class ReportSignature(Desk):
    """Standing for a report."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Seen]) -> ReportView:
        """Sign it, as it was read."""
        found = _found(parsed_path.report_id, self.viewer, Permission.SIGN)
        return _view(actions.sign_report(report=found.id, seen=parsed_body.seen, by=self.viewer.actor, at=clock.now()))


class ReportIssue(Desk):
    """Sending a report out."""

    def post(self, parsed_path: Path[Where]) -> ReportView:
        """Issue it: rendered once, and archived byte for byte."""
        found = _found(parsed_path.report_id, self.viewer, Permission.ISSUE)
        return _view(actions.issue_report(report=found.id, by=self.viewer.actor, at=clock.now()))


class ReportFile(Desk):
    """A report to carry away."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[FileWhere]) -> FileResponse:
        """Word, PDF or Excel: of an issued report the archived file, of a draft one made now and marked so."""
        viewer, format = self.viewer, parsed_path.format
        found = _found(parsed_path.report_id, viewer, Permission.SEE)
        if found.issued:
            data = queries.archived(found, format)
        else:
            data = paper.rendered(found, queries.read(found), format, by=viewer.name, at=viewer.at)
        name = f"{found.basis.path[-1]} {found.basis.day} v{found.basis.number}.{format}"
        return FileResponse(
            BytesIO(data), as_attachment=True, filename=name, content_type=paper.TYPES[format], status=200
        )


class ReportRecount(Desk):
    """Proof that a number can still be had."""

    def get(self, parsed_path: Path[Where]) -> RecountReply:
        """Add everything up again as of the report's position, and compare with what was signed."""
        found = _found(parsed_path.report_id, self.viewer, Permission.SEE)
        again = queries.recount(found)
        return RecountReply(
            found.id, found.basis.position, found.figures, again.figures, again.same, list(again.changed)
        )


def _areas(viewer: Viewer, area: UUID | None) -> set[AreaId]:
    on = local_day(viewer.at)
    if area is None:
        return {below for root in viewer.roots(Permission.SEE) for below in territory.subtree(root, on)}
    viewer.require(Permission.SEE, lineage=territory.lineage(AreaId(area), on))
    return set(territory.subtree(AreaId(area), on))


def _found(id: UUID, viewer: Viewer, permission: Permission) -> Report:
    """A report of one's areas; one of others' is not there at all."""
    viewer.require(permission)
    found = queries.report(id=id)
    viewer.require(permission, lineage=territory.lineage(found.basis.area, local_day(viewer.at)))
    return found


def _row(found: Report) -> ReportRow:
    return ReportRow(**_fields(found))  # type: ignore[arg-type]


def _fields(found: Report) -> dict[str, object]:
    basis = found.basis
    signatures = {"drafted": found.drafted, "signed": found.signed, "issued": found.issued}
    return {
        "id": found.id,
        "title": composing.title(basis),
        "area": basis.area,
        "area_name": basis.path[-1],
        "day": basis.day,
        "cut_off": basis.cut_off,
        "audience": basis.audience,
        "language": basis.language,
        "number": basis.number,
        "state": found.state,
        **{name: By(one.name, one.at) if one else None for name, one in signatures.items()},
    }


def _view(found: Report) -> ReportView:
    basis = found.basis
    return ReportView(
        **_fields(found),  # type: ignore[arg-type]
        position=basis.position,
        edits=found.edits,
        texts=found.texts,
        reason=basis.reason,
        supersedes=basis.supersedes,
        superseded_by=found.superseded_by,
        figures=found.figures,
        files=list(found.files),
        document=queries.read(found),
    )


urlpatterns = [
    path("reports", Reports.as_view(), name="reports"),
    path("reports/<uuid:report_id>", OneReport.as_view(), name="report"),
    path("reports/<uuid:report_id>/texts", ReportTexts.as_view(), name="report-texts"),
    path("reports/<uuid:report_id>/sign", ReportSignature.as_view(), name="report-sign"),
    path("reports/<uuid:report_id>/issue", ReportIssue.as_view(), name="report-issue"),
    path("reports/<uuid:report_id>/file/<str:format>", ReportFile.as_view(), name="report-file"),
    path("reports/<uuid:report_id>/recount", ReportRecount.as_view(), name="report-recount"),
]
