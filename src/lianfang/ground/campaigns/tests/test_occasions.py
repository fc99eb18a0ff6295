"""A campaign that begins anew: each occasion is a list of its own, made on its day, and counts by itself."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.campaigns import actions, occasion_queries, occasions, queries
from lianfang.ground.campaigns.occasions import Every, Recurrence
from lianfang.ground.campaigns.terms import CampaignRef, MeantPeople, Outcome
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
    an_incident,
    fates,
    found,
    hand_in,
    undo,
)
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.tests.test_rules import refused
from lianfang.ground.registry.terms import TargetDefinition, Targeted
from lianfang.ground.territory.tests import town

VECTORS = msgspec.json.decode((Path(__file__).parents[1] / "vectors.json").read_bytes())
DAY = timedelta(days=1)
DAILY = Recurrence(Every.DAILY)


@pytest.mark.parametrize("case", VECTORS["occasions"], ids=lambda case: case["name"])
def test_to_which_occasion_a_day_belongs(case: dict[str, Any]) -> None:
    recurs = msgspec.convert(case["recurs"], Recurrence)
    days = {name: date.fromisoformat(case[name]) for name in ("starts_on", "ends_on", "day")}
    begun, follows = occasions.occasion_on(recurs, **days), occasions.next_occasion(recurs, **days)
    assert (begun.occasion if begun else None) == case["occasion"]
    assert (begun.ends_on.isoformat() if begun else None) == case["until"]
    assert (follows.isoformat() if follows else None) == case["next"]


def test_occasions_follow_each_other_without_a_gap() -> None:
    for recurs in (DAILY, Recurrence(Every.WEEKLY, 3)):
        found = list(occasions.occasions(recurs, starts_on=TODAY, ends_on=TODAY + 40 * DAY))
        assert [one.begins_on for one in found[1:]] == [one.ends_on + DAY for one in found[:-1]]
        assert found[-1].ends_on == TODAY + 40 * DAY


def test_what_no_campaign_can_be() -> None:
    days = {"starts_on": date(2021, 12, 6), "ends_on": date(2021, 12, 8)}
    with refused("campaigns.weekday_missing"):
        occasions.check(Recurrence(Every.WEEKLY), **days)
    with refused("campaigns.weekday_missing"):
        occasions.check(Recurrence(Every.DAILY, 2), **days)
    with refused("campaigns.no_occasion_in_its_days"):
        occasions.check(Recurrence(Every.WEEKLY, 7), **days)
    with refused("campaigns.too_many_occasions"):
        occasions.check(DAILY, starts_on=TODAY, ends_on=TODAY + 400 * DAY)


# --- in the ledger ---------------------------------------------------------------------------------------------------


@pytest.fixture
def _town(db: None) -> None:
    town.load()


def a_daily(*, days: int = 3, **more: Any) -> CampaignRef:
    return a_campaign(ends_on=TODAY + days * DAY, recurs=DAILY, **more)


def the_next_day(*, days: int = 1) -> datetime:
    at = NOW + days * DAY
    actions.begin_occasions(at=at)
    return at


def on(campaign: CampaignRef, days: int) -> CampaignRef:
    """The campaign as a phone has it on that day."""
    return msgspec.structs.replace(campaign, occasion=(TODAY + days * DAY).isoformat())


def totals(campaign: CampaignRef, days: int | None = None, area: str = "S") -> dict[str, int]:
    occasion = None if days is None else (TODAY + days * DAY).isoformat()
    sums = queries.totals(campaign=campaign.id, area=town.id_of(area), occasion=occasion)
    names = ("listed", "found", "struck", "done", "attempted", "remaining", "people")
    return {name: getattr(sums, name) for name in names if getattr(sums, name)}


pytestmark = pytest.mark.usefixtures("_town")


def test_each_day_every_household_is_due_again() -> None:
    home, _ = a_household(), a_household()
    campaign = a_daily()
    hand_in([a_visit(campaign, home)])
    assert totals(campaign) == {"listed": 2, "done": 1, "remaining": 1, "people": 3}
    the_next_day()
    assert totals(campaign) == {"listed": 2, "remaining": 2}
    assert totals(campaign, 0) == {"listed": 2, "done": 1, "remaining": 1, "people": 3}


def test_nothing_is_written_for_days_to_come_nor_twice() -> None:
    a_household()
    campaign = a_daily()
    assert [one.occasion for one in queries.campaign(id=campaign.id).begun] == [TODAY.isoformat()]
    assert totals(campaign, 1) == {}
    the_next_day(), the_next_day()
    assert totals(campaign, 1) == {"listed": 1, "remaining": 1}


def test_a_list_is_the_register_s_of_its_day() -> None:
    a_household()
    campaign = a_daily()
    a_household(at=NOW + timedelta(hours=1))
    assert totals(campaign) == {"listed": 1, "found": 1, "remaining": 2}
    the_next_day()
    assert totals(campaign) == {"listed": 2, "remaining": 2}


def test_days_on_which_no_server_ran_are_made_up_for_in_their_order() -> None:
    a_household()
    campaign = a_daily(days=2)
    the_next_day(days=9)
    begun = [one.occasion for one in queries.campaign(id=campaign.id).begun]
    assert begun == [(TODAY + n * DAY).isoformat() for n in range(3)]
    assert [totals(campaign, n) for n in range(3)] == [{"listed": 1, "remaining": 1}] * 3


def test_a_closed_campaign_begins_no_more() -> None:
    campaign = a_daily()
    actions.close_campaign(campaign=campaign.id, reason="改为专项检查", by=ZHANG, at=NOW)
    the_next_day()
    assert len(queries.campaign(id=campaign.id).begun) == 1


def test_none_begins_after_its_incident_was_closed() -> None:
    campaign = a_daily()
    assert campaign.incident is not None
    posture.close_incident(incident=campaign.incident, reason="演练结束", by=LI, at=NOW + timedelta(hours=1))
    the_next_day()
    assert len(queries.campaign(id=campaign.id).begun) == 1


def test_one_that_begins_next_week_has_no_list_yet() -> None:
    a_household()
    weekday = (TODAY + 2 * DAY).isoweekday()
    campaign = a_campaign(ends_on=TODAY + 6 * DAY, recurs=Recurrence(Every.WEEKLY, weekday))
    assert (totals(campaign), campaign.occasion_on(TODAY)) == ({}, None)
    the_next_day(days=2)
    assert totals(campaign) == {"listed": 1, "remaining": 1}


def test_a_late_record_counts_in_the_occasion_it_was_made_for_and_is_said_to_be_late() -> None:
    home = a_household()
    campaign = a_daily()
    at = the_next_day()
    assert fates(hand_in([a_visit(campaign, home)], at=at + timedelta(hours=3))) == ["stored"]
    assert totals(campaign, 0) == {"listed": 1, "done": 1, "people": 3}
    assert totals(campaign, 1) == {"listed": 1, "remaining": 1}
    running, past = occasion_queries.occasions_seen(
        campaign=queries.campaign(id=campaign.id), area=town.id_of("G1"), at=at
    )
    assert (running.running, running.late) == (True, 0)
    assert (past.running, past.late, past.totals.done) == (False, 1, 1)


def test_a_visit_heard_of_before_its_occasion_began_is_of_a_listed_household() -> None:
    home = a_household(people=4)
    campaign = a_daily()
    visit = a_visit(on(campaign, 1), home, minutes=24 * 60)
    hand_in([visit], at=NOW + DAY + timedelta(hours=1))
    assert totals(campaign, 1) == {"found": 1, "done": 1, "people": 3}
    the_next_day()
    assert totals(campaign, 1) == {"listed": 1, "done": 1, "people": 3}


def test_the_order_in_which_occasions_are_heard_of_changes_nothing() -> None:
    homes = [a_household() for _ in range(3)]
    campaign = a_daily()
    the_next_day()
    visits = [a_visit(on(campaign, day), home, minutes=day * 1440) for day in (0, 1) for home in homes[: 2 - day]]
    hand_in(reversed(visits), at=NOW + DAY + timedelta(hours=3))
    before = village.tallies_by_count()
    assert totals(campaign, 0)["done"] == 2
    assert totals(campaign, 1)["done"] == 1
    hand_in(visits, at=NOW + DAY + timedelta(hours=4))
    assert village.tallies_by_count() == before


def test_an_occasion_no_campaign_has_is_held() -> None:
    home, campaign = a_household(), a_daily()
    far = msgspec.structs.replace(campaign, occasion="2031-01-01")
    assert fates(hand_in([a_visit(far, home)])) == ["held"]


def test_a_correction_goes_to_the_occasion_of_what_it_corrects() -> None:
    home = a_household()
    campaign = a_daily()
    visit = a_visit(campaign, home)
    hand_in([visit])
    the_next_day()
    hand_in([a_correction(campaign, home, Outcome.NOBODY_HOME, entry=visit["id"], minutes=5)], at=NOW + DAY)
    assert totals(campaign, 0) == {"listed": 1, "attempted": 1, "remaining": 1}
    assert totals(campaign, 1) == {"listed": 1, "remaining": 1}


def test_the_remainder_of_a_past_occasion_keeps_its_names() -> None:
    home, other = a_household(), a_household()
    campaign = a_daily()
    hand_in([a_visit(campaign, home)])
    the_next_day()
    grid = town.id_of("G1")
    assert set(queries.remaining_tasks(campaign=campaign.id, grid=grid, occasion=campaign.occasion)) == {other}
    assert set(queries.remaining_tasks(campaign=campaign.id, grid=grid)) == {home, other}


def test_phones_carry_the_occasion_of_today_only() -> None:
    home = a_household()
    campaign = a_daily()
    at = the_next_day()
    document = next(iter(queries.open_campaigns(areas=[town.id_of("G1")], at=at)))
    told = queries.task_documents(grids=[town.id_of("G1")], after_position=0, limit=100, campaigns=[campaign.id])
    assert (document.occasion, document.recurs, document.listed) == ((TODAY + DAY).isoformat(), DAILY, 1)
    assert [(task.target, task.occasion) for task in told] == [(home, document.occasion)]


def test_a_phone_is_told_whom_of_a_household_a_campaign_is_about() -> None:
    a_roster(town.id_of("G2"))
    whom = TargetDefinition((town.id_of("S"),), Targeted.WITH_AGE_FROM, 70, alone_from=60)
    a_campaign(target=whom)
    (document,) = queries.open_campaigns(areas=[town.id_of("G1")], at=NOW)
    assert document.meant == MeantPeople(from_years=70, alone_from=60)
    assert (document.listed, a_daily().meant) == (1, None)


def test_a_household_found_late_joins_its_occasion_and_those_begun_since() -> None:
    campaign = a_daily()
    the_next_day()
    new = village.a_record("registry.household_found.v1", found(town.id_of("G1"), people=2))
    hand_in([new], at=NOW + DAY)
    assert (totals(campaign, 0), totals(campaign, 1)) == ({"found": 1, "remaining": 1},) * 2


def test_a_roster_taken_back_leaves_every_occasion() -> None:
    campaign = a_daily()
    roster = a_roster(town.id_of("G2"))
    the_next_day()
    undo(roster)
    assert (totals(campaign, 0), totals(campaign, 1)) == ({}, {})


def test_rebuilt_from_the_ledger_the_occasions_are_what_they_were() -> None:
    home = a_household()
    campaign = a_daily()
    at = the_next_day()
    hand_in([a_visit(campaign, home), a_visit(on(campaign, 1), home, minutes=1500)], at=at + timedelta(hours=2))
    before = village.tallies_by_count()
    ledger.rebuild()
    assert village.tallies_by_count() == before


def test_a_report_tells_of_the_occasion_of_its_day() -> None:
    a_household()
    campaign = a_daily(incident=an_incident())
    at = the_next_day()
    source = queries.SOURCES[0]
    (subject,) = source.on(town.id_of("S"), TODAY, at)
    (later,) = source.on(town.id_of("S"), TODAY + DAY, at)
    assert subject.id != later.id
    assert subject.title_zh.endswith(TODAY.isoformat())
    assert source.find(subject.id) == subject
    assert sum(one.counts["listed"] for one in source.counted(subject.id, 10**6)) == 1
    assert campaign.id not in (subject.id, later.id)
