"""How far a campaign has come, who is still missing, and what phones need.

Counts come from tallies by primary key only.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count, Q, Sum

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId, IncidentId
from lianfang.foundation.kernel.keys import KeyName, incident_of
from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.terms import Kept, Loader
from lianfang.foundation.plumbing.database import as_uuid, query
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.campaigns import checks, models, needs, rules, walking
from lianfang.ground.campaigns.doors import visits_since as visits_since
from lianfang.ground.campaigns.given import giving_documents as giving_documents
from lianfang.ground.campaigns.measures import COVERAGE, CURVE, measures_of
from lianfang.ground.campaigns.memory import CAMPAIGNS
from lianfang.ground.campaigns.occasions import occasions
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.records import CAMPAIGN
from lianfang.ground.campaigns.terms import (
    COUNTED,
    AreaTotals,
    AttemptPolicy,
    CampaignDocument,
    CampaignRef,
    Coverage,
    DisputedRow,
    HourCount,
    Outcome,
    Pace,
    Remainder,
    RemainderCounts,
    RemainderRow,
    Standing,
    TaskDocument,
    TaskSeen,
    TaskState,
    Totals,
    WorkedDay,
)
from lianfang.ground.forms import queries as forms
from lianfang.ground.posture.terms import Change, DifferenceLine, Part, Words
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import HouseholdRow, PremisesRow, TargetDefinition, TargetKind, TargetsSql
from lianfang.ground.reports.terms import Counted, Source, Subject, Told
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind, centre

_SUMS = ", ".join(f"sum({measure.name})" for measure in COVERAGE.measures)
_REMAINING = (TaskState.UNTOUCHED, TaskState.ATTEMPTED)


# --- campaigns -------------------------------------------------------------------------------------------------------


def campaign(*, id: CampaignId) -> CampaignRef:
    """One campaign; `access.not_found` (404) when there is none."""
    found = CAMPAIGNS.now().get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def campaigns(*, open_at: datetime | None = None) -> list[CampaignRef]:
    """All campaigns, latest first; with `open_at` those that are not over then."""
    known = CAMPAIGNS.now().values()
    if open_at is None:
        return list(known)
    return [c for c in known if c.closed_at is None and c.ends_on >= local_day(open_at)]


def open_campaigns(*, areas: Collection[AreaId], at: datetime) -> list[CampaignDocument]:
    """Campaigns that are not over and cover any of these areas, as a phone gets them; `listed` is of these areas."""
    running = [
        c for c in campaigns(open_at=at) if _covers(c.area, local_day(c.opened_at), areas, at) or _has(c.id, areas)
    ]
    return [_document(c, _totals(c.count_key(), areas), at) for c in running]


def _covers(place: AreaId, opened_on: date, areas: Collection[AreaId], at: datetime) -> bool:
    """Does any of these areas lie in a campaign's area, now or (itself or what it was made of) when it was opened?"""
    today = local_day(at)
    return any(place in territory.lineage(a, today) or place in territory.lay_in(a, opened_on) for a in areas)


def _has(campaign: CampaignId, grids: Collection[AreaId]) -> bool:
    """Does any of its tasks lie there, though its area never did? They came with their households."""
    return models.Task.objects.filter(campaign_id=campaign, grid_id__in=list(grids)).exists()


def _document(c: CampaignRef, sums: Mapping[AreaId, Totals], at: datetime) -> CampaignDocument:
    listed = sum(t.listed + t.found for t in sums.values())
    form, attempts = forms.document(c.form), rules.policy_at(c.policies, at)
    occasion = c.occasion_on(local_day(at)) or c.occasion
    days = c.starts_on, c.ends_on
    return CampaignDocument(
        *(c.id, c.name, occasion, c.drill, c.incident, form, *days, listed, attempts, c.recurs, c.meant),
        checks.are_declared(c.id),
        c.of,
    )


