"""HTTP for areas: the tree, one area, changing it, the workbook. No resident in any of it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import FileResponse
from django.urls import path
from dmr import Body, FileMetadata, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, FormParser, Page
from lianfang.ground.territory import actions, divisions_api, gaps_api, map_api, posts_api, queries, workbook
from lianfang.ground.territory.permissions import Permission
from lianfang.ground.territory.terms import (
    Area,
    AreaKind,
    EstateKind,
    Node,
    Responsible,
    TreeLoaded,
)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# No text of ours holds a NUL, and PostgreSQL takes none.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00]*\S[^\x00]*$")]
Reason = Annotated[str, msgspec.Meta(max_length=400, pattern=r"^[^\x00]*$")]
Small = Annotated[int, msgspec.Meta(ge=0, le=999_999)]


class Where(msgspec.Struct, frozen=True):
    """One area."""

    area_id: UUID


class AsOf(msgspec.Struct, frozen=True):
    """As it was on which day (without one: today)."""

    on: date | None = None


class Filter(msgspec.Struct, frozen=True):
    """Which areas to list: below one (`parent` directly, `area` at any depth), of a kind, by words, vacant only."""

    parent: UUID | None = None
    area: UUID | None = None
    kind: AreaKind | None = None
    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    vacant: bool = False
    on: date | None = None  # as things stood on that day
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|code|path_name|kind)$|^$")] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class Who(msgspec.Struct, frozen=True):
    """An account by id and name."""

    id: AccountId
    name: str


class Answers(msgspec.Struct, frozen=True):
    """Who answers for a grid."""

    assignment: UUID
    account: Who
    since: datetime
    until: datetime | None


class AreaRow(msgspec.Struct, frozen=True):
    """An area as lists show it. `grids` and `vacancies` count what lies at and below it; what sees its last day today
    is vacant no more.
    """

    id: AreaId
    kind: AreaKind
    name: str
    code: str | None
    parent: AreaId | None
    path_name: str
    walk: int | None
    estate_kind: EstateKind | None
    gates: int | None
    no_property_company: bool
    grids: int
    vacancies: int
    responsible: Answers | None
    ends_on: date | None = None  # the first day without it, when that is known


class Step(msgspec.Struct, frozen=True):
    """One area of a path."""

    id: AreaId
    kind: AreaKind
    name: str


class DatedStep(Step, frozen=True):
    """What an area was made of, or what was made of it, and since when."""

    since: date


class FormerLook(msgspec.Struct, frozen=True):
    """What an area was called and where it stood, from a day up to but not including another."""

    name: str
    code: str | None
    path_name: str
    valid_from: date
    valid_to: date | None


class AreaProfile(msgspec.Struct, frozen=True):
    """All that is known of an area: where it is, what lies below, who answers for it and did before."""

    area: AreaRow
    lineage: list[Step]
    children: list[AreaRow]
    responsible: Answers | None
    history: list[Answers]
    vacant: bool
    looks: list[FormerLook] = []
    before: list[DatedStep] = []  # what it was made of
    after: list[DatedStep] = []  # what was made of it
    ended_on: date | None = None


class NewArea(msgspec.Struct, frozen=True):
    """An area to add. Without `on` it is there from today."""

    kind: AreaKind
    name: Name
    parent: UUID | None = None
    code: Code | None = None
    on: date | None = None
    walk: Small | None = None
    estate_kind: EstateKind | None = None
    gates: Small | None = None
    no_property_company: bool = False
    split_from: list[UUID] = []


class ChangedArea(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be different from a day on; what is left out stays."""

    on: date | None = None
    reason: Reason | None = None
    name: Name | msgspec.UnsetType = msgspec.UNSET
    code: Code | msgspec.UnsetType | None = msgspec.UNSET
    parent: UUID | msgspec.UnsetType = msgspec.UNSET
    walk: Small | msgspec.UnsetType | None = msgspec.UNSET
    estate_kind: EstateKind | msgspec.UnsetType | None = msgspec.UNSET
    gates: Small | msgspec.UnsetType | None = msgspec.UNSET
    no_property_company: bool | msgspec.UnsetType = msgspec.UNSET


class WorkbookFile(msgspec.Struct, frozen=True):
    """A workbook or csv as uploaded."""

    name: str
    size: int


class Workbook(msgspec.Struct, frozen=True):
    """The form part `file`."""

    file: WorkbookFile


