"""Visits with their answers, on both databases."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.models import Entry
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.campaigns.tests.village import (
    NOW,
    TODAY,
    a_campaign,
    a_correction,
    a_household,
    a_visit,
    an_incident,
    fates,
    hand_in,
)
from lianfang.ground.posture.terms import Incident
from lianfang.ground.territory.tests import town
from lianfang.operations.screening import queries
from lianfang.operations.screening.models import Answered, PackMeasure

pytestmark = pytest.mark.django_db
WELL = {"fever_or_cough": False, "vaccinated": "full", "came_from_affected_area": False, "met_a_case": False}


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def numbers(incident: Incident, area: str = "S", until: date = TODAY) -> dict[str, int]:
    found = queries.measured(incident=incident.id, area=town.id_of(area), until=until)
    return {m.measure.name: m.value for m in found if m.value}


def test_answers_become_the_measures_of_the_pack_at_every_level() -> None:
    incident, home = an_incident(), a_household("G1")
    campaign = a_campaign(incident=incident)
    hand_in([a_visit(campaign, home, people=4, answers=WELL | {"help_wanted": "medicine"})])
    expected = {
        "people_asked": 4,
        "people_fully_vaccinated": 4,
        "households_asked": 1,
        "households_wanting_help": 1,
    }
    for area in ("G1", "C1", "S"):
        assert numbers(incident, area) == expected


def test_every_measure_comes_with_its_denominator() -> None:
    incident, home = an_incident(), a_household()
    hand_in([a_visit(a_campaign(incident=incident), home, people=4, answers=WELL | {"fever_or_cough": True})])
    found = {m.measure.name: m for m in queries.measured(incident=incident.id, area=town.id_of("S"), until=TODAY)}
    fever = found["people_with_fever_or_cough"]
    assert (fever.value, fever.out_of) == (4, 4)


def test_a_household_visited_twice_counts_once() -> None:
    incident, home = an_incident(), a_household()
    campaign = a_campaign(incident=incident)
    hand_in([a_visit(campaign, home, people=3, answers=WELL)])
    hand_in([a_visit(campaign, home, people=4, minutes=9, answers=WELL)])
    assert numbers(incident)["people_asked"] == 4


def test_an_unfinished_visit_answers_nothing() -> None:
    incident, home = an_incident(), a_household()
    hand_in([a_visit(a_campaign(incident=incident), home, Outcome.REFUSED, people=4, answers=WELL)])
    assert numbers(incident) == {}


def test_a_visit_that_was_to_the_wrong_door_counts_no_more() -> None:
    incident, home = an_incident(), a_household()
    campaign = a_campaign(incident=incident)
    visit = a_visit(campaign, home, answers=WELL)
    hand_in([visit])
    hand_in([a_correction(campaign, home, Outcome.NOBODY_HOME, entry=visit["id"])])
    assert numbers(incident) == {}
    hand_in([a_visit(campaign, home, people=2, minutes=30, answers=WELL)])
    assert numbers(incident)["people_asked"] == 2


def test_a_correction_of_the_head_count_leaves_the_answers() -> None:
    incident, home = an_incident(), a_household()
    campaign = a_campaign(incident=incident)
    visit = a_visit(campaign, home, people=3, answers=WELL)
    hand_in([visit, a_correction(campaign, home, Outcome.DONE, entry=visit["id"], people=2)])
    assert numbers(incident)["people_asked"] == 3


def test_odd_answers_are_kept_and_flagged() -> None:
    home = a_household()
    visit = a_visit(a_campaign(), home, answers={"shoe_size": 43})
    assert fates(hand_in([visit])) == ["stored"]
    assert "screening.odd_answers" in Entry.objects.get(record_id=visit["id"]).flags


def test_what_stays_readable_names_no_household_and_no_answer() -> None:
    incident, home = an_incident(), a_household()
    visit = a_visit(a_campaign(incident=incident), home, answers=WELL | {"fever_or_cough": True})
    hand_in([visit])
    entry = Entry.objects.get(record_id=visit["id"])
    assert entry.key == incident_key(incident.id)
    assert str(home) not in entry.facts and "fever" not in entry.facts
    row = Answered.objects.values().get()
    assert str(home) not in repr(row) and home.bytes not in bytes(row["task"])


def test_closing_the_key_leaves_the_counts() -> None:
    incident, home = an_incident(), a_household()
    hand_in([a_visit(a_campaign(incident=incident), home, people=4, answers=WELL)])
    keyring.destroy(incident_key(incident.id), at=NOW)
    assert numbers(incident)["people_asked"] == 4


def test_another_hazard_is_counted_without_a_line_of_code() -> None:
    incident, home = an_incident(pack="typhoon_evacuation"), a_household()
    hand_in([a_visit(a_campaign(incident=incident), home, answers={"has_left": False, "seats_wanted": 2})])
    assert numbers(incident) == {"people_asked": 3, "people_inside": 3, "seats_wanted": 2}


def test_a_drill_and_the_real_thing_never_meet_in_one_number() -> None:
    drill, real = an_incident(drill=True), an_incident(drill=False)
    home = a_household()
    hand_in([a_visit(a_campaign(incident=drill), home, answers=WELL)])
    assert numbers(real) == {}


def test_any_order_and_splitting_gives_the_same_numbers() -> None:
    incident, homes = an_incident(), [a_household(g) for g in ("G1", "G2", "G3")]
    campaign = a_campaign(incident=incident)
    records = [
        a_visit(campaign, homes[n % 3], people=n, minutes=10 * n, answers=WELL | {"fever_or_cough": n % 4 == 0})
        for n in range(9)
    ]
    records += [
        a_correction(campaign, homes[n % 3], Outcome.REFUSED, entry=records[n]["id"], minutes=90 + n) for n in (2, 5, 7)
    ]
    results = []
    for seed in range(6):
        with transaction.atomic():
            deliver(records, random.Random(seed))
            results.append(sorted(PackMeasure.objects.exclude(value=0).values_list()))
            transaction.set_rollback(True)
    assert results[0] and all(result == results[0] for result in results)


def deliver(records: list[dict[str, object]], rng: random.Random) -> None:
    sendings = [*records, *rng.sample(records, 3)]
    rng.shuffle(sendings)
    while sendings:
        batch, sendings = sendings[:3], sendings[3:]
        hand_in(batch, at=NOW + timedelta(hours=4, days=rng.randrange(3)))


def test_a_rebuild_gives_the_same_tables() -> None:
    homes = [a_household() for _ in range(3)]
    campaign = a_campaign()
    visits = [a_visit(campaign, home, answers=WELL) for home in homes]
    hand_in(visits)
    hand_in(
        [
            a_correction(campaign, homes[0], Outcome.REFUSED, entry=visits[0]["id"]),
            a_visit(campaign, homes[1], people=5),
        ]
    )
    assert ledger.rebuild_differs() == []
    assert connection.vendor in ("sqlite", "postgresql") and Answered.objects.count() == 4