def _under(key: KeyName) -> list[UUID]:
    """Under which ids the campaigns of the incident whose key that is are counted, each occasion by itself."""
    found = [c for c in campaigns() if incident_of(key) and c.incident == incident_of(key)]
    return sorted(id for c in found for id in _counted_as(c))


def forgotten_campaigns(*, areas: Collection[AreaId], at: datetime) -> list[CampaignId]:
    """Campaigns on these areas of which only counts are left: a phone that still has them drops them."""
    rows = models.Campaign.objects.exclude(forgotten_at=None).order_by("-forgotten_at")
    about = [(id, AreaId(area), opened_on) for id, area, opened_on in rows.values_list("id", "area_id", "opened_on")]
    return [CampaignId(id) for id, area, opened_on in about if _covers(area, opened_on, areas, at)]


def _load(ids: Sequence[UUID]) -> Mapping[UUID, CampaignRef]:
    known = CAMPAIGNS.now()
    return {id: known[id] for id in ids if id in known}


def _running_under(incident: IncidentId) -> list[DifferenceLine]:
    """The campaigns that stop when their incident does."""
    return [
        DifferenceLine(
            Part.CAMPAIGN,
            str(c.id),
            Change.GOES_ON,
            Words(c.name, c.name),
            until=datetime.combine(c.ends_on + timedelta(days=1), time(), LOCAL),
            recurs=c.recurs.every if c.recurs else None,
        )
        for c in campaigns()
        if c.incident == incident and c.closed_at is None
    ]


RUNNING = (_running_under,)
LOADERS = (Loader(CAMPAIGN, _load), *needs.LOADERS, *checks.LOADERS)
KEPT = (Kept(COVERAGE, "campaign_id", _under), Kept(CURVE, "campaign_id", _under))


def attempts_of(campaign: CampaignRef, at: datetime) -> AttemptPolicy:
    """How often and when it calls again at a moment."""
    return rules.policy_at(campaign.policies, at)


def _counted_as(c: CampaignRef) -> dict[UUID, str]:
    """Every id under which a campaign may be counted, and the occasion of each. What was recorded ahead of its day by a
    phone whose clock is off is counted as well.
    """
    if c.recurs is None:
        return {c.id: c.occasion}
    days = occasions(c.recurs, starts_on=c.starts_on, ends_on=c.ends_on)
    return {c.count_key(one.occasion): one.occasion for one in days}


# --- counts ----------------------------------------------------------------------------------------------------------
# Of a campaign that recurs everything is told of one occasion: the latest that has begun, unless another is named.


def _key(campaign: CampaignId, occasion: str | None) -> UUID:
    known = CAMPAIGNS.now().get(campaign)
    return known.count_key(occasion) if known else campaign


def _occasion(campaign: CampaignId, occasion: str | None = None) -> str:
    known = CAMPAIGNS.now().get(campaign)
    return occasion or (known.occasion if known else "")


def totals(*, campaign: CampaignId, area: AreaId, occasion: str | None = None) -> Totals:
    """All four numbers of one area and what follows from them."""
    return _totals(_key(campaign, occasion), [area]).get(area, Totals())


def coverage(*, campaign: CampaignId, area: AreaId, on: date, occasion: str | None = None) -> Coverage:
    """The same, and that of each area directly below it on that day, down to the grid: below it nothing is tallied."""
    is_grid = territory.area(area).kind is AreaKind.GRID
    below = [] if is_grid else [child.id for child in territory.children(area, on)]
    sums = _totals(_key(campaign, occasion), [area, *below])
    rows = tuple(AreaTotals(child, sums.get(child, Totals())) for child in below)
    return Coverage(campaign, area, sums.get(area, Totals()), rows)


