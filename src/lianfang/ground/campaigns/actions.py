"""What can be done with campaigns: open one, say when to call again, close one, correct what was said of a task."""

from datetime import date, datetime, timedelta
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, IncidentId, RecordId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.campaigns import occasions, queries, records, rules
from lianfang.ground.campaigns.occasion_records import OCCASION_BEGUN, OccasionBegun
from lianfang.ground.campaigns.occasions import Recurrence
from lianfang.ground.campaigns.teams import hand_on as hand_on
from lianfang.ground.campaigns.teams import work_of as work_of
from lianfang.ground.campaigns.terms import AttemptPolicy, CampaignRef, Outcome
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
    attempts: AttemptPolicy | None = None,
    recurs: Recurrence | None = None,
    cause: RecordId | None = None,
) -> CampaignRef:
    """Open a campaign: the register's households (or the places or buildings) that meet the definition, at this
    moment, become its tasks.

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
    if recurs is not None:
        occasions.check(recurs, starts_on=starts_on, ends_on=ends_on)
        occasion = next(occasions.occasions(recurs, starts_on=starts_on, ends_on=ends_on)).occasion
    id = CampaignId(new_id())
    purpose = Purpose.INCIDENT_RESPONSE if under else Purpose.REGISTER_UPKEEP
    whom = target or TargetDefinition(areas=(area,))
    _check_places(whom, area, local_day(at))
    rules.check_target(whom, asked.form)
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
        attempts=attempts,
        recurs=recurs,
    )
    with turn(by=by, at=at) as ledger:
        ledger.append(records.CAMPAIGN_OPENED.name, body, cause=cause)
        _begin(queries.campaign(id=id), by=by, at=at)
    return queries.campaign(id=id)


def begin_occasions(*, at: datetime) -> None:
    """Begin every occasion whose day has come. Harmless when repeated: what has begun is known."""
    for campaign in queries.campaigns():
        _begin(campaign, by=THE_HOUSE, at=at)


def _begin(campaign: CampaignRef, *, by: Actor, at: datetime) -> None:
    """Those that were missed because no server ran begin too, first to last: nobody came to them, and that is said."""
    if not _to_begin(campaign, at):
        return
    with turn(by=by, at=at) as ledger:
        for occasion in _to_begin(queries.campaign(id=campaign.id), at):
            ledger.append(OCCASION_BEGUN.name, OccasionBegun(campaign.id, occasion))


def _to_begin(campaign: CampaignRef, at: datetime) -> list[str]:
    if campaign.recurs is None or campaign.closed_at is not None:
        return []
    begun, today = {one.occasion for one in campaign.begun}, min(local_day(at), campaign.ends_on)
    if campaign.incident is not None:  # none begins under an incident that was over by then
        today = min(today, local_day(posture.incident(id=campaign.incident).over_at))
    if campaign.occasion_on(today) in begun:  # they begin in their order
        return []
    days = occasions.occasions(campaign.recurs, starts_on=campaign.starts_on, ends_on=campaign.ends_on)
    return [one.occasion for one in days if one.begins_on <= today and one.occasion not in begun]


def set_attempts(*, campaign: CampaignId, policy: AttemptPolicy, reason: str, by: Actor, at: datetime) -> CampaignRef:
    """Declare how often and when to call again from now on. What was recorded before stays as it was."""
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    with turn(by=by, at=at) as ledger:
        if queries.campaign(id=campaign).closed_at is not None:
            raise Problem("campaigns.closed_already", status=409)
        ledger.append(records.ATTEMPTS_SET.name, records.AttemptsSet(campaign, policy, reason.strip()))
    return queries.campaign(id=campaign)


def close_campaign(
    *, campaign: CampaignId, reason: str, by: Actor, at: datetime, cause: RecordId | None = None
) -> CampaignRef:
    """Close a campaign. What was recorded before and arrives later still counts."""
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    with turn(by=by, at=at) as ledger:
        if queries.campaign(id=campaign).closed_at is not None:
            raise Problem("campaigns.closed_already", status=409)
        ledger.append(records.CAMPAIGN_CLOSED.name, records.CampaignClosed(campaign, reason.strip()), cause=cause)
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
