"""HTTP for organisations and their posts: the tree, what posts there are, who holds them, what stands empty.

Whoever holds a post is an account; appointing one stands in `access`, which knows accounts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.territory import actions, queries
from lianfang.ground.territory.permissions import Permission
from lianfang.ground.territory.terms import (
    Holding,
    Node,
    Organisation,
    OrganisationKind,
    Post,
    Span,
    Standing,
    Vacancy,
)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00]*\S[^\x00]*$")]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]
Seats = Annotated[int, msgspec.Meta(ge=0, le=999)]
Words = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")]


class OrganisationWhere(msgspec.Struct, frozen=True):
    """One organisation."""

    organisation_id: UUID


class PostWhere(msgspec.Struct, frozen=True):
    """One post."""

    post_id: UUID


class HoldingWhere(msgspec.Struct, frozen=True):
    """One holding of a post."""

    holding_id: UUID


class AsOf(msgspec.Struct, frozen=True):
    """As it is on which day (without one: today)."""

    on: date | None = None


class PostFilter(msgspec.Struct, frozen=True):
    """Which posts to list: of an organisation and those below it, of an area and those below it, with empty seats."""

    organisation: UUID | None = None
    area: UUID | None = None
    q: Words = ""
    vacant: bool = False
    on: date | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class NewOrganisation(msgspec.Struct, frozen=True):
    """An organisation to add; without `on` it is there from today."""

    kind: OrganisationKind
    name: Name
    area: UUID
    parent: UUID | None = None
    code: Code | None = None
    on: date | None = None


class ChangedOrganisation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be different from a day on; what is left out stays."""

    on: date | None = None
    name: Name | msgspec.UnsetType = msgspec.UNSET
    code: Code | msgspec.UnsetType | None = msgspec.UNSET
    parent: UUID | msgspec.UnsetType | None = msgspec.UNSET
    area: UUID | msgspec.UnsetType = msgspec.UNSET


class Ended(msgspec.Struct, frozen=True):
    """The first day without it (without one: today), and why."""

    on: date | None = None
    reason: Reason | None = None


class NewPost(msgspec.Struct, frozen=True):
    """A post to set up."""

    organisation: UUID
    area: UUID
    name: Name
    wanted: Seats = 1
    on: date | None = None


