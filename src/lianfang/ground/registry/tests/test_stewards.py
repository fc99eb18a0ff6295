"""中心户: somebody answers for a few named households, sees those alone, reports what has changed; and hands over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import AccountId, HouseholdId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.access.models import Account, Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import stewards
from lianfang.ground.registry.terms import Field, Person
from lianfang.ground.registry.tests.homes import publish, resident
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import LinkKind, Span
from lianfang.ground.territory.tests.office import a_post
from lianfang.ground.territory.tests.office import appoint as put_on
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])
DAY = timedelta(days=1)
MINE, OTHER = HouseholdId(new_id()), HouseholdId(new_id())
ZHANG, LI = ResidentId(new_id()), ResidentId(new_id())


@pytest.fixture(autouse=True)
def _two_homes(db: None) -> Any:
    load()
    publish({"id": ZHANG, "name": "张三", "phone": "15400000001"}, household=MINE)
    publish({"id": LI, "name": "李四"}, household=OTHER, door="1幢1单元102")
    with clock.stopped_at(NOW):
        yield


def a_steward(name: str = "赵", *, role: Role = Role.VOLUNTEER) -> AccountId:
    return hire(name, role, area="G1")


def entrust(account: AccountId, *homes: HouseholdId, days: Span | None = None) -> UUID:
    return stewards.entrust(
        account=account, grid=id_of("G1"), households=homes, days=days or Span(TODAY), by=THE_HOUSE, at=NOW
    )


def test_a_steward_sees_the_named_households_masked_and_each_look_is_noted() -> None:
    zhao = a_steward()
    entrust(zhao, MINE)
    (home,) = stewards.my_households(viewer=viewer(zhao))
    assert [one.name for one in home.residents] == ["张**"]
    look = Disclosure.objects.get(account_id=zhao)
    assert (look.what, look.count) == ("registry.stewarded", 1)


def test_a_steward_reports_what_has_changed_and_nothing_about_other_doors() -> None:
    zhao = a_steward()
    entrust(zhao, MINE)
    who = viewer(zhao)
    stewards.report_change(
        household=MINE, resident=ZHANG, field=Field.PHONE, base_version=0, value="15400000009", viewer=who
    )
    assert resident(ZHANG).phone_masked.endswith("0009")
    stewards.report_newcomer(household=MINE, person=Person(name="张小"), viewer=who)
    assert len(stewards.my_households(viewer=who)[0].residents) == 2
    for household, person in ((OTHER, LI), (MINE, LI), (HouseholdId(new_id()), ZHANG)):
        with pytest.raises(Problem, match=r"registry\.not_your_household"):
            stewards.report_change(
                household=household, resident=person, field=Field.PHONE, base_version=0, value="1", viewer=who
            )


def test_a_household_has_one_steward_at_a_time_and_a_steward_works_in_the_grid() -> None:
    zhao, qian = a_steward(), a_steward("钱")
    first = entrust(zhao, MINE)
    with pytest.raises(Problem, match=r"registry\.household_has_a_steward"):
        entrust(qian, MINE, OTHER)
    stewards.end_stewardship(stewardship=first, on=TODAY + 3 * DAY, by=THE_HOUSE, at=NOW)
    entrust(qian, MINE, days=Span(TODAY + 3 * DAY))
    with pytest.raises(Problem, match=r"access\.not_a_worker_here"):
        entrust(hire("外人", Role.VOLUNTEER, area="G2"), OTHER)
    with pytest.raises(Problem, match=r"registry\.household_elsewhere"):
        entrust(qian, HouseholdId(new_id()))


def test_all_of_a_stewards_households_go_to_another_from_a_day_on() -> None:
    zhao, qian = a_steward(), a_steward("钱")
    first = entrust(zhao, MINE, OTHER)
    how = {"grid": id_of("G1"), "by": THE_HOUSE, "at": NOW}
    stewards.entrust(account=qian, households=(), days=Span(TODAY + 2 * DAY), instead_of=first, **how)  # type: ignore[arg-type]
    assert stewards.stewardship_by_id(first).days.ends_on == TODAY + 2 * DAY
    (second,) = stewards.stewardships_of(qian, TODAY)
    assert set(second.households) == {MINE, OTHER}


def test_the_desk_changes_the_doors_and_is_shown_doors_and_no_names() -> None:
    first, client = entrust(a_steward(), MINE), Client()
    client.force_login(Account.objects.get(id=hire("office", Role.SUBDISTRICT_OFFICER, area="S")))
    address = f"/api/v1/stewardships/{first}"
    assert [one["door"] for one in client.get(address).json()["doors"]] == ["1幢1单元101"]
    changed = client.patch(address, {"households": [str(OTHER)]}, "application/json").json()
    assert [one["door"] for one in changed["doors"]] == ["1幢1单元102"]
    assert "张三" not in str(changed) and "李四" not in str(changed)
    nobody = {"account": changed["steward"]["account"]["id"], "grid": str(id_of("G1")), "households": []}
    assert client.post("/api/v1/stewardships", nobody, "application/json").json()["code"] == "registry.no_households"


def test_who_left_is_steward_of_nothing_and_it_all_rebuilds() -> None:
    zhao = a_steward()
    entrust(zhao, MINE)
    access.close_account(account=zhao, by=THE_HOUSE, at=NOW)
    assert stewards.stewardships_of(zhao, TODAY) == []
    entrust(a_steward("钱"), MINE)
    assert ledger.rebuild_differs() == []


class TestHandingOver:
    """Somebody leaves."""

    def test_everything_goes_to_somebody_or_is_left_vacant_by_name_in_one_act(self) -> None:
        zhao, qian, _ = self._at_work()
        grid, post, contact, homes = self._ids(zhao)
        self._hand_over(zhao, {grid: None, post: qian, contact: qian, homes: qian})
        assert territory.responsible(id_of("G1"), NOW) is None
        assert [held.account for held in territory.holdings_of_account(qian, TODAY)] == [qian]
        assert [one.kind for one in territory.links_of_account(qian, TODAY)] == [LinkKind.CONTACT]
        assert [one.households for one in stewards.stewardships_of(qian, TODAY)] == [(MINE,)]
        assert self._ids(zhao) == []

    def test_from_a_later_day_everything_stays_until_then(self) -> None:
        zhao, qian, _ = self._at_work()
        self._hand_over(zhao, dict.fromkeys(self._ids(zhao), qian), days=5)
        then = territory.start_of(TODAY + 5 * DAY)
        answers = [territory.responsible(id_of("G1"), at) for at in (NOW, then - DAY, then)]
        assert [one and one.account for one in answers] == [zhao, zhao, qian]
        (held,) = territory.holdings_of_account(qian, TODAY)
        assert held.days.starts_on == TODAY + 5 * DAY

    def test_what_nobody_thought_of_is_refused_and_nothing_is_handed_over(self) -> None:
        zhao, qian, _ = self._at_work()
        for left_out in self._ids(zhao):
            to = {id: qian for id in self._ids(zhao) if id != left_out}
            with pytest.raises(Problem, match=r"access\.not_all_handed_over"):
                self._hand_over(zhao, to)
        assert len(self._ids(zhao)) == 4

    def test_a_grid_is_left_vacant_only_where_somebody_above_can_fill_it(self) -> None:
        zhao, qian, officer = self._at_work()
        access.close_account(account=officer, by=THE_HOUSE, at=NOW)
        grid, *rest = self._ids(zhao)
        with pytest.raises(Problem, match=r"access\.nobody_above"):
            self._hand_over(zhao, dict.fromkeys(rest, qian) | {grid: None})
        assert len(self._ids(zhao)) == 4

    def test_over_http_only_who_has_a_say_everywhere_hands_over(self) -> None:
        zhao, qian, officer = self._at_work()
        a_post_elsewhere = a_post("街道值班", area="S")
        put_on(a_post_elsewhere, zhao)
        desk = self._desk(hire("社区", Role.COMMUNITY_OFFICER, area="C1"))
        duties = desk.get(f"/api/v1/accounts/{zhao}/duties").json()
        assert sorted(one["what"] for one in duties) == ["contact", "grid", "post", "post", "stewardship"]
        body = {"successors": [{"duty": one["id"], "to": str(qian)} for one in duties]}
        refused = desk.post(f"/api/v1/accounts/{zhao}/hand-over", body, "application/json")
        assert refused.json()["code"] == "access.not_found"
        done = self._desk(officer).post(f"/api/v1/accounts/{zhao}/hand-over", body, "application/json")
        assert (done.status_code, done.json()) == (200, [])

    def _at_work(self) -> tuple[AccountId, AccountId, AccountId]:
        """Zhao answers for a grid, a post, a building and a household; an officer sits above."""
        zhao, qian = a_steward(role=Role.GRID_WORKER), a_steward("钱", role=Role.GRID_WORKER)
        officer = hire("干部", Role.SUBDISTRICT_OFFICER)
        access.assign_grid(grid=id_of("G1"), account=zhao, by=THE_HOUSE, at=NOW)
        put_on(a_post(), zhao)
        access.make_contact(area=id_of("B1"), account=zhao, days=Span(TODAY), by=THE_HOUSE, at=NOW)
        entrust(zhao, MINE)
        return zhao, qian, officer

    def _ids(self, account: AccountId) -> list[UUID]:
        duties = territory.duties_of(account, NOW)
        return [
            *(one.assignment for one in duties.grids),
            *(one.id for one in duties.posts),
            *(one.id for one in duties.contacts),
            *(one.id for one in stewards.stewardships_of(account, TODAY)),
        ]

    def _hand_over(self, account: AccountId, to: Any, *, days: int = 0) -> None:
        stewards.hand_over(account=account, on=TODAY + days * DAY, successors=to, by=THE_HOUSE, at=NOW)

    def _desk(self, account: AccountId) -> Client:
        client = Client()
        client.force_login(Account.objects.get(id=account))
        return client
