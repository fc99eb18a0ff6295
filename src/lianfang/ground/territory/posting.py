"""Verbs of posts: set one up, change or end it; appoint somebody, let somebody stand in, end and correct that.

That an account exists, and is still there, is for `access` to see to, which calls these.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import post_queries, rules
from lianfang.ground.territory.atlas import atlas
from lianfang.ground.territory.post_records import PostHeld, PostSet, Why
from lianfang.ground.territory.terms import Holding, Post, Span, Standing, Tree


def set_post(
    *,
    organisation: UUID,
    area: AreaId,
    name: str,
    wanted: int,
    on: date,
    by: Actor,
    at: datetime,
    post: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """A new post from a day on, or what one that is there looks like from that day on. Nobody wanted: it ends."""
    with ledger.turn(by=by, at=at) as turn:
        _refuse_not_there(organisation, area, on)
        id = post or new_id()
        looks = [] if post is None else post_queries.looks_of(post)
        if post is not None:
            _refuse_earlier(looks, organisation, on)
        body = PostSet(id, organisation, area, name.strip(), wanted, on, reason)
        new = [look for look in looks if look.since != on] + [Post(id, organisation, area, body.name, wanted, on)]
        _refuse_overfull(new, post_queries.holdings_of(id), Span(on), "territory.post_still_held")
        turn.append("territory.post_set.v1", body)
        return id


def appoint(
    *,
    post: UUID,
    account: AccountId,
    name: str,
    days: Span,
    by: Actor,
    at: datetime,
    standing: Standing = Standing.REGULAR,
    acting_for: UUID | None = None,
    instead_of: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """An account holds a post on these days; `instead_of` names the holding that ends when this one begins."""
    with ledger.turn(by=by, at=at):
        _refuse_no_days(days)
        if instead_of is not None:
            replaced = _holding(instead_of, post)
            end_holding(holding=replaced.id, on=max(days.starts_on, replaced.days.starts_on), by=by, at=at)
        if acting_for is not None:
            _refuse_own_stand_in(_holding(acting_for, post), account, standing)
        new = Holding(new_id(), post, account, name, standing, days, acting_for)
        _put(new, Why.APPOINTED, by=by, at=at, reason=reason)
        return new.id


def end_holding(*, holding: UUID, on: date, by: Actor, at: datetime, reason: str | None = None) -> None:
    """The first day without it; one that was to begin later never begins."""
    with ledger.turn(by=by, at=at):
        found = post_queries.holding(holding)
        last = max(on, found.days.starts_on)
        if found.days.ends_on is None or last < found.days.ends_on:
            _put(_on_days(found, Span(found.days.starts_on, last)), Why.ENDED, by=by, at=at, reason=reason)


def correct_holding(*, holding: UUID, days: Span, by: Actor, at: datetime, reason: str) -> None:
    """It was, or is to be, on other days than we had it. What stood before stays in the ledger."""
    with ledger.turn(by=by, at=at):
        _refuse_no_days(days)
        _put(_on_days(post_queries.holding(holding), days), Why.CORRECTED, by=by, at=at, reason=reason)


def refuse_posts_of(organisation: UUID, on: date) -> None:
    """An organisation that still has posts does not end."""
    if standing := post_queries.posts_of_organisation(organisation, on):
        raise Problem("territory.organisation_has_posts", status=409, name=standing[0].name, count=len(standing))


def _put(held: Holding, why: Why, *, by: Actor, at: datetime, reason: str | None) -> None:
    looks = _looks(held.post)
    others = [other for other in post_queries.holdings_of(held.post) if other.id != held.id]
    if why is not Why.ENDED:
        _refuse_twice(held, others)
        _refuse_overfull(looks, [*others, held], held.days, "territory.post_is_full")
    post = rules.post_on(looks, held.days.starts_on) or looks[0]
    sole = _has_one_seat(looks, held.days)
    body = PostHeld(
        *(held.id, held.post, post.area, held.account, held.name, held.standing, held.days, why),
        *(held.acting_for, sole, reason),
    )
    with ledger.turn(by=by, at=at) as turn:
        turn.append("territory.post_held.v1", body)


def _looks(post: UUID) -> list[Post]:
    looks = post_queries.looks_of(post)
    if not looks:
        raise Problem("territory.post_not_found", status=404)
    return looks


def _on_days(held: Holding, days: Span) -> Holding:
    return Holding(held.id, held.post, held.account, held.name, held.standing, days, held.acting_for)


def _holding(id: UUID, post: UUID) -> Holding:
    found = post_queries.holding(id)
    if found.post != post:
        raise Problem("territory.holding_not_found", status=404)
    return found


def _has_one_seat(looks: Sequence[Post], days: Span) -> bool:
    return all(look.wanted <= 1 for look in looks if look.since > days.starts_on and days.holds(look.since)) and (
        rules.seats_on(looks, days.starts_on) <= 1
    )


def _refuse_not_there(organisation: UUID, area: AreaId, on: date) -> None:
    for tree, id, code in (
        (Tree.ORGANISATIONS, organisation, "territory.organisation_not_found"),
        (Tree.AREAS, area, "territory.area_not_found"),
    ):
        if atlas(tree).look(id, on) is None:
            raise Problem(code, status=404)


def _refuse_earlier(looks: Sequence[Post], organisation: UUID, on: date) -> None:
    """A post stays with its organisation, and is not changed before its last change."""
    if not looks or looks[0].organisation != organisation:
        raise Problem("territory.post_not_found", status=404)
    if looks[-1].since > on:
        raise Problem("territory.later_change_exists", status=409, on=looks[-1].since.isoformat())


def _refuse_no_days(days: Span) -> None:
    if days.ends_on is not None and days.ends_on <= days.starts_on:
        raise Problem("territory.ends_before_it_starts", status=422)


def _refuse_own_stand_in(of: Holding, account: AccountId, standing: Standing) -> None:
    if standing is not Standing.ACTING or of.account == account:
        raise Problem("territory.stands_in_for_nobody", status=422)


def _refuse_twice(held: Holding, others: Sequence[Holding]) -> None:
    if any(other.account == held.account and other.days.meets(held.days) for other in others):
        raise Problem("territory.holds_it_already", status=409, name=held.name)


def _refuse_overfull(looks: Sequence[Post], held: Sequence[Holding], within: Span, code: str) -> None:
    for standing in Standing:
        days = [each.days for each in held if each.standing is standing]
        full = rules.overfull_on(looks, days, within)
        if full is not None and not rules.seats_on(looks, full) and code == "territory.post_is_full":
            raise Problem("territory.no_such_post_then", status=409, on=full.isoformat())
        if full is not None:
            raise Problem(code, status=409, on=full.isoformat(), wanted=rules.seats_on(looks, full))
