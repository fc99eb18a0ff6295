"""HTTP for the first page of the desk."""

from uuid import UUID

import msgspec
from django.urls import path
from dmr import Query

from lianfang.foundation.kernel.ids import AreaId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.territory import queries as territory
from lianfang.screens.desk import held, queries
from lianfang.screens.desk.permissions import Permission
from lianfang.screens.desk.terms import Alarm, Overview


class Filter(msgspec.Struct, frozen=True):
    """Of which campaign, and where. Without: the latest campaign, and the largest of one's own areas."""

    campaign: UUID | None = None
    area: UUID | None = None


class OverviewView(Desk):
    """The first page."""

    def get(self, parsed_query: Query[Filter]) -> Overview:
        """How far the campaign is, at this level and the one below; how the house is; what needs a person."""
        viewer = self.viewer
        viewer.require(Permission.OVERVIEW)
        area = AreaId(parsed_query.area) if parsed_query.area else _largest(viewer)
        viewer.require(Permission.OVERVIEW, lineage=territory.lineage(area, local_day(viewer.at)))
        campaign = CampaignId(parsed_query.campaign) if parsed_query.campaign else None
        found = queries.overview(area=area, campaign=campaign, viewer=viewer)
        language = language_of(self.request.headers.get("Accept-Language", ""))
        return msgspec.structs.replace(found, alarms=[_said(alarm, language) for alarm in found.alarms])


def _largest(viewer: Viewer) -> AreaId:
    on = local_day(viewer.at)
    return min(viewer.roots(Permission.OVERVIEW), key=lambda root: (len(territory.lineage(root, on)), root))


def _said(alarm: Alarm, language: str) -> Alarm:
    return msgspec.structs.replace(alarm, message=sentence(alarm.code, language, **alarm.details))


urlpatterns = [path("overview", OverviewView.as_view(), name="overview"), *held.urlpatterns]
