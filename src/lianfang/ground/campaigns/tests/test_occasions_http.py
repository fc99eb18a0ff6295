"""A campaign that begins anew, as a desk is told of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.campaigns import actions
from lianfang.ground.campaigns.queries import campaign as known
from lianfang.ground.campaigns.tests.test_http import new
from lianfang.ground.campaigns.tests.village import a_household, a_visit, hand_in
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def opened(chief: Clerk, **recurs: Any) -> dict[str, Any]:
    ends_on = (TODAY + timedelta(days=6)).isoformat()
    status, row = chief.post("campaigns", new(ends_on=ends_on, recurs=recurs))
    assert status == 201
    return row


def test_the_desk_chooses_among_its_occasions_the_running_one_first() -> None:
    homes = [a_household("G1"), a_household("G1")]
    chief = Clerk("chief", Role.COMMAND)
    row = opened(chief, every="daily")
    hand_in([a_visit(known(id=UUID(row["id"])), homes[0])])
    actions.begin_occasions(at=NOW + timedelta(days=1))
    told = chief.get(f"campaigns/{row['id']}/occasions?area={id_of('G1')}")[1]
    assert [(one["occasion"], one["totals"]["done"]) for one in told["rows"]] == [
        ((TODAY + timedelta(days=1)).isoformat(), 0),
        (TODAY.isoformat(), 1),
    ]
    past = chief.get(f"campaigns/{row['id']}/coverage?area={id_of('G1')}&occasion={TODAY}")[1]["totals"]
    latest = chief.get(f"campaigns/{row['id']}/coverage?area={id_of('G1')}")[1]["totals"]
    assert [(one["done"], one["remaining"]) for one in (past, latest)] == [(1, 1), (0, 2)]


def test_the_list_says_when_it_begins_anew() -> None:
    chief = Clerk("chief", Role.COMMAND)
    weekday = (TODAY + timedelta(days=3)).isoweekday()
    row = opened(chief, every="weekly", weekday=weekday)
    assert row["recurs"] == {"every": "weekly", "weekday": weekday}
    assert row["next_begins_on"] == (TODAY + timedelta(days=3)).isoformat()


@pytest.mark.parametrize("asked", ["nonsense", "2031-01-01", "2021-02-30"])
def test_an_occasion_it_has_not_is_not_found(asked: str) -> None:
    chief = Clerk("chief", Role.COMMAND)
    row = opened(chief, every="daily")
    status, problem = chief.get(f"campaigns/{row['id']}/coverage?occasion={asked}")
    assert (status, problem["code"]) == (404, "campaigns.no_such_occasion")


@pytest.mark.parametrize("recurs", [{"every": "weekly"}, {"every": "daily", "weekday": 3}])
def test_a_week_has_a_weekday(recurs: dict[str, Any]) -> None:
    status, problem = Clerk("chief", Role.COMMAND).post("campaigns", new(recurs=recurs))
    assert (status, problem["code"]) == (400, "campaigns.weekday_missing")


def test_counts_of_an_area_that_is_not_one_s_own_are_refused() -> None:
    row = opened(Clerk("chief", Role.COMMAND), every="daily")
    community = Clerk("community", Role.COMMUNITY_OFFICER, area="C1")
    assert community.get(f"campaigns/{row['id']}/occasions?area={id_of('C1')}")[0] == 200
    assert community.get(f"campaigns/{row['id']}/occasions?area={id_of('S')}")[0] == 404
