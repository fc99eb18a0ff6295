"""Whose doors they are in a campaign: giving them to a worker or a team, and handing on what a leaver has in hand.

Only how the open doors are shared out changes. What was done stays where it is, and whoever still records a door that
is somebody else's by now is counted like anybody: nothing here is asked when a record comes in.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.database import as_uuid, query
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.campaigns import giving as rule
from lianfang.ground.campaigns import models, queries
from lianfang.ground.campaigns.given import said_of
from lianfang.ground.campaigns.giving import GivenDoor, Giving
from lianfang.ground.campaigns.giving_records import DOORS_GIVEN, DoorsGiven
from lianfang.ground.campaigns.need_records import NEED_ASSIGNED, NeedAssigned
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.terms import MOST_GRIDS_OF_A_PHONE, CampaignRef, TaskState
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.queries import InHand
from lianfang.ground.territory import queries as territory

_ON_PHONES = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
MAY_LEND = "access.grant_field_roles"
_HANDED_ON = "交接"  # where nobody said why


class ToGive(msgspec.Struct, frozen=True):
    """What is to be given: which doors of a grid, to whom, from when on (nothing said: now), why.

    With `lend` whoever does not work on that grid may, as its worker, until the campaign is over.
    """

    grid: AreaId
    reason: str
    to: tuple[AccountId, ...] = ()
    areas: tuple[AreaId, ...] = ()
    households: tuple[HouseholdId, ...] = ()
    team: str | None = None
    since: datetime | None = None
    lend: bool = False


# --- giving ----------------------------------------------------------------------------------------------------------


def give(*, campaign: CampaignId, what: ToGive, viewer: Viewer) -> UUID:
    """Give open doors of a grid to one or several, or back to whoever works there. Answers the giving's id."""
    on = local_day(viewer.at)
    viewer.require(Permission.GIVE, lineage=territory.lineage(what.grid, on))
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        running = _running(campaign, viewer.at)
        since = what.since or viewer.at
        _refuse_wrong_times(running, since, viewer.at)
        _refuse_other_places(running, what, viewer)
        hands = tuple(dict.fromkeys(what.to))
        for hand in hands:
            _let_work(hand, running, what, since, viewer)
        body = DoorsGiven(
            campaign=campaign,
            grid=what.grid,
            to=hands,
            since=since,
            reason=_said(what.reason),
            areas=what.areas,
            households=what.households,
            team=(what.team or "").strip() or None,
        )
        return turn.append(DOORS_GIVEN.name, body).id


def _running(id: CampaignId, at: datetime) -> CampaignRef:
    found = queries.campaign(id=id)
    if found.closed_at is not None or local_day(at) > found.ends_on:
        raise Problem("campaigns.closed_already", status=409)
    return found


def _said(reason: str) -> str:
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    return reason.strip()


def _refuse_wrong_times(campaign: CampaignRef, since: datetime, at: datetime) -> None:
    if since < at - timedelta(minutes=1):
        raise Problem("campaigns.given_in_the_past", status=422)
    if local_day(since) > campaign.ends_on:
        raise Problem("campaigns.given_after_its_end", status=422)


def _refuse_other_places(campaign: CampaignRef, what: ToGive, viewer: Viewer) -> None:
    """Only doors of that grid that are the campaign's."""
    on = local_day(viewer.at)
    asked = set(what.households)
    known = set(_targets(campaign.id, what.grid, asked) if asked else ())
    if asked - known or any(what.grid not in territory.lineage(area, on) for area in what.areas):
        raise Problem("campaigns.given_outside_its_grid", status=422)
    if not models.Task.objects.filter(campaign_id=campaign.id, grid_id=what.grid).exists():
        raise Problem("campaigns.given_outside_its_grid", status=422)


def _targets(campaign: CampaignId, grid: AreaId, ids: Collection[HouseholdId]) -> list[HouseholdId]:
    rows = models.Task.objects.filter(campaign_id=campaign, grid_id=grid, target_id__in=list(ids))
    return [HouseholdId(id) for id in rows.values_list("target_id", flat=True)]


def _let_work(hand: AccountId, campaign: CampaignRef, what: ToGive, since: datetime, viewer: Viewer) -> None:
    """They work there already; or they do from then until the campaign is over, as its worker: by a dated role on the
    grid, which is the one way into anybody's scope.
    """
    if carries(hand, what.grid, since):
        return
    if not what.lend:
        raise Problem("access.not_a_worker_here", status=422)
    on = local_day(viewer.at)
    viewer.require(MAY_LEND, lineage=territory.lineage(what.grid, on))
    viewer.require(MAY_LEND, lineage=territory.lineage(accounts.area_of_account(hand), on))
    if len(_grids_of(hand, since)) >= MOST_GRIDS_OF_A_PHONE:
        raise Problem("campaigns.phone_is_full", status=422, most=MOST_GRIDS_OF_A_PHONE)
    access.grant_role(
        account=hand,
        role=Role.GRID_WORKER,
        area=what.grid,
        starts_at=since,
        ends_at=territory.end_of(campaign.ends_on),
        by=viewer.actor,
        at=viewer.at,
    )


