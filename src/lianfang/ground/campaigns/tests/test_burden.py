"""What households were asked for: minutes, campaigns, and what is only estimated."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, new_id
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as acting
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.campaigns import burden
from lianfang.ground.campaigns.burden import Visit, between, campaigns_per_household, minutes_by_household, percentile
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests import village
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

SWEEP, SURVEY = CampaignId(UUID(int=1)), CampaignId(UUID(int=2))
ONE, OTHER = HouseholdId(UUID(int=0x11)), HouseholdId(UUID(int=0x12))
GRID = AreaId(UUID(int=9))


def visit(home: HouseholdId = ONE, seconds: int | None = None, campaign: CampaignId = SWEEP) -> Visit:
    return Visit(campaign, home, GRID, seconds)


def test_minutes_add_up_over_campaigns_and_what_was_not_measured_counts_as_usual() -> None:
    visits = [visit(seconds=240), visit(seconds=None), visit(campaign=SURVEY, seconds=60), visit(OTHER, seconds=90)]
    assert minutes_by_household(visits, {SWEEP: 120, SURVEY: 999}) == {ONE: 7.0, OTHER: 1.5}
    assert campaigns_per_household(visits) == {ONE: 2, OTHER: 1}


@pytest.mark.parametrize(
    ("seconds", "took"), [(0, None), (2, None), (3, 3), (240, 240), (3600, 3600), (3601, None), (-60, None)]
)
def test_a_visit_took_as_long_as_its_page_was_open_if_anybody_can_believe_that(seconds: int, took: int | None) -> None:
    assert between(an_id(NOW - timedelta(seconds=seconds)), NOW) == took
    assert between(UUID(int=7), NOW) is None


@pytest.mark.parametrize(
    ("values", "share", "is_"),
    [([], 0.5, 0.0), ([4.0], 0.9, 4.0), ([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4], 0.9, 4), (list(range(1, 11)), 0.9, 9)],
)
def test_percentiles_are_values_that_somebody_had(values: list[float], share: float, is_: float) -> None:
    assert percentile(values, share) == is_


@pytest.fixture
def swept(db: None) -> Iterator[CampaignRef]:
    from lianfang.foundation.plumbing.sealing import keyring

    keyring.forget_opened()
    town.load()
    village.a_roster(ONE, OTHER)
    yield village.a_campaign()
    keyring.forget_opened()


def at_the_door(campaign: CampaignRef, home: HouseholdId, seconds: int | None = None, **more: Any) -> dict[str, Any]:
    """A visit whose page was opened so many seconds before it was saved; None: its id tells nothing of the sort."""
    record = village.a_visit(campaign, home, **more)
    opened = datetime.fromisoformat(record["at"]) - timedelta(seconds=seconds or 0)
    return record | {"id": str(an_id(opened))}


def an_id(at: datetime) -> UUID:
    """As a phone makes one at that moment."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | (new_id().int & ((1 << 80) - 1)))


def officer(area: str = "S", role: Role = Role.COMMUNITY_OFFICER) -> Viewer:
    return viewer(hire(f"officer {new_id().hex[-12:]}", role, area=area))


@pytest.mark.django_db
class TestAWeek:
    def test_says_how_many_minutes_of_each_household_and_by_whom(self, swept: CampaignRef) -> None:
        village.hand_in([at_the_door(swept, ONE, 240), at_the_door(swept, OTHER, 600)])
        found = burden.burden(viewer=officer())
        assert (found.monday, found.until) == (date(2021, 12, 6), date(2021, 12, 12))
        assert (found.total.households, found.total.median, found.total.p90) == (2, 4.0, 10.0)
        (by,) = found.campaigns
        assert (by.name, by.households, by.minutes, by.measured) == ("入户排查", 2, 14.0, 2)
        assert {row.name: row.households for row in found.rows} == {"东片": 2, "中塘社区": 0}

    def test_a_visit_without_a_duration_counts_as_the_median_of_its_form(self, swept: CampaignRef) -> None:
        village.hand_in([at_the_door(swept, ONE, 180), at_the_door(swept, OTHER)])
        found = burden.burden(viewer=officer())
        assert (found.total.median, found.campaigns[0].measured) == (3.0, 1)
        mine = burden.burden_of(OTHER, viewer=officer("G1"))
        assert (mine.minutes, mine.estimated, mine.campaigns) == (3.0, True, ["入户排查"])

    def test_nobody_who_did_not_answer_was_asked_and_a_visit_sent_twice_asked_once(self, swept: CampaignRef) -> None:
        sent = at_the_door(swept, ONE, 120)
        village.hand_in([sent, sent, at_the_door(swept, OTHER, 30, outcome=Outcome.NOBODY_HOME)])
        village.hand_in([sent])
        total = burden.burden(viewer=officer()).total
        assert (total.households, total.median) == (1, 2.0)

    def test_grids_and_households_asked_for_most_come_first(self, swept: CampaignRef) -> None:
        far = village.a_household("G3")
        later = village.a_campaign()
        village.hand_in([at_the_door(swept, ONE, 240), at_the_door(swept, OTHER, 60), at_the_door(later, far, 900)])
        by_grid = burden.burden_by_grid(viewer=officer())
        assert [(row.name, row.median) for row in by_grid.rows] == [("第3网格", 15.0), ("第1网格", 1.0)]
        found = burden.burden_of_homes(viewer=officer())
        assert [(row.household, row.minutes) for row in found.rows] == [(far, 15.0), (ONE, 4.0), (OTHER, 1.0)]
        assert found.rows[0].campaigns == ["入户排查"] and "*" in found.rows[1].head
        second = burden.burden_of_homes(viewer=officer(), page=2, page_size=2)
        assert ([row.household for row in second.rows], second.total) == ([OTHER], 3)
        assert Disclosure.objects.filter(what="campaigns.burden").count() == 2

    def test_doors_are_for_who_may_look_into_the_register(self, swept: CampaignRef) -> None:
        village.hand_in([at_the_door(swept, ONE, 120)])
        with pytest.raises(Problem, match=r"access\.not_permitted"):
            burden.burden_of_homes(viewer=officer("S", Role.COMMAND))
        assert burden.burden_of_homes(viewer=officer("C2")).total == 0

    def test_another_week_is_another_week(self, swept: CampaignRef) -> None:
        village.hand_in([at_the_door(swept, ONE, 120)])
        before = TODAY - timedelta(days=7)
        assert burden.burden(viewer=officer(), on=before).total.households == 0
        nobody = burden.burden_of(ONE, viewer=officer(), on=before)
        assert (nobody.minutes, nobody.campaigns, nobody.estimated) == (0.0, [], False)

    def test_outside_one_s_areas_there_is_nothing_to_see(self, swept: CampaignRef) -> None:
        village.hand_in([at_the_door(swept, ONE, 120)])
        with pytest.raises(Problem, match=r"access\.not_found"):
            burden.burden(viewer=officer("C2"), area=id_of("C1"))
        with pytest.raises(Problem, match=r"access\.not_found"):
            burden.burden_of(ONE, viewer=officer("C2"))
        with pytest.raises(Problem, match=r"access\.not_permitted"):
            burden.burden(viewer=officer("S", Role.SYSTEM_ADMIN))

    def test_the_minutes_can_be_built_again_from_the_entries(self, swept: CampaignRef) -> None:
        village.hand_in([at_the_door(swept, ONE, 120)])
        assert acting.rebuild_differs() == []
        assert burden.burden(viewer=officer()).total.median == 2.0
