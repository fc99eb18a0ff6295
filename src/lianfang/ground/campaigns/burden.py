"""The burden meter 负担计: minutes that households were asked for in a week, and by how many campaigns.

Serves the complaint of every sweep that five offices knock at the same door. Counted are visits at which somebody
answered; what was corrected afterwards was asked all the same. A visit's id is made when its page is opened (UUIDv7:
the moment stands in it) and the visit is dated when it is saved, both by the phone's own clock: the time between is
what it took. Where that cannot be, it counts as the median of its form, and where no visit of that form tells, as so
many seconds a question; both are said to be estimates.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.plumbing.database import as_instant, as_uuid, query
from lianfang.ground.campaigns.memory import CAMPAIGNS
from lianfang.ground.campaigns.models import Campaign
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.forms import queries as forms
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import HouseholdRow, Slice, TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind

SECONDS_A_QUESTION = 20  # where nobody has measured anything
SHORTEST, LONGEST = 3, 3600  # seconds: less is no conversation, more is a page left open
_SEE_HOMES = "registry.read"  # doors and masked names are for who may look into the register
_TYPICAL_OF = timedelta(days=90)  # how far back a form's median looks
_ASKED = (
    "SELECT s.campaign_id, s.target_id, t.grid_id, s.entry_id, s.at FROM campaigns_said s JOIN campaigns_task t"
    " ON t.campaign_id = s.campaign_id AND t.target_id = s.target_id AND t.occasion = s.occasion"
    f" WHERE s.campaign_id IN ({{campaigns}}) AND s.outcome = '{Outcome.DONE}' AND s.corrects IS NULL"
    " AND s.day >= %s AND s.day < %s"
)


class Visit(msgspec.Struct, frozen=True):
    """Somebody answered at a door."""

    campaign: CampaignId
    household: HouseholdId
    grid: AreaId
    seconds: int | None


class AskedBy(msgspec.Struct, frozen=True):
    """One of the campaigns that asked."""

    id: CampaignId
    name: str
    households: int
    minutes: float  # together
    measured: int  # visits that said how long they took; all others are estimates


class AreaBurden(msgspec.Struct, frozen=True):
    """What the households of an area were asked for, of those who were asked at all."""

    area: AreaId
    name: str
    kind: AreaKind
    households: int
    median: float  # minutes
    p90: float
    most_campaigns: int  # that asked one and the same household


class BurdenReport(msgspec.Struct, frozen=True):
    """The same for an area and those below it, from Monday to Sunday."""

    monday: date
    until: date
    total: AreaBurden
    campaigns: list[AskedBy]
    rows: list[AreaBurden]


class HouseholdBurden(msgspec.Struct, frozen=True):
    """What one household was asked for in a week."""

    monday: date
    minutes: float
    campaigns: list[str]
    estimated: bool


class HomeBurden(msgspec.Struct, frozen=True):
    """What one household of a list was asked for in a week; masked."""

    household: HouseholdId
    grid: AreaId
    place: str
    door: str
    head: str
    minutes: float
    campaigns: list[str]
    estimated: bool


# --- rules -----------------------------------------------------------------------------------------------------------


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all does not exceed (nearest rank); of none nought."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


def minutes_by_household(visits: Iterable[Visit], typical: Mapping[CampaignId, int]) -> dict[HouseholdId, float]:
    """What each household was asked for, all campaigns together."""
    seconds: dict[HouseholdId, int] = defaultdict(int)
    for visit in visits:
        seconds[visit.household] += took(visit, typical)
    return {home: round(each / 60, 1) for home, each in seconds.items()}


def took(visit: Visit, typical: Mapping[CampaignId, int]) -> int:
    """How long a visit took, or usually takes."""
    return typical[visit.campaign] if visit.seconds is None else visit.seconds


def between(id: UUID, saved_at: datetime) -> int | None:
    """How long a visit's page was open, if that is believable."""
    seconds = round(saved_at.timestamp() - (id.int >> 80) / 1000)
    return seconds if id.version == 7 and SHORTEST <= seconds <= LONGEST else None


def campaigns_per_household(visits: Iterable[Visit]) -> dict[HouseholdId, int]:
    """How many different campaigns asked each."""
    asked: dict[HouseholdId, set[CampaignId]] = defaultdict(set)
    for visit in visits:
        asked[visit.household].add(visit.campaign)
    return {home: len(campaigns) for home, campaigns in asked.items()}


