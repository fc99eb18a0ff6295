"""All campaigns, kept in memory, as every record and every page asks for them; forgotten at the commit that opens or
closes one.
"""

from collections import defaultdict
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, IncidentId
from lianfang.foundation.plumbing.copies import Copy
from lianfang.ground.campaigns import models, rules
from lianfang.ground.campaigns.occasions import BegunOccasion, Recurrence
from lianfang.ground.campaigns.terms import AttemptPolicy, CampaignRef, DatedPolicy
from lianfang.ground.forms import queries as forms
from lianfang.ground.posture import queries as posture
from lianfang.ground.registry.terms import TargetDefinition


def _campaigns() -> dict[UUID, CampaignRef]:
    """With their forms and whether they are exercises, latest first."""
    rows = list(models.Campaign.objects.order_by("-opened_at", "id"))
    declared: dict[UUID, list[DatedPolicy]] = defaultdict(list)
    for one in models.Attempts.objects.order_by("position"):
        policy = msgspec.json.decode(one.policy, type=AttemptPolicy)
        declared[one.campaign_id].append(DatedPolicy(one.since, policy))
    begun: dict[UUID, list[BegunOccasion]] = defaultdict(list)
    for each in models.Begun.objects.order_by("occasion"):
        begun[each.campaign_id].append(BegunOccasion(each.occasion, each.position))
    asked = forms.forms_by_id(ids={row.form_id for row in rows})
    drills = posture.drills(ids={IncidentId(row.incident_id) for row in rows if row.incident_id})
    targets = {row.id: msgspec.json.decode(row.target, type=TargetDefinition) for row in rows}
    return {
        row.id: CampaignRef(
            id=CampaignId(row.id),
            name=row.name,
            area=AreaId(row.area_id),
            incident=IncidentId(row.incident_id) if row.incident_id else None,
            occasion=begun[row.id][-1].occasion if row.id in begun else row.occasion,
            form=asked[row.form_id],
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            drill=row.incident_id in drills,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            policies=tuple(declared[row.id]),
            recurs=msgspec.json.decode(row.recurs, type=Recurrence) if row.recurs else None,
            begun=tuple(begun.get(row.id, ())),
            meant=rules.meant(targets[row.id]),
            of=targets[row.id].of,
            places=targets[row.id].places,
        )
        for row in rows
    }


CAMPAIGNS: Copy[dict[UUID, CampaignRef]] = Copy("campaigns.campaigns", _campaigns)
