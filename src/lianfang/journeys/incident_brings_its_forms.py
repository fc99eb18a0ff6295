"""An incident is opened, and the forms of its hazard pack can be used at once: nobody has to type them in."""

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.plumbing import clock
from lianfang.ground.forms import actions as forms
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.records import INCIDENT_OPENED, OpenedFacts


def publish(entry: Entry) -> None:
    """Publish them on the incident's area, unless the incident is over before anybody looked."""
    facts: OpenedFacts = entry.facts
    now = clock.now()
    if now < posture.incident(id=facts.incident).over_at:
        forms.publish_pack_forms(incident=facts.incident, by=THE_HOUSE, at=now, cause=entry.id)


REACTION = Reaction("incident_brings_its_forms", frozenset({INCIDENT_OPENED.name}), publish)
