"""应急结束,行动停止: when the end of an incident is written down, the campaigns that ran under it are closed.

Its forms and policies stop by themselves, as they ask whether it runs. A visit from before the end that a phone brings
afterwards is kept and counted.
"""

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.campaigns import actions, queries
from lianfang.ground.posture.records import INCIDENT_ENDED


def react(entry: Entry) -> None:
    """Close what still stands open. Harmless when repeated."""
    if entry.body is None:
        return
    why = sentence("posture.incident_is_over", "zh-Hans")
    for campaign in queries.campaigns():
        if campaign.incident == entry.body.incident and campaign.closed_at is None:
            actions.close_campaign(campaign=campaign.id, reason=why, by=THE_HOUSE, at=clock.now(), cause=entry.id)


REACTION = Reaction("incident_ends_its_campaigns", frozenset({INCIDENT_ENDED.name}), react)
