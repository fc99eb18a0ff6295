"""Verbs of who has to do with an area: looks after it, is whom to ask there, has reported in; when that ends."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import link_queries, post_queries
from lianfang.ground.territory.atlas import atlas
from lianfang.ground.territory.post_records import LinkSet, Why
from lianfang.ground.territory.terms import AreaKind, Link, LinkKind, Span, Standing, Tree

_DOORS = (AreaKind.BUILDING, AreaKind.ENTRANCE)
_COMMUNITIES = (AreaKind.COMMUNITY, AreaKind.VILLAGE)


def look_after(
    *,
    area: AreaId,
    days: Span,
    by: Actor,
    at: datetime,
    organisation: UUID | None = None,
    post: UUID | None = None,
    about: str = "",
) -> UUID:
    """An organisation or a post looks after an area (挂钩、帮包)."""
    with ledger.turn(by=by, at=at):
        _area(area, days.starts_on)
        if (organisation is None) == (post is None):
            raise Problem("territory.looked_after_by_nobody", status=422)
        if organisation is not None and atlas(Tree.ORGANISATIONS).look(organisation, days.starts_on) is None:
            raise Problem("territory.organisation_not_found", status=404)
        if post is not None:
            post_queries.post(post, days.starts_on)  # is there one?
        new = Link(new_id(), LinkKind.LIAISON, area, days, organisation=organisation, post=post, about=about.strip())
        return _begin(new, by=by, at=at)


def make_contact(
    *,
    area: AreaId,
    account: AccountId,
    name: str,
    days: Span,
    by: Actor,
    at: datetime,
    instead_of: UUID | None = None,
    standing: Standing = Standing.REGULAR,
) -> UUID:
    """Whom to ask in a building or an entrance (楼栋长、单元长): one at a time, and one who stands in for them."""
    with ledger.turn(by=by, at=at):
        if _area(area, days.starts_on) not in _DOORS:
            raise Problem("territory.not_a_building", status=422)
        if instead_of is not None:
            replaced = link_queries.link(instead_of)
            if (replaced.kind, replaced.area, replaced.standing) != (LinkKind.CONTACT, area, standing):
                raise Problem("territory.link_not_found", status=404)
            end_link(link=replaced.id, on=days.starts_on, by=by, at=at)
        new = Link(new_id(), LinkKind.CONTACT, area, days, account, name, standing=standing)
        return _begin(new, by=by, at=at)


def report_in(
    *,
    account: AccountId,
    name: str,
    about: str,
    consented_on: date | None,
    days: Span,
    by: Actor,
    at: datetime,
    community: AreaId | None = None,
    organisation: UUID | None = None,
) -> list[UUID]:
    """Somebody reports in to the community they live in, to the unit they work for, or to both (双报到).

    With their consent and for a purpose; each of the two ends by itself.
    """
    with ledger.turn(by=by, at=at):
        if consented_on is None or not about.strip():
            raise Problem("territory.no_consent", status=422)
        said = {"account": account, "name": name, "about": about.strip(), "consented_on": consented_on}
        new = []
        if community is not None:
            if _area(community, days.starts_on) not in _COMMUNITIES:
                raise Problem("territory.not_a_community", status=422)
            new.append(Link(new_id(), LinkKind.HOME, community, days, **said))  # type: ignore[arg-type]
        if organisation is not None:
            place = _where_it_works(organisation, days.starts_on)
            new.append(Link(new_id(), LinkKind.WORK, place, days, organisation=organisation, **said))  # type: ignore[arg-type]
        return [_begin(each, by=by, at=at) for each in new]


def end_link(*, link: UUID, on: date, by: Actor, at: datetime, reason: str | None = None) -> None:
    """The first day without it; one that was to begin later never begins."""
    with ledger.turn(by=by, at=at) as turn:
        found = link_queries.link(link)
        last = max(on, found.days.starts_on)
        if found.days.ends_on is None or last < found.days.ends_on:
            ended = msgspec.structs.replace(found, days=Span(found.days.starts_on, last))
            turn.append("territory.link_set.v1", LinkSet(ended, Why.ENDED, reason))


def correct_link(*, link: UUID, days: Span, by: Actor, at: datetime, reason: str) -> None:
    """It was, or is to be, on other days than we had it."""
    with ledger.turn(by=by, at=at) as turn:
        found = msgspec.structs.replace(link_queries.link(link), days=days)
        _refuse_no_days(days)
        _refuse_overlap(found)
        _refuse_own_stand_in(found)
        turn.append("territory.link_set.v1", LinkSet(found, Why.CORRECTED, reason))


def end_links_of(organisation: UUID, on: date, *, by: Actor, at: datetime) -> None:
    """An organisation that ends looks after nothing any more, and nobody has reported in to it."""
    for kind in LinkKind:
        for each in link_queries.links_like(kind, organisation_id=organisation):
            end_link(link=each.id, on=on, by=by, at=at)


_TAKEN = {
    LinkKind.LIAISON: "territory.looks_after_it_already",
    LinkKind.CONTACT: "territory.has_a_contact",
    LinkKind.HOME: "territory.reported_in_already",
    LinkKind.WORK: "territory.reported_in_already",
}


def _alike(one: Link) -> list[Link]:
    """All that must not be at the same time."""
    same: dict[str, Any]
    match one.kind:
        case LinkKind.LIAISON:
            same = {"area_id": one.area, "organisation_id": one.organisation, "post_id": one.post}
        case LinkKind.CONTACT:
            same = {"area_id": one.area, "standing": one.standing}
        case _:
            same = {"account_id": one.account}
    return link_queries.links_like(one.kind, **same)


def _begin(new: Link, *, by: Actor, at: datetime) -> UUID:
    _refuse_no_days(new.days)
    _refuse_overlap(new)
    _refuse_own_stand_in(new)
    with ledger.turn(by=by, at=at) as turn:
        turn.append("territory.link_set.v1", LinkSet(new, Why.APPOINTED))
    return new.id


def _refuse_own_stand_in(new: Link) -> None:
    """Nobody stands in for themselves."""
    here = link_queries.links_like(new.kind, area_id=new.area, account_id=new.account) if new.account else []
    if new.kind is LinkKind.CONTACT and any(other.id != new.id and other.days.meets(new.days) for other in here):
        raise Problem("territory.holds_it_already", status=409, name=new.name)


def _refuse_overlap(new: Link) -> None:
    if any(other.id != new.id and other.days.meets(new.days) for other in _alike(new)):
        raise Problem(_TAKEN[new.kind], status=409, name=new.name)


def _refuse_no_days(days: Span) -> None:
    if days.ends_on is not None and days.ends_on <= days.starts_on:
        raise Problem("territory.ends_before_it_starts", status=422)


def _area(area: AreaId, on: date) -> AreaKind:
    look = atlas().look(area, on)
    if look is None:
        raise Problem("territory.area_not_found", status=404)
    return AreaKind(look.node.kind)


def _where_it_works(organisation: UUID, on: date) -> AreaId:
    look = atlas(Tree.ORGANISATIONS).look(organisation, on)
    if look is None:
        raise Problem("territory.organisation_not_found", status=404)
    tops = atlas().children(None, on)
    return AreaId(look.node.area or tops[0])
