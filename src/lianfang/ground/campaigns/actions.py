"""What can be done with campaigns: open one, close one, correct what was said of a task."""

from datetime import date, datetime, timedelta
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, IncidentId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.campaigns import queries, records, rules
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.forms import queries as forms
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.registry.terms import TargetDefinition
from lianfang.ground.territory import queries as territory

_INSTANT = timedelta(microseconds=1)  # an incident until midnight does not reach into the day that begins then


def open_campaign(
    *,
    name: str,
    area: AreaId,
    form: UUID,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
    target: TargetDefinition | None = None,
    incident: IncidentId | None = None,
    occasion: str | None = None,
) -> CampaignRef:
    """Open a campaign: the register's households that meet the definition, at this moment, become its tasks.

    With an incident it runs under that incident, which must be open and cover the area; without one it is upkeep of the
    register.
    """
    under = _open_incident(incident, area, at)
    asked = forms.form(id=form)
    rules.check_opening(
        form=asked.form,
        has_incident=under is not None,
        starts_on=starts_on,
        ends_on=ends_on,
        today=local_day(at),
        last=local_day(under.over_at - _INSTANT) if under else None,
    )
    id = CampaignId(new_id())
    purpose = Purpose.INCIDENT_RESPONSE if under else Purpose.REGISTER_UPKEEP
    whom = target or TargetDefinition(areas=(area,))
    _check_places(whom, area, local_day(at))
    body = records.CampaignOpened(
        campaign=id,
        name=name,
        area=area,
        target=whom,
        form=form,
        occasion=occasion or starts_on.isoformat(),
        starts_on=starts_on,
        ends_on=ends_on,
        incident=incident,
        purpose=purpose,
    )
    with turn(by=by, at=at) as ledger:
        ledger.append(records.CAMPAIGN_OPENED.name, body)
    return queries.campaign(id=id)


def close_campaign(*, campaign: CampaignId, reason: str, by: Actor, at: datetime) -> CampaignRef:
    """Close a campaign. What was recorded before and arrives later still counts."""
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    with turn(by=by, at=at) as ledger:
        if queries.campaign(id=campaign).closed_at is not None:
            raise Problem("campaigns.closed_already", status=409)
        ledger.append(records.CAMPAIGN_CLOSED.name, records.CampaignClosed(campaign, reason.strip()))
    return queries.campaign(id=campaign)


def correct_task(
    *,
    campaign: CampaignId,
    target: HouseholdId,
    entry: UUID,
    outcome: Outcome,
    reason: str,
    by: Actor,
    at: datetime,
    people: int = 0,
) -> records.TaskOutcome:
    """Say that an earlier record was wrong about a task, and how it was.

    It is the only way back from done or struck.
    """
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    with turn(by=by, at=at) as ledger:
        occasion = queries.occasion_of(campaign=campaign, target=target, entry=entry)
        task = records.TaskOutcome(campaign, target, occasion, outcome)
        body = records.TaskCorrected(entry, task, reason.strip(), people)
        ledger.append(records.TASK_CORRECTED.name, body)
    return task


def _check_places(target: TargetDefinition, area: AreaId, on: date) -> None:
    """A campaign is about places inside its own area."""
    if not target.areas or any(area not in territory.lineage(place, on) for place in target.areas):
        raise Problem("campaigns.target_outside_its_area")


def _open_incident(incident: IncidentId | None, area: AreaId, at: datetime) -> Incident | None:
    if incident is None:
        return None
    running = [i for i in posture.in_force(area=area, at=at).incidents if i.id == incident]
    if not running:
        raise Problem("campaigns.incident_not_open_here", status=409)
    return running[0]