# --- reads -----------------------------------------------------------------------------------------------------------


def burden(*, viewer: Viewer, area: AreaId | None = None, on: date | None = None) -> BurdenReport:
    """The week around a day. Numbers only; a household is looked at by `burden_of`."""
    week = _heard(viewer, area, on)
    today = local_day(viewer.at)
    parts = ((each.id, _within(week.heard, territory.grid_ids([each.id], today))) for each in _below(week.here, today))
    return _report(week, [_burden(id, visits, week.typical) for id, visits in parts])


class _Week(NamedTuple):
    """What was heard at the doors of an area from a Monday to a Sunday."""

    here: AreaId
    monday: date
    sunday: date
    heard: list[Visit]
    typical: Mapping[CampaignId, int]
    names: Mapping[CampaignId, str]


def _heard(viewer: Viewer, area: AreaId | None, on: date | None) -> _Week:
    viewer.require(Permission.SEE)
    today, here = local_day(viewer.at), area or min(viewer.roots(Permission.SEE))
    viewer.require(Permission.SEE, lineage=territory.lineage(here, today))
    monday, sunday = _week(on or today)
    grids = territory.grid_ids([here], today)
    heard = [visit for visit in _visits(_asking(monday, sunday), monday, sunday) if visit.grid in grids]
    typical = _typical({visit.campaign for visit in heard}, sunday)
    names = {CampaignId(id): name for id, name in Campaign.objects.filter(id__in=typical).values_list("id", "name")}
    return _Week(here, monday, sunday, heard, typical, names)


def _report(week: _Week, rows: list[AreaBurden]) -> BurdenReport:
    by = sorted({visit.campaign for visit in week.heard})
    total = _burden(week.here, week.heard, week.typical)
    asked = [_asked(id, week.heard, week.typical) for id in by]
    return BurdenReport(week.monday, week.sunday, total, asked, rows)


def burden_by_grid(*, viewer: Viewer, area: AreaId | None = None, on: date | None = None) -> BurdenReport:
    """The same week grid by grid, however far below they lie: those who were asked for most come first."""
    week = _heard(viewer, area, on)
    by_grid: dict[AreaId, list[Visit]] = defaultdict(list)
    for visit in week.heard:
        by_grid[visit.grid].append(visit)
    rows = [_burden(grid, visits, week.typical) for grid, visits in by_grid.items()]
    rows.sort(key=lambda row: (-row.median, -row.p90, row.name))
    return _report(week, rows)


def burden_of_homes(
    *, viewer: Viewer, area: AreaId | None = None, on: date | None = None, page: int = 1, page_size: int = 50
) -> Slice:
    """The households that were asked for most in that week, the highest first; noted like every list of people."""
    viewer.require(_SEE_HOMES)
    week = _heard(viewer, area or min(viewer.roots(_SEE_HOMES)), on)
    minutes = minutes_by_household(week.heard, week.typical)
    size = max(1, min(page_size, 200))
    start = (max(1, page) - 1) * size
    ordered = sorted(minutes, key=lambda home: (-minutes[home], home))
    shown = ordered[start : start + size]
    homes = registry.households_of(
        shown,
        viewer=viewer,
        area=week.here,
        what="campaigns.burden",
        permission=_SEE_HOMES,
        purpose=Purpose.REGISTER_UPKEEP,
        page_size=size,
    )
    rows = {row.id: row for row in homes.rows}
    return Slice([_home(rows[id], minutes[id], week) for id in shown if id in rows], len(ordered))


def _home(row: HouseholdRow, minutes: float, week: "_Week") -> HomeBurden:
    mine = [visit for visit in week.heard if visit.household == row.id]
    names = sorted({week.names[visit.campaign] for visit in mine})
    estimated = any(visit.seconds is None for visit in mine)
    return HomeBurden(row.id, row.grid, row.place, row.door, row.head, minutes, names, estimated)


