"""Campaigns as every record asks for them, kept in memory; forgotten at the commit that opens or closes one."""

from collections.abc import Collection, Iterable
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, CampaignId, IncidentId
from lianfang.foundation.plumbing.copies import Lookups
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.forms import queries as forms
from lianfang.ground.posture import queries as posture


def campaign_refs(rows: Iterable[models.Campaign]) -> dict[UUID, CampaignRef]:
    """Rows with their forms and whether they are exercises, in the same order."""
    rows = list(rows)
    asked = forms.forms_by_id(ids={row.form_id for row in rows})
    drills = posture.drills(ids={IncidentId(row.incident_id) for row in rows if row.incident_id})
    return {
        row.id: CampaignRef(
            id=CampaignId(row.id),
            name=row.name,
            area=AreaId(row.area_id),
            incident=IncidentId(row.incident_id) if row.incident_id else None,
            occasion=row.occasion,
            form=asked[row.form_id],
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            drill=row.incident_id in drills,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
        )
        for row in rows
    }


def _campaigns(ids: Collection[UUID]) -> dict[UUID, CampaignRef]:
    return campaign_refs(models.Campaign.objects.filter(id__in=ids))


CAMPAIGNS: Lookups[UUID, CampaignRef] = Lookups("campaigns.campaigns", _campaigns)
