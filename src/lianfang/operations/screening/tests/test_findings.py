"""What was found at a door, until somebody saw that it is fixed."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lianfang.foundation.kernel.ids import HouseholdId
from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import (
    NOW,
    TODAY,
    a_campaign,
    a_correction,
    a_household,
    a_record,
    a_visit,
    an_incident,
    fates,
    hand_in,
)
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.operations.screening import findings
from lianfang.operations.screening.finding_rules import FindingRun, FindingWord, runs
from lianfang.operations.screening.models import Finding

DAY = timedelta(days=1)
FIRST = date(2021, 12, 1)


def word(day: int, *, bad: bool) -> FindingWord:
    at = datetime(2021, 12, 1, 9, tzinfo=LOCAL) + day * DAY
    return FindingWord(at, FIRST + day * DAY, bad)


# --- the rule --------------------------------------------------------------------------------------------------------


def test_a_finding_is_due_a_term_after_it_was_last_seen() -> None:
    assert runs([word(0, bad=True)], days=7) == [FindingRun(FIRST, FIRST + 7 * DAY)]
    again = runs([word(0, bad=True), word(7, bad=True)], days=7)
    assert again == [FindingRun(FIRST, FIRST + 14 * DAY, looked=1)]


def test_it_is_fixed_on_the_day_somebody_saw_that_it_is() -> None:
    (run,) = runs([word(0, bad=True), word(7, bad=True), word(9, bad=False)], days=7)
    assert (run.found_on, run.looked, run.fixed_on) == (FIRST, 1, FIRST + 9 * DAY)


def test_what_comes_back_is_another_one() -> None:
    found = runs([word(0, bad=True), word(3, bad=False), word(20, bad=True)], days=7)
    assert [(run.found_on, run.fixed_on) for run in found] == [(FIRST, FIRST + 3 * DAY), (FIRST + 20 * DAY, None)]


def test_nothing_found_is_no_finding() -> None:
    assert runs([word(0, bad=False), word(1, bad=False)], days=7) == []


def test_the_order_in_which_words_arrive_changes_nothing() -> None:
    words = [word(0, bad=True), word(2, bad=False), word(5, bad=True), word(8, bad=True)]
    assert {tuple(runs(order, days=3)) for order in itertools.permutations(words)} == {tuple(runs(words, days=3))}


def test_of_two_words_at_one_moment_the_bad_one_stands() -> None:
    words = [word(0, bad=True), word(1, bad=True), word(1, bad=False)]
    assert runs(words, days=7)[-1].fixed_on is None


# --- in the ledger ---------------------------------------------------------------------------------------------------


@pytest.fixture
def _town(db: None) -> Iterator[None]:
    town.load()
    with clock.stopped_at(NOW + timedelta(hours=4)):
        yield


pytestmark = pytest.mark.usefixtures("_town")


def a_check(**more: Any) -> CampaignRef:
    return a_campaign(incident=an_incident(pack="mosquito_breeding"), **more)


def inspected(campaign: CampaignRef, home: HouseholdId, *, larvae: bool, minutes: int = 0) -> dict[str, Any]:
    answers = {"containers_with_water": 2, "larvae_found": larvae} | ({"positive_containers": 1} if larvae else {})
    return a_visit(campaign, home, answers=answers, minutes=minutes)


def rechecked(campaign: CampaignRef, home: HouseholdId, *, fixed: bool, minutes: int) -> dict[str, Any]:
    body = {"campaign": campaign.id, "household": home, "question": "larvae_found", "fixed": fixed}
    return a_record("screening.finding_rechecked.v1", body, minutes=minutes)


def to_recheck() -> list[tuple[HouseholdId, date]]:
    found = findings.to_recheck(grids=[town.id_of("G1")])
    return [(one.household, one.due_on) for one in found]


def test_a_finding_of_a_visit_is_looked_at_again_at_the_same_door_when_its_term_is_over() -> None:
    home, other = a_household("G1"), a_household("G1")
    campaign = a_check()
    hand_in([inspected(campaign, home, larvae=True), inspected(campaign, other, larvae=False)])
    assert to_recheck() == [(home, TODAY + 7 * DAY)]
    assert fates(hand_in([rechecked(campaign, home, fixed=False, minutes=60)])) == ["stored"]
    assert to_recheck() == [(home, TODAY + 7 * DAY)]
    hand_in([rechecked(campaign, home, fixed=True, minutes=90)])
    assert to_recheck() == []


def test_however_records_arrive_the_latest_word_on_the_phone_s_clock_stands() -> None:
    home = a_household("G1")
    campaign = a_check()
    visit, look = inspected(campaign, home, larvae=True), rechecked(campaign, home, fixed=True, minutes=60)
    hand_in([look])
    hand_in([visit, look, visit])
    assert to_recheck() == []
    assert [one.fixed for one in findings.counts(area=town.id_of("G1"), on=TODAY)] == [1]


def test_a_later_visit_that_finds_nothing_says_so_too() -> None:
    home = a_household("G1")
    campaign = a_check()
    hand_in([inspected(campaign, home, larvae=True), inspected(campaign, home, larvae=False, minutes=60)])
    assert to_recheck() == []


def test_a_visit_to_the_wrong_door_found_nothing_there() -> None:
    home = a_household("G1")
    campaign = a_check()
    visit = inspected(campaign, home, larvae=True)
    hand_in([visit, a_correction(campaign, home, Outcome.NOBODY_HOME, entry=visit["id"], minutes=5)])
    assert to_recheck() == []


def test_a_question_that_declares_no_finding_makes_none() -> None:
    home = a_household("G1")
    campaign = a_check()
    body = {"campaign": campaign.id, "household": home, "question": "containers_with_water", "fixed": False}
    assert fates(hand_in([a_record("screening.finding_rechecked.v1", body)])) == ["stored"]
    assert Finding.objects.count() == 0


def test_counts_add_up_at_every_level_and_name_no_door() -> None:
    homes = [a_household("G1"), a_household("G1"), a_household("G2")]
    campaign = a_check()
    hand_in([inspected(campaign, home, larvae=True) for home in homes])
    hand_in([rechecked(campaign, homes[0], fixed=True, minutes=60)])
    chief = Clerk("chief", Role.COMMAND)
    told = chief.get(f"findings/counts?area={town.id_of('C1')}")[1]
    numbers = {row["name"]: (row["made"], row["fixed"], row["open"]) for row in told["rows"]}
    community, *grids = numbers.values()
    assert (community, sorted(grids)) == ((3, 1, 2), [(1, 0, 1), (2, 1, 1)])
    assert [m["denominator"] for m in told["measures"]] == [None, "findings_made", "findings_made"]
    assert chief.get("findings")[0] == 403


def test_open_findings_grow_old_and_overdue() -> None:
    hand_in([inspected(a_check(), a_household("G1"), larvae=True)])
    (counted,) = findings.counts(area=town.id_of("G1"), on=TODAY + 8 * DAY)
    assert (counted.open, counted.overdue, counted.oldest_days) == (1, 1, 8)
    (counted,) = findings.counts(area=town.id_of("G1"), on=TODAY + 7 * DAY)
    assert (counted.open, counted.overdue) == (1, 0)


def test_the_grid_s_worker_sees_the_doors_and_nobody_of_another_grid() -> None:
    hand_in([inspected(a_check(), a_household("G1"), larvae=True)])
    rows = Clerk("worker", Role.GRID_WORKER, area="G1").get("findings")[1]["rows"]
    assert [(row["label"]["zh"], row["age_days"], row["overdue"]) for row in rows] == [("有没有看到幼虫?", 0, False)]
    assert Clerk("other", Role.GRID_WORKER, area="G2").get("findings")[1]["rows"] == []


def test_rebuilt_from_the_ledger_they_are_what_they_were() -> None:
    home = a_household("G1")
    campaign = a_check()
    hand_in([inspected(campaign, home, larvae=True), rechecked(campaign, home, fixed=False, minutes=60)])
    before = sorted(Finding.objects.values_list())
    ledger.rebuild()
    assert sorted(Finding.objects.values_list()) == before
