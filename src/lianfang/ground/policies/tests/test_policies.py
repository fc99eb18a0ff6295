"""Decision tables on an area: issued, in force from midnight, stored whole, replayed; and the same over HTTP."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from lianfang.foundation.kernel.ids import IncidentId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.policies import actions, queries, rules
from lianfang.ground.policies.terms import InForce, PolicyDecision, Verdict
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.tests.builders import LI, ZHANG
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = pytest.mark.django_db
DAY, TOMORROW = timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def put(edition: str = "nantong_2021_08", area: str = "S", from_day: date = TODAY, **more: Any) -> InForce:
    return actions.put_in_force(
        edition=edition, area=id_of(area), from_day=from_day, by=Actor(ZHANG), at=NOW, issuer="莘塍街道", **more
    )


def test_a_table_of_tomorrow_takes_over_at_midnight_and_only_where_it_was_issued() -> None:
    old, new = put(), put(area="C1", from_day=TOMORROW)
    midnight = rules.midnight(TOMORROW)

    def decides(area: str, at: Any) -> InForce | None:
        return queries.in_force(code="gate.travel_code", area=id_of(area), at=at)

    assert decides("G1", midnight - timedelta(seconds=1)) == old
    assert decides("G1", midnight) == new
    assert decides("G3", midnight) == old
    assert decides("G1", NOW - timedelta(seconds=1)) is None


def test_a_phone_takes_along_what_is_in_force_and_what_is_to_come() -> None:
    first, second, coming = put(), put(), put(from_day=TOMORROW)
    assert queries.in_force_or_coming(area=id_of("G1"), at=NOW) == [second, coming]
    assert first.version == 1 and coming.version == 3


def test_a_decision_is_replayed_from_what_was_stored_though_another_table_is_in_force_now() -> None:
    facts = {"who": "grown_up", "shown": "green_starred", "sampled": NOW - timedelta(hours=47)}
    decision = queries.decide(facts, put(), at=NOW)
    put()
    stored = msgspec.json.decode(msgspec.json.encode(decision), type=PolicyDecision)
    assert queries.replay(stored) == decision
    assert (decision.verdict, decision.version) == (Verdict.PASS, 1)


def an_incident(*, drill: bool = False) -> IncidentId:
    opened = posture.open_incident(
        name="查验",
        area=id_of("S"),
        basis="public_health_emergencies",
        pack="household_sweep",
        issuer="莘塍街道",
        ends_at=NOW + 5 * DAY,
        drill=drill,
        by=Actor(ZHANG),
        at=NOW,
    )
    return opened.id


def test_a_table_of_an_incident_ends_when_somebody_closes_it() -> None:
    incident = an_incident()
    put(incident=incident)
    posture.close_incident(incident=incident, reason="结束", by=Actor(LI), at=NOW + DAY)
    ends = [
        queries.in_force(code="gate.travel_code", area=id_of("G1"), at=NOW + days) is None for days in (DAY / 2, DAY)
    ]
    assert ends == [False, True]


def test_a_drill_s_table_decides_about_nobody() -> None:
    put(incident=an_incident(drill=True))
    assert queries.in_force(code="gate.travel_code", area=id_of("G1"), at=NOW) is None


def test_what_is_no_decision_table_is_left_to_others() -> None:
    posture.open_incident(
        name="巡查",
        area=id_of("S"),
        basis="public_health_emergencies",
        pack="mosquito_breeding",
        issuer="莘塍街道",
        ends_at=NOW + 5 * DAY,
        by=Actor(ZHANG),
        at=NOW,
    )
    assert queries.in_force_or_coming(area=id_of("G1"), at=NOW) == []


def test_a_table_nobody_wrote_is_refused_and_a_rebuild_gives_the_same() -> None:
    put()
    with raises("policies.no_such_edition"):
        put("nothing")
    assert ledger.rebuild_differs() == []


def test_a_leader_puts_a_table_in_force_and_a_grid_worker_tries_facts_on_it() -> None:
    chief, worker = Clerk("chief", Role.COMMAND), Clerk("worker", Role.GRID_WORKER, area="G1")
    there = Clerk("there", Role.GRID_WORKER, area="G3")
    wanted = {"edition": "nantong_2021_08", "area": str(id_of("C1")), "from_day": TODAY.isoformat()}
    assert worker.post("policies", wanted | {"area": str(id_of("G1"))})[0] == 403
    status, row = chief.post("policies", wanted)
    assert (status, row["decides_now"], row["policy"]["version"]) == (201, True, 1)
    (listed,) = worker.get(f"policies?area={id_of('G1')}")[1]["rows"]
    assert listed["policy"]["id"] == row["policy"]["id"]
    path = f"policies/{row['policy']['id']}/decision"
    _, decision = worker.post(path, {"facts": {"who": "grown_up", "shown": "red"}})
    assert (decision["verdict"], decision["row"]) == ("quarantine", "red_is_quarantined")
    assert there.post(path, {"facts": {}})[0] == 404


def test_a_misspelt_fact_a_past_day_and_an_unknown_table_are_answered_with_sentences() -> None:
    chief = Clerk("chief", Role.COMMAND)
    wanted = {"edition": "nantong_2021_08", "area": str(id_of("S")), "from_day": TODAY.isoformat()}
    _, row = chief.post("policies", wanted)
    path = f"policies/{row['policy']['id']}/decision"
    status, problem = chief.post(path, {"facts": {"colour": "red"}})
    assert (status, problem["code"]) == (422, "policies.no_such_fact") and "colour" in problem["message"]
    yesterday = (TODAY - DAY).isoformat()
    assert "不能倒着生效" in chief.post("policies", wanted | {"from_day": yesterday})[1]["message"]
    assert chief.post("policies", wanted | {"edition": "nothing"})[0] == 404
    _, shelf = chief.get("policies/editions")
    assert {each["name"] for each in shelf["editions"]} == {
        *("nantong_2021_08", "protocol_8", "protocol_9", "twenty_measures")
    }