def recount(*, campaign: CampaignId, area: AreaId, on: date, occasion: str | None = None) -> Coverage:
    """The same in today's boundaries: counted again from the tasks, each where its household lies now.

    An explicit question beside the kept figures, never in their place; of a forgotten campaign nothing is left to
    count (`campaigns.nothing_to_recount`, 409).
    """
    if models.Campaign.objects.filter(id=campaign).exclude(forgotten_at=None).exists():
        raise Problem("campaigns.nothing_to_recount", status=409)
    by_grid = _counted_again(campaign, _occasion(campaign, occasion), on)
    is_grid = territory.area(area).kind is AreaKind.GRID
    below = [] if is_grid else [child.id for child in territory.children(area, on)]
    rows = tuple(AreaTotals(child, _sum_of(by_grid, child, on)) for child in below)
    return Coverage(campaign, area, _sum_of(by_grid, area, on), rows)


_RECOUNT = (
    "SELECT coalesce(p.grid_id, t.grid_id) AS grid, sum(CASE WHEN t.origin = 'listed' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN t.origin = 'found' THEN 1 ELSE 0 END), sum(CASE WHEN t.state = 'struck' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN t.state = 'done' THEN 1 ELSE 0 END), sum(CASE WHEN t.state = 'attempted' THEN 1 ELSE 0 END),"
    " sum(CASE WHEN t.state = 'done' THEN t.people ELSE 0 END),"
    " sum(CASE WHEN t.state = 'struck' THEN 0 ELSE t.people_due END),"
    " sum(CASE WHEN t.state = 'struck' AND t.disputed THEN 1 ELSE 0 END)"
    " FROM campaigns_task t LEFT JOIN ({there}) p ON p.target_id = t.target_id"
    " WHERE t.campaign_id = %s AND t.occasion = %s GROUP BY 1"
)


def _counted_again(campaign: CampaignId, occasion: str, on: date) -> dict[AreaId, Mapping[str, int]]:
    there = _lying_now(campaign, on)
    rows = query(_RECOUNT.format(there=there.sql), [*there.params, campaign, occasion])
    return {AreaId(_uuid(grid)): dict(zip(COUNTED, sums, strict=True)) for grid, *sums in rows}


_HOMES = f"SELECT h.household_id AS target_id, h.grid_id FROM ({registry.places_sql(struck=True)}) h"


def _lying_now(campaign: CampaignId, on: date) -> TargetsSql:
    of = _of(campaign)
    if of is TargetKind.HOUSEHOLDS:
        return TargetsSql(_HOMES, ())
    return registry.premises_sql(TargetDefinition((), of=of), on=on)


def _of(campaign: CampaignId) -> TargetKind:
    known = CAMPAIGNS.now().get(campaign)
    return known.of if known else TargetKind.HOUSEHOLDS


def _sum_of(by_grid: Mapping[AreaId, Mapping[str, int]], area: AreaId, on: date) -> Totals:
    counted = [by_grid[grid] for grid in territory.grid_ids([area], on) if grid in by_grid]
    return Totals.of({name: sum(int(one[name]) for one in counted) for name in COUNTED})


def _totals(campaign: UUID, areas: Collection[AreaId]) -> dict[AreaId, Totals]:
    """One range of the primary key per area; what is counted under one id has a row per area and day."""
    marks = ", ".join(["%s"] * len(areas))
    sql = (
        f"SELECT area_id, {_SUMS} FROM campaigns_tally WHERE campaign_id = %s AND area_id IN ({marks}) GROUP BY area_id"
    )
    names = [measure.name for measure in COVERAGE.measures]
    rows = query(sql, [campaign, *areas]) if areas else []
    return {AreaId(_uuid(area)): Totals.of(dict(zip(names, sums, strict=True))) for area, *sums in rows}


_CURVE = (
    "SELECT hour, households, people FROM campaigns_hour WHERE campaign_id = %s AND area_id = %s AND day = %s"
    " AND (households <> 0 OR people <> 0) ORDER BY hour"
)


def curve(*, campaign: CampaignId, area: AreaId, on: date, occasion: str | None = None) -> list[HourCount]:
    """What was finished on an area in each hour of a day; hours without anything are left out."""
    rows = query(_CURVE, [_key(campaign, occasion), area, on])
    return [HourCount(*row) for row in rows]


