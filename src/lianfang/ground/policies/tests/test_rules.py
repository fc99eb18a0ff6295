"""Any decision table: no holes, no overlaps, the same answer twice, and the change at midnight."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.moments import LOCAL, utc
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.policies import rules
from lianfang.ground.policies.terms import (
    NOT_YET,
    UNKNOWN,
    HoursSince,
    InForce,
    NumberOf,
    OneOf,
    PolicyDecision,
    Verdict,
)
from lianfang.ground.policies.tests.builders import (
    COMMUNITY,
    EDITIONS,
    GRID,
    LINEAGE,
    NAMES,
    NEXT_STREET,
    NOW,
    edition,
    in_force,
)
from lianfang.ground.posture.tests.test_rules import refused as raises

SECOND = timedelta(seconds=1)


def facts_of(policy: InForce) -> st.SearchStrategy[dict[str, Any]]:
    """Facts such as a gate may hand in: true, false, missing, and nonsense."""
    nonsense = st.none() | st.text("a1红\0{}", max_size=3) | st.floats() | st.booleans() | st.binary(max_size=3)
    instants = st.integers(-200 * 3600, 10 * 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))
    edges = st.sampled_from([48, 72, 0]).map(lambda hours: NOW - timedelta(hours=hours))
    kinds: dict[type, Callable[[Any], st.SearchStrategy[Any]]] = {
        OneOf: lambda each: st.sampled_from(sorted(each.values)),
        HoursSince: lambda each: instants | edges,
        NumberOf: lambda each: st.integers(-5, 100),
    }
    return st.fixed_dictionaries(
        {}, optional={each.name: kinds[type(each)](each) | nonsense for each in policy.edition.inputs}
    )


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None)
@given(data=st.data())
def test_whatever_the_facts_exactly_one_row_decides_and_deciding_again_says_the_same(
    name: str, data: st.DataObject
) -> None:
    policy = in_force(name)
    decision = rules.decide(data.draw(facts_of(policy)), policy, at=NOW)
    cells = {each.name: rules.cell_of(each, decision.inputs.get(each.name), NOW) for each in policy.edition.inputs}
    fitting = [row.name for row in policy.edition.rows if all(rules._fits(row.when.get(n), cells[n]) for n in cells)]
    assert fitting == [decision.row]
    stored = msgspec.json.decode(msgspec.json.encode(decision), type=PolicyDecision)
    assert rules.replay(stored, policy) == decision


@pytest.mark.parametrize("name", NAMES)
def test_every_combination_of_the_shipped_tables_is_decided_by_one_row(name: str) -> None:
    table = edition(name)
    cells = {each.name: rules.cells_of(each, table.rows) for each in table.inputs}
    for facts in rules.combinations_of(cells):
        assert sum(all(rules._fits(row.when.get(n), facts[n]) for n in facts) for row in table.rows) == 1


def test_of_three_protocols_within_twenty_months_the_day_decides() -> None:
    found = [
        in_force(name, starts_at=rules.midnight(edition(name).valid_from), ends_at=_end(edition(name).valid_until))
        for name in NAMES
        if name.startswith("contacts")
    ]

    def days(at: datetime) -> list[tuple[int, tuple[int, ...]]]:
        chosen = rules.chosen(found, code="contacts.durations", lineage=LINEAGE, at=at)
        return [(s.days, s.test_days) for s in rules.decide({"exposure": "close_contact"}, chosen, at=at).steps]

    assert days(utc(2022, 6, 27, 15, 59)) == [(14, (1, 4, 7, 14)), (7, ())]
    assert days(utc(2022, 6, 27, 16)) == [(7, (1, 2, 3, 5, 7)), (3, (3,))]  # midnight in Shanghai
    assert days(utc(2022, 11, 10, 16)) == [(5, (1, 2, 3, 5)), (3, (1, 3))]
    assert days(utc(2023, 1, 7, 16)) == []


def _end(day: date | None) -> datetime | None:
    return rules.midnight(day) if day else None


@pytest.mark.parametrize(
    ("name", "exposure", "verdict", "days"),
    [
        ("contacts_protocol_8", "contact_of_contact", Verdict.ASK_A_PERSON, []),
        ("contacts_protocol_9", "contact_of_contact", Verdict.STEPS, [7]),
        ("contacts_protocol_9", "high_risk_area", Verdict.STEPS, [7, 3]),
        ("contacts_twenty_measures", "contact_of_contact", Verdict.NOTHING, []),
        ("contacts_twenty_measures", "from_high_risk_area", Verdict.STEPS, [7]),
        ("contacts_twenty_measures", "high_risk_area", Verdict.STEPS, [5]),
    ],
)
def test_durations_of_the_editions(name: str, exposure: str, verdict: Verdict, days: list[int]) -> None:
    decision = rules.decide({"exposure": exposure}, in_force(name), at=NOW)
    assert (decision.verdict, [step.days for step in decision.steps]) == (verdict, days)


def test_steps_are_said_with_their_days_and_tests() -> None:
    said = rules.decide({"exposure": "close_contact"}, in_force("contacts_protocol_9"), at=NOW).explanation
    assert "密切接触者,集中隔离 7 天(第 1、2、3、5、7 天检测),再居家健康监测 3 天(第 3 天检测)。" in said.zh
    assert "7 days of central quarantine (tests on days 1, 2, 3, 5, 7), then 3 days of health" in said.en


@given(offset=st.integers(-3, 3))
def test_at_the_very_instant_of_a_change_the_new_table_holds_and_never_both(offset: int) -> None:
    change = rules.midnight(date(2021, 8, 9))
    old = in_force("contacts_protocol_8", ends_at=change)
    new = in_force("contacts_protocol_9", starts_at=change)
    at = change + offset * SECOND
    assert (old.holds(at), new.holds(at)) == (offset < 0, offset >= 0)
    chosen = rules.chosen([new, old], code="contacts.durations", lineage=LINEAGE, at=at)
    assert chosen is (old if offset < 0 else new)


def test_the_nearest_area_decides_and_the_next_street_does_not_hear_of_it() -> None:
    street, community, other = in_force(), in_force(area=COMMUNITY), in_force(area=NEXT_STREET)
    known = [street, community, other]
    assert rules.chosen(known, code="gate.travel_code", lineage=LINEAGE, at=NOW) is community
    assert rules.chosen(known, code="gate.travel_code", lineage=LINEAGE[:2], at=NOW) is street
    assert rules.chosen([other], code="gate.travel_code", lineage=(*LINEAGE, GRID), at=NOW) is None


def test_without_a_table_in_force_a_person_is_asked() -> None:
    over = in_force(ends_at=NOW)
    for policy in (None, over):
        decision = rules.decide({"shown": "red"}, policy, at=NOW)
        assert (decision.verdict, decision.row) == (Verdict.ASK_A_PERSON, "")
        assert rules.replay(decision, policy) == decision


TABLE = """
code = "gate.test"
name = "test"
number = 1
title = { zh = "试", en = "test" }
issuer = "街道"
basis = "public_health_emergencies"
document = { zh = "", en = "" }
issued_for = { zh = "", en = "" }
source = { zh = "", en = "" }
valid_from = 2021-08-01
[[inputs]]
kind = "one_of"
name = "colour"
title = { zh = "颜色", en = "colour" }
values = { red = { zh = "红", en = "red" }, green = { zh = "绿", en = "green" } }
[[inputs]]
kind = "number"
name = "fever"
title = { zh = "体温", en = "temperature" }
least = 30
"""


def a_row(name: str, when: str, then: str = "pass", more: str = "") -> str:
    return f'[[rows]]\nname = "{name}"\nwhen = {{ {when} }}\nthen = "{then}"\nbecause = {{ zh = "", en = "" }}\n{more}'


REST = a_row("nobody_knows", 'fever = ["unknown"]', "ask_a_person") + a_row("hot", "fever = [{ above = 37.3 }]")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (REST, "no row decides colour=red, fever=30.0"),
        (REST + a_row("cool", "fever = [{ below = 37.3 }]"), "fever=37.3; the nearest is row"),
        (REST + a_row("cool", "fever = [{ at_most = 38 }]"), "rows hot and cool both decide colour=green, fever="),
        (
            REST + a_row("cool", "fever = [{ at_most = 37.3 }]") + a_row("red", 'colour = ["red"]'),
            "rows nobody_knows and red both decide",
        ),
        (REST + a_row("cool", "fever = [{ at_most = 20 }]"), "row cool: no facts fit"),
        (REST + a_row("cool", 'colour = ["blue"]'), "row cool: colour cannot be blue"),
        (REST + a_row("cool", 'cough = ["yes"]'), "row cool: cough cannot be yes"),
        (REST + a_row("hot", "fever = [{ at_most = 37.3 }]"), "two of one name"),
        (REST + a_row("cool", "fever = [{ at_most = 37.3 }]", "steps"), "row cool: steps belong to steps"),
        (REST + a_row("cool", "fever = [{ at_most = 37.3 }]", more='open = { zh = "", en = "" }'), "is for a person"),
        (REST + a_row("cool", "fever = [{ atmost = 37.3 }]"), "unknown field `atmost`"),
        (REST + a_row("cool", "fever = [{}]"), "row cool: fever cannot be"),
    ],
)
def test_a_table_with_a_hole_an_overlap_or_a_slip_is_refused_with_the_row_named(rows: str, why: str) -> None:
    with pytest.raises(Problem) as problem:
        rules.read_edition((TABLE + rows).encode(), name="test")
    assert problem.value.code == "policies.unreadable"
    assert why in problem.value.details["where"]


def test_a_table_without_holes_is_read_and_numbers_below_all_sense_are_not_known() -> None:
    whole = rules.read_edition((TABLE + REST + a_row("cool", "fever = [{ at_most = 37.3 }]")).encode(), name="test")
    policy = msgspec.structs.replace(in_force(), edition=whole)
    assert [rules.decide({"fever": said}, policy, at=NOW).row for said in (36.5, 37.3, 37.4, 3, True, "36")] == [
        *("cool", "cool", "hot", "nobody_knows", "nobody_knows", "nobody_knows")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_taken_out_of_a_shipped_table_is_missed(name: str) -> None:
    raw = (EDITIONS / name / "policy.toml").read_text()
    for row in edition(name).rows:
        start = raw.index(f'[[rows]]\nname = "{row.name}"')
        end = raw.find("[[rows]]", start + 1)
        with raises("policies.unreadable"):
            rules.read_edition((raw[:start] + (raw[end:] if end > 0 else "")).encode(), name=name)


def test_a_day_to_come_begins_at_midnight_and_today_begins_now() -> None:
    table = edition("contacts_protocol_8")
    at = utc(2021, 8, 8, 2)
    tomorrow = rules.window_of(table, from_day=date(2021, 8, 9), until_day=None, at=at)
    assert tomorrow == (datetime(2021, 8, 9, tzinfo=LOCAL), datetime(2022, 6, 28, tzinfo=LOCAL))
    assert rules.window_of(table, from_day=date(2021, 8, 8), until_day=date(2021, 8, 9), at=at) == (
        at,
        datetime(2021, 8, 9, tzinfo=LOCAL),
    )


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2021-08-07", None, "policies.starts_in_the_past"),
        ("2022-06-28", None, "policies.valid_no_more"),
        ("2021-08-09", "2021-08-09", "policies.ends_before_it_starts"),
    ],
)
def test_no_table_takes_effect_backwards_or_past_its_own_end(first: str, last: str | None, code: str) -> None:
    until = date.fromisoformat(last) if last else None
    with raises(code):
        rules.window_of(edition("contacts_protocol_8"), from_day=date.fromisoformat(first), until_day=until, at=NOW)


def test_an_edition_is_not_used_before_it_was_published() -> None:
    with raises("policies.not_valid_yet"):
        rules.window_of(edition("contacts_protocol_9"), from_day=date(2021, 9, 1), until_day=None, at=NOW)


def test_the_words_for_not_known_are_no_choices_of_any_table() -> None:
    for name in NAMES:
        chosen = {value for each in edition(name).inputs if isinstance(each, OneOf) for value in each.values}
        assert not chosen & {UNKNOWN, NOT_YET}


def test_the_table_of_the_how_to_page_is_one_and_names_the_row_that_one_leaves_out() -> None:
    page = Path(__file__).parents[5] / "docs" / "howto" / "write-a-decision-table.md"
    blocks = re.findall(r"^```toml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    whole = "\n".join(blocks)
    assert [row.name for row in rules.read_edition(whole.encode(), name="page").rows][-1] == "open_not_measured"
    without = whole[: whole.rindex("[[rows]]")]
    with pytest.raises(Problem) as problem:
        rules.read_edition(without.encode(), name="page")
    assert problem.value.details["where"] == "no row decides fever=unknown; the nearest is row well"
