"""Which campaigns concern a viewer: what lies elsewhere is as little there as what nobody ever heard of."""

from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.campaigns import queries
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.territory import queries as territory


def campaign_seen(id: UUID, viewer: Viewer, permission: Permission = Permission.SEE) -> CampaignRef:
    """A campaign that concerns the viewer; otherwise `access.not_found` (404)."""
    viewer.require(permission)
    found = queries.campaign(id=CampaignId(id))
    if not concerns(found, viewer, permission):
        raise Problem("access.not_found", status=404)
    return found


def concerns(campaign: CampaignRef, viewer: Viewer, permission: Permission = Permission.SEE) -> bool:
    """On one of the viewer's areas, or above or below one."""
    up = set(territory.lineage(campaign.area, local_day(viewer.at)))
    return any(root in up or lies_in(root, campaign, viewer) for root in viewer.roots(permission))


def lies_in(area: AreaId, campaign: CampaignRef, viewer: Viewer) -> bool:
    """Is it a part of the campaign's area now, or was it (or what it was made of) when that began?"""
    now, then = local_day(viewer.at), local_day(campaign.opened_at)
    return campaign.area in territory.lineage(area, now) or campaign.area in territory.lay_in(area, then)
