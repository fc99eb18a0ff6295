"""应急启动,表单和行动就绪: when an incident is opened, the forms of its hazard pack are published on its area, and the
campaign begins that the pack names.

So the office that opened it can send people out at once. Forms that somebody published meanwhile are left as they are,
and of two campaigns with the same form none is opened by the house.
"""

from datetime import datetime, timedelta

import msgspec

from lianfang.foundation.kernel.ids import RecordId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns import actions as campaigns
from lianfang.ground.campaigns import queries as opened
from lianfang.ground.campaigns.terms import Recurrence
from lianfang.ground.forms import actions as forms
from lianfang.ground.forms import queries as published
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.records import INCIDENT_OPENED
from lianfang.ground.posture.terms import CampaignDraft, Incident
from lianfang.ground.registry.terms import TargetDefinition, Targeted


def react(entry: Entry) -> None:
    """Publish what is not there yet, as long as the incident runs; then open the campaign."""
    if entry.body is None:
        return
    incident, now = posture.incident(id=entry.body.incident), clock.now()
    if incident.closed_at is not None or incident.ends_at <= now:
        return
    there = {form.form.code for form in published.published(areas=[incident.area]) if form.published_at >= entry.at}
    missing = [data for data in incident.pack.forms if data["code"] not in there]
    forms.publish_pack_forms(incident=incident.id, by=THE_HOUSE, at=now, forms=missing, cause=entry.id)
    if incident.pack.campaign is not None and incident.is_open(now):
        _begin(incident.pack.campaign, incident, now, cause=entry.id)


def _begin(draft: CampaignDraft, incident: Incident, now: datetime, *, cause: RecordId) -> None:
    """From today for so many days, at most to the incident's last whole day."""
    ours = [form for form in published.published(areas=[incident.area]) if form.form.code == draft.form]
    begun = any(c.incident == incident.id and c.form.form.code == draft.form for c in opened.campaigns())
    if not ours or begun:
        return
    today, last = local_day(now), local_day(incident.over_at - timedelta(microseconds=1))
    ends_on = min(today + timedelta(days=draft.days - 1), last)
    campaigns.open_campaign(
        name=draft.name.zh,
        area=incident.area,
        form=max(ours, key=lambda form: form.version).id,
        starts_on=today,
        ends_on=ends_on,
        target=TargetDefinition(
            areas=(incident.area,),
            households=Targeted(draft.households),
            years=draft.years,
            alone_from=draft.alone_from,
        ),
        incident=incident.id,
        recurs=_recurs(draft, (ends_on - today).days + 1),
        by=THE_HOUSE,
        at=now,
        cause=cause,
    )


def _recurs(draft: CampaignDraft, days: int) -> Recurrence | None:
    """In an incident shorter than a week there is one round, whatever its weekday."""
    if draft.recurs is None or (draft.recurs.every == "weekly" and days < _WEEK):
        return None
    return msgspec.convert(msgspec.to_builtins(draft.recurs), Recurrence)


_WEEK = 7

REACTION = Reaction("incident_brings_its_forms", frozenset({INCIDENT_OPENED.name}), react)
