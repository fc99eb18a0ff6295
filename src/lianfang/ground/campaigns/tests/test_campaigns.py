"""The engine on both databases: who is due, who was reached, who is missing."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lianfang.foundation.kernel.ids import HouseholdId, new_id
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.ground.campaigns import actions, queries
from lianfang.ground.campaigns.terms import AttemptPolicy, Origin, Outcome, TaskState
from lianfang.ground.campaigns.tests import village
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    TODAY,
    ZHANG,
    a_campaign,
    a_correction,
    a_household,
    a_roster,
    a_visit,
    fates,
    found,
    hand_in,
    undo,
)
from lianfang.ground.posture.tests.test_rules import refused
from lianfang.ground.registry.terms import TargetDefinition, Targeted
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def totals(campaign: object, area: str = "S") -> dict[str, int]:
    coverage = queries.coverage(campaign=campaign.id, area=town.id_of(area), on=TODAY)  # type: ignore[attr-defined]
    names = ("listed", "found", "struck", "done", "attempted", "untouched", "remaining", "people", "people_due")
    return {name: getattr(coverage.totals, name) for name in names if getattr(coverage.totals, name)}


def test_the_register_s_households_become_tasks() -> None:
    a_household("G1", people=3), a_household("G2", people=2), a_household("G3")
    campaign = a_campaign(area="C1")
    assert totals(campaign, "C1") == {"listed": 2, "untouched": 2, "remaining": 2, "people_due": 5}
    assert totals(campaign, "G2") == {"listed": 1, "untouched": 1, "remaining": 1, "people_due": 2}
    assert totals(campaign, "G3") == {}


def test_coverage_shows_every_area_below_even_one_without_households() -> None:
    a_household("G1")
    coverage = queries.coverage(campaign=a_campaign().id, area=town.id_of("C1"), on=TODAY)
    assert [(row.area, row.totals.listed) for row in coverage.rows] == [(town.id_of("G1"), 1), (town.id_of("G2"), 0)]


def test_a_visit_counts_at_every_level_of_the_tree() -> None:
    home = a_household("G1")
    campaign = a_campaign()
    assert fates(hand_in([a_visit(campaign, home, people=4)])) == ["stored"]
    for area in ("G1", "C1", "P1", "S"):
        assert totals(campaign, area) == {"listed": 1, "done": 1, "people": 4, "people_due": 3}


def test_a_visit_sent_twice_counts_once() -> None:
    home = a_household()
    visit = a_visit(a_campaign(), home)
    hand_in([visit])
    before = village.tallies()
    assert fates(hand_in([visit, visit])) == ["already_held", "already_held"]
    assert village.tallies() == before


def test_two_workers_who_meet_one_household_are_both_kept_and_counted_once() -> None:
    home = a_household()
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, people=3)])
    assert fates(hand_in([a_visit(campaign, home, people=4, minutes=30)], phone=village.OTHER_PHONE)) == ["stored"]
    assert totals(campaign) == {"listed": 1, "done": 1, "people": 4, "people_due": 3}


def test_nobody_home_stays_in_the_remainder_with_its_appointment() -> None:
    home = a_household()
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.NOBODY_HOME, appointment="2021-12-10T19:30")])
    assert totals(campaign) == {"listed": 1, "attempted": 1, "remaining": 1, "people_due": 3}
    counts = queries.remaining_counts(campaign=campaign.id, grid=town.id_of("G1"))
    assert (counts.appointment, counts.nobody_home, counts.untouched) == (1, 0, 0)
    standing = queries.remaining_tasks(campaign=campaign.id, grid=town.id_of("G1"))[home]
    assert (standing.state, standing.appointment) == (TaskState.ATTEMPTED, "2021-12-10T19:30")


def test_a_vacant_household_is_struck_with_who_said_so() -> None:
    home = a_household()
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.VACANT)])
    assert totals(campaign) == {"listed": 1, "struck": 1}
    standing = queries.task_state(campaign=campaign.id, target=home)
    assert standing is not None and standing.by == ZHANG.account


def test_a_strike_is_undone_only_by_naming_its_entry() -> None:
    home = a_household()
    campaign = a_campaign()
    strike = a_visit(campaign, home, Outcome.MOVED_AWAY)
    hand_in([strike, a_visit(campaign, home, minutes=20)])
    assert totals(campaign) == {"listed": 1, "struck": 1}
    assert [d.household for d in queries.disputed(campaign=campaign.id, grid=town.id_of("G1"))] == [home]
    hand_in([a_correction(campaign, home, Outcome.NOBODY_HOME, entry=strike["id"])])
    assert totals(campaign) == {"listed": 1, "done": 1, "people": 3, "people_due": 3}


def test_a_lead_corrects_at_the_desk_and_says_why() -> None:
    home = a_household()
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.VACANT)])
    entry = queries.task_state(campaign=campaign.id, target=home).entry  # type: ignore[union-attr]
    correct = {"campaign": campaign.id, "target": home, "outcome": Outcome.NOBODY_HOME, "by": LI, "at": NOW}
    with refused("campaigns.reason_missing"):
        actions.correct_task(entry=entry, reason=" ", **correct)  # type: ignore[arg-type]
    with refused("campaigns.nothing_to_correct"):
        actions.correct_task(entry=new_id(), reason="没有这条", **correct)  # type: ignore[arg-type]
    actions.correct_task(entry=entry, reason="看错门牌", **correct)  # type: ignore[arg-type]
    assert totals(campaign)["attempted"] == 1


def test_a_household_found_at_the_door_joins_and_can_be_visited() -> None:
    campaign = a_campaign()
    home = HouseholdId(new_id())
    reply = hand_in(
        [
            a_visit(campaign, home, people=2),  # sent before the household it is about: it waits, and is freed
            village.a_record("registry.household_found.v1", found(home, people=2)),
        ]
    )
    assert fates(reply) == ["stored", "stored"]
    assert totals(campaign) == {"found": 1, "done": 1, "people": 2, "people_due": 2}


def test_a_household_of_another_community_does_not_join() -> None:
    campaign = a_campaign(area="C1")
    a_household("G3")
    assert totals(campaign, "S") == {}


def test_a_visit_to_a_household_that_no_list_had_joins_it() -> None:
    campaign = a_campaign(area="C1")
    home = a_household("G3")
    hand_in([a_visit(campaign, home)])
    assert totals(campaign, "S") == {"found": 1, "done": 1, "people": 3, "people_due": 3}


def test_a_visit_recorded_before_the_end_counts_after_it() -> None:
    home, other = a_household(), a_household()
    campaign = a_campaign()
    actions.close_campaign(campaign=campaign.id, reason="全部走完", by=ZHANG, at=NOW + timedelta(minutes=30))
    late = [a_visit(campaign, home, minutes=10), a_visit(campaign, other, minutes=40)]
    assert fates(hand_in(late, at=NOW + timedelta(days=2))) == ["stored", "stored"]
    assert totals(campaign)["done"] == 2
    with refused("campaigns.closed_already"):
        actions.close_campaign(campaign=campaign.id, reason="再关一次", by=ZHANG, at=NOW)


def test_a_visit_for_a_campaign_nobody_has_heard_of_waits() -> None:
    home = a_household()
    campaign = a_campaign()
    visit = a_visit(campaign, home)
    visit["body"]["task"]["campaign"] = str(new_id())
    assert fates(hand_in([visit])) == ["held"]
    assert totals(campaign) == {"listed": 1, "untouched": 1, "remaining": 1, "people_due": 3}


def test_the_curve_shows_households_and_people_by_the_hour_they_were_first_met() -> None:
    homes = [a_household() for _ in range(3)]
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, minutes=40 * n, people=n + 1) for n, home in enumerate(homes)])
    curve = queries.curve(campaign=campaign.id, area=town.id_of("S"), on=TODAY)
    assert [(c.hour, c.households, c.people) for c in curve] == [(16, 2, 3), (17, 1, 3)]


def test_a_campaign_needs_an_incident_that_covers_its_area() -> None:
    incident = village.an_incident(area="C1")
    with refused("campaigns.incident_not_open_here"):
        a_campaign(area="C2", incident=incident)
    assert queries.campaigns() == []


def test_phones_get_every_task_of_the_opening_though_it_is_one_position() -> None:
    homes = {a_household() for _ in range(5)}
    campaign = a_campaign()
    ask = {"grids": [town.id_of("G1")], "limit": 2, "campaigns": [campaign.id]}
    first = queries.task_documents(after_position=0, **ask)  # type: ignore[arg-type]
    assert {t.target for t in first} == homes
    assert queries.task_documents(after_position=first[-1].position, **ask) == []  # type: ignore[arg-type]
    hand_in([a_visit(campaign, next(iter(homes)))])
    changed = queries.task_documents(after_position=first[-1].position, **ask)  # type: ignore[arg-type]
    assert [t.state for t in changed] == [TaskState.DONE]


def test_phones_get_open_campaigns_of_their_grids_with_the_questions() -> None:
    a_household("G1"), a_household("G3")
    campaign = a_campaign(area="C1")
    (document,) = queries.open_campaigns(areas=[town.id_of("G1")], at=NOW)
    assert (document.id, document.drill, document.listed) == (campaign.id, True, 1)
    assert document.form.questions
    assert queries.open_campaigns(areas=[town.id_of("G3")], at=NOW) == []
    assert queries.open_campaigns(areas=[town.id_of("G1")], at=NOW + timedelta(days=1)) == []


def test_a_roster_loaded_while_a_campaign_runs_brings_its_households_along() -> None:
    a_household("G1")
    campaign = a_campaign(area="C1")
    a_roster(HouseholdId(new_id()), HouseholdId(new_id()))
    a_roster(HouseholdId(new_id()), grid="G3")
    assert totals(campaign) == {"listed": 1, "found": 2, "untouched": 3, "remaining": 3, "people_due": 7}


def test_a_roster_loaded_after_its_last_day_does_not() -> None:
    campaign = a_campaign()
    actions.close_campaign(campaign=campaign.id, reason="走完了", by=ZHANG, at=NOW - timedelta(days=1))
    a_roster(HouseholdId(new_id()))
    assert totals(campaign) == {}


def test_a_roster_taken_back_takes_along_whom_nobody_has_been_to_see() -> None:
    seen, unseen = HouseholdId(new_id()), HouseholdId(new_id())
    roster = a_roster(seen, unseen)
    campaign = a_campaign()
    hand_in([a_visit(campaign, seen)])
    before = queries.task_documents(grids=[town.id_of("G1")], after_position=0, limit=9, campaigns=[campaign.id])
    undo(roster)
    assert {t.target for t in before} == {seen, unseen}
    assert totals(campaign) == {"listed": 1, "done": 1, "people": 3, "people_due": 2}
    assert ledger.rebuild_differs() == []


def test_a_campaign_may_be_about_the_old_only() -> None:
    a_household("G1")
    a_roster(HouseholdId(new_id()))
    old = TargetDefinition(areas=(town.id_of("C1"),), households=Targeted.WITH_AGE_FROM, years=60)
    campaign = a_campaign(target=old)
    assert totals(campaign) == {"listed": 1, "untouched": 1, "remaining": 1, "people_due": 2}
    newcomer = a_household("G2")
    assert totals(campaign)["listed"] == 1 and "found" not in totals(campaign)
    hand_in([a_visit(campaign, newcomer)])
    assert totals(campaign)["found"] == 1


def test_a_campaign_is_about_places_inside_its_own_area() -> None:
    with refused("campaigns.target_outside_its_area"):
        a_campaign(area="C1", target=TargetDefinition(areas=(town.id_of("C2"),)))
    assert queries.campaigns() == []


def struck_from_the_register(home: HouseholdId, *, minutes: int = 0, **more: object) -> dict[str, object]:
    body = {"household": home, "change": "struck", "reason": "moved_away", **more}
    return village.a_record("registry.household_changed.v1", body, minutes=minutes)


def test_a_household_struck_from_the_register_is_struck_from_the_campaign() -> None:
    home = a_household()
    campaign = a_campaign()
    assert fates(hand_in([struck_from_the_register(home)])) == ["stored"]
    assert totals(campaign) == {"listed": 1, "struck": 1}


def test_a_strike_that_belongs_to_a_visit_is_said_by_the_visit() -> None:
    home = a_household()
    campaign = a_campaign()
    visit = a_visit(campaign, home, Outcome.MOVED_AWAY)
    hand_in([visit, struck_from_the_register(home, parent=visit["id"])])
    hand_in([a_correction(campaign, home, Outcome.NOBODY_HOME, entry=visit["id"])])
    assert totals(campaign)["attempted"] == 1


def test_a_strike_from_the_register_makes_no_task_but_waits_for_one() -> None:
    campaign = a_campaign(area="C1")
    home = a_household("G3")
    hand_in([struck_from_the_register(home, minutes=5)])
    assert totals(campaign) == {}
    elsewhere = a_household("G1")
    assert queries.task_state(campaign=campaign.id, target=elsewhere) is not None
    hand_in([struck_from_the_register(elsewhere)])
    assert totals(campaign) == {"found": 1, "struck": 1}


def test_a_rebuild_gives_the_same_tables() -> None:
    homes = [a_household() for _ in range(3)]
    campaign = a_campaign()
    home = HouseholdId(new_id())
    strike = a_visit(campaign, homes[0], Outcome.VACANT)
    hand_in([strike, a_visit(campaign, homes[1]), a_visit(campaign, home)])
    hand_in([village.a_record("registry.household_found.v1", found(home))])
    hand_in([a_correction(campaign, homes[0], Outcome.DONE, entry=strike["id"], people=2), a_visit(campaign, homes[1])])
    actions.close_campaign(campaign=campaign.id, reason="结束", by=ZHANG, at=NOW)
    assert ledger.rebuild_differs() == []
    assert totals(campaign)["done"] == 3


class AnyOrder(TestCase):
    """Whatever order, repetition, splitting and lateness: the same table, the same tallies."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(seed=st.integers(0, 10**9))
    def test_any_order_repetition_split_and_lateness_gives_the_same_table_and_tallies(self, seed: int) -> None:
        town.load()
        rng = random.Random(seed)
        homes = [a_household(rng.choice(["G1", "G2", "G3"])) for _ in range(4)]
        newcomer = HouseholdId(new_id())
        campaign = a_campaign()
        records = [village.a_record("registry.household_found.v1", found(newcomer, "G2"))]
        for n in range(12):
            home = rng.choice([*homes, newcomer])
            records.append(self.something_said(campaign, home, records, n, rng))
        results = []
        for _ in range(2):
            with transaction.atomic():
                self.deliver(records, rng)
                results.append((village.tasks(), village.tallies()))
                transaction.set_rollback(True)
        assert results[0] == results[1]
        assert results[0][0][newcomer][0] == Origin.FOUND

    def something_said(self, campaign, home, records, n, rng):  # type: ignore[no-untyped-def]
        earlier = [r for r in records if r["body"].get("task", {}).get("target") == str(home)]
        outcome = rng.choice(list(Outcome))
        minutes, people = rng.randrange(180), rng.randrange(6)
        if earlier and rng.random() < 0.3:
            entry = rng.choice(earlier)["id"]
            return a_correction(campaign, home, outcome, entry=entry, minutes=minutes, people=people)
        return a_visit(campaign, home, outcome, minutes=minutes, people=people)

    def deliver(self, records, rng):  # type: ignore[no-untyped-def]
        """Shuffled, with repeats, in batches of any size, some of them days late."""
        sendings = [*records, *rng.sample(records, 4)]
        rng.shuffle(sendings)
        while sendings:
            size = rng.randrange(1, 6)
            batch, sendings = sendings[:size], sendings[size:]
            hand_in(batch, at=NOW + timedelta(hours=3, days=rng.randrange(4)))


