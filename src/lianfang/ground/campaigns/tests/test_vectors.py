"""The cases that phone and server both run: a rule changes here first."""

import itertools
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from lianfang.foundation.kernel.moments import local_day
from lianfang.ground.campaigns import rules
from lianfang.ground.campaigns.terms import Outcome, Said, TaskState

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