def carries(account: AccountId, grid: AreaId, at: datetime) -> bool:
    """Do they carry that grid on their phone at that moment?"""
    return any(grant.role in _ON_PHONES for grant in accounts.field_grants(account, grid, at))


def _grids_of(account: AccountId, at: datetime) -> set[AreaId]:
    return territory.grid_ids(accounts.carried_by(account, at), local_day(at))


# --- reading ---------------------------------------------------------------------------------------------------------


def givings(*, campaign: CampaignId, grid: AreaId, viewer: Viewer) -> list[models.Giving]:
    """Everything that was ever said of whose the doors of a grid are, latest first."""
    viewer.require(Permission.SEE, lineage=territory.lineage(grid, local_day(viewer.at)))
    return list(models.Giving.objects.filter(campaign_id=campaign, grid_id=grid).order_by("-position"))


def open_by_giving(*, campaign: CampaignId, grid: AreaId, at: datetime) -> dict[UUID | None, int]:
    """How many open doors of a grid stand under which giving; None: everybody's."""
    said = said_of([campaign], [grid])
    counts: Counter[UUID | None] = Counter()
    for door in _open_doors(campaign, grid, at):
        stands = rule.standing_giving(door, said, at=at)
        counts[stands.id if stands else None] += 1
    return dict(counts)


def open_by_area(*, campaign: CampaignId, grid: AreaId, at: datetime) -> dict[AreaId, int]:
    """How many open doors lie in each building and entrance of a grid."""
    return Counter(area for door in _open_doors(campaign, grid, at) for area in door.within)


_OPEN = (
    "SELECT t.target_id FROM campaigns_task t WHERE t.campaign_id = %s AND t.grid_id = %s"
    " AND t.state IN ('untouched', 'attempted')"
)


def _open_doors(campaign: CampaignId, grid: AreaId, at: datetime) -> list[GivenDoor]:
    ids = [HouseholdId(_id(id)) for (id,) in query(_OPEN, [campaign, grid])]
    return list(_doors(ids, grid, at).values())


def _doors(ids: Sequence[HouseholdId], grid: AreaId, at: datetime) -> dict[HouseholdId, GivenDoor]:
    on = local_day(at)
    lies: dict[HouseholdId, AreaId] = registry.areas_of(ids)
    others = [id for id in ids if id not in lies]
    lies |= {HouseholdId(id): area for id, area in registry.areas_of_premises(others).items()} if others else {}
    above = {area: frozenset(territory.lineage(area, on)) for area in set(lies.values())}
    return {id: GivenDoor(id, above.get(lies.get(id, grid), frozenset()) | {grid}) for id in ids}


# --- handing on ------------------------------------------------------------------------------------------------------


def work_of(account: AccountId, at: datetime) -> list[InHand]:
    """What somebody has in hand in campaigns that are not over, by grid. Where nothing is theirs there is no line."""
    doors, promised, seen_to = _doors_of(account, at), _appointments_of(account, at), _needs_of(account)
    counts = [Counter(grid for grid, _ in found) for found in (doors, promised, seen_to)]
    grids = sorted({grid for each in counts for grid in each}, key=lambda grid: territory.area(grid).path_name)
    return [InHand(grid, *(each[grid] for each in counts)) for grid in grids]


def hand_on(
    *,
    account: AccountId,
    to: Mapping[AreaId, AccountId | None],
    on: date,
    reason: str,
    note: str | None,
    viewer: Viewer,
) -> None:
    """Somebody leaves: from that day on, on each grid, what they have in hand is somebody else's, or (None) everybody's
    who works there.

    The doors keep everybody else they were given to; an hour that was promised is kept by whoever takes over, and the
    needs keep their day.
    """
    said = " · ".join(part.strip() for part in (reason, note or "") if part.strip()) or _HANDED_ON
    since = viewer.at if on <= local_day(viewer.at) else territory.start_of(on)
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        held = work_of(account, viewer.at)
        _refuse_strangers(account, to, held, since, viewer)
        bodies = [
            *_handed_doors(account, to, said, since, viewer.at),
            *_handed_promises(account, to, said, since, viewer.at),
        ]
        for body in bodies:
            turn.append(DOORS_GIVEN.name, body)
        passed = [(id, to[grid]) for grid, id in _needs_of(account)]
        days = {row.id: row.due_on for row in models.Need.objects.filter(id__in=[id for id, _ in passed])}
        for id, successor in passed:
            turn.append(NEED_ASSIGNED.name, NeedAssigned(id, successor, days[id]))


def _refuse_strangers(
    account: AccountId,
    to: Mapping[AreaId, AccountId | None],
    held: Iterable[InHand],
    since: datetime,
    viewer: Viewer,
) -> None:
    """Whoever hands it on has a say there; whoever gets it is another, and works there."""
    for grid in (each.grid for each in held):
        viewer.require(Permission.GIVE, lineage=territory.lineage(grid, local_day(viewer.at)))
        successor = to[grid]
        if successor == account:
            raise Problem("access.hands_over_to_oneself", status=422)
        if successor and not carries(successor, grid, since):
            raise Problem("access.not_a_worker_here", status=422)


