"""Folds needs: found once, the latest word on who sees to it, settled for good by the first who says so.

What belongs to a forgotten incident goes with it: that a household needed something names the household.
"""

from collections.abc import Sequence

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.campaigns.need_records import (
    NEED_ASSIGNED,
    NEED_FOUND,
    NEED_SETTLED,
    NeedAssigned,
    NeedFound,
    NeedSettled,
    due_on,
)

_FORGOTTEN = "posture.incident_forgotten.v1"
_FOUND = (
    "INSERT INTO campaigns_need (id, household_id, grid_id, campaign_id, word, found_at, found_by, owner_id, due_on,"
    " settled_at, how, key_name, assigned) VALUES (%s, %s, %s, %s, %s, %s, %s, NULL, %s, NULL, NULL, %s, 0)"
    " ON CONFLICT (id) DO NOTHING"
)
_ASSIGNED = "UPDATE campaigns_need SET owner_id = %s, due_on = %s, assigned = %s WHERE id = %s AND assigned < %s"
_SETTLED = "UPDATE campaigns_need SET settled_at = %s, how = %s WHERE id = %s AND settled_at IS NULL"
_FORGET = "DELETE FROM campaigns_need WHERE campaign_id IN (SELECT id FROM campaigns_campaign WHERE incident_id = %s)"


def _apply(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case NeedFound(household=home, word=word, campaign=campaign):
                row = (entry.id, home, entry.area, campaign, word, entry.at, entry.actor)
                fold.execute(_FOUND, (*row, due_on(word, entry.day), entry.key))
            case NeedAssigned(need=need, owner=owner, due_on=day):
                fold.execute(_ASSIGNED, (owner, day, entry.position, need, entry.position))
            case NeedSettled(need=need, how=how):
                fold.execute(_SETTLED, (entry.received_at, how, need))
        if entry.kind == _FORGOTTEN:
            fold.execute(_FORGET, [entry.facts.incident])


NEEDS = Projection(
    name="campaigns.needs",
    apply=_apply,
    kinds=frozenset({NEED_FOUND.name, NEED_ASSIGNED.name, NEED_SETTLED.name, _FORGOTTEN}),
    tables=("campaigns_need",),
)