def burden_of(household: HouseholdId, *, viewer: Viewer, on: date | None = None) -> HouseholdBurden:
    """One household's week; nought if nobody asked. Outside one's areas it is not there (404)."""
    viewer.require(Permission.SEE)
    today = local_day(viewer.at)
    grid = registry.grid_on(household, today)
    if grid is None:
        raise Problem("access.not_found", status=404)
    viewer.require(Permission.SEE, lineage=territory.lineage(grid, today))
    monday, sunday = _week(on or today)
    heard = _visits(_asking(monday, sunday), monday, sunday, household)
    typical = _typical({visit.campaign for visit in heard}, sunday)
    names = dict(Campaign.objects.filter(id__in=typical).values_list("id", "name"))
    minutes = minutes_by_household(heard, typical).get(household, 0.0)
    estimated = any(visit.seconds is None for visit in heard)
    return HouseholdBurden(monday, minutes, sorted(names.values()), estimated)


def _week(on: date) -> tuple[date, date]:
    monday = on - timedelta(days=on.weekday())
    return monday, monday + timedelta(days=6)


def _asking(monday: date, sunday: date) -> list[UUID]:
    """Campaigns that can have asked in that week: what comes late is still of the day it was made."""
    late = timedelta(days=14)
    rows = Campaign.objects.filter(starts_on__lte=sunday, ends_on__gte=monday - late, forgotten_at=None)
    known = CAMPAIGNS.now()  # a shop that was inspected is no household that was asked
    return [id for id in rows.values_list("id", flat=True) if known[id].of is TargetKind.HOUSEHOLDS]


def _visits(
    campaigns: Collection[UUID], monday: date, sunday: date, household: HouseholdId | None = None
) -> list[Visit]:
    if not campaigns:
        return []
    sql = _ASKED.format(campaigns=", ".join(["%s"] * len(campaigns)))
    params = [*campaigns, monday, sunday + timedelta(days=1)]
    if household is not None:
        sql, params = f"{sql} AND s.target_id = %s", [*params, household]
    return [
        Visit(CampaignId(_id(campaign)), HouseholdId(_id(home)), AreaId(_id(grid)), between(_id(entry), _instant(at)))
        for campaign, home, grid, entry, at in query(sql, params)
    ]


def _typical(campaigns: Collection[CampaignId], until: date) -> dict[CampaignId, int]:
    """How long a visit with each campaign's form usually takes, in seconds."""
    form_of = dict(Campaign.objects.filter(id__in=campaigns).values_list("id", "form_id"))
    published = forms.forms_by_id(ids=set(form_of.values()))
    with_them = Campaign.objects.filter(form_id__in=published, forgotten_at=None)
    same = {CampaignId(id): form for id, form in with_them.values_list("id", "form_id")}
    measured: dict[UUID, list[float]] = defaultdict(list)
    for visit in _visits(list(same), until - _TYPICAL_OF, until):
        if visit.seconds is not None:
            measured[same[visit.campaign]].append(visit.seconds)
    guess = {id: SECONDS_A_QUESTION * len(form.form.questions) for id, form in published.items()}
    usual = {id: int(percentile(measured[id], 0.5)) if id in measured else guess[id] for id in published}
    return {CampaignId(id): usual[form] for id, form in form_of.items()}


def _burden(area: AreaId, heard: Sequence[Visit], typical: Mapping[CampaignId, int]) -> AreaBurden:
    found = territory.area(area)
    minutes = list(minutes_by_household(heard, typical).values())
    most = max(campaigns_per_household(heard).values(), default=0)
    return AreaBurden(
        area, found.name, found.kind, len(minutes), percentile(minutes, 0.5), percentile(minutes, 0.9), most
    )


def _asked(id: CampaignId, heard: Sequence[Visit], typical: Mapping[CampaignId, int]) -> AskedBy:
    mine = [visit for visit in heard if visit.campaign == id]
    homes = {visit.household for visit in mine}
    minutes = sum(took(visit, typical) for visit in mine) / 60
    measured = sum(visit.seconds is not None for visit in mine)
    return AskedBy(id, Campaign.objects.get(id=id).name, len(homes), round(minutes, 1), measured)


def _within(heard: Iterable[Visit], grids: Collection[AreaId]) -> list[Visit]:
    return [visit for visit in heard if visit.grid in grids]


def _below(area: AreaId, on: date) -> list[Area]:
    """What lies below; a level of one area alone is passed over."""
    ones = [territory.area_on(area, on)]
    while len(ones) == 1 and ones[0].kind is not AreaKind.GRID and (below := territory.children(ones[0].id, on)):
        ones = below
    return ones


def _id(value: object) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


def _instant(value: object) -> datetime:
    found = as_instant(value)
    assert found is not None
    return found
