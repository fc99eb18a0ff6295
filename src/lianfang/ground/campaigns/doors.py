"""What visits of campaigns say of homes, for whoever keeps the register: who was met, and which were found empty."""

from datetime import date

from lianfang.ground.campaigns.models import Campaign
from lianfang.ground.campaigns.terms import Outcome, TaskState
from lianfang.ground.registry.queries import Visits

_NOWHERE = Visits(("1 = 0", []), ("1 = 0", []))
_OF = "t.campaign_id IN ({ids})"
_MET = (
    f"EXISTS (SELECT 1 FROM campaigns_task t WHERE {_OF} AND t.target_id = h.id AND t.state = '{TaskState.DONE}'"
    " AND t.counted_on >= %s)"
)
# Asked the other way round, for there are few of them: the index of remainders finds those that were struck.
_EMPTY = (
    f"h.id IN (SELECT t.target_id FROM campaigns_task t WHERE {_OF} AND t.state = '{TaskState.STRUCK}'"
    f" AND t.outcome IN ('{Outcome.VACANT}', '{Outcome.MOVED_AWAY}') AND NOT t.disputed"
    " AND NOT EXISTS (SELECT 1 FROM campaigns_task m WHERE m.campaign_id IN ({ids}) AND m.target_id = t.target_id"
    f" AND m.state = '{TaskState.DONE}' AND m.counted_on > t.counted_on))"
)


def visits_since(since: date) -> Visits:
    """Of campaigns that ran since that day and are not forgotten: with an incident goes what was heard at its doors."""
    ids = list(Campaign.objects.filter(ends_on__gte=since, forgotten_at=None).values_list("id", flat=True))
    if not ids:
        return _NOWHERE
    marks = ", ".join(["%s"] * len(ids))
    return Visits((_MET.format(ids=marks), [*ids, since]), (_EMPTY.format(ids=marks), [*ids, *ids]))
