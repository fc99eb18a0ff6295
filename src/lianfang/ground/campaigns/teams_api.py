"""HTTP for whose doors they are: what was given, and giving it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, modify

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.moments import Instant, local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Named
from lianfang.ground.campaigns import giving, teams
from lianfang.ground.campaigns.concerning import campaign_seen
from lianfang.ground.campaigns.given import as_giving
from lianfang.ground.campaigns.giving import Giving
from lianfang.ground.campaigns.giving_records import Doors, Hands, Parts, TeamName
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.records import Reason
from lianfang.ground.campaigns.teams import ToGive
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind


class GivingWhere(msgspec.Struct, frozen=True):
    """One campaign."""

    campaign_id: UUID


class GivingFilter(msgspec.Struct, frozen=True):
    """On which grid."""

    grid: UUID


class GiveDoors(msgspec.Struct, frozen=True):
    """Doors to give. Nobody in `to`: back to whoever works on the grid."""

    grid: UUID
    reason: Reason
    to: Hands = ()
    areas: Parts = ()
    households: Doors = ()
    team: TeamName | None = None
    since: Instant | None = None
    lend: bool = False


class GivingShown(msgspec.Struct, frozen=True):
    """A giving with the names of its hands: whether it holds yet, and how many open doors stand under it."""

    id: UUID
    hands: list[Named]
    team: str | None
    areas: list[Named]
    households: int
    since: datetime
    reason: str
    given_at: datetime
    given_by: str | None
    in_force: bool
    open: int


class PartOfGrid(msgspec.Struct, frozen=True):
    """A building or entrance that can be given by itself."""

    id: UUID
    name: str
    open: int


class GivingsReply(msgspec.Struct, frozen=True):
    """Whose the doors of a grid are. `everybodys` are open and were given to nobody."""

    grid: Named
    everybodys: int
    rows: list[GivingShown]
    workers: list[Named]
    others: list[Named]
    parts: list[PartOfGrid]
    may_give: bool


class Givings(Desk):
    """Whose the doors of a grid are."""

    def get(self, parsed_path: Path[GivingWhere], parsed_query: Query[GivingFilter]) -> GivingsReply:
        """What was said, latest first, how many open doors stand under each word, and who could be given any."""
        campaign = campaign_seen(parsed_path.campaign_id, self.viewer)
        return _shown(campaign.id, AreaId(parsed_query.grid), self.viewer)

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[GivingWhere], parsed_body: Body[GiveDoors]) -> GivingsReply:
        """Give them to somebody, or back. Nothing that was done is moved."""
        new, viewer = parsed_body, self.viewer
        campaign = campaign_seen(parsed_path.campaign_id, viewer)
        what = ToGive(
            grid=AreaId(new.grid),
            reason=new.reason,
            to=tuple(AccountId(each) for each in new.to),
            areas=tuple(AreaId(each) for each in new.areas),
            households=tuple(HouseholdId(each) for each in new.households),
            team=new.team,
            since=new.since,
            lend=new.lend,
        )
        teams.give(campaign=campaign.id, what=what, viewer=viewer)
        return _shown(campaign.id, what.grid, viewer)


def _shown(campaign: CampaignId, grid: AreaId, viewer: Viewer) -> GivingsReply:
    said = teams.givings(campaign=campaign, grid=grid, viewer=viewer)
    at, on, lineage = viewer.at, local_day(viewer.at), territory.lineage(grid, local_day(viewer.at))
    opened = teams.open_by_giving(campaign=campaign, grid=grid, at=at)
    rules = [as_giving(row) for row in said]
    standing = {each.id for each in giving.that_matter(rules, at=at)}
    names = accounts.names_of({hand for each in rules for hand in each.to} | {r.given_by for r in said if r.given_by})
    rows = [
        GivingShown(
            id=one.id,
            hands=[Named(hand, names.get(hand, "")) for hand in one.to],
            team=one.team,
            areas=[accounts.named_area(area) for area in one.areas],
            households=len(one.households),
            since=one.since,
            reason=one.reason,
            given_at=row.given_at,
            given_by=names.get(row.given_by) if row.given_by else None,
            in_force=_in_force(one, standing, opened, at),
            open=opened.get(one.id, 0),
        )
        for one, row in zip(rules, said, strict=True)
    ]
    may = viewer.may(Permission.GIVE, lineage=lineage)
    workers = _workers(grid, at)
    here = {one.id for one in workers}
    lends = may and viewer.may(teams.MAY_LEND, lineage=lineage)
    others = [one for one in accounts.assignable(viewer=viewer) if one.id not in here] if lends else []
    inside = teams.open_by_area(campaign=campaign, grid=grid, at=at) if may else {}
    below = territory.areas_below(grid, on, kinds=(AreaKind.BUILDING, AreaKind.ENTRANCE)) if may else []
    parts = [PartOfGrid(a.id, _short(a.path_name, grid), inside[a.id]) for a in below if inside.get(a.id)]
    return GivingsReply(accounts.named_area(grid), opened.get(None, 0), rows, workers, others, parts, may)


def _in_force(one: Giving, standing: set[UUID], opened: dict[UUID | None, int], at: datetime) -> bool:
    """It stands on an open door, or will: what a later word has covered wholly is history."""
    return one.id in standing and (one.since > at or bool(opened.get(one.id)))


def _short(path: str, grid: AreaId) -> str:
    """Where it lies below the grid."""
    above = territory.area(grid).path_name
    return path.removeprefix(above).strip(" ›/·") or path


def _workers(grid: AreaId, at: datetime) -> list[Named]:
    """Who carries that grid on a phone."""
    return [one for one in accounts.workers_of(grid, at) if teams.carries(AccountId(one.id), grid, at)]


urlpatterns = [
    path("campaigns/<uuid:campaign_id>/givings", Givings.as_view(), name="campaign-givings"),
]
