"""HTTP for the first page of the desk."""

from http import HTTPStatus
from io import BytesIO
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.campaigns.records import Occasion
from lianfang.ground.territory import queries as territory
from lianfang.screens.desk import boundaries, form_burden, held, queries, waiting, workload
from lianfang.screens.desk.permissions import Permission
from lianfang.screens.desk.terms import Alarm, Overview

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Filter(msgspec.Struct, frozen=True):
    """Of which campaign, on which occasion, and where. Without: the latest campaign, its latest occasion, and the
    largest of one's own areas.
    """

    campaign: UUID | None = None
    area: UUID | None = None
    occasion: Occasion | None = None


class OverviewView(Desk):
    """The first page."""

    def get(self, parsed_query: Query[Filter]) -> Overview:
        """How far the campaign is, at this level and the one below; how the house is; what needs a person."""
        viewer = self.viewer
        viewer.require(Permission.OVERVIEW)
        area = AreaId(parsed_query.area) if parsed_query.area else _largest(viewer, Permission.OVERVIEW)
        viewer.require(Permission.OVERVIEW, lineage=territory.lineage(area, local_day(viewer.at)))
        campaign = CampaignId(parsed_query.campaign) if parsed_query.campaign else None
        found = queries.overview(area=area, campaign=campaign, viewer=viewer, occasion=parsed_query.occasion)
        language = language_of(self.request.headers.get("Accept-Language", ""))
        return msgspec.structs.replace(found, alarms=[_said(alarm, language) for alarm in found.alarms])


class WorkFilter(msgspec.Struct, frozen=True):
    """Where. Without: the largest of one's own areas."""

    area: UUID | None = None


class WorkloadView(Desk):
    """Who has how much to do."""

    def get(self, parsed_query: Query[WorkFilter]) -> workload.Workload:
        """Counts for each worker, and what nobody answers for."""
        return _workload(self.viewer, parsed_query)


class WorkloadBook(Desk):
    """The same for Excel."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_query: Query[WorkFilter]) -> FileResponse:
        """As a workbook."""
        book = BytesIO()
        workload.write_workload(book, _workload(self.viewer, parsed_query))
        book.seek(0)
        return FileResponse(book, as_attachment=True, filename="工作量.xlsx", content_type=EXCEL, status=HTTPStatus.OK)


def _workload(viewer: Viewer, asked: WorkFilter) -> workload.Workload:
    viewer.require(Permission.WORKLOAD)
    area = AreaId(asked.area) if asked.area else _largest(viewer, Permission.WORKLOAD)
    return workload.workload(area=area, viewer=viewer)


def _largest(viewer: Viewer, permission: Permission) -> AreaId:
    on = local_day(viewer.at)
    return min(viewer.roots(permission), key=lambda root: (len(territory.lineage(root, on)), root))


def _said(alarm: Alarm, language: str) -> Alarm:
    return msgspec.structs.replace(alarm, message=sentence(alarm.code, language, **alarm.details))


urlpatterns = [
    path("overview", OverviewView.as_view(), name="overview"),
    path("workload", WorkloadView.as_view(), name="workload"),
    path("workload.xlsx", WorkloadBook.as_view(), name="workload-book"),
    *held.urlpatterns,
    *boundaries.urlpatterns,
    *form_burden.urlpatterns,
    *waiting.urlpatterns,
]
