"""应急启动,表单就绪: when an incident is opened, the forms of its hazard pack are published on its area.

So the office that opened it can send people out at once. Forms that somebody published meanwhile are left as they are.
"""

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.plumbing import clock
from lianfang.ground.forms import actions as forms
from lianfang.ground.forms import queries as published
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.records import INCIDENT_OPENED


def react(entry: Entry) -> None:
    """Publish what is not there yet, as long as the incident runs."""
    if entry.body is None:
        return
    incident, now = posture.incident(id=entry.body.incident), clock.now()
    if incident.closed_at is not None or incident.ends_at <= now:
        return
    there = {form.form.code for form in published.published(areas=[incident.area]) if form.published_at >= entry.at}
    missing = [data for data in incident.pack.forms if data["code"] not in there]
    forms.publish_pack_forms(incident=incident.id, by=THE_HOUSE, at=now, forms=missing, cause=entry.id)


REACTION = Reaction("incident_brings_its_forms", frozenset({INCIDENT_OPENED.name}), react)
