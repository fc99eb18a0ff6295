"""A gate at an expressway exit, August 2021: who passed, in which hour, and what phones may bring days later."""

import random
from datetime import timedelta
from typing import Any

import pytest

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.codes import models as codes
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.operations.checkpoints import actions, models, queries
from lianfang.operations.checkpoints.terms import GateKind
from lianfang.operations.checkpoints.tests.gatehouse import Gatehouse, flags_of, hand_in, open_incident
from lianfang.project.wiring import build

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def gatehouse() -> Gatehouse:
    return Gatehouse()


def test_thirty_passages_count_once_each_in_whatever_order_and_as_often_as_they_come(gatehouse: Gatehouse) -> None:
    day = [gatehouse.passage(at=NOW - n * HOUR / 5) for n in range(25)]
    day += [gatehouse.passage(inputs={"shown": "yellow", "who": "grown_up", "home": "elsewhere", "must_enter": "no"})]
    day += [gatehouse.passage(direction="out", given=2) for _ in range(3)]
    day += [gatehouse.passage(inputs={"shown": "red", "who": "grown_up"})]
    sent = day * 2
    random.Random(8).shuffle(sent)
    hand_in(*sent)
    assert gatehouse.counts() == {
        "passages": 30,
        "entered": 27,
        "went_out": 3,
        "passed": 28,
        "turned_back": 1,
        "quarantine_path": 1,
        "given": 6,
    }


def test_hours_are_those_of_the_phone_and_add_up_to_the_day(gatehouse: Gatehouse) -> None:
    hand_in(*(gatehouse.passage(at=NOW - n * HOUR) for n in (1, 1, 3)))
    day = gatehouse.day()
    assert {row.hour: row.counts["passages"] for row in day.hours} == {15: 2, 13: 1}
    assert day.total["passages"] == 3


def test_what_is_undone_does_not_count_and_undoing_twice_takes_back_once(gatehouse: Gatehouse) -> None:
    first, second = gatehouse.passage(given=1), gatehouse.passage()
    undone = gatehouse.undone(first)
    assert hand_in(undone) == ["held"]  # the word on it came before it
    hand_in(second, first, gatehouse.undone(first), undone)
    assert gatehouse.counts() == {"passages": 1, "entered": 1, "passed": 1}


def test_a_rebuild_gives_the_same_tables(gatehouse: Gatehouse) -> None:
    first = gatehouse.passage(token=TOKEN)
    hand_in(first, gatehouse.passage(), gatehouse.undone(first))
    actions.close_gate(gate=gatehouse.gate.id, viewer=viewer(gatehouse.officer), at=NOW)
    assert ledger.rebuild_differs() == []


def test_a_vehicle_is_one_and_its_occupants_are_noted_one_by_one(gatehouse: Gatehouse) -> None:
    car = "018d0000-0000-7000-8000-000000000001"
    hand_in(*(gatehouse.passage(vehicle=car, nth=nth, occupants=3) for nth in (1, 2, 3)))
    counts = gatehouse.counts()
    assert (counts["passages"], counts["vehicles"]) == (3, 1)


def test_two_gates_that_were_offline_let_one_person_in_both_are_kept_and_it_is_reported(gatehouse: Gatehouse) -> None:
    other = gatehouse.another("老街北口")
    hand_in(gatehouse.passage(token=TOKEN), gatehouse.passage())
    assert gatehouse.day().at_two_gates == 0
    assert hand_in(gatehouse.passage(token=TOKEN, gate=other)) == ["stored"]
    assert (gatehouse.day().at_two_gates, gatehouse.day(other).at_two_gates) == (1, 1)
    assert (gatehouse.counts()["passages"], gatehouse.counts(other)["passages"]) == (2, 1)


def test_going_out_by_another_gate_is_not_reported(gatehouse: Gatehouse) -> None:
    other = gatehouse.another("老街北口")
    hand_in(gatehouse.passage(token=TOKEN), gatehouse.passage(token=TOKEN, gate=other, direction="out"))
    assert gatehouse.day().at_two_gates == 0


# --- when a gate may ask ----------------------------------------------------------------------------------------------


def test_without_an_open_incident_whose_pack_says_so_no_gate_is_set_up() -> None:
    town.load()
    officer = viewer(hire("officer", Role.SUBDISTRICT_OFFICER))
    with raises("checkpoints.no_incident_asks"):
        _set_up(officer)
    open_incident(pack="typhoon_evacuation")
    with raises("checkpoints.no_incident_asks"):
        _set_up(officer)
    assert not queries.gates(area=id_of("S"), viewer=officer).can_open
    open_incident()
    assert _set_up(officer).lanes == 1


def _set_up(officer: Any) -> Any:
    return actions.set_up_gate(area=id_of("C1"), kind=GateKind.VILLAGE, name="村口", viewer=officer, at=NOW)


def test_when_the_incident_is_over_gates_ask_for_nothing_and_phones_are_told_so(gatehouse: Gatehouse) -> None:
    assert queries.slice_for(viewer=viewer(gatehouse.volunteer)) is not None
    after = viewer(gatehouse.volunteer, hours=8 * 24)
    assert queries.slice_for(viewer=after) is None
    (row,) = queries.gates(area=id_of("S"), viewer=viewer(gatehouse.officer, hours=8 * 24)).rows
    assert not row.asks


def test_an_incident_closed_while_the_gate_was_offline_loses_nothing_and_says_so(gatehouse: Gatehouse) -> None:
    posture.close_incident(incident=gatehouse.incident.id, reason="解除", by=THE_HOUSE, at=NOW - HOUR)
    before, after = gatehouse.passage(at=NOW - 2 * HOUR), gatehouse.passage()
    assert hand_in(before, after) == ["stored", "stored"]
    assert gatehouse.counts()["passages"] == 2
    assert (flags_of(before), flags_of(after)) == ((), ("checkpoints.after_the_end",))


