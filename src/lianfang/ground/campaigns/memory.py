"""All campaigns, kept in memory, as every record and every page asks for them; forgotten at the commit that opens or
closes one.
"""

from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, CampaignId, IncidentId
from lianfang.foundation.plumbing.copies import Copy
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.forms import queries as forms
from lianfang.ground.posture import queries as posture


def _campaigns() -> dict[UUID, CampaignRef]:
    """With their forms and whether they are exercises, latest first."""
    rows = list(models.Campaign.objects.order_by("-opened_at", "id"))
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


CAMPAIGNS: Copy[dict[UUID, CampaignRef]] = Copy("campaigns.campaigns", _campaigns)