_WORKED = (
    "SELECT area_id, day, min(hour), max(hour), sum(households) FROM campaigns_hour"
    " WHERE campaign_id = %s AND area_id IN ({marks}) AND day BETWEEN %s AND %s AND households > 0"
    " GROUP BY area_id, day"
)


def paces(
    *, campaign: CampaignRef, totals: Mapping[AreaId, Totals], at: datetime, occasion: str | None = None
) -> dict[AreaId, Pace]:
    """At this rate: when each of these areas, with its totals, is through. Nothing of a campaign that was closed."""
    days = campaign.named(occasion or campaign.occasion)
    if not totals or campaign.closed_at is not None or days is None:
        return {}
    today = local_day(at)
    worked: dict[AreaId, list[WorkedDay]] = {area: [] for area in totals}
    marks = ", ".join(["%s"] * len(totals))
    since = today - timedelta(days=rules.DAYS_LOOKED_AT)
    rows = query(_WORKED.format(marks=marks), [campaign.count_key(occasion), *totals, since, today])
    for area, day, first, last, households in rows:
        worked[AreaId(_uuid(area))].append(WorkedDay(day, first, last, int(households)))
    return {
        area: rules.pace(worked[area], totals=sums, starts_on=days.begins_on, ends_on=days.ends_on, at=at)
        for area, sums in totals.items()
    }


# --- for reports -----------------------------------------------------------------------------------------------------

_COLUMNS = ("due", "done", "done:share", "done:today", "attempted", "untouched", "remaining")
_SENTENCES = (
    Told("campaigns.report_nobody_due", unless="due"),
    Told("campaigns.report_progress", when="due"),
    Told("campaigns.report_people", when="people_due"),
    Told("campaigns.report_found", when="found"),
    Told("campaigns.report_struck", when="struck"),
    Told("campaigns.report_remaining", when="remaining"),
    Told("campaigns.report_complete", when="due", unless="remaining"),
    Told("campaigns.report_disputed", when="disputed"),
)


# Of places and buildings in words of their own: nothing of people, and never 户.
_SENTENCES_OF = {TargetKind.HOUSEHOLDS: _SENTENCES} | {
    of: tuple(
        Told(f"{one.code}_{of}", when=one.when, unless=one.unless)
        for one in _SENTENCES
        if one.code != "campaigns.report_people"
    )
    for of in (TargetKind.PLACES, TargetKind.BUILDINGS)
}


def _told_of(area: AreaId, day: date, at: datetime) -> list[Subject]:
    """The campaigns that had been opened by then, were not over on the day, and meet the area."""
    lineage = territory.lineage(area, day)
    return [
        _subject(c, c.occasion_on(day) or c.occasion)
        for c in reversed(campaigns())
        if c.opened_at <= at
        and c.starts_on <= day <= c.ends_on
        and (c.closed_at is None or day <= local_day(c.closed_at))
        and c.occasion_on(day) is not None
        and (c.area in lineage or area in territory.lineage(c.area, day))
    ]


def _told(id: UUID) -> Subject | None:
    known = CAMPAIGNS.now()
    once = known.get(id)
    if once is not None:
        return _subject(once, once.occasion)
    found = ((c, _counted_as(c).get(id)) for c in known.values() if c.recurs)
    return next((_subject(c, occasion) for c, occasion in found if occasion), None)


def _subject(c: CampaignRef, occasion: str) -> Subject:
    title = c.name if occasion in c.name else f"{c.name} · {occasion}"
    return Subject(
        source="campaigns",
        id=c.count_key(occasion),
        title_zh=title,
        title_en=title,
        measures=measures_of(c.of),
        columns=(*_COLUMNS, "people") if c.of is TargetKind.HOUSEHOLDS else _COLUMNS,
        drill=c.drill,
        sentences=_SENTENCES_OF[c.of],
        left="remaining",
        work=("done", "attempted", "struck", "found"),
    )