def test_a_closed_gate_goes_from_phones_and_cannot_be_closed_twice(gatehouse: Gatehouse) -> None:
    officer = viewer(gatehouse.officer)
    actions.close_gate(gate=gatehouse.gate.id, viewer=officer, at=NOW)
    assert queries.slice_for(viewer=viewer(gatehouse.volunteer)) is None
    with raises("checkpoints.closed_already"):
        actions.close_gate(gate=gatehouse.gate.id, viewer=officer, at=NOW)


# --- what a phone takes along, and what it may not do -----------------------------------------------------------------


def test_a_phone_takes_along_its_own_gates_tables_keys_and_nobodys_name(gatehouse: Gatehouse) -> None:
    gatehouse.another("中塘河北口", area="C2")
    hire("lead", Role.GRID_LEAD, area="C1")
    taken = queries.slice_for(viewer=viewer(gatehouse.volunteer))
    assert taken is not None
    (gate,) = taken.gates
    assert (gate.name, gate.place, gate.code) == ("沈海高速东山出口", "明镜社区", "gate.travel_code")
    assert [table.id for table in taken.policies] == [gatehouse.table.id]
    assert [each.name for each in gate.supervisors] == ["lead同志", "officer同志"]
    assert {key.day for key in taken.token_keys} >= {"2021-12-09", "2021-12-10", "2021-12-17"}


def test_another_verdict_than_the_rule_gives_is_kept_and_flagged(gatehouse: Gatehouse) -> None:
    wrong = gatehouse.passage(inputs={"shown": "red", "who": "grown_up"}, verdict="pass", decided="pass")
    assert hand_in(wrong) == ["stored"]
    assert flags_of(wrong) == ("checkpoints.verdict_differs",)


def test_who_decides_otherwise_is_a_colleague_with_a_reason(gatehouse: Gatehouse) -> None:
    yellow = {"shown": "yellow", "who": "grown_up", "home": "elsewhere", "must_enter": "no"}
    why = {"by": gatehouse.officer, "reason": "送药的急件,办公室核实过"}
    alone, together = (gatehouse.passage(inputs=yellow, decided="pass", **more) for more in ({}, {"override": why}))
    hand_in(alone, together)
    assert (flags_of(alone), flags_of(together)) == (("checkpoints.without_supervisor",), ())
    assert gatehouse.counts()["overridden"] == 1


def test_nothing_that_a_gate_sends_changes_anybodys_status(gatehouse: Gatehouse) -> None:
    """Neither a red code nor a forged one nor any word in a passage writes a line about a person."""
    before = (codes.Order.objects.count(), entries.head())
    red = gatehouse.passage(inputs={"shown": "red", "who": "grown_up"}, status="red", colour="red")
    forged = gatehouse.passage(how="credential", code="forged", verdict="by_hand", decided="by_hand")
    kind = {**gatehouse.passage(), "kind": "codes.order_signed.v1"}
    assert hand_in(red, forged, kind)[:2] == ["stored", "stored"]
    assert codes.Order.objects.count() == before[0]
    told = [entry.kind for entry in entries.entries_after(before[1])]
    assert told == ["checkpoints.passage_noted.v1"] * 2


def test_no_way_leads_from_a_phone_or_a_list_to_an_order_and_only_its_own_module_writes_one() -> None:
    house = build()
    from_phones = [name for name, kind in house.kinds.items() if kind.from_devices and name.startswith("codes.")]
    writers = [each.name for each in house.projections if "codes_order" in each.tables]
    assert (from_phones, writers) == ([], ["codes"])
    assert not {"status", "colour", "color"} & {field.name for field in codes.Order._meta.get_fields()}


@pytest.mark.parametrize(
    "odd",
    [
        {"lane": -1},
        {"token": "张三"},
        {"temperature": 400},
        {"direction": "up"},
        {"verdict": "red"},
        {"judged_at": "2021-12-10T08:00:00"},
        {"inputs": {str(n): "x" for n in range(31)}},
        {"override": {"by": "018d0000-0000-7000-8000-000000000001", "reason": ""}},
    ],
)
def test_what_cannot_be_a_passage_is_refused_and_the_others_stored(gatehouse: Gatehouse, odd: dict[str, Any]) -> None:
    assert hand_in(gatehouse.passage(**odd), gatehouse.passage()) == ["refused", "stored"]


@pytest.mark.django_db(transaction=True)
def test_after_forgetting_counts_stay_and_tokens_go(gatehouse: Gatehouse) -> None:
    hand_in(gatehouse.passage(token=TOKEN))
    then = NOW + timedelta(days=60)
    asked = posture.propose_forgetting(
        incident=gatehouse.incident.id, reason="到期", by=viewer(gatehouse.officer).actor, at=then
    )
    second = viewer(hire("second", Role.COMMAND)).actor
    posture.forget_incident(proposal=asked.id, by=second, at=then)
    assert [row.token for row in models.Passage.objects.all()] == [None]
    assert gatehouse.counts()["passages"] == 1
    assert ledger.rebuild_differs() == []


def test_a_desk_of_another_street_does_not_see_the_gate(gatehouse: Gatehouse) -> None:
    stranger = viewer(hire("stranger", Role.COMMUNITY_OFFICER, area="C2"))
    with pytest.raises(Problem, match=r"access\.not_found"):
        queries.gate_day(id=gatehouse.gate.id, day=NOW.date(), viewer=stranger)
