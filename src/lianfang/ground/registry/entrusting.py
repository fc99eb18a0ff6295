"""Who is steward of which households: naming one, ending it, and what is known of it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, HouseholdId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import queries as accounts
from lianfang.ground.registry import models
from lianfang.ground.registry.steward_records import StewardshipSet
from lianfang.ground.registry.terms import Status, Stewardship
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Span

MOST_HOUSEHOLDS = 50


def entrust(
    *,
    account: AccountId,
    grid: AreaId,
    households: Collection[HouseholdId],
    days: Span,
    by: Actor,
    at: datetime,
    stewardship: UUID | None = None,
    instead_of: UUID | None = None,
    reason: str = "",
) -> UUID:
    """An account answers for these households on these days; with `stewardship` these are the households of one that
    is there. Each household has one steward at a time; `instead_of` ends with the first of these days, and without
    households named it is theirs that go over.
    """
    with ledger.turn(by=by, at=at) as turn:
        if instead_of is not None:
            former = stewardship_by_id(instead_of)
            households, grid = households or former.households, former.grid
            end_stewardship(stewardship=former.id, on=days.starts_on, by=by, at=at, reason=reason)
        named = accounts.names_of([account]).get(account)
        if named is None or not accounts.field_grants(account, grid, _instant(days, at)):
            raise Problem("access.not_a_worker_here", status=422)
        new = Stewardship(stewardship or new_id(), account, named, grid, tuple(sorted(set(households))), days)
        _refuse_impossible(new)
        turn.append("registry.stewardship_set.v1", StewardshipSet(new, reason))
        return new.id


def end_stewardship(*, stewardship: UUID, on: date, by: Actor, at: datetime, reason: str = "") -> None:
    """The first day without it; one that was to begin later never begins."""
    with ledger.turn(by=by, at=at) as turn:
        found = stewardship_by_id(stewardship)
        last = max(on, found.days.starts_on)
        if found.days.ends_on is None or last < found.days.ends_on:
            ended = msgspec.structs.replace(found, days=Span(found.days.starts_on, last))
            turn.append("registry.stewardship_set.v1", StewardshipSet(ended, reason))


def stewardship_by_id(id: UUID) -> Stewardship:
    """One of them; `registry.stewardship_not_found` (404) when there is none."""
    found = read(models.Stewardship.objects.filter(id=id))
    if not found:
        raise Problem("registry.stewardship_not_found", status=404)
    return found[0]


def stewardships_of(account: AccountId, on: date) -> list[Stewardship]:
    """Those of one account, on a day or later."""
    return read(models.Stewardship.objects.filter(account_id=account).exclude(ends_on__lte=on))


def _refuse_impossible(new: Stewardship) -> None:
    if new.days.ends_on is not None and new.days.ends_on <= new.days.starts_on:
        raise Problem("territory.ends_before_it_starts", status=422)
    if len(new.households) > MOST_HOUSEHOLDS:
        raise Problem("registry.too_many_households", status=422, most=MOST_HOUSEHOLDS)
    here = models.Household.objects.filter(id__in=new.households, grid_id=new.grid, status=Status.PRESENT)
    elsewhere = len(new.households) - here.count()
    if elsewhere:
        raise Problem("registry.household_elsewhere", status=422, count=elsewhere)
    ids = models.Stewarded.objects.filter(household_id__in=new.households).values("stewardship_id")
    others = [each for each in read(models.Stewardship.objects.filter(id__in=ids)) if each.id != new.id]
    taken = {home for each in others if each.days.meets(new.days) for home in each.households} & set(new.households)
    if taken:
        raise Problem("registry.household_has_a_steward", status=409, count=len(taken))


def _instant(days: Span, at: datetime) -> datetime:
    return at if days.starts_on <= local_day(at) else territory.start_of(days.starts_on)


def read(rows: Any) -> list[Stewardship]:
    """Those that are on some day at all, each with its households."""
    kept: Sequence[models.Stewardship] = [r for r in rows.order_by("name", "id") if r.starts_on != r.ends_on]
    homes: dict[UUID, list[HouseholdId]] = defaultdict(list)
    pairs = models.Stewarded.objects.filter(stewardship_id__in=[row.id for row in kept])
    for id, household in pairs.order_by("household_id").values_list("stewardship_id", "household_id"):
        homes[id].append(HouseholdId(household))
    return [
        Stewardship(
            row.id,
            AccountId(row.account_id),
            row.name,
            AreaId(row.grid_id),
            tuple(homes[row.id]),
            Span(row.starts_on, row.ends_on),
        )
        for row in kept
    ]