def _counted_at(counted_as: UUID, position: int) -> list[Counted]:
    moved = ledger.counted_at(COVERAGE, keys={"campaign_id": counted_as}, position=position)
    return [Counted(one.lineage, one.day, one.counts) for one in moved]


SOURCES = (Source("campaigns", _told_of, _told, _counted_at),)


# --- tasks -----------------------------------------------------------------------------------------------------------


def task_state(*, campaign: CampaignId, target: HouseholdId, occasion: str | None = None) -> Standing | None:
    """Where one household stands in a campaign; None when it is not part of it."""
    which = _occasion(campaign, occasion)
    row = models.Task.objects.filter(campaign_id=campaign, target_id=target, occasion=which).first()
    return _standing(row) if row else None


_OPEN = (
    "SELECT campaign_id, target_id, grid_id FROM campaigns_task"
    " WHERE campaign_id = %s AND grid_id = %s AND state IN ('untouched', 'attempted') AND occasion = %s"
)


def open_tasks_by_campaign(
    *, grids: Collection[AreaId], at: datetime
) -> dict[CampaignId, list[tuple[HouseholdId, AreaId]]]:
    """What is still to be done in these grids: by campaign that is not over, the household and where it lies."""
    found: dict[CampaignId, list[tuple[HouseholdId, AreaId]]] = {}
    for running in campaigns(open_at=at):
        rows = [row for grid in grids for row in query(_OPEN, [running.id, grid, running.occasion])]
        if rows:
            found[running.id] = [(HouseholdId(_uuid(home)), AreaId(_uuid(grid))) for _, home, grid in rows]
    return found


class AskedTask(msgspec.Struct, frozen=True):
    """Somebody wants to know where a household stands in a campaign."""

    campaign: CampaignId
    target: HouseholdId
    viewer: Viewer


def tasks_seen(asked: Sequence[AskedTask]) -> list[TaskSeen | Problem]:
    """Where each of these tasks stands, for several viewers with one statement; it says nothing of anybody. Outside a
    viewer's areas, as where there is none: `access.not_found` (404).
    """
    found: list[TaskSeen | Problem | None] = [each.viewer.refused(Permission.SEE) for each in asked]
    may = [n for n, refused in enumerate(found) if refused is None]

    def look(group: list[int]) -> None:
        for n, grid, state, position, as_of in _tasks_at([may[g] for g in group], asked):
            each = asked[n]
            if each.viewer.may(Permission.SEE, lineage=territory.lineage(grid, local_day(each.viewer.at))):
                found[n] = TaskSeen(each.campaign, each.target, state, position, as_of)

    access.behind_their_walls([asked[n].viewer for n in may], look)
    return [answer or Problem("access.not_found", status=404) for answer in found]


# All rows as one: for each row the driver would let go of the interpreter, and wait for its turn to have it back.
_TASKS = (
    "SELECT string_agg(asked.column1 || ' ' || t.grid_id || ' ' || t.state || ' ' || t.position, ','"
    " ORDER BY t.occasion, t.position),"
    f" {ledger.HEAD_SQL} FROM (VALUES {{asked}}) AS asked"
    " JOIN campaigns_task t ON t.campaign_id = asked.column2 AND t.target_id = asked.column3"
)


def _tasks_at(which: Sequence[int], asked: Sequence[AskedTask]) -> Iterator[tuple[int, AreaId, TaskState, int, int]]:
    """Of each the number, its grid and where it stands; of one with several occasions the latest comes last."""
    # A power of two of them, the last one repeated: a handful of statements is prepared, not one for every length.
    whole = [*which, *([which[-1]] * ((1 << (len(which) - 1).bit_length()) - len(which)))]
    params = [value for n in whole for value in (n, asked[n].campaign, asked[n].target)]
    rows, as_of = query(_TASKS.format(asked=", ".join(["(%s, %s, %s)"] * len(whole))), params)[0]
    for row in rows.split(",") if rows else ():
        n, grid, state, position = row.split(" ")
        yield int(n), AreaId(msgspec.convert(grid, UUID)), TaskState(state), int(position), as_of


