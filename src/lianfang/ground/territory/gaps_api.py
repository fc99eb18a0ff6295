"""HTTP for the gap list: what is missing of estates, counted per community, row by row, and as a workbook."""

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from io import BytesIO
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.territory import queries
from lianfang.ground.territory.permissions import Permission
from lianfang.ground.territory.terms import Area, AreaKind, EstateGap, EstateKind
from lianfang.ground.territory.workbook import ESTATE_NAMES

_COMMUNITIES = (AreaKind.COMMUNITY, AreaKind.VILLAGE)
_COLUMNS = ("社区", "小区", "位置", "小区类型", "出入口数", "无物业", "缺什么")


class GapFilter(msgspec.Struct, frozen=True):
    """Estates of which area (without one: all), which gap (without one: any), by words of name and path."""

    area: UUID | None = None
    gap: EstateGap | None = None
    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|path_name)$|^$")] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class GapRow(msgspec.Struct, frozen=True):
    """An estate and what is missing of it."""

    id: AreaId
    name: str
    path_name: str
    community: str
    estate_kind: EstateKind | None
    gates: int | None
    no_property_company: bool
    gaps: list[EstateGap]


class GapCounts(msgspec.Struct, frozen=True):
    """How many estates of a community there are, how many lack something, and how many lack what."""

    community: AreaId | None
    name: str
    estates: int
    lacking: int
    gaps: dict[EstateGap, int]


class EstateGaps(Desk):
    """What is missing of estates: nobody who manages it, kind, gates, outline."""

    def get(self, parsed_query: Query[GapFilter]) -> Page[GapRow]:
        """In walking order; estates that lack nothing are left out."""
        self.viewer.require(Permission.READ)
        asked, now = parsed_query, clock.now()
        rows = _rows(asked)
        start = (asked.page - 1) * asked.page_size
        return Page(rows[start : start + asked.page_size], len(rows), asked.page, asked.page_size, now.isoformat())


class EstateGapCounts(Desk):
    """The same in numbers."""

    def get(self, parsed_query: Query[GapFilter]) -> list[GapCounts]:
        """Per community, those where most is missing first."""
        self.viewer.require(Permission.READ)
        on = local_day(clock.now())
        estates = [one for top in _tops(parsed_query) for one in queries.areas_below(top, on, kinds=[AreaKind.ESTATE])]
        lacking = {a.id: gaps for top in _tops(parsed_query) for a, gaps in queries.estate_gaps(top, on)}
        by_community: dict[AreaId | None, list[Area]] = {}
        for estate in estates:
            found = _community(estate)
            by_community.setdefault(found.id if found else None, []).append(estate)
        counts = [_counts(id, some, lacking) for id, some in by_community.items()]
        return sorted(counts, key=lambda one: (-one.lacking, one.name))


class EstateGapsFile(Desk):
    """The same as a workbook."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_query: Query[GapFilter]) -> FileResponse:
        """Every row that the filter leaves."""
        self.viewer.require(Permission.READ)
        book = BytesIO()
        columns = [tables.Column(title, width=24 if title in ("小区", "位置", "缺什么") else 14) for title in _COLUMNS]
        tables.write_book(book, title="小区缺口", columns=columns, rows=map(_cells, _rows(parsed_query)))
        book.seek(0)
        excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return FileResponse(
            book, as_attachment=True, filename="小区缺口.xlsx", content_type=excel, status=HTTPStatus.OK
        )


def _tops(asked: GapFilter) -> list[AreaId]:
    on = local_day(clock.now())
    return [AreaId(asked.area)] if asked.area else [root.id for root in queries.roots(on)]


def _rows(asked: GapFilter) -> list[GapRow]:
    on = local_day(clock.now())
    found = [_row(area, gaps) for top in _tops(asked) for area, gaps in queries.estate_gaps(top, on)]
    words = asked.q.split()
    rows = [row for row in found if asked.gap in (None, *row.gaps) and all(word in row.path_name for word in words)]
    field = asked.sort.removeprefix("-")
    return sorted(rows, key=lambda row: str(getattr(row, field)), reverse=asked.sort[0] == "-") if field else rows


def _row(area: Area, gaps: list[EstateGap]) -> GapRow:
    community = _community(area)
    return GapRow(
        area.id,
        area.name,
        area.path_name,
        community.name if community else "",
        area.estate_kind,
        area.gates,
        area.no_property_company,
        gaps,
    )


def _community(estate: Area) -> Area | None:
    """The community or village that an estate lies in."""
    on = local_day(clock.now())
    above = (queries.find(id, on) for id in reversed(queries.lineage(estate.id, on)))
    return next((area for area in above if area and area.kind in _COMMUNITIES), None)


def _counts(id: AreaId | None, estates: Sequence[Area], lacking: dict[AreaId, list[EstateGap]]) -> GapCounts:
    missing = Counter(gap for estate in estates for gap in lacking.get(estate.id, ()))
    found = queries.find(id) if id else None
    short = sum(estate.id in lacking for estate in estates)
    return GapCounts(id, found.name if found else "", len(estates), short, {gap: missing[gap] for gap in EstateGap})


def _cells(row: GapRow) -> list[tables.Cell]:
    return [
        row.community,
        row.name,
        row.path_name,
        ESTATE_NAMES[row.estate_kind][0] if row.estate_kind else None,
        row.gates,
        "是" if row.no_property_company else None,
        "、".join(sentence(f"territory.gap.{gap}", "zh-Hans") for gap in row.gaps),
    ]


urlpatterns = [
    path("areas/gaps", EstateGaps.as_view(), name="areas-gaps"),
    path("areas/gaps/counts", EstateGapCounts.as_view(), name="areas-gaps-counts"),
    path("areas/gaps.xlsx", EstateGapsFile.as_view(), name="areas-gaps-file"),
]
