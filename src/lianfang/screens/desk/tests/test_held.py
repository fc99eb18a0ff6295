"""Held records at the desk: who sees them, in which words, and what becomes of them."""

import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import queries
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.registry.tests.homes import ZHANG, changed, hand_in, publish
from lianfang.ground.territory.tests import town


@pytest.fixture(autouse=True)
def a_record_from_the_wrong_grid(db: None) -> None:
    town.load()
    publish({"id": ZHANG, "name": "张三"})
    strayed = changed(change="field", resident=ZHANG, field="name", base_version=0, value="张叁")
    hand_in(strayed, area="G2")
    assert len(queries.held_open()) == 1


def test_the_officer_of_the_place_sees_that_it_waits_and_why_but_not_what_it_says() -> None:
    clerk = Clerk("street", Role.SUBDISTRICT_OFFICER)
    _, answer = clerk.get("held")
    (row,) = answer["rows"]
    assert "不在您负责的网格" in row["why_in_words"]
    assert "张" not in str(answer)


def test_a_grid_worker_may_not_and_another_community_sees_nothing() -> None:
    assert Clerk("worker", Role.GRID_WORKER, area="G1").get("held")[0] == 403
    status, answer = Clerk("other", Role.COMMUNITY_OFFICER, area="G2").get("held")
    assert (status, answer["rows"]) == (200, [])


def test_counted_with_a_reason_it_is_on_the_register_and_settled_once() -> None:
    clerk = Clerk("street", Role.SUBDISTRICT_OFFICER)
    held = clerk.get("held")[1]["rows"][0]["id"]
    assert clerk.post(f"held/{held}/settle", {"accept": True, "reason": "x"})[0] == 400
    assert clerk.post(f"held/{held}/settle", {"accept": True, "reason": "邻格代班"})[0] == 201
    assert queries.held_open() == []
    assert clerk.post(f"held/{held}/settle", {"accept": True, "reason": "邻格代班"})[0] == 404


def test_set_aside_it_is_no_longer_listed_and_counts_nowhere() -> None:
    clerk = Clerk("street", Role.SUBDISTRICT_OFFICER)
    held = clerk.get("held")[1]["rows"][0]["id"]
    assert clerk.post(f"held/{held}/settle", {"accept": False, "reason": "写错了门牌"})[0] == 201
    assert clerk.get("held")[1]["rows"] == []
