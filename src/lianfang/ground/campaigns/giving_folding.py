"""Folds who was given which doors: every word is kept, and which stands is judged when it is asked for.

What belongs to a forgotten incident goes with it.
"""

from collections.abc import Sequence

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.campaigns.giving_records import DOORS_GIVEN, DoorsGiven

_FORGOTTEN = "posture.incident_forgotten.v1"
_GIVEN = (
    "INSERT INTO campaigns_giving (id, campaign_id, grid_id, areas, households, hands, team, since, reason, given_at,"
    " given_by, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_FORGET = "DELETE FROM campaigns_giving WHERE campaign_id IN (SELECT id FROM campaigns_campaign WHERE incident_id = %s)"


def _apply(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        if isinstance(body := entry.body, DoorsGiven):
            whom = [msgspec.json.encode(each).decode() for each in (body.areas, body.households, body.to)]
            row = (entry.id, body.campaign, body.grid, *whom, body.team, body.since, body.reason)
            fold.execute(_GIVEN, (*row, entry.received_at, entry.actor, entry.position))
        if entry.kind == _FORGOTTEN:
            fold.execute(_FORGET, [entry.facts.incident])


GIVINGS = Projection(
    name="campaigns.givings",
    apply=_apply,
    kinds=frozenset({DOORS_GIVEN.name, _FORGOTTEN}),
    tables=("campaigns_giving",),
)
