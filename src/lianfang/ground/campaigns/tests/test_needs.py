"""Needs found on the way: one tap at a door, somebody sees to it, and it is settled."""

from datetime import timedelta
from typing import Any

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.campaigns.models import Need
from lianfang.ground.campaigns.need_records import DAYS, SORT_OF, NeedSort, NeedWord, due_on
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    TODAY,
    a_campaign,
    a_household,
    a_record,
    fates,
    hand_in,
)
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town


def test_danger_is_seen_to_today_help_tomorrow_and_repairs_within_three_days() -> None:
    assert {sort: due_on(word, TODAY) - TODAY for word, sort in SORT_OF.items()} == {
        NeedSort.DANGER: timedelta(0),
        NeedSort.HELP: timedelta(days=1),
        NeedSort.REPAIR: timedelta(days=3),
    }
    assert set(SORT_OF) == set(NeedWord) and set(DAYS) == set(NeedSort)


def found(household: Any, word: str = "care", **more: Any) -> dict[str, Any]:
    return a_record("campaigns.need_found.v1", {"household": str(household), "word": word, **more})


@pytest.fixture
def _town() -> None:
    town.load()


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_one_tap_at_a_door_stands_on_the_list_of_its_grid_once() -> None:
    home, other = a_household("G1"), a_household("G3")
    need = found(home)
    assert fates(hand_in([need, need, found(other, "gas")])) == ["stored", "already_held", "stored"]
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    _, page = officer.get("needs")
    [row] = page["rows"]
    assert (row["word"], row["sort"], row["household"], page["total"]) == ("care", "help", str(home), 1)
    assert (row["due_on"], row["owner"], row["settled_at"]) == ((TODAY + timedelta(days=1)).isoformat(), None, None)
    assert officer.get(f"needs/{Need.objects.get(word='gas').id}")[0] == 404
    assert Clerk("chief", Role.COMMAND).get("needs")[0] == 403


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_somebody_sees_to_it_until_a_day_and_it_is_settled_once() -> None:
    need = found(a_household("G1"), "water")
    hand_in([need])
    lead, worker = Clerk("lead", Role.GRID_LEAD, area="C1"), Clerk("worker", Role.GRID_WORKER, area="G1")
    owner = {"owner": str(worker.account), "due_on": TODAY.isoformat()}
    path = f"needs/{need['id']}"
    assert lead.post(f"{path}/assign", owner)[1]["owner_name"]
    assert str(worker.account) in [one["id"] for one in lead.get(f"{path}/owners")[1]]
    for wrong, code in (
        ({"due_on": (TODAY - timedelta(days=1)).isoformat()}, "campaigns.due_in_the_past"),
        ({"owner": str(LI.account)}, "access.not_a_worker_here"),
    ):
        status, problem = lead.post(f"{path}/assign", owner | wrong)
        assert (status, problem["code"]) == (422, code)
    assert worker.post(f"{path}/settle", {"how": "done"})[1]["how"] == "done"
    assert worker.post(f"{path}/settle", {"how": "done"})[1]["code"] == "campaigns.need_settled_already"
    assert lead.get("needs")[1]["total"] == 0
    assert [row["id"] for row in lead.get("needs?settled=true")[1]["rows"]] == [need["id"]]


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_what_was_found_in_a_sweep_is_sealed_with_its_incident() -> None:
    home, campaign = a_household("G1"), a_campaign()
    hand_in([found(home, "shopping", campaign=str(campaign.id))])
    assert Need.objects.get().key_name == campaign.key


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_a_need_of_a_household_nobody_knows_waits() -> None:
    home = "018f0000-0000-7000-8000-000000000001"
    assert fates(hand_in([found(home)], at=NOW + timedelta(hours=1))) == ["held"]
    assert not Need.objects.exists()
