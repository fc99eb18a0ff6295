"""Incidents from their opening to their end, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.posture import actions, queries
from lianfang.ground.posture.models import Renewal
from lianfang.ground.posture.terms import Incident, Proposal, Step
from lianfang.ground.posture.tests.builders import LI, ZHANG
from lianfang.ground.posture.tests.office import Clerk, opened_by_two
from lianfang.ground.posture.tests.test_rules import refused
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def opened(**changes: Any) -> Incident:
    plain = {
        "name": "莘塍街道入户排查",
        "area": id_of("S"),
        "basis": "public_health_emergencies",
        "pack": "household_sweep",
        "issuer": "莘塍街道办事处",
        "ends_at": NOW + WEEK,
        "drill": True,
        "by": Actor(ZHANG),
        "at": NOW,
    }
    return actions.open_incident(**(plain | changes))


def test_an_open_incident_is_in_force_below_and_nowhere_else() -> None:
    incident = opened(area=id_of("C1"))
    assert queries.in_force(area=id_of("G1"), at=NOW).incident == incident
    assert queries.in_force(area=id_of("G3"), at=NOW).incident is None
    assert queries.in_force(area=id_of("S"), at=NOW).incident is None


def test_it_ends_by_itself_and_its_policies_with_it() -> None:
    opened()
    during, after = (queries.in_force(area=id_of("G1"), at=NOW + d) for d in (WEEK - timedelta(seconds=1), WEEK))
    assert during.drill and [p.code for p in during.policies] == ["sweep.revisit"]
    assert (after.incident, after.policies, after.drill) == (None, (), False)


def test_opening_makes_the_incident_s_own_key() -> None:
    incident = opened()
    assert keyring.get(incident_key(incident.id)) is not None


def test_a_policy_says_who_issued_it_on_what_ground_and_in_which_version() -> None:
    opened()
    opened()
    policy = queries.in_force(area=id_of("G1"), at=NOW).policy("sweep.revisit")
    assert policy is not None
    assert (policy.issuer, policy.basis, policy.version) == ("莘塍街道办事处", "public_health_emergencies", 2)


def test_a_pack_nobody_wrote_is_refused() -> None:
    with refused("posture.pack_unknown"):
        opened(pack="nothing")
    assert queries.incidents() == []


def renewed_by(who: Any, proposal: Proposal) -> Incident:
    """What somebody does who has looked at what is on the screen."""
    incident = queries.incident(id=proposal.incident)
    now = queries.difference_of(incident=incident, step=Step.RENEWING, at=NOW, ends_at=proposal.ends_at)
    return actions.renew_incident(proposal=proposal.id, seen=now.mark, by=Actor(who), at=NOW)


def test_a_renewal_takes_two_people() -> None:
    incident = opened()
    later = NOW + 2 * WEEK
    proposal = actions.propose_renewal(incident=incident.id, ends_at=later, reason="还有病例", by=Actor(ZHANG), at=NOW)
    assert queries.incident(id=incident.id).ends_at == NOW + WEEK
    with refused("posture.second_person_needed"):
        renewed_by(ZHANG, proposal)
    renewed = renewed_by(LI, proposal)
    assert renewed.ends_at == later
    with refused("posture.proposal_unknown"):
        renewed_by(LI, proposal)


def test_the_database_itself_refuses_one_person_as_two() -> None:
    incident = opened()
    proposal = actions.propose_renewal(
        incident=incident.id, ends_at=NOW + 2 * WEEK, reason="还有病例", by=Actor(ZHANG), at=NOW
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Renewal.objects.filter(id=proposal.id).update(confirmed_by=ZHANG)


def test_closing_ends_it_now_and_a_reason_is_asked_for() -> None:
    incident = opened()
    with refused("posture.reason_missing"):
        actions.close_incident(incident=incident.id, reason=" ", by=Actor(LI), at=NOW)
    actions.close_incident(incident=incident.id, reason="演练结束", by=Actor(LI), at=NOW + timedelta(hours=1))
    assert queries.in_force(area=id_of("G1"), at=NOW + timedelta(hours=1)).incident is None
    assert queries.in_force(area=id_of("G1"), at=NOW).incident is not None


def test_a_rebuild_gives_the_same_tables() -> None:
    incident = opened()
    proposal = actions.propose_renewal(
        incident=incident.id, ends_at=NOW + 2 * WEEK, reason="还有病例", by=Actor(ZHANG), at=NOW
    )
    renewed_by(LI, proposal)
    actions.close_incident(incident=incident.id, reason="演练结束", by=Actor(LI), at=NOW)
    assert ledger.rebuild_differs() == []
    assert queries.incident(id=incident.id).closed_at == NOW


def new(**changes: Any) -> dict[str, Any]:
    plain = {
        "name": "入户排查演练",
        "area": str(id_of("C1")),
        "basis": "public_health_emergencies",
        "pack": "household_sweep",
        "issuer": "莘塍街道办事处",
        "ends_at": (NOW + WEEK).isoformat(),
        "drill": True,
    }
    return plain | changes


def test_too_long_an_incident_is_refused_in_both_languages() -> None:
    chief = Clerk("chief", Role.COMMAND)
    too_long = new(ends_at=(NOW + timedelta(days=31)).isoformat())
    assert "最长 30 天" in chief.post("incidents", too_long)[1]["message"]
    assert "at most 30 days" in chief.post("incidents", too_long, Accept_Language="en")[1]["message"]


def test_a_grid_worker_sees_incidents_of_their_own_grid_and_opens_none() -> None:
    chief, here = Clerk("chief", Role.COMMAND), Clerk("here", Role.GRID_WORKER, area="G1")
    there = Clerk("there", Role.GRID_WORKER, area="G3")
    row = opened_by_two(chief, Clerk("deputy", Role.COMMAND), new())
    assert here.get(f"incidents/{row['id']}")[0] == 200
    assert [r["id"] for r in here.get("incidents")[1]["rows"]] == [row["id"]]
    assert there.get(f"incidents/{row['id']}")[0] == 404
    assert there.get("incidents")[1]["rows"] == []
    assert here.post("incidents", new(area=str(id_of("G1"))))[0] == 403
    assert here.post(f"incidents/{row['id']}/close", {"reason": "不演了"})[0] == 403


def test_a_leader_of_one_community_opens_nothing_next_door() -> None:
    elsewhere = Clerk("elsewhere", Role.COMMAND, area="C2")
    assert elsewhere.post("incidents", new(area=str(id_of("C1"))))[0] == 404


def test_the_catalogue_offers_laws_in_force_today_and_both_packs() -> None:
    _, catalogue = Clerk("chief", Role.COMMAND).get("incidents/catalogue")
    codes = {basis["code"] for basis in catalogue["legal_bases"]}
    assert codes == {"public_health_emergencies", "meteorological_disasters"}  # it is 2021 in this town
    assert {pack["code"] for pack in catalogue["packs"]} >= {
        *("household_sweep", "mosquito_breeding", "typhoon_evacuation", "heatwave_check")
    }


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"ends_at": "soon"}, {"starts_at": "2021-12-10T08:00:00"}])
def test_bad_input_is_answered_with_a_sentence(body: dict[str, Any]) -> None:
    status, problem = Clerk("chief", Role.COMMAND).post("incidents", new(**body) if body else {})
    assert (status, problem["code"]) == (400, "wire.unreadable")