def grid_of(*, campaign: CampaignId, target: HouseholdId) -> AreaId:
    """The grid on which a household is counted; `access.not_found` (404) when it is not part of the campaign."""
    rows = models.Task.objects.filter(campaign_id=campaign, target_id=target)
    found = rows.values_list("grid_id", flat=True).first()
    if found is None:
        raise Problem("access.not_found", status=404)
    return AreaId(found)


def occasion_of(*, campaign: CampaignId, target: HouseholdId, entry: UUID) -> str:
    """On which occasion that entry spoke of that household; `campaigns.nothing_to_correct` (404) when it did not."""
    rows = models.Said.objects.filter(campaign_id=campaign, target_id=target, entry_id=entry)
    found = rows.values_list("occasion", flat=True).first()
    if found is None:
        raise Problem("campaigns.nothing_to_correct", status=404)
    return found


def task_documents(
    *, grids: Collection[AreaId], after_position: int, limit: int, campaigns: Collection[CampaignId]
) -> list[TaskDocument]:
    """Tasks of these grids and campaigns that changed after a position, oldest change first.

    A campaign's opening makes thousands of tasks at one position, so the last position is always complete: a page may
    be longer than `limit`, and the next one begins after the position of its last row.
    """
    wanted = Q(grid_id__in=list(grids), campaign_id__in=list(campaigns))
    rows = models.Task.objects.filter(wanted, _of_today(campaigns)).order_by("position", "target_id")
    page = list(rows.filter(position__gt=after_position)[:limit])
    if len(page) == limit:
        last = page[-1].position
        page = [row for row in page if row.position < last] + list(rows.filter(position=last))
    return [_task_document(row) for row in page]


def _of_today(campaigns: Collection[CampaignId]) -> Q:
    """A phone carries the latest occasion of what recurs, and no older ones."""
    wanted = [CAMPAIGNS.now()[id] for id in campaigns]
    latest = Q(campaign_id__in=[c.id for c in wanted if c.recurs is None])
    for c in wanted:
        if c.recurs is not None:
            latest |= Q(campaign_id=c.id, occasion__gte=c.occasion)
    return latest


def remaining_counts(*, campaign: CampaignId, grid: AreaId, occasion: str | None = None) -> RemainderCounts:
    """Why the households of a grid are still to be reached. For grids only: nobody is compared by refusals."""
    rows = _waiting(campaign, grid, occasion)
    counts = dict.fromkeys(_COUNT_NAMES, 0)
    for outcome, appointment, refusals in rows.values_list("outcome", "appointment", "refusals"):
        closed = "closed" if refusals >= rules.REFUSALS_THAT_CLOSE else None
        counts["appointment" if appointment else closed or outcome or "untouched"] += 1
    return RemainderCounts(**counts)


_COUNT_NAMES = tuple(field.name for field in msgspec.structs.fields(RemainderCounts))


def walking_order(*, grid: AreaId, on: date) -> dict[AreaId, int]:
    """In which order to pass the buildings of a grid that somebody has drawn on the map, and their entrances with them.

    Buildings that nobody has drawn are left out: they come after these, as the register numbers them.
    """
    buildings = [area.id for area in territory.children(grid, on) if area.kind is AreaKind.BUILDING]
    middles = {id: centre(shape) for id, shape in territory.outlines(buildings, on).items()}
    drawn = [(id, middles[id]) for id in buildings if middles.get(id)]
    way = walking.order(tuple(point for _, point in drawn if point))
    ranks = {drawn[number][0]: rank for rank, number in enumerate(way)}
    inside = territory.areas_below(grid, on, kinds=(AreaKind.ENTRANCE,)) if ranks else ()
    return ranks | {each.id: ranks[each.parent] for each in inside if each.parent in ranks}


def _waiting(campaign: CampaignId, grid: AreaId, occasion: str | None) -> Any:
    which = _occasion(campaign, occasion)
    return models.Task.objects.filter(campaign_id=campaign, grid_id=grid, state__in=_REMAINING, occasion=which)


