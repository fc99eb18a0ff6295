"""HTTP for giving accounts something to answer for."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.access import assigning, queries
from lianfang.ground.access.terms import Named
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import MAY_ASSIGN, Span, Standing

MOST_NAMES = 50
Words = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]


class PostWhere(msgspec.Struct, frozen=True):
    """One post."""

    post_id: UUID


class NameFilter(msgspec.Struct, frozen=True):
    """Accounts whose name holds these words."""

    q: Words = ""


class NewHolder(msgspec.Struct, frozen=True):
    """Who is to hold a post, from when until when (the first day without). `instead_of`: whose holding ends then;
    `acting_for`: whose holding goes on meanwhile.
    """

    account: UUID
    starts_on: date | None = None
    ends_on: date | None = None
    standing: Standing = Standing.REGULAR
    acting_for: UUID | None = None
    instead_of: UUID | None = None
    reason: Reason | None = None


class Appointed(msgspec.Struct, frozen=True):
    """Which holding it is."""

    holding: UUID


class HoldersOfPost(Desk):
    """Who holds a post. (Of territory; here, because it takes accounts.)"""

    def post(self, parsed_path: Path[PostWhere], parsed_body: Body[NewHolder]) -> Appointed:
        """Appoint somebody, or let somebody stand in; what is planned for a later day is planned."""
        viewer, new = self.viewer, parsed_body
        _permit(viewer, parsed_path.post_id)
        account = permitted_account(viewer, AccountId(new.account))
        held = assigning.appoint(
            post=parsed_path.post_id,
            account=account,
            days=Span(new.starts_on or local_day(viewer.at), new.ends_on),
            standing=new.standing,
            acting_for=new.acting_for,
            instead_of=new.instead_of,
            reason=new.reason,
            by=viewer.actor,
            at=viewer.at,
        )
        return Appointed(held)


class CandidatesForPost(Desk):
    """Who may be put on a post."""

    def get(self, parsed_path: Path[PostWhere], parsed_query: Query[NameFilter]) -> list[Named]:
        """The accounts of one's areas that are not closed, by name; the first of them."""
        _permit(self.viewer, parsed_path.post_id)
        return queries.assignable(viewer=self.viewer, q=parsed_query.q)[:MOST_NAMES]


def permitted_account(viewer: Viewer, account: AccountId) -> AccountId:
    """An account of the areas in which the viewer may say who answers for what."""
    viewer.require(MAY_ASSIGN, lineage=territory.lineage(queries.area_of_account(account), local_day(viewer.at)))
    return account


def _permit(viewer: Viewer, post: UUID) -> None:
    viewer.require(MAY_ASSIGN)
    on = local_day(viewer.at)
    try:
        area: AreaId = territory.post(post, on).area
    except Problem:
        raise Problem("access.not_found", status=404) from None
    viewer.require(MAY_ASSIGN, lineage=territory.lineage(area, on))


urlpatterns = [
    path("posts/<uuid:post_id>/holders", HoldersOfPost.as_view(), name="post-holders"),
    path("posts/<uuid:post_id>/candidates", CandidatesForPost.as_view(), name="post-candidates"),
]
