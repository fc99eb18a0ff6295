"""An emergency has a ground, an area and an end; switching it on never needs code."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.moments import utc
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.posture import rules
from lianfang.ground.posture.terms import IncidentState
from lianfang.ground.posture.tests.builders import (
    COMMUNITY,
    GRID,
    LI,
    LINEAGE,
    NEXT_STREET,
    NOW,
    STREET,
    ZHANG,
    a_policy,
    a_proposal,
    an_incident,
)
from lianfang.ground.posture.tests.files import BASES

REGULATION = BASES["public_health_emergencies"]
LONGEST = timedelta(days=30)


def refused(code: str) -> "pytest.RaisesExc[Problem]":
    return pytest.raises(Problem, check=lambda problem: problem.code == code)


def test_a_drill_of_one_week_may_be_opened() -> None:
    rules.check_opening(basis=REGULATION, starts_at=NOW, ends_at=NOW + timedelta(days=7), longest=LONGEST, at=NOW)


def test_thirty_days_are_the_most() -> None:
    rules.check_length(starts_at=NOW, ends_at=NOW + timedelta(days=30), longest=LONGEST)
    with refused("posture.longer_than_30_days"):
        rules.check_length(starts_at=NOW, ends_at=NOW + timedelta(days=30, seconds=1), longest=LONGEST)


def test_no_incident_without_a_law_from_the_catalogue() -> None:
    with refused("posture.basis_unknown"):
        rules.check_opening(basis=None, starts_at=NOW, ends_at=NOW + timedelta(days=7), longest=LONGEST, at=NOW)


def test_in_2021_nobody_could_invoke_the_law_of_2025() -> None:
    with refused("posture.basis_not_in_force"):
        rules.check_opening(
            basis=BASES["infectious_diseases_2025"],
            starts_at=NOW,
            ends_at=NOW + timedelta(days=7),
            longest=LONGEST,
            at=NOW,
        )


def test_an_incident_cannot_be_opened_for_yesterday() -> None:
    with refused("posture.starts_in_the_past"):
        rules.check_opening(
            basis=REGULATION,
            starts_at=NOW - timedelta(days=1),
            ends_at=NOW + timedelta(days=1),
            longest=LONGEST,
            at=NOW,
        )


def test_an_incident_ends_by_itself() -> None:
    incident = an_incident(days=7)
    assert incident.is_open(NOW + timedelta(days=7, microseconds=-1))
    assert not incident.is_open(NOW + timedelta(days=7))
    assert rules.state_of(incident, at=NOW + timedelta(days=7)) is IncidentState.ENDED


def test_closing_ends_it_sooner_and_once() -> None:
    closed = an_incident(closed_at=NOW + timedelta(hours=1))
    assert not closed.is_open(NOW + timedelta(hours=1))
    assert rules.state_of(closed, at=NOW + timedelta(hours=2)) is IncidentState.CLOSED
    with refused("posture.incident_not_open"):
        rules.check_closing(incident=closed, at=NOW + timedelta(hours=2))


def test_the_days_left_are_counted_up() -> None:
    incident = an_incident(days=7)
    assert rules.days_left(incident, at=NOW) == 7
    assert rules.days_left(incident, at=NOW + timedelta(days=1, hours=1)) == 6
    assert rules.days_left(incident, at=NOW + timedelta(days=8)) == 0


def test_whoever_proposed_a_renewal_cannot_sign_it_too() -> None:
    incident = an_incident()
    with refused("posture.second_person_needed"):
        rules.check_renewal(
            incident=incident, proposal=a_proposal(incident, by=ZHANG), longest=LONGEST, by=ZHANG, at=NOW
        )
    rules.check_renewal(incident=incident, proposal=a_proposal(incident, by=ZHANG), longest=LONGEST, by=LI, at=NOW)


def test_an_incident_that_is_over_is_not_renewed_but_opened_anew() -> None:
    incident = an_incident(days=7)
    late = NOW + timedelta(days=7)
    with refused("posture.incident_not_open"):
        rules.check_renewal(incident=incident, proposal=a_proposal(incident, days=14), longest=LONGEST, by=LI, at=late)


def test_a_renewal_reaches_thirty_days_from_the_day_it_is_signed() -> None:
    incident = an_incident(days=20)
    with refused("posture.longer_than_30_days"):
        rules.check_proposal(incident=incident, ends_at=NOW + timedelta(days=31), longest=LONGEST, at=NOW)
    rules.check_proposal(
        incident=incident, ends_at=NOW + timedelta(days=31), longest=LONGEST, at=NOW + timedelta(days=1)
    )


@given(st.lists(st.integers(1, 60), max_size=8))
def test_however_often_it_is_renewed_the_end_is_never_more_than_thirty_days_away(days: list[int]) -> None:
    ends_at, at = NOW + timedelta(days=7), NOW
    for step in days:
        incident = an_incident(days=(ends_at - NOW).days)
        try:
            rules.check_proposal(incident=incident, ends_at=at + timedelta(days=step), longest=LONGEST, at=at)
        except Problem:
            continue
        ends_at = at + timedelta(days=step)
        assert ends_at - at <= LONGEST
        at += timedelta(days=1)


def test_what_is_in_force_on_the_street_is_in_force_on_its_grids_and_not_next_door() -> None:
    here, next_door = an_incident(area=STREET), an_incident(area=NEXT_STREET)
    posture = rules.posture_at(lineage=LINEAGE, incidents=[here, next_door], policies=[], at=NOW)
    assert posture.incidents == (here,)


def test_without_an_incident_it_is_routine() -> None:
    posture = rules.posture_at(lineage=LINEAGE, incidents=[an_incident()], policies=[], at=utc(2022, 6, 1))
    assert posture.incident is None
    assert not posture.drill


def test_a_real_incident_comes_before_a_drill_and_the_nearest_before_the_rest() -> None:
    drill = an_incident(area=GRID, drill=True)
    street, community = an_incident(area=STREET), an_incident(area=COMMUNITY)
    posture = rules.posture_at(lineage=LINEAGE, incidents=[drill, street, community], policies=[], at=NOW)
    assert posture.incidents == (community, street, drill)
    assert not posture.drill


def test_only_drills_make_a_drill() -> None:
    posture = rules.posture_at(lineage=LINEAGE, incidents=[an_incident(drill=True)], policies=[], at=NOW)
    assert posture.drill


def test_of_several_versions_the_latest_in_force_is_read() -> None:
    old = a_policy(version=7, starts_at=NOW - timedelta(days=10))
    new = a_policy(version=8, starts_at=NOW)
    planned = a_policy(version=9, starts_at=NOW + timedelta(days=1))
    posture = rules.posture_at(lineage=LINEAGE, incidents=[], policies=[new, planned, old], at=NOW)
    assert posture.policy("sweep.revisit") == new
    assert posture.policy("nobody.wrote_this") is None


def test_a_policy_ends_with_its_incident() -> None:
    incident = an_incident(days=7)
    policy = a_policy(incident=incident.id)
    during = rules.posture_at(lineage=LINEAGE, incidents=[incident], policies=[policy], at=NOW)
    after = rules.posture_at(lineage=LINEAGE, incidents=[incident], policies=[policy], at=NOW + timedelta(days=8))
    assert during.policies == (policy,)
    assert after.policies == ()


def test_a_pack_that_cannot_be_read_says_where() -> None:
    with refused("posture.pack_unreadable") as caught:
        rules.read_pack(b'{"code": "x", "version": "one"}', name="x.json")
    assert "version" in caught.value.details["where"]
