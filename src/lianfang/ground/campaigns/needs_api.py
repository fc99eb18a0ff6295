"""HTTP for needs found on the way: the list, who sees to one, that it is settled."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Named
from lianfang.ground.campaigns import needs
from lianfang.ground.campaigns.need_records import HowSettled
from lianfang.ground.campaigns.needs import NeedRow
from lianfang.ground.territory import queries as territory


class NeedWhere(msgspec.Struct, frozen=True):
    """One need."""

    need_id: UUID


class NeedFilter(msgspec.Struct, frozen=True):
    """Those still open, or those settled."""

    settled: bool = False
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class AssignNeed(msgspec.Struct, frozen=True):
    """Who sees to it, and until when."""

    owner: UUID
    due_on: date


class SettleNeed(msgspec.Struct, frozen=True):
    """How it ended."""

    how: HowSettled


class NeedShown(NeedRow, frozen=True, kw_only=True):
    """A need with the names of its grid, of who answers for that, and of who sees to it."""

    grid_name: str
    answers: str | None
    owner_name: str | None


class Needs(Desk):
    """What was found on one's own grids."""

    def get(self, parsed_query: Query[NeedFilter]) -> Page[NeedShown]:
        """Soonest due first; of those settled, the latest first."""
        asked, viewer = parsed_query, self.viewer
        found = needs.needs(viewer=viewer, settled=asked.settled, page=asked.page, page_size=asked.page_size)
        rows = [shown(row, self) for row in found.rows]
        return Page(rows, found.total, asked.page, asked.page_size, viewer.at.isoformat())


class OneNeed(Desk):
    """One need."""

    def get(self, parsed_path: Path[NeedWhere]) -> NeedShown:
        """If it was found on one's own grids."""
        return shown(needs.need(id=parsed_path.need_id, viewer=self.viewer), self)


class NeedOwners(Desk):
    """Who could see to it."""

    def get(self, parsed_path: Path[NeedWhere]) -> list[Named]:
        """Everybody who works on its grid."""
        found = needs.need(id=parsed_path.need_id, viewer=self.viewer)
        return accounts.workers_of(found.grid, self.viewer.at)


class AssigningNeed(Desk):
    """Somebody sees to it."""

    def post(self, parsed_path: Path[NeedWhere], parsed_body: Body[AssignNeed]) -> NeedShown:
        """Name them, and the day until which."""
        owner, due = AccountId(parsed_body.owner), parsed_body.due_on
        return shown(needs.assign(need=parsed_path.need_id, owner=owner, due_on=due, viewer=self.viewer), self)


class SettlingNeed(Desk):
    """It is seen to."""

    def post(self, parsed_path: Path[NeedWhere], parsed_body: Body[SettleNeed]) -> NeedShown:
        """Say how it ended."""
        return shown(needs.settle(need=parsed_path.need_id, how=parsed_body.how, viewer=self.viewer), self)


def shown(row: NeedRow, desk: Desk) -> NeedShown:
    """With names of places and colleagues; nothing of whoever lives there."""
    answers = territory.responsible_for([row.grid], desk.viewer.at).get(row.grid)
    return NeedShown(
        **msgspec.structs.asdict(row),
        grid_name=territory.area(row.grid).path_name,
        answers=answers.name if answers else None,
        owner_name=accounts.names_of([row.owner]).get(row.owner) if row.owner else None,
    )


urlpatterns = [
    path("needs", Needs.as_view(), name="needs"),
    path("needs/<uuid:need_id>", OneNeed.as_view(), name="need"),
    path("needs/<uuid:need_id>/owners", NeedOwners.as_view(), name="need-owners"),
    path("needs/<uuid:need_id>/assign", AssigningNeed.as_view(), name="need-assign"),
    path("needs/<uuid:need_id>/settle", SettlingNeed.as_view(), name="need-settle"),
]
