"""Verbs that give accounts something to answer for, and that hand it over when they leave.

Which posts and areas there are, and how many may hold them, says `territory`; here stands who the account is.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import queries
from lianfang.ground.access.memory import ACCOUNTS
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import (
    Duties,
    Holding,
    Link,
    Responsible,
    Span,
    Standing,
)


def appoint(
    *,
    post: UUID,
    account: AccountId,
    days: Span,
    by: Actor,
    at: datetime,
    standing: Standing = Standing.REGULAR,
    acting_for: UUID | None = None,
    instead_of: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """An account that is still there holds a post on these days, by its own name."""
    with ledger.turn(by=by, at=at):
        name = name_of(account)
        who = {"post": post, "account": account, "name": name, "days": days, "standing": standing}
        return territory.appoint(
            **who,  # type: ignore[arg-type]
            acting_for=acting_for,
            instead_of=instead_of,
            reason=reason,
            by=by,
            at=at,
        )


def name_of(account: AccountId) -> str:
    """What an account is called that can be given something to answer for."""
    known = ACCOUNTS.get(account)
    if known is None:
        raise Problem("access.not_found", status=404)
    if known.closed:
        raise Problem("access.account_closed", status=409)
    return known.name


def make_contact(
    *,
    area: AreaId,
    account: AccountId,
    days: Span,
    by: Actor,
    at: datetime,
    instead_of: UUID | None = None,
    standing: Standing = Standing.REGULAR,
) -> UUID:
    """An account is whom to ask in a building or an entrance."""
    with ledger.turn(by=by, at=at):
        name = name_of(account)
        who = {"account": account, "name": name, "instead_of": instead_of, "standing": standing}
        return territory.make_contact(area=area, days=days, by=by, at=at, **who)  # type: ignore[arg-type]


def report_in(
    *,
    account: AccountId,
    about: str,
    consented_on: date | None,
    days: Span,
    by: Actor,
    at: datetime,
    community: AreaId | None = None,
    organisation: UUID | None = None,
) -> list[UUID]:
    """An account reports in to the community its owner lives in and to the unit they work for."""
    with ledger.turn(by=by, at=at):
        who = {"account": account, "name": name_of(account), "about": about, "consented_on": consented_on}
        return territory.report_in(
            **who,  # type: ignore[arg-type]
            community=community,
            organisation=organisation,
            days=days,
            by=by,
            at=at,
        )


def assign_grid(
    *,
    grid: AreaId,
    account: AccountId | None,
    by: Actor,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> None:
    """This account answers for the grid from now (or later) on, whoever did before; None leaves it vacant now."""
    starts_at = starts_at or at
    with ledger.turn(by=by, at=at):
        if account is None:
            current = areas.responsible(grid, at)
            if current:
                territory.end_responsible(assignment=current.assignment, ends_at=at, by=by, at=at)
            return
        held = queries.field_grants(account, grid, starts_at)
        if not held:
            raise Problem("access.not_a_worker_here", status=422)
        # Nobody answers for a grid longer than they may work there.
        lasts = max((g.ends_at for g in held if g.ends_at), default=None) if all(g.ends_at for g in held) else None
        territory.assign_responsible(
            grid=grid,
            account=account,
            name=name_of(account),
            by=by,
            at=at,
            starts_at=starts_at,
            ends_at=min((e for e in (ends_at, lasts) if e), default=None),
            replace=True,
        )


def hand_over(
    *,
    account: AccountId,
    on: date,
    successors: Mapping[UUID, AccountId | None],
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Somebody leaves: from that day on each grid, post and building of theirs is somebody else's, or is left vacant.

    Each is named, by the id under which they answer for it: what nobody has thought of is refused, not dropped. A grid
    is left vacant only where somebody above can fill it.
    """
    with ledger.turn(by=by, at=at):
        since = at if on <= local_day(at) else areas.start_of(on)
        duties = areas.duties_of(account, since)
        _refuse_forgotten(duties, successors)
        if account in successors.values():
            raise Problem("access.hands_over_to_oneself", status=422)
        for grid in duties.grids:
            _hand_over_grid(grid, successors[grid.assignment], since, by=by, at=at, reason=reason)
        for held in duties.posts:
            _hand_over_post(held, successors[held.id], max(on, local_day(at)), by=by, at=at, reason=reason)
        for link in duties.contacts:
            _hand_over_contact(link, successors[link.id], max(on, local_day(at)), by=by, at=at, reason=reason)


def _refuse_forgotten(duties: Duties, successors: Mapping[UUID, AccountId | None]) -> None:
    ids = [
        *(each.assignment for each in duties.grids),
        *(each.id for each in duties.posts),
        *(each.id for each in duties.contacts),
    ]
    forgotten = [str(id) for id in ids if id not in successors]
    if forgotten:
        raise Problem("access.not_all_handed_over", status=409, count=len(forgotten), missing=forgotten)


def _hand_over_grid(
    grid: Responsible, to: AccountId | None, since: datetime, *, by: Actor, at: datetime, reason: str | None
) -> None:
    begins = max(since, grid.starts_at)
    territory.end_responsible(assignment=grid.assignment, ends_at=begins, by=by, at=at, reason=reason)
    if to is not None:
        assign_grid(grid=grid.grid, account=to, starts_at=begins, ends_at=grid.ends_at, by=by, at=at)
    elif not queries.can_fill(grid.grid, at, without=grid.account):
        raise Problem("access.nobody_above", status=409)


def _hand_over_post(
    held: Holding, to: AccountId | None, on: date, *, by: Actor, at: datetime, reason: str | None
) -> None:
    begins = max(on, held.days.starts_on)
    territory.end_holding(holding=held.id, on=begins, by=by, at=at, reason=reason)
    if to is not None:
        days = Span(begins, held.days.ends_on)
        how = {"standing": held.standing, "acting_for": held.acting_for, "reason": reason}
        appoint(post=held.post, account=to, days=days, by=by, at=at, **how)  # type: ignore[arg-type]


def _hand_over_contact(
    link: Link, to: AccountId | None, on: date, *, by: Actor, at: datetime, reason: str | None
) -> None:
    begins = max(on, link.days.starts_on)
    territory.end_link(link=link.id, on=begins, by=by, at=at, reason=reason)
    if to is not None:
        days = Span(begins, link.days.ends_on)
        make_contact(area=link.area, account=to, days=days, standing=link.standing, by=by, at=at)
