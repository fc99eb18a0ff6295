"""Household stewards 中心户: an account answers for some named households of a grid, sees those and no others, and
reports only what has changed. And handing all of it over when somebody leaves.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, HouseholdId, RecordId, ResidentId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import actions as access
from lianfang.ground.registry import actions, models, queries
from lianfang.ground.registry.entrusting import end_stewardship, entrust, read, stewardship_by_id, stewardships_of
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.records import HouseholdChanged
from lianfang.ground.registry.terms import Change, Field, HouseholdView, Person, Stewardship
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Span

__all__ = ["end_stewardship", "entrust", "stewardship_by_id", "stewardships_of"]
# What a steward may look for, as far as their own grant says so.
_PURPOSES = (Purpose.REGISTER_UPKEEP, Purpose.CARE, Purpose.INCIDENT_RESPONSE)


def report_change(
    *, household: HouseholdId, resident: ResidentId, field: Field, base_version: int, value: str | None, viewer: Viewer
) -> RecordId:
    """A steward says what is otherwise with somebody of their households; never more than that one field."""
    with ledger.turn(by=viewer.actor, at=viewer.at):
        _refuse_not_theirs(household, viewer)
        if queries.resident_place(resident, viewer=viewer, permission=Permission.STEWARD).household != household:
            raise Problem("registry.not_your_household", status=404)
        what = {"resident": resident, "field": field, "base_version": base_version, "value": value}
        return actions.change_field(**what, viewer=viewer, at=viewer.at, permission=Permission.STEWARD)  # type: ignore[arg-type]


def report_newcomer(*, household: HouseholdId, person: Person, viewer: Viewer) -> RecordId:
    """Somebody lives in one of their households too."""
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        _refuse_not_theirs(household, viewer)
        body = HouseholdChanged(household, Change.ADDED, ResidentId(new_id()), person=person)
        return turn.append("registry.household_changed.v1", body).id


def my_households(*, viewer: Viewer) -> list[HouseholdView]:
    """The households that the viewer is steward of today, masked; one look for each grid, noted before it leaves."""
    viewer.require(Permission.STEWARD)
    on, found = local_day(viewer.at), list[HouseholdView]()
    for grid, ids in sorted(_by_grid_of(viewer.account, on).items()):
        lineage = territory.lineage(grid, on)
        if viewer.may(Permission.STEWARD, lineage=lineage):
            purpose = _purpose(viewer, lineage)
            how: dict[str, Any] = {"what": "registry.stewarded", "permission": Permission.STEWARD, "purpose": purpose}
            found += queries.whole_households(ids, viewer=viewer, area=grid, **how)
    return found


def doors_of(found: Stewardship, *, viewer: Viewer) -> list[tuple[HouseholdId, str]]:
    """The doors of a steward's households, as one walks, in the viewer's grids; nobody's name."""
    grids = queries.grids_in(viewer, Permission.READ, None)
    rows = models.Household.objects.filter(id__in=found.households, grid_id__in=grids).order_by("walk", "id")
    return [(HouseholdId(row.id), row.door) for row in rows]


def stewardships(*, viewer: Viewer, area: AreaId | None = None) -> list[Stewardship]:
    """Who is steward in the viewer's grids, today or later. How many households, not who lives there."""
    grids = queries.grids_in(viewer, Permission.READ, area)
    rows = models.Stewardship.objects.filter(grid_id__in=grids).exclude(ends_on__lte=local_day(viewer.at))
    return read(rows)


def hand_over(
    *,
    account: AccountId,
    on: date,
    successors: Mapping[UUID, AccountId | None],
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Somebody leaves: grids, posts, buildings and households go to others in one act, or are left vacant by name."""
    with ledger.turn(by=by, at=at):
        on = max(on, local_day(at))
        held = stewardships_of(account, on)
        forgotten = [str(each.id) for each in held if each.id not in successors]
        if forgotten:
            raise Problem("access.not_all_handed_over", status=409, count=len(forgotten), missing=forgotten)
        access.hand_over(account=account, on=on, successors=successors, by=by, at=at, reason=reason)
        for each in held:
            begins = max(on, each.days.starts_on)
            end_stewardship(stewardship=each.id, on=begins, by=by, at=at, reason=reason or "")
            to = successors[each.id]
            if to is not None:
                days = Span(begins, each.days.ends_on)
                entrust(account=to, grid=each.grid, households=each.households, days=days, by=by, at=at)


def _refuse_not_theirs(household: HouseholdId, viewer: Viewer) -> None:
    viewer.require(Permission.STEWARD)
    on = local_day(viewer.at)
    for grid, ids in _by_grid_of(viewer.account, on).items():
        if household in ids and viewer.may(Permission.STEWARD, lineage=territory.lineage(grid, on)):
            return
    raise Problem("registry.not_your_household", status=404)


def _by_grid_of(account: AccountId, on: date) -> dict[AreaId, list[HouseholdId]]:
    """The households of a steward on a day, by the grid they lie in now: doors may have gone to another since."""
    mine = [each for each in stewardships_of(account, on) if each.days.holds(on)]
    ids = [household for each in mine for household in each.households]
    found: dict[AreaId, list[HouseholdId]] = defaultdict(list)
    for id, grid in models.Household.objects.filter(id__in=ids).values_list("id", "grid_id"):
        found[AreaId(grid)].append(HouseholdId(id))
    return found


def _purpose(viewer: Viewer, lineage: Collection[AreaId]) -> Purpose:
    granted = {purpose for grant in viewer.grants if grant.area in lineage for purpose in grant.purposes}
    return next((each for each in _PURPOSES if each in granted), Purpose.REGISTER_UPKEEP)