def _handed_doors(
    account: AccountId, to: Mapping[AreaId, AccountId | None], said: str, since: datetime, at: datetime
) -> list[DoorsGiven]:
    """Each giving that names them once more, without them. One that another has cut into since is said again door by
    door: as it was first said it would take back what somebody else was given.
    """
    return [
        _handed(each, () if whole else doors, to[each.grid], account, said, since)
        for each, doors, whole in _held_by(account, at)
        if each.grid in to
    ]


def _handed(
    each: Giving,
    doors: tuple[HouseholdId, ...],
    successor: AccountId | None,
    account: AccountId,
    said: str,
    since: datetime,
) -> DoorsGiven:
    left = rule.without(each, account, successor) if successor else tuple(h for h in each.to if h != account)
    return DoorsGiven(
        campaign=each.campaign,
        grid=each.grid,
        to=left,
        since=max(each.since, since),
        reason=said,
        areas=() if doors else each.areas,
        households=doors[: rule.MOST_DOORS] or each.households,
        team=each.team,
    )


def _handed_promises(
    account: AccountId, to: Mapping[AreaId, AccountId | None], said: str, since: datetime, at: datetime
) -> list[DoorsGiven]:
    """Hours they promised at doors that nobody was given: the one who takes over keeps them."""
    bodies = []
    for campaign in _ids_running(since):
        by_grid: dict[AreaId, list[HouseholdId]] = {}
        for grid, home in _appointments_of(account, at, [campaign]):
            by_grid.setdefault(grid, []).append(home)
        for grid, homes in by_grid.items():
            given, doors = said_of([campaign], [grid]), _doors(homes, grid, at)
            free = tuple(home for home in homes if rule.standing_giving(doors[home], given, at=since) is None)
            if free:
                whom = (successor,) if (successor := to[grid]) else ()
                kept = free[: rule.MOST_DOORS]
                bodies.append(DoorsGiven(campaign, grid, whom, since, said, households=kept))
    return bodies


def _ids_running(at: datetime) -> list[CampaignId]:
    return [each.id for each in queries.campaigns(open_at=at)]


def _held_by(account: AccountId, at: datetime) -> list[tuple[Giving, tuple[HouseholdId, ...], bool]]:
    """The givings that name them and still stand on an open door, or will stand: with those doors, and whether nobody
    has said anything of that grid since.
    """
    found = []
    for campaign in _ids_running(at):
        said = said_of([campaign])
        naming = rule.hands_over(said, account, at=at)
        under: dict[UUID, list[HouseholdId]] = {}
        for grid in {each.grid for each in naming}:
            for door in _open_doors(campaign, grid, at):
                if stands := rule.standing_giving(door, said, at=at):
                    under.setdefault(stands.id, []).append(door.household)
        for each in naming:
            if each.id in under or each.since > at:
                found.append((each, tuple(under.get(each.id, ())), rule.is_latest(each, said)))
    return found


def _doors_of(account: AccountId, at: datetime) -> list[tuple[AreaId, HouseholdId]]:
    """Open doors they were given. Those that nobody was given are the grid's, and go with its duty."""
    return [(each.grid, home) for each, homes, _ in _held_by(account, at) for home in homes]


def _appointments_of(
    account: AccountId, at: datetime, campaigns: Sequence[CampaignId] | None = None
) -> list[tuple[AreaId, HouseholdId]]:
    """Open doors at which they promised an hour, unless the door was given to somebody else, or back, since."""
    found = []
    for campaign in _ids_running(at) if campaigns is None else campaigns:
        rows = models.Task.objects.filter(campaign_id=campaign, said_by=account, state=TaskState.ATTEMPTED)
        by_grid: dict[AreaId, dict[HouseholdId, datetime]] = {}
        for grid, home, promised in rows.exclude(appointment=None).values_list("grid_id", "target_id", "at"):
            assert promised  # whoever says an hour says when
            by_grid.setdefault(AreaId(grid), {})[HouseholdId(home)] = promised
        for grid, homes in by_grid.items():
            said, doors = said_of([campaign], [grid]), _doors(list(homes), grid, at)
            words = {home: rule.latest_word(doors[home], said, at=at) for home in homes}
            found += [(grid, home) for home, word in words.items() if _theirs(account, word, homes[home])]
    return found


def _theirs(account: AccountId, word: Giving | None, promised: datetime) -> bool:
    return word is None or account in word.to or (not word.to and word.since < promised)


_OWNED = (
    "SELECT coalesce(p.grid_id, n.grid_id), n.id FROM campaigns_need n"
    f" LEFT JOIN ({registry.places_sql(struck=True)}) p ON p.household_id = n.household_id"
    " WHERE n.owner_id = %s AND n.settled_at IS NULL"
)


def _needs_of(account: AccountId) -> list[tuple[AreaId, UUID]]:
    return [(AreaId(_id(grid)), _id(id)) for grid, id in query(_OWNED, [account])]


def _id(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found
