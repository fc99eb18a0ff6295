"""The board of a pack's numbers by grid, and the roll call: who is still inside."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lianfang.foundation.kernel.ids import HouseholdId
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import (
    NOW,
    TODAY,
    ZHANG,
    a_campaign,
    a_correction,
    a_household,
    a_visit,
    an_incident,
    hand_in,
)
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident, Level
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.registry.models import Resident
from lianfang.ground.territory.tests import town
from lianfang.operations.screening import board
from lianfang.operations.screening.terms import AreaBoard, Board

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=4)


@pytest.fixture(autouse=True)
def _town() -> Iterator[None]:
    town.load()
    with clock.stopped_at(LATER):
        yield


def read(incident: Incident, area: str = "S") -> Board:
    return board.board(incident=incident.id, area=town.id_of(area), at=LATER)


def grid(found: Board, name: str) -> AreaBoard:
    return next(row for row in found.grids if row.area == town.id_of(name))


# --- indices ---------------------------------------------------------------------------------------------------------


def inspected(
    campaign: CampaignRef, home: HouseholdId, *, wet: int, positive: int, minutes: int = 0
) -> dict[str, object]:
    answers = {"containers_with_water": wet, "larvae_found": positive > 0} | (
        {"positive_containers": positive} if positive else {}
    )
    return a_visit(campaign, home, answers=answers, minutes=minutes)


def test_three_positive_containers_in_twenty_houses_are_a_breteau_index_of_15() -> None:
    incident = an_incident(pack="mosquito_breeding")
    homes = [a_household("G1") for _ in range(20)]
    campaign = a_campaign(incident=incident)
    hand_in([inspected(campaign, home, wet=2, positive=3 if n == 0 else 0) for n, home in enumerate(homes)])
    breteau, house, container = grid(read(incident), "G1").indices
    assert (breteau.over, breteau.under, breteau.value) == (3, 20, "15.0")
    assert breteau.level is Level.ACT and breteau.word is not None and breteau.word.zh == "中风险"
    assert (house.value, house.level) == ("5.0", None)
    assert (container.over, container.under, container.value) == (3, 40, "7.5")


def test_of_nine_houses_the_index_says_nothing_yet() -> None:
    incident = an_incident(pack="mosquito_breeding")
    homes = [a_household("G1") for _ in range(9)]
    campaign = a_campaign(incident=incident)
    hand_in([inspected(campaign, home, wet=1, positive=1) for home in homes])
    breteau = grid(read(incident), "G1").indices[0]
    assert (breteau.over, breteau.under, breteau.value, breteau.level) == (9, 9, None, None)


def test_a_house_inspected_twice_counts_once() -> None:
    incident, homes = an_incident(pack="mosquito_breeding"), [a_household("G1") for _ in range(10)]
    campaign = a_campaign(incident=incident)
    visits = [inspected(campaign, home, wet=1, positive=0) for home in homes]
    hand_in([*visits, inspected(campaign, homes[0], wet=2, positive=1, minutes=30), visits[3]])
    breteau = grid(read(incident), "G1").indices[0]
    assert (breteau.over, breteau.under, breteau.value) == (1, 10, "10.0")


def test_a_table_issued_later_takes_the_place_of_the_pack_s() -> None:
    incident, homes = an_incident(pack="mosquito_breeding"), [a_household("G1") for _ in range(10)]
    campaign = a_campaign(incident=incident)
    hand_in([inspected(campaign, home, wet=1, positive=0) for home in homes])
    before = read(incident).indices[0]
    assert before.version == 1 and len(before.bands) == 4
    strict = [{"from": 0, "level": "watch", "zh": "再看", "en": "Look again"}]
    posture.issue_policy(
        code="breeding.bands",
        title=incident.pack.policies[0].title,
        rows=tuple(strict),
        issuer="市爱卫办",
        basis=incident.basis,
        area=incident.area,
        starts_at=NOW + timedelta(hours=2),
        incident=incident.id,
        by=ZHANG,
        at=NOW + timedelta(hours=1),
    )
    found = read(incident)
    assert (found.indices[0].issuer, found.indices[0].version) == ("市爱卫办", 2)
    assert grid(found, "G1").indices[0].level is Level.WATCH


def test_the_worst_grid_stands_first_and_the_whole_is_the_sum_of_grids() -> None:
    incident = an_incident(pack="mosquito_breeding")
    homes = {name: [a_household(name) for _ in range(10)] for name in ("G1", "G2")}
    campaign = a_campaign(incident=incident)
    hand_in([inspected(campaign, home, wet=1, positive=0) for home in homes["G1"]])
    hand_in([inspected(campaign, home, wet=1, positive=1) for home in homes["G2"]])
    found = read(incident)
    assert found.grids[0].area == town.id_of("G2")
    for name, count in found.total.counts.items():
        assert count == sum(row.counts[name] for row in found.grids), name


# --- the roll call ---------------------------------------------------------------------------------------------------


def left(incident: Incident, name: str = "G1") -> tuple[int, int]:
    found = grid(read(incident), name).left
    assert found is not None
    return found.met, found.unmet


def test_until_somebody_has_been_met_everybody_is_inside() -> None:
    incident = an_incident(pack="typhoon_evacuation")
    a_household("G1", people=3)
    a_campaign(incident=incident)
    assert left(incident) == (0, 3)


def test_who_went_back_is_inside_again_whatever_order_it_is_heard_in() -> None:
    incident, home = an_incident(pack="typhoon_evacuation"), a_household("G1", people=3)
    campaign = a_campaign(incident=incident)
    gone = a_visit(campaign, home, answers={"has_left": True}, minutes=1)
    back = a_visit(campaign, home, answers={"has_left": False}, minutes=60)
    hand_in([back])
    hand_in([gone, back])
    assert left(incident) == (3, 0)
    hand_in([a_visit(campaign, home, answers={"has_left": True}, minutes=90)])
    assert left(incident) == (0, 0)
    assert ledger.rebuild_differs() == []


def test_people_of_one_home_who_left_do_not_hide_those_of_another() -> None:
    incident, homes = an_incident(pack="typhoon_evacuation"), [a_household("G1", people=2), a_household("G1", people=2)]
    campaign = a_campaign(incident=incident)
    hand_in([a_visit(campaign, homes[0], people=6, answers={"has_left": True})])
    assert left(incident) == (0, 2)


def test_a_visit_taken_back_counts_for_nothing() -> None:
    incident, home = an_incident(pack="typhoon_evacuation"), a_household("G1", people=3)
    campaign = a_campaign(incident=incident)
    visit = a_visit(campaign, home, answers={"has_left": True})
    hand_in([visit, a_correction(campaign, home, Outcome.NOBODY_HOME, entry=visit["id"], minutes=5)])
    assert left(incident) == (0, 3)


def test_those_who_need_help_come_first_then_the_oldest() -> None:
    incident, home, shut = (
        an_incident(pack="typhoon_evacuation"),
        a_household("G1", people=3),
        a_household("G1", people=1),
    )
    campaign = a_campaign(incident=incident)
    people = sorted(Resident.objects.filter(household_id=home).values_list("id", flat=True))
    for resident, born in zip(people, ("1990-01-01", "1935-01-01", "1960-01-01"), strict=True):
        Resident.objects.filter(id=resident).update(born_on=born)
    carried = {"resident": str(people[0]), "answers": {"needs_carrying": True}}
    out = {"resident": str(people[2]), "answers": {"has_left": True}}
    hand_in([a_visit(campaign, home, answers={"has_left": False, "needs_carrying": False}, exceptions=[carried, out])])
    worker = Clerk("钱敏", Role.GRID_WORKER, area="G1")
    status, found = worker.get(f"incidents/{incident.id}/roll?grid={town.id_of('G1')}")
    assert status == 200
    assert [(row["age"] is not None, row["why"], bool(row["help"])) for row in found["rows"]] == [
        (True, "said", True),
        (True, "said", False),
        (False, "unmet", False),
    ]
    assert found["people"] == sum(left(incident)) == 3
    assert {row["household"] for row in found["rows"]} == {str(home), str(shut)}


def test_names_are_for_the_grid_s_own_worker_and_counts_for_those_above() -> None:
    incident = an_incident(pack="typhoon_evacuation")
    a_household("G1")
    a_campaign(incident=incident)
    officer, stranger = Clerk("孙丽", Role.SUBDISTRICT_OFFICER), Clerk("周强", Role.GRID_WORKER, area="G3")
    assert officer.get(f"incidents/{incident.id}/board")[0] == 200
    assert officer.get(f"incidents/{incident.id}/roll?grid={town.id_of('G1')}")[0] == 403
    assert stranger.get(f"incidents/{incident.id}/roll?grid={town.id_of('G1')}")[0] == 404
    status, found = stranger.get(f"incidents/{incident.id}/board")
    assert status == 200 and [row["area"] for row in found["grids"]] == [str(town.id_of("G3"))]
    assert stranger.get(f"incidents/{incident.id}/board?area={town.id_of('S')}")[0] == 404


def test_a_pack_without_a_roll_calls_none() -> None:
    incident = an_incident()
    a_campaign(incident=incident, ends_on=TODAY)
    worker = Clerk("钱敏", Role.GRID_WORKER, area="G1")
    assert worker.get(f"incidents/{incident.id}/roll?grid={town.id_of('G1')}")[1]["code"] == "screening.no_roll"
