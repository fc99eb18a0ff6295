"""HTTP for household stewards, for what a steward sees and reports, and for handing over what somebody answers for."""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, modify

from lianfang.foundation.kernel.ids import AccountId, AreaId, HouseholdId, ResidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import walls
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Named
from lianfang.ground.registry import in_hand, stewards
from lianfang.ground.registry.in_hand import InHand
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.terms import Field, HouseholdView, Person, Stewardship
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import MAY_ASSIGN, Duties, Span

Reason = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]
Short = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]


Homes = Annotated[list[UUID], msgspec.Meta(max_length=200)]


class StewardshipWhere(msgspec.Struct, frozen=True):
    """One stewardship."""

    stewardship_id: UUID


class AccountWhere(msgspec.Struct, frozen=True):
    """One account."""

    account_id: UUID


class StewardFilter(msgspec.Struct, frozen=True):
    """Stewards of which area (without one: of all one's own), by name or grid."""

    area: UUID | None = None
    q: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class NewStewardship(msgspec.Struct, frozen=True):
    """Which account answers for which households of a grid, and on which days. `instead_of`: whose stewardship ends on
    the first of them; no household named: all of theirs.
    """

    account: UUID
    grid: UUID
    households: Homes
    instead_of: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None


class ChangedStewardship(msgspec.Struct, frozen=True):
    """The households from now on, all of them."""

    households: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=200)]
    reason: Reason = ""


class EndedStewardship(msgspec.Struct, frozen=True):
    """The first day without it."""

    on: date | None = None
    reason: Reason = ""


class StewardRow(msgspec.Struct, frozen=True):
    """A steward as lists show it: how many households, not which."""

    id: UUID
    account: Named
    grid: Named
    households: int
    starts_on: date
    ends_on: date | None
    path_name: str


class StewardedDoor(msgspec.Struct, frozen=True):
    """A household of a steward, by its door."""

    household: UUID
    door: str


class StewardProfile(msgspec.Struct, frozen=True):
    """A steward with the doors of their households, as one walks; nobody's name. `elsewhere`: how many lie in grids
    that are not the reader's, or are no more.
    """

    steward: StewardRow
    doors: list[StewardedDoor]
    elsewhere: int


class ReportedChange(msgspec.Struct, frozen=True):
    """What has changed in a household: a field of somebody, or somebody who lives there too. Nothing else is asked."""

    household: UUID
    resident: UUID | None = None
    field: Field | None = None
    base_version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    value: Short | None = None
    newcomer: Person | None = None


class Reported(msgspec.Struct, frozen=True):
    """Which entry it became."""

    entry: UUID


class Duty(msgspec.Struct, frozen=True):
    """Something that an account answers for: grid, post, contact (of a building) or stewardship. `can_fill`: who above
    would see to it if it were left vacant.
    """

    id: UUID
    what: str
    place: str
    name: str
    starts_on: date
    ends_on: date | None
    area: UUID
    can_fill: list[str]
    in_hand: InHand | None = None  # of work in campaigns, what there is of it


class Successor(msgspec.Struct, frozen=True):
    """To whom a duty goes; to nobody: it is left vacant."""

    duty: UUID
    to: UUID | None = None


class HandOver(msgspec.Struct, frozen=True):
    """From which day somebody answers for nothing any more, and to whom each of their duties goes."""

    successors: Annotated[list[Successor], msgspec.Meta(max_length=500)]
    on: date | None = None
    reason: Reason | None = None
    note: Short | None = None  # a word to whoever takes over what they have in hand


class Stewardships(Desk):
    """The household stewards of one's grids, and naming one."""

    def get(self, parsed_query: Query[StewardFilter]) -> Page[StewardRow]:
        """Today's, and those to come."""
        asked, viewer = parsed_query, self.viewer
        area = AreaId(asked.area) if asked.area else None
        rows = [_row(each) for each in stewards.stewardships(viewer=viewer, area=area)]
        rows = [row for row in rows if all(word in f"{row.account.name} {row.path_name}" for word in asked.q.split())]
        start = (asked.page - 1) * asked.page_size
        page = rows[start : start + asked.page_size]
        return Page(page, len(rows), asked.page, asked.page_size, viewer.at.isoformat())

    def post(self, parsed_body: Body[NewStewardship]) -> StewardRow:
        """Name one."""
        viewer, new = self.viewer, parsed_body
        grid = AreaId(new.grid) if new.instead_of is None else _found(viewer, new.instead_of).grid
        _permit(viewer, grid)
        if not new.households and new.instead_of is None:
            raise Problem("registry.no_households", status=422)
        id = stewards.entrust(
            account=_permitted(viewer, new.account),
            grid=grid,
            households=[HouseholdId(each) for each in new.households],
            days=Span(new.starts_on or local_day(viewer.at), new.ends_on),
            instead_of=new.instead_of,
            by=viewer.actor,
            at=viewer.at,
        )
        return _row(stewards.stewardship_by_id(id))


