"""The travel-code rule of Nantong, August 2021: what it says, and what it leaves to people."""

from datetime import timedelta
from typing import Any

import pytest

from lianfang.ground.policies.terms import Verdict
from lianfang.ground.policies.tests.builders import NOW, shown

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"shown": "red"}, Verdict.QUARANTINE),
        ({"shown": "yellow"}, Verdict.TURN_BACK),
        ({"shown": "yellow", "must_enter": "yes"}, Verdict.QUARANTINE_FIRST),
        ({"shown": "green_starred", "sampled": NOW - 47 * HOUR}, Verdict.PASS),
        ({"shown": "green_starred", "sampled": NOW - 60 * HOUR, "reported": NOW - 50 * HOUR}, Verdict.TEST_FIRST),
        ({"shown": "green"}, Verdict.PASS),
    ],
)
def test_what_the_rule_says(facts: dict[str, Any], verdict: Verdict) -> None:
    assert shown(**facts).verdict is verdict


def test_forty_eight_hours_to_the_second_still_pass_and_one_second_more_does_not() -> None:
    assert shown(shown="green_starred", sampled=NOW - 48 * HOUR).verdict is Verdict.PASS
    late = NOW - 48 * HOUR - timedelta(seconds=1)
    assert shown(shown="green_starred", sampled=late, reported=late).verdict is Verdict.TEST_FIRST


@pytest.mark.parametrize(
    ("facts", "row"),
    [
        ({"shown": "green_starred", "sampled": NOW - 50 * HOUR, "reported": NOW - 40 * HOUR}, "48_hours_from"),
        ({"shown": "no_phone"}, "no_phone"),
        ({"who": "minor", "shown": "red"}, "minor"),
        ({"who": "ambulance", "shown": "yellow"}, "ambulance"),
        ({"who": "in_transit", "shown": "green"}, "in_transit"),
        ({"shown": "yellow", "home": "here_only"}, "nowhere_to_return"),
        ({"shown": "purple"}, "code_unreadable"),
        ({"shown": "green_starred"}, "no_test_shown"),
    ],
)
def test_what_the_rule_leaves_open_is_a_row_that_asks_a_person(facts: dict[str, Any], row: str) -> None:
    decision = shown(**facts)
    assert decision.verdict is Verdict.ASK_A_PERSON and decision.open_question
    assert row in decision.row


def test_a_report_from_tomorrow_restricts_nobody() -> None:
    decision = shown(shown="green_starred", sampled=NOW + HOUR)
    assert (decision.verdict, decision.row) == (Verdict.ASK_A_PERSON, "odd_sampling_time")


def test_the_sentence_names_the_rule_its_issuer_its_version_and_the_fact() -> None:
    said = shown(shown="green_starred", sampled=NOW - 47 * HOUR - timedelta(minutes=30)).explanation
    assert said.zh.startswith("按《行程码查验放行要求》(莘塍街道发布,2021-08-01起施行,第 1 版):")
    assert "核酸采样距今 47 小时 30 分" in said.zh and said.zh.endswith("放行。")
    assert "sampled 47 h 30 min ago" in said.en and said.en.endswith("pass.")


def test_where_quarantine_follows_the_sentence_says_that_it_takes_two_people() -> None:
    said = shown(shown="red").explanation
    assert said.zh.endswith("隔离。隔离要由两个人签的决定才算数。")
    assert "signed by two people" in said.en
