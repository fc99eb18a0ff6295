"""The occasions of a campaign that recurs: which runs, how far the past ones came, and what was still counted later."""

from datetime import date, datetime, time, timedelta

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing.database import query
from lianfang.ground.campaigns import occasions, queries
from lianfang.ground.campaigns.occasions import OccasionDays
from lianfang.ground.campaigns.terms import CampaignRef, Totals

MOST_SHOWN = 12


class OccasionSeen(msgspec.Struct, frozen=True):
    """An occasion on an area. `late`: how many of those done were heard of only after it was over."""

    occasion: str
    begins_on: date
    ends_on: date
    running: bool
    totals: Totals
    late: int


def occasions_seen(*, campaign: CampaignRef, area: AreaId, at: datetime) -> list[OccasionSeen]:
    """Those that have begun, latest first: as many as a strip has room for."""
    begun = [campaign.named(one.occasion) for one in campaign.begun[-MOST_SHOWN:]]
    return [_seen(campaign, days, area, at) for days in reversed(begun) if days is not None]


def _seen(campaign: CampaignRef, days: OccasionDays, area: AreaId, at: datetime) -> OccasionSeen:
    totals = queries.totals(campaign=campaign.id, area=area, occasion=days.occasion)
    runs = campaign.closed_at is None and local_day(at) <= days.ends_on
    late = 0 if runs else _late(campaign, days, area)
    return OccasionSeen(days.occasion, days.begins_on, days.ends_on, runs, totals, late)


_LATE = "SELECT lineage, sum(done) FROM campaigns_moved WHERE campaign_id = %s AND position > %s GROUP BY lineage"


def _late(campaign: CampaignRef, days: OccasionDays, area: AreaId) -> int:
    """From the moves of its tally after its last day: a correction takes back what it corrects."""
    over = datetime.combine(days.ends_on + timedelta(days=1), time(), LOCAL)
    moved = query(_LATE, [campaign.count_key(days.occasion), ledger.position_at(over)])
    return max(0, sum(int(done) for lineage, done in moved if area.hex in lineage))


def asked_for(campaign: CampaignRef, occasion: str | None) -> str | None:
    """An occasion somebody asked for; `campaigns.no_such_occasion` (404) when the campaign has none of that name."""
    if occasion is not None and campaign.named(occasion) is None:
        raise Problem("campaigns.no_such_occasion", status=404)
    return occasion


def next_begins_on(campaign: CampaignRef, today: date) -> date | None:
    """When it begins anew, if it does."""
    if campaign.recurs is None or campaign.closed_at is not None:
        return None
    days = {"starts_on": campaign.starts_on, "ends_on": campaign.ends_on}
    return occasions.next_occasion(campaign.recurs, **days, day=today)
