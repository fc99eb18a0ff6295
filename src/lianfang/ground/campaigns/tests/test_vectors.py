"""The cases that phone and server both run: a rule changes here first."""

import itertools
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.ground.campaigns import rules
from lianfang.ground.campaigns.terms import AttemptPolicy, Joining, Outcome, Said, Standing, Stay, TaskState

VECTORS = msgspec.json.decode((Path(__file__).parents[1] / "vectors.json").read_bytes())
_NAMES = UUID(int=0)


def said(case: dict[str, Any]) -> Said:
    at = msgspec.convert(case["at"], type=__import__("datetime").datetime)
    corrects = uuid5(_NAMES, case["corrects"]) if "corrects" in case else None
    return Said(
        uuid5(_NAMES, case["entry"]),
        Outcome(case["outcome"]),
        at,
        local_day(at),
        at.hour,
        case.get("people", 0),
        appointment=case.get("appointment"),
        corrects=corrects,
    )


@pytest.mark.parametrize(("one", "other", "both"), VECTORS["join"])
def test_two_states_join_either_way_round(one: str, other: str, both: str) -> None:
    assert rules.later(TaskState(one), TaskState(other)) == both
    assert rules.later(TaskState(other), TaskState(one)) == both


def test_each_outcome_means_one_state() -> None:
    assert VECTORS["state_of"] == rules.STATE_OF


@pytest.mark.parametrize("case", VECTORS["standings"], ids=lambda case: case["name"])
def test_a_standing_in_whatever_order_its_outcomes_come(case: dict[str, Any]) -> None:
    for order in itertools.permutations(case["said"]):
        stands = msgspec.to_builtins(rules.standing([said(one) for one in order]))
        assert {name: stands[name] for name in case["stands"]} == case["stands"]


@pytest.mark.parametrize("case", VECTORS["calls"], ids=lambda case: case["name"])
def test_when_to_call_again(case: dict[str, Any]) -> None:
    local = {key: datetime.fromisoformat(case[key]).replace(tzinfo=LOCAL) for key in ("last", "at") if key in case}
    stands = Standing(
        attempts=case.get("attempts", 0),
        refusals=case.get("refusals", 0),
        appointment=case.get("appointment"),
        at=local.get("last"),
    )
    policy = msgspec.convert(case.get("policy", {}), AttemptPolicy)
    call = msgspec.to_builtins(rules.next_call(stands, policy, at=local["at"]))
    assert {name: call[name] for name in case["call"]} == case["call"]


@pytest.mark.parametrize("case", VECTORS["stays"], ids=lambda case: case["name"])
def test_where_a_task_is_counted_whose_household_came_to_lie_elsewhere(case: dict[str, Any]) -> None:
    stays = [Stay(position, date.fromisoformat(day), ()) for position, day in case["stays"]]
    joining, stands = msgspec.convert(case["joined"], Joining), msgspec.convert(case["stands"], Standing)
    counts = rules.counted_along(joining, stands, stays)
    assert {f"{stay} {day} {measure}": n for (stay, day, measure), n in counts.items() if n} == case["counts"]


def test_along_a_single_stay_counts_what_it_always_counted() -> None:
    for case in VECTORS["stays"]:
        joining, stands = msgspec.convert(case["joined"], Joining), msgspec.convert(case["stands"], Standing)
        along = rules.counted_along(joining, stands, [Stay(0, joining.on, ())])
        plain = {(0, *key): n for key, n in rules.counted(joining, stands).items()}
        assert {k: n for k, n in along.items() if n} == {k: n for k, n in plain.items() if n}