class OneStewardship(Desk):
    """One of them."""

    def get(self, parsed_path: Path[StewardshipWhere]) -> StewardProfile:
        """With the doors of their households."""
        viewer = self.viewer
        viewer.require(Permission.READ)
        found = _known(parsed_path.stewardship_id)
        viewer.require(Permission.READ, lineage=territory.lineage(found.grid, local_day(viewer.at)))
        return _profile(found, viewer)

    def patch(self, parsed_path: Path[StewardshipWhere], parsed_body: Body[ChangedStewardship]) -> StewardProfile:
        """These are their households from now on."""
        viewer = self.viewer
        found = _found(viewer, parsed_path.stewardship_id)
        homes = [HouseholdId(each) for each in parsed_body.households]
        who = {"account": found.account, "grid": found.grid, "days": found.days, "stewardship": found.id}
        how = {"reason": parsed_body.reason, "by": viewer.actor, "at": viewer.at}
        stewards.entrust(households=homes, **who, **how)  # type: ignore[arg-type]
        return _profile(stewards.stewardship_by_id(found.id), viewer)


class EndOfStewardship(Desk):
    """The end of it."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[StewardshipWhere], parsed_body: Body[EndedStewardship]) -> StewardRow:
        """The first day without."""
        viewer = self.viewer
        found = _found(viewer, parsed_path.stewardship_id)
        on = parsed_body.on or local_day(viewer.at)
        how = {"reason": parsed_body.reason, "by": viewer.actor, "at": viewer.at}
        stewards.end_stewardship(stewardship=found.id, on=on, **how)  # type: ignore[arg-type]
        return _row(stewards.stewardship_by_id(found.id)) if on > found.days.starts_on else _row(found)


class MyHouseholds(Desk):
    """What a steward sees: the households on their own list."""

    def get(self) -> list[HouseholdView]:
        """Masked, each look noted."""
        return stewards.my_households(viewer=self.viewer)


class ChangesOfMyHouseholds(Desk):
    """What a steward reports: changes alone."""

    def post(self, parsed_body: Body[ReportedChange]) -> Reported:
        """A field of somebody is otherwise, or somebody lives there too."""
        viewer, said, household = self.viewer, parsed_body, HouseholdId(parsed_body.household)
        if said.newcomer is not None:
            return Reported(stewards.report_newcomer(household=household, person=said.newcomer, viewer=viewer))
        what = {"field": said.field or Field.STATUS, "base_version": said.base_version, "value": said.value}
        resident = ResidentId(said.resident or UUID(int=0))
        entry = stewards.report_change(household=household, resident=resident, viewer=viewer, **what)  # type: ignore[arg-type]
        return Reported(entry)


class DutiesOfAccount(Desk):
    """What an account answers for."""

    def get(self, parsed_path: Path[AccountWhere]) -> list[Duty]:
        """All that has to go to somebody when they leave."""
        viewer = self.viewer
        account = _permitted(viewer, parsed_path.account_id)
        with walls.lifted():  # all of it, wherever: what is hidden here would be forgotten
            duties = territory.duties_of(account, viewer.at)
            held = stewards.stewardships_of(account, local_day(viewer.at))
            work = in_hand.in_hand(account, viewer.at)
        return [
            *(_of_work(each, viewer.at, account) for each in work),
            *_of_territory(duties, viewer.at, account),
            *(_of_households(each, viewer.at, account) for each in held),
        ]


class HandOverOfAccount(Desk):
    """Somebody leaves."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[AccountWhere], parsed_body: Body[HandOver]) -> list[Duty]:
        """Everything they answer for goes to others in one act, or is left vacant by name. Answers what is left."""
        viewer, said = self.viewer, parsed_body
        account = _permitted(viewer, parsed_path.account_id)
        on = said.on or local_day(viewer.at)
        for area in _areas_of(account, viewer.at):
            _permit(viewer, area)
        to = {each.duty: _permitted(viewer, each.to) if each.to else None for each in said.successors}
        how = {"reason": said.reason, "by": viewer.actor, "at": viewer.at}
        with ledger.turn(by=viewer.actor, at=viewer.at):  # all of it in one act, or nothing
            _pass_work_on(account, to, on, said, viewer)
            stewards.hand_over(account=account, on=on, successors=to, **how)  # type: ignore[arg-type]
        left = territory.duties_of(account, territory.start_of(on) if on > local_day(viewer.at) else viewer.at)
        return _of_territory(left, viewer.at, account)


def _known(id: UUID) -> Stewardship:
    try:
        return stewards.stewardship_by_id(id)
    except Problem:
        raise Problem("access.not_found", status=404) from None