class Areas(Desk):
    """The areas, and adding one."""

    def get(self, parsed_query: Query[Filter]) -> Page[AreaRow]:
        """The areas asked for; without a question, those at the top."""
        self.viewer.require(Permission.READ)
        now = _instant(parsed_query.on)
        found = _sorted(_found(parsed_query, now), parsed_query.sort)
        start = (parsed_query.page - 1) * parsed_query.page_size
        rows = _rows(found[start : start + parsed_query.page_size], now)
        return Page(rows, len(found), parsed_query.page, parsed_query.page_size, now.isoformat())

    def post(self, parsed_body: Body[NewArea]) -> AreaRow:
        """Add an area."""
        now, new = clock.now(), parsed_body
        _permit(self.viewer, Permission.CHANGE, new.parent, now)
        node = Node(
            id=new_id(),
            kind=new.kind,
            name=new.name.strip(),
            parent=new.parent,
            code=new.code,
            walk=new.walk,
            estate_kind=new.estate_kind,
            gates=new.gates,
            no_property_company=new.no_property_company,
        )
        on = new.on or local_day(now)
        split_from = [AreaId(id) for id in new.split_from]
        id = actions.add_area(node=node, on=on, by=self.viewer.actor, at=now, split_from=split_from)
        return _rows([queries.area(id)], now)[0]


class OneArea(Desk):
    """One area."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[AsOf]) -> AreaProfile:
        """All that is known of it, today or on another day."""
        self.viewer.require(Permission.READ)
        return _profile(AreaId(parsed_path.area_id), _instant(parsed_query.on))

    def patch(self, parsed_path: Path[Where], parsed_body: Body[ChangedArea]) -> AreaProfile:
        """Rename, recode, move or describe it from a day on."""
        now, area = clock.now(), AreaId(parsed_path.area_id)
        _permit(self.viewer, Permission.CHANGE, area, now)
        to = {
            field: value
            for field, value in msgspec.structs.asdict(parsed_body).items()
            if field not in ("on", "reason") and value is not msgspec.UNSET
        }
        if "parent" in to:
            _permit(self.viewer, Permission.CHANGE, to["parent"], now)
        on = parsed_body.on or local_day(now)
        actions.change_area(area=area, on=on, by=self.viewer.actor, at=now, reason=parsed_body.reason, **to)
        return _profile(area, now)


class AreasWorkbook(Desk):
    """Areas from a workbook."""

    parsers = (FormParser(),)

    def post(self, parsed_file_metadata: FileMetadata[Workbook]) -> TreeLoaded:
        """Load all of it, from today, or nothing and every problem by row and column."""
        now = clock.now()
        self.viewer.require(Permission.LOAD)
        file = self.request.FILES["file"]
        assert isinstance(file, UploadedFile)  # one part, said the schema
        try:
            with _on_disk(file) as kept:
                return actions.load_workbook(
                    path=kept.temporary_file_path(),
                    on=local_day(now),
                    within=self.viewer.roots(Permission.LOAD),
                    by=self.viewer.actor,
                    at=now,
                    file_name=(file.name or "")[:200],
                )
        except Problem as problem:
            raise self._in_words(problem) from None

    def _in_words(self, problem: Problem) -> Problem:
        """Each row's mistake as a sentence, under the heading its author sees."""
        language = language_of(self.request.headers.get("Accept-Language", ""))
        for error in problem.details.get("errors", ()):
            error["message"] = sentence(error["code"], language, **_shown(error["details"], language))
            error["column"] = workbook.heading(error["column"])
        return problem


class AreasTemplate(Desk):
    """The workbook to fill in."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self) -> FileResponse:
        """An empty one."""
        self.viewer.require(Permission.READ)
        book = BytesIO()
        workbook.write_template(book)
        return _excel(book, "区域模板.xlsx")


class AreasExport(Desk):
    """The areas as a workbook."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_query: Query[Filter]) -> FileResponse:
        """Everything at and below the area asked for, in the template's own columns."""
        self.viewer.require(Permission.READ)
        today = local_day(clock.now())
        top = parsed_query.area or parsed_query.parent
        within = [AreaId(top)] if top else [root.id for root in queries.roots(today)]
        book = BytesIO()
        workbook.write_areas(book, within=within, on=today)
        return _excel(book, "区域.xlsx")


def _permit(viewer: Viewer, permission: Permission, area: UUID | None, at: datetime) -> None:
    """On that area; at the top of everything (no area) it takes the permission on some root."""
    viewer.require(permission)
    if area is not None:
        viewer.require(permission, lineage=queries.lineage(AreaId(area), local_day(at)))
    elif not viewer.roots(permission) & {root.id for root in queries.roots(local_day(at))}:
        raise Problem("access.not_found", status=404)


def _found(wanted: Filter, at: datetime) -> list[Area]:
    on = local_day(at)
    if wanted.vacant:
        tops = [AreaId(wanted.area)] if wanted.area else [root.id for root in queries.roots(on)]
        found = [grid for top in tops for grid in queries.vacancies(top, at)]
    elif wanted.q.strip():
        within = [AreaId(wanted.area)] if wanted.area else []
        return [a for a in queries.search(wanted.q, on, within=within, limit=500) if wanted.kind in (None, a.kind)]
    elif wanted.parent is not None:
        found = queries.children(AreaId(wanted.parent), on)
    elif wanted.area is not None:
        found = queries.areas_below(AreaId(wanted.area), on)
    elif wanted.kind is not None:
        found = [area for root in queries.roots(on) for area in queries.areas_below(root.id, on, kinds=[wanted.kind])]
    else:
        found = queries.roots(on)
    words = wanted.q.split()
    return [a for a in found if wanted.kind in (None, a.kind) and all(w in a.path_name for w in words)]