def test_who_refuses_twice_is_counted_apart_and_left_alone() -> None:
    home, other = a_household(), a_household()
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, Outcome.REFUSED), a_visit(campaign, other, Outcome.REFUSED)])
    hand_in([a_visit(campaign, home, Outcome.REFUSED, minutes=30)])
    counts = queries.remaining_counts(campaign=campaign.id, grid=town.id_of("G1"))
    assert (counts.refused, counts.closed) == (1, 1)
    assert totals(campaign) == {"listed": 2, "attempted": 2, "remaining": 2, "people_due": 6}
    standing = queries.remaining_tasks(campaign=campaign.id, grid=town.id_of("G1"))[home]
    assert (standing.attempts, standing.refusals) == (2, 2)


def test_a_policy_holds_from_the_moment_it_is_declared() -> None:
    strict = AttemptPolicy(hours_between=24)
    campaign = a_campaign(attempts=AttemptPolicy(notice_at=2))
    later = NOW + timedelta(hours=2)
    changed = actions.set_attempts(campaign=campaign.id, policy=strict, reason="太频繁", by=ZHANG, at=later)
    assert queries.attempts_of(changed, NOW) == AttemptPolicy(notice_at=2)
    assert queries.attempts_of(changed, later) == strict
    [document] = queries.open_campaigns(areas=[town.id_of("G1")], at=later)
    assert document.attempts == strict


def test_of_a_closed_campaign_no_policy_is_declared() -> None:
    campaign = a_campaign()
    actions.close_campaign(campaign=campaign.id, reason="走完了", by=ZHANG, at=NOW)
    before = entries.head()
    with refused("campaigns.closed_already"):
        actions.set_attempts(campaign=campaign.id, policy=AttemptPolicy(), reason="晚一点", by=ZHANG, at=NOW)
    assert entries.head() == before