class ChangedPost(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be different from a day on. Nobody wanted: the post ends."""

    on: date | None = None
    reason: Reason | None = None
    name: Name | msgspec.UnsetType = msgspec.UNSET
    area: UUID | msgspec.UnsetType = msgspec.UNSET
    wanted: Seats | msgspec.UnsetType = msgspec.UNSET


class CorrectedHolding(msgspec.Struct, frozen=True):
    """The days it really was or is to be, and why they were wrong."""

    starts_on: date
    reason: Reason
    ends_on: date | None = None


class IdAndName(msgspec.Struct, frozen=True):
    """Something by id and name."""

    id: UUID
    name: str


class OrganisationRow(msgspec.Struct, frozen=True):
    """An organisation as the tree shows it. Posts, seats and empty seats are its own, of the reader's areas."""

    id: UUID
    kind: OrganisationKind
    name: str
    code: str | None
    parent: UUID | None
    path_name: str
    area: IdAndName | None
    posts: int
    seats: int
    vacant: int


class Holder(msgspec.Struct, frozen=True):
    """Somebody on a post. `acting_for` names who is stood in for."""

    id: UUID
    account: IdAndName
    standing: Standing
    starts_on: date
    ends_on: date | None
    acting_for: str | None


class Gap(msgspec.Struct, frozen=True):
    """Empty seats: from which day, until which, how many on the first of them."""

    from_on: date
    until_on: date | None
    seats: int


class PostRow(msgspec.Struct, frozen=True):
    """A post as lists show it: who is on it that day, who is to come, which seats stand empty from when."""

    id: UUID
    name: str
    organisation: IdAndName
    area: IdAndName
    path_name: str
    wanted: int
    since: date
    holders: list[Holder]
    coming: list[Holder]
    gap: Gap | None


class PostProfile(msgspec.Struct, frozen=True):
    """A post and all who ever held it or are to, earliest first."""

    post: PostRow
    history: list[Holder]


class Organisations(Desk):
    """The organisations, and adding one."""

    def get(self, parsed_query: Query[AsOf]) -> list[OrganisationRow]:
        """The whole tree, parents first. Whoever may read areas may read it: it names no resident."""
        self.viewer.require(Permission.READ)
        on = parsed_query.on or local_day(clock.now())
        return _tree(self.viewer, on)

    def post(self, parsed_body: Body[NewOrganisation]) -> OrganisationRow:
        """Add an organisation."""
        now, new = clock.now(), parsed_body
        _permit(self.viewer, Permission.CHANGE, AreaId(new.area))
        node = Node(new_id(), new.kind, new.name.strip(), parent=new.parent, code=new.code, area=new.area)
        on = new.on or local_day(now)
        id = actions.add_organisation(node=node, on=on, by=self.viewer.actor, at=now)
        return _organisation(queries.organisation(id, on), {}, on)


class OneOrganisation(Desk):
    """One organisation."""

    def patch(self, parsed_path: Path[OrganisationWhere], parsed_body: Body[ChangedOrganisation]) -> OrganisationRow:
        """Rename, move or describe it from a day on."""
        viewer, now, id = self.viewer, clock.now(), parsed_path.organisation_id
        _permit_organisation(viewer, id)
        to = {name: value for name, value in msgspec.structs.asdict(parsed_body).items() if value is not msgspec.UNSET}
        on = to.pop("on") or local_day(now)
        if "area" in to:
            _permit(viewer, Permission.CHANGE, AreaId(to["area"]))
        actions.change_organisation(organisation=id, on=on, by=viewer.actor, at=now, **to)
        return _organisation(queries.organisation(id, on), {}, on)


class EndOfOrganisation(Desk):
    """The end of an organisation."""

    def post(self, parsed_path: Path[OrganisationWhere], parsed_body: Body[Ended]) -> OrganisationRow:
        """From that day there is no such organisation. Its posts end before it."""
        viewer, now, id = self.viewer, clock.now(), parsed_path.organisation_id
        _permit_organisation(viewer, id)
        on = parsed_body.on or local_day(now)
        actions.end_organisation(organisation=id, on=on, by=viewer.actor, at=now, reason=parsed_body.reason)
        return _organisation(queries.organisation(id, on), {}, on)


class Posts(Desk):
    """The posts of one's areas, and setting one up."""

    def get(self, parsed_query: Query[PostFilter]) -> Page[PostRow]:
        """The posts asked for, by organisation and name; with `vacant` those with empty seats, soonest first."""
        asked, now = parsed_query, clock.now()
        on = asked.on or local_day(now)
        found = _in_scope(self.viewer, AreaId(asked.area) if asked.area else None, on)
        if asked.organisation is not None:
            found = [
                each for each in found if asked.organisation in queries.organisation_lineage(each.organisation, on)
            ]
        found = [each for each in found if all(word in each.name for word in asked.q.split())]
        if asked.vacant:
            found = [gap.post for gap in queries.post_vacancies(found, on)]
        start = (asked.page - 1) * asked.page_size
        rows = _rows(found[start : start + asked.page_size], on)
        return Page(rows, len(found), asked.page, asked.page_size, now.isoformat())

    def post(self, parsed_body: Body[NewPost]) -> PostRow:
        """Set up a post."""
        now, new = clock.now(), parsed_body
        _permit(self.viewer, Permission.ASSIGN, AreaId(new.area))
        on = new.on or local_day(now)
        what = {"organisation": new.organisation, "area": AreaId(new.area), "name": new.name, "wanted": new.wanted}
        id = actions.set_post(**what, on=on, by=self.viewer.actor, at=now)  # type: ignore[arg-type]
        return _rows([queries.post(id, on)], on)[0]


class OnePost(Desk):
    """One post."""

    def get(self, parsed_path: Path[PostWhere], parsed_query: Query[AsOf]) -> PostProfile:
        """Who is on it, who was and who is to be."""
        on = parsed_query.on or local_day(clock.now())
        post = permitted_post(self.viewer, Permission.READ, parsed_path.post_id)
        return profile(post.id, on)

    def patch(self, parsed_path: Path[PostWhere], parsed_body: Body[ChangedPost]) -> PostProfile:
        """Rename it, give it another area or another number of seats, or end it, from a day on."""
        viewer, now, new = self.viewer, clock.now(), parsed_body
        post = permitted_post(viewer, Permission.ASSIGN, parsed_path.post_id)
        if new.area is not msgspec.UNSET:
            _permit(viewer, Permission.ASSIGN, AreaId(new.area))
        on = new.on or local_day(now)
        actions.set_post(
            post=post.id,
            organisation=post.organisation,
            area=post.area if new.area is msgspec.UNSET else AreaId(new.area),
            name=post.name if new.name is msgspec.UNSET else new.name,
            wanted=post.wanted if new.wanted is msgspec.UNSET else new.wanted,
            on=on,
            by=viewer.actor,
            at=now,
            reason=new.reason,
        )
        return profile(post.id, on)


class OneHolding(Desk):
    """Somebody's time on a post."""

    def patch(self, parsed_path: Path[HoldingWhere], parsed_body: Body[CorrectedHolding]) -> PostProfile:
        """It was, or is to be, on other days than was written down."""
        viewer, now, id = self.viewer, clock.now(), parsed_path.holding_id
        post = _permitted_holding(viewer, id)
        days = Span(parsed_body.starts_on, parsed_body.ends_on)
        actions.correct_holding(holding=id, days=days, reason=parsed_body.reason, by=viewer.actor, at=now)
        return profile(post, local_day(now))


class EndOfHolding(Desk):
    """The end of it."""

    def post(self, parsed_path: Path[HoldingWhere], parsed_body: Body[Ended]) -> PostProfile:
        """The first day without; one that was to begin later never begins."""
        viewer, now, id = self.viewer, clock.now(), parsed_path.holding_id
        post = _permitted_holding(viewer, id)
        on = parsed_body.on or local_day(now)
        actions.end_holding(holding=id, on=on, by=viewer.actor, at=now, reason=parsed_body.reason)
        return profile(post, on)


def permitted_post(viewer: Viewer, permission: str, id: UUID) -> Post:
    """The post as it is today, if the viewer may do that where it serves."""
    viewer.require(permission)
    try:
        found = queries.post(id, local_day(clock.now()))
    except Problem:
        raise Problem("access.not_found", status=404) from None
    _permit(viewer, permission, found.area)
    return found


def profile(id: UUID, on: date) -> PostProfile:
    """A post with its history."""
    held = queries.holdings_of(id)
    return PostProfile(_rows([queries.post(id, on)], on)[0], _holders(held, held))


def _permitted_holding(viewer: Viewer, id: UUID) -> UUID:
    """The post it is of, if the viewer may decide on it."""
    viewer.require(Permission.ASSIGN)
    try:
        held = queries.holding(id)
    except Problem:
        raise Problem("access.not_found", status=404) from None
    return permitted_post(viewer, Permission.ASSIGN, held.post).id


def _permit(viewer: Viewer, permission: str, area: AreaId) -> None:
    viewer.require(permission)
    viewer.require(permission, lineage=queries.lineage(area, local_day(clock.now())))


def _permit_organisation(viewer: Viewer, id: UUID) -> None:
    """Where it works; one that works nowhere in particular belongs to the top."""
    viewer.require(Permission.CHANGE)
    on = local_day(clock.now())
    try:
        found = queries.organisation(id, on)
    except Problem:
        raise Problem("access.not_found", status=404) from None
    _permit(viewer, Permission.CHANGE, found.area or queries.root(on))


def _in_scope(viewer: Viewer, area: AreaId | None, on: date) -> list[Post]:
    viewer.require(Permission.READ)
    if area is None:
        return queries.posts(areas=viewer.roots(Permission.READ), on=on)
    _permit(viewer, Permission.READ, area)
    return queries.posts(areas=[area], on=on)


def _tree(viewer: Viewer, on: date) -> list[OrganisationRow]:
    found = _in_scope(viewer, None, on)
    empty = {gap.post.id: gap.seats for gap in queries.post_vacancies(found, on) if gap.from_on <= on}
    counts: dict[UUID, Counter[str]] = {}
    for post in found:
        count = counts.setdefault(post.organisation, Counter())
        count.update({"posts": 1, "seats": post.wanted, "vacant": empty.get(post.id, 0)})
    return [_organisation(each, counts, on) for each in _downward(None, on)]


def _downward(parent: UUID | None, on: date) -> Iterable[Organisation]:
    for each in queries.organisations(parent, on):
        yield each
        yield from _downward(each.id, on)


def _organisation(found: Organisation, counts: Mapping[UUID, Counter[str]], on: date) -> OrganisationRow:
    count = counts.get(found.id, Counter())
    return OrganisationRow(
        id=found.id,
        kind=found.kind,
        name=found.name,
        code=found.code,
        parent=found.parent,
        path_name=" › ".join(found.path),
        area=_area(found.area, on) if found.area else None,
        posts=count["posts"],
        seats=count["seats"],
        vacant=count["vacant"],
    )


def _rows(found: list[Post], on: date) -> list[PostRow]:
    held = queries.holdings([post.id for post in found])
    gaps = {gap.post.id: gap for gap in queries.post_vacancies(found, on)}
    return [_row(post, held.get(post.id, []), gaps.get(post.id), on) for post in found]


def _row(post: Post, held: list[Holding], gap: Vacancy | None, on: date) -> PostRow:
    area = queries.find(post.area, on)
    return PostRow(
        id=post.id,
        name=post.name,
        organisation=IdAndName(post.organisation, queries.organisation(post.organisation, on).name),
        area=_area(post.area, on),
        path_name=area.path_name if area else "",
        wanted=post.wanted,
        since=post.since,
        holders=_holders([each for each in held if each.days.holds(on)], held),
        coming=_holders([each for each in held if each.days.starts_on > on], held),
        gap=Gap(gap.from_on, gap.until_on, gap.seats) if gap else None,
    )


def _holders(found: list[Holding], known: list[Holding]) -> list[Holder]:
    names = {each.id: each.name for each in known}
    return [_holder(each, names) for each in found]


def _holder(held: Holding, names: Mapping[UUID, str]) -> Holder:
    account: AccountId = held.account
    stood_in_for = names.get(held.acting_for) if held.acting_for else None
    days = (held.days.starts_on, held.days.ends_on)
    return Holder(held.id, IdAndName(account, held.name), held.standing, *days, stood_in_for)


def _area(id: AreaId, on: date) -> IdAndName:
    found = queries.find(id, on)
    return IdAndName(id, found.name if found else "")


urlpatterns = [
    path("organisations", Organisations.as_view(), name="organisations"),
    path("organisations/<uuid:organisation_id>", OneOrganisation.as_view(), name="organisation"),
    path("organisations/<uuid:organisation_id>/end", EndOfOrganisation.as_view(), name="organisation-end"),
    path("posts", Posts.as_view(), name="posts"),
    path("posts/<uuid:post_id>", OnePost.as_view(), name="post"),
    path("holdings/<uuid:holding_id>", OneHolding.as_view(), name="holding"),
    path("holdings/<uuid:holding_id>/end", EndOfHolding.as_view(), name="holding-end"),
]