def _sorted(found: list[Area], sort: str) -> list[Area]:
    if not sort:
        return found
    field = sort.removeprefix("-")
    return sorted(found, key=lambda area: str(getattr(area, field) or ""), reverse=sort.startswith("-"))


def _rows(areas: list[Area], at: datetime) -> list[AreaRow]:
    on = local_day(at)
    grids = {area.id: [grid.id for grid in queries.grids_under(area.id, on)] for area in areas}
    taken = queries.responsible_for([id for each in grids.values() for id in each], at)
    return [_row(area, grids[area.id], taken) for area in areas]


def _row(area: Area, grids: list[AreaId], taken: Any) -> AreaRow:
    return AreaRow(
        id=area.id,
        kind=area.kind,
        name=area.name,
        code=area.code,
        parent=area.parent,
        path_name=area.path_name,
        walk=area.walk,
        estate_kind=area.estate_kind,
        gates=area.gates,
        no_property_company=area.no_property_company,
        grids=len(grids),
        vacancies=sum(1 for grid in grids if grid not in taken and not _is_over(grid)),
        responsible=_answers(taken.get(area.id)),
        ends_on=_end_of(area.id),
    )


def _end_of(area: AreaId) -> date | None:
    last = queries.find(area)
    return last.valid_to if last else None


def _is_over(grid: AreaId) -> bool:
    """It sees its last day: made and merged on one day, a grid is there until midnight."""
    end = _end_of(grid)
    return end is not None and end <= local_day(clock.now()) + timedelta(days=1)


def _answers(found: Responsible | None) -> Answers | None:
    if found is None:
        return None
    return Answers(found.assignment, Who(found.account, found.name), found.starts_at, found.ends_at)


def _profile(id: AreaId, at: datetime) -> AreaProfile:
    on = local_day(at)
    area = queries.area_on(id, on)
    row = _rows([area], at)[0]
    above = [queries.area_on(each, on) for each in queries.lineage(id, on)]
    past = queries.past(id)
    held = [answers for each in queries.responsibilities(id) if (answers := _answers(each))]
    return AreaProfile(
        area=row,
        lineage=[Step(each.id, each.kind, each.name) for each in above],
        children=_rows(queries.children(id, on), at),
        responsible=row.responsible,
        history=held,
        vacant=area.kind is AreaKind.GRID and row.responsible is None,
        looks=[FormerLook(a.name, a.code, a.path_name, a.valid_from or on, a.valid_to) for a in past.looks],
        before=_steps(past.before),
        after=_steps(past.after),
        ended_on=past.looks[-1].valid_to,
    )


def _steps(dated: Iterable[tuple[AreaId, date]]) -> list[DatedStep]:
    found = [(queries.area(id), since) for id, since in dated]
    return [DatedStep(area.id, area.kind, area.name, since) for area, since in found]


def _instant(on: date | None) -> datetime:
    """Now, or the last instant of another day."""
    now = clock.now()
    return now if on is None or on == local_day(now) else queries.end_of(on)


def _shown(details: dict[str, Any], language: str) -> dict[str, Any]:
    """Kinds as people call them."""
    names = {kind.value: called[0] for kind, called in workbook.KIND_NAMES.items()} if language != "en" else {}
    return {name: names.get(value, value) for name, value in details.items()}


def _on_disk(file: UploadedFile[Any]) -> TemporaryUploadedFile:
    """The upload as a file with a path, for readers that need one."""
    if isinstance(file, TemporaryUploadedFile):
        return file
    kept = TemporaryUploadedFile(file.name or "", file.content_type, file.size, None)
    for chunk in file.chunks():
        kept.write(chunk)
    kept.flush()
    kept.seek(0)
    return kept


def _excel(book: BytesIO, name: str) -> FileResponse:
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=name, content_type=EXCEL, status=HTTPStatus.OK)


urlpatterns = [
    path("areas", Areas.as_view(), name="areas"),
    *gaps_api.urlpatterns,
    *divisions_api.urlpatterns,
    *map_api.urlpatterns,
    path("areas/workbook", AreasWorkbook.as_view(), name="areas-workbook"),
    path("areas/template.xlsx", AreasTemplate.as_view(), name="areas-template"),
    path("areas/export.xlsx", AreasExport.as_view(), name="areas-export"),
    path("areas/<uuid:area_id>", OneArea.as_view(), name="area"),
    *posts_api.urlpatterns,
]