_SEE_PLACES = "registry.read"


def named_by(campaign: CampaignRef) -> str:
    """Who may see of whom or what the remainder of a grid is made."""
    return Permission.NAME_REMAINDER if campaign.of is TargetKind.HOUSEHOLDS else _SEE_PLACES


MOST_ON_PAPER = 200  # more people at once need a second person's consent, and there is no way to give it yet


def remainder(
    *,
    campaign: CampaignId,
    grid: AreaId,
    viewer: Viewer,
    occasion: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> Remainder:
    """Who is still missing on a grid: how many and why, and (unless `page_size` is 0) by name in walking order.

    Names are for the grid's own worker and lead (`campaigns.name_remainder`); a page of them is one disclosure.
    """
    if not page_size:
        return Remainder(campaign, grid, *_counted(campaign, grid, occasion))
    return _remainder(campaign, grid, viewer, occasion, what="campaigns.remainder", page=page, page_size=page_size)


def remainder_on_paper(
    *, campaign: CampaignId, grid: AreaId, viewer: Viewer, reason: str, occasion: str | None = None
) -> Remainder:
    """The same to be carried away: the first of them in walking order, with a reason."""
    how = {"what": "campaigns.remainder_on_paper", "how": Looked.EXPORTED, "reason": reason}
    return _remainder(campaign, grid, viewer, occasion, page_size=MOST_ON_PAPER, **how)


def _remainder(campaign: CampaignId, grid: AreaId, viewer: Viewer, occasion: str | None, **asked: Any) -> Remainder:
    waiting = remaining_tasks(campaign=campaign, grid=grid, occasion=occasion)
    if _of(campaign) is not TargetKind.HOUSEHOLDS:
        return _remainder_of_premises(campaign, grid, viewer, occasion, waiting, asked)
    homes = registry.households_of(
        list(waiting),
        viewer=viewer,
        area=grid,
        permission=Permission.NAME_REMAINDER,
        purpose=_purpose(campaign),
        first=walking_order(grid=grid, on=local_day(viewer.at)),
        **asked,
    )
    policy = rules.policy_at(CAMPAIGNS.now()[campaign].policies, viewer.at)
    rows = tuple(_remainder_row(home, waiting[home.id], policy, viewer.at) for home in homes.rows)
    return Remainder(campaign, grid, *_counted(campaign, grid, occasion), rows)


def _remainder_of_premises(
    campaign: CampaignId,
    grid: AreaId,
    viewer: Viewer,
    occasion: str | None,
    waiting: Mapping[HouseholdId, Standing],
    asked: Mapping[str, Any],
) -> Remainder:
    """Places and buildings name no resident: nothing is disclosed. Who may read the list is asked all the same."""
    viewer.require(_SEE_PLACES, lineage=territory.lineage(grid, local_day(viewer.at)))
    found = registry.premises_of(list(waiting), first=walking_order(grid=grid, on=local_day(viewer.at)))
    size = asked["page_size"]
    start = (asked.get("page", 1) - 1) * size
    policy = rules.policy_at(CAMPAIGNS.now()[campaign].policies, viewer.at)
    shown = [(each, waiting[HouseholdId(each.id)]) for each in found[start : start + size]]
    rows = tuple(_premises_row(each, stands, policy, viewer.at) for each, stands in shown)
    return Remainder(campaign, grid, *_counted(campaign, grid, occasion), rows)


def _premises_row(each: PremisesRow, stands: Standing, policy: AttemptPolicy, at: datetime) -> RemainderRow:
    return RemainderRow(
        household=HouseholdId(each.id),
        door=each.door,
        head="",
        people=0,
        name=each.name,
        state=stands.state,
        outcome=stands.outcome,
        at=stands.at,
        attempts=stands.attempts,
        appointment=stands.appointment,
        call=rules.next_call(stands, policy, at=at),
    )


def _counted(campaign: CampaignId, grid: AreaId, occasion: str | None) -> tuple[Totals, RemainderCounts]:
    sums = totals(campaign=campaign, area=grid, occasion=occasion)
    return sums, remaining_counts(campaign=campaign, grid=grid, occasion=occasion)


def _purpose(campaign: CampaignId) -> Purpose:
    return Purpose(models.Campaign.objects.values_list("purpose", flat=True).get(id=campaign))


def _remainder_row(home: HouseholdRow, stands: Standing, policy: AttemptPolicy, at: datetime) -> RemainderRow:
    return RemainderRow(
        household=home.id,
        door=home.door,
        head=home.head,
        people=home.people,
        state=stands.state,
        outcome=stands.outcome,
        at=stands.at,
        attempts=stands.attempts,
        appointment=stands.appointment,
        call=rules.next_call(stands, policy, at=at),
    )


def remaining_tasks(*, campaign: CampaignId, grid: AreaId, occasion: str | None = None) -> dict[HouseholdId, Standing]:
    """The households of a grid that are still to be reached, by id: for `remainder` and for journeys, never for a list
    elsewhere.
    """
    return {HouseholdId(row.target_id): _standing(row) for row in _waiting(campaign, grid, occasion)}


def standings(*, campaign: CampaignId, grid: AreaId) -> dict[HouseholdId, Standing]:
    """Where every household of a grid stands that was not struck: for lists of people that another module keeps."""
    rows = models.Task.objects.filter(campaign_id=campaign, grid_id=grid, occasion=_occasion(campaign))
    rows = rows.exclude(state=TaskState.STRUCK)
    return {HouseholdId(row.target_id): _standing(row) for row in rows}


def people_unmet(*, campaign: CampaignId) -> dict[AreaId, int]:
    """How many people the register expects in the households of each grid that nobody has met yet."""
    rows = models.Task.objects.filter(campaign_id=campaign, state__in=_REMAINING, occasion=_occasion(campaign))
    return {AreaId(grid): int(n or 0) for grid, n in rows.values_list("grid_id").annotate(n=Sum("people_due"))}


def open_tasks(grids: Collection[AreaId], *, at: datetime) -> dict[AreaId, int]:
    """How many tasks of running campaigns are still to be done in each of these grids; grids without any left out."""
    running = _of_today([c.id for c in campaigns(open_at=at)])
    rows = models.Task.objects.filter(running, grid_id__in=list(grids), state__in=_REMAINING)
    return {AreaId(grid): number for grid, number in rows.values_list("grid_id").annotate(number=Count("*"))}


def disputed(*, campaign: CampaignId, grid: AreaId, occasion: str | None = None) -> list[DisputedRow]:
    """Households of a grid that one has struck and another has met."""
    rows = models.Task.objects.filter(campaign_id=campaign, grid_id=grid, state=TaskState.STRUCK, disputed=True)
    rows = rows.filter(occasion=_occasion(campaign, occasion))
    return [_disputed(row) for row in rows]


def _disputed(row: models.Task) -> DisputedRow:
    assert row.entry_id and row.outcome and row.at  # whatever struck it said all three
    return DisputedRow(HouseholdId(row.target_id), row.entry_id, Outcome(row.outcome), row.at)


def _standing(row: models.Task) -> Standing:
    return Standing(
        state=TaskState(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        entry=row.entry_id,
        by=AccountId(row.said_by) if row.said_by else None,
        at=row.at,
        day=row.counted_on,
        hour=row.counted_hour,
        people=row.people,
        attempts=row.attempts,
        refusals=row.refusals,
        appointment=row.appointment,
        disputed=row.disputed,
    )


def _task_document(row: models.Task) -> TaskDocument:
    return TaskDocument(
        campaign=CampaignId(row.campaign_id),
        target=HouseholdId(row.target_id),
        occasion=row.occasion,
        state=TaskState(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        at=row.at,
        position=row.position,
        appointment=row.appointment,
        attempts=row.attempts,
        refusals=row.refusals,
    )


def _uuid(value: object) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found