def _found(viewer: Viewer, id: UUID) -> Stewardship:
    """The stewardship, if the viewer may decide on it."""
    viewer.require(MAY_ASSIGN)
    found = _known(id)
    _permit(viewer, found.grid)
    return found


def _profile(found: Stewardship, viewer: Viewer) -> StewardProfile:
    doors = [StewardedDoor(id, door) for id, door in stewards.doors_of(found, viewer=viewer)]
    return StewardProfile(_row(found), doors, len(found.households) - len(doors))


def _row(found: Stewardship) -> StewardRow:
    grid = territory.find(found.grid)
    return StewardRow(
        id=found.id,
        account=Named(found.account, found.name),
        grid=accounts.named_area(found.grid),
        households=len(found.households),
        starts_on=found.days.starts_on,
        ends_on=found.days.ends_on,
        path_name=grid.path_name if grid else "",
    )


def _areas_of(account: AccountId, at: datetime) -> set[AreaId]:
    """Wherever they answer for something: who hands it over must have a say there."""
    with walls.lifted():
        duties, on = territory.duties_of(account, at), local_day(at)
        return {
            *(each.grid for each in duties.grids),
            *(territory.post(each.post, on).area for each in duties.posts),
            *(each.area for each in duties.contacts),
            *(each.grid for each in stewards.stewardships_of(account, on)),
            *(each.grid for each in in_hand.in_hand(account, at)),
        }


def _pass_work_on(
    account: AccountId, to: Mapping[UUID, AccountId | None], on: date, said: HandOver, viewer: Viewer
) -> None:
    """A duty of this sort has the id of its grid. What nobody has thought of is refused, not dropped."""
    held = in_hand.in_hand(account, viewer.at)
    forgotten = [str(each.grid) for each in held if each.grid not in to]
    if forgotten:
        raise Problem("access.not_all_handed_over", status=409, count=len(forgotten), missing=forgotten)
    whom = {each.grid: to[each.grid] for each in held}
    in_hand.pass_on(account=account, to=whom, on=on, reason=said.reason or "", note=said.note, viewer=viewer)


def _of_work(held: InHand, at: datetime, account: AccountId) -> Duty:
    name = territory.area(held.grid).name
    duty = _duty(held.grid, "work", held.grid, name, Span(local_day(at), None), at, account)
    return msgspec.structs.replace(duty, in_hand=held)


def _of_territory(duties: Duties, at: datetime, account: AccountId) -> list[Duty]:
    on = local_day(at)
    found = [
        _duty(each.assignment, "grid", each.grid, "", Span(local_day(each.starts_at), _day(each.ends_at)), at, account)
        for each in duties.grids
    ]
    for held in duties.posts:
        post = territory.post(held.post, on)
        found.append(_duty(held.id, "post", post.area, post.name, held.days, at, account))
    return found + [_duty(each.id, "contact", each.area, "", each.days, at, account) for each in duties.contacts]


def _of_households(held: Stewardship, at: datetime, account: AccountId) -> Duty:
    return _duty(held.id, "stewardship", held.grid, str(len(held.households)), held.days, at, account)


def _duty(id: UUID, what: str, area: AreaId, name: str, days: Span, at: datetime, account: AccountId) -> Duty:
    found = territory.find(area, local_day(at))
    above = accounts.can_fill(area, at, without=account)
    return Duty(
        id=id,
        what=what,
        place=found.path_name if found else "",
        name=name,
        starts_on=days.starts_on,
        ends_on=days.ends_on,
        area=area,
        can_fill=[one.name for one in above[1]] if above else [],
    )


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at else None


def _permitted(viewer: Viewer, account: UUID) -> AccountId:
    """An account of the areas in which the viewer may say who answers for what."""
    viewer.require(MAY_ASSIGN)
    id = AccountId(account)
    viewer.require(MAY_ASSIGN, lineage=territory.lineage(accounts.area_of_account(id), local_day(viewer.at)))
    return id


def _permit(viewer: Viewer, area: AreaId) -> None:
    viewer.require(MAY_ASSIGN)
    viewer.require(MAY_ASSIGN, lineage=territory.lineage(area, local_day(viewer.at)))


urlpatterns = [
    path("stewardships", Stewardships.as_view(), name="stewardships"),
    path("stewardships/<uuid:stewardship_id>", OneStewardship.as_view(), name="stewardship"),
    path("stewardships/<uuid:stewardship_id>/end", EndOfStewardship.as_view(), name="stewardship-end"),
    path("my-households", MyHouseholds.as_view(), name="my-households"),
    path("my-households/changes", ChangesOfMyHouseholds.as_view(), name="my-households-changes"),
    path("accounts/<uuid:account_id>/duties", DutiesOfAccount.as_view(), name="account-duties"),
    path("accounts/<uuid:account_id>/hand-over", HandOverOfAccount.as_view(), name="account-hand-over"),
]
