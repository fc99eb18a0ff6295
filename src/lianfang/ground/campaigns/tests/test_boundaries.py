"""Grids are split, merged and moved while a sweep runs: no task is lost, and no count leaves the day and place where it
was made.
"""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.campaigns import actions, queries
from lianfang.ground.campaigns.models import Task
from lianfang.ground.campaigns.terms import Outcome, TaskState
from lianfang.ground.campaigns.tests import village
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    TODAY,
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
from lianfang.ground.registry import actions as registry
from lianfang.ground.registry import redrawing
from lianfang.ground.registry.terms import GridPart, RedrawPlan
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import AreaKind, Node, Part
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + DAY
TOMORROW = TODAY + DAY


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def split(grid: str = "G1", *doors: str, end: bool = False, at: Any = LATER, **part: Any) -> RedrawPlan:
    """Doors of a grid go to a new one, G1b."""
    new = GridPart(name="新网格", code=f"{grid}b", doors=doors, **part)
    return registry.redraw(grid=town.id_of(grid), parts=[new], end=end, by=THE_HOUSE, at=at)


def merge(grid: str, into: str, *, at: Any = LATER) -> None:
    parts = [GridPart(grid=town.id_of(into, on=TOMORROW), rest=True)]
    registry.redraw(grid=town.id_of(grid, on=TOMORROW), parts=parts, end=True, by=THE_HOUSE, at=at)


def homes(*grids: str) -> list[HouseholdId]:
    """Households behind 1幢1单元1, 2, 3 …"""
    return [a_household(grid, id=UUID(int=n)) for n, grid in enumerate(grids, 1)]


def counted(campaign: Any, area: str) -> dict[str, int]:
    totals = queries.totals(campaign=campaign.id, area=town.id_of(area, on=TOMORROW))
    names = ("listed", "found", "struck", "done", "attempted", "untouched", "remaining", "people", "people_due")
    return {name: getattr(totals, name) for name in names if getattr(totals, name)}


def kept(tallies: dict[tuple[Any, ...], int]) -> dict[tuple[Any, ...], int]:
    """Counts of days before the boundaries moved."""
    return {key: count for key, count in tallies.items() if key[2] <= TODAY}


def test_open_tasks_follow_their_households_and_finished_ones_stay_where_they_were_counted() -> None:
    done, tried, untouched, elsewhere = homes("G1", "G1", "G1", "G1")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    hand_in([a_visit(campaign, done, people=4), a_visit(campaign, tried, Outcome.NOBODY_HOME)])
    before = village.tallies()
    split("G1", "1幢1单元1室", "1幢1单元2室", "1幢1单元3室")
    assert counted(campaign, "G1") == {
        "listed": 2, "done": 1, "untouched": 1, "remaining": 1, "people": 4, "people_due": 6,
    }  # fmt: skip
    assert counted(campaign, "G1b") == {
        "listed": 2, "attempted": 1, "untouched": 1, "remaining": 2, "people_due": 6,
    }  # fmt: skip
    assert kept(village.tallies()) == before
    grids = dict(Task.objects.values_list("target_id", "grid_id"))
    assert [grids[id] for id in (done, tried, untouched, elsewhere)] == [town.id_of("G1b", on=TOMORROW)] * 3 + [
        town.id_of("G1")
    ]
    assert ledger.rebuild_differs() == []


def test_a_late_visit_lands_where_the_household_is_now_and_past_tallies_stay() -> None:
    home, other = homes("G1", "G1")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    hand_in([a_visit(campaign, other)])
    before = village.tallies()
    split("G1", "1幢1单元1室")
    hand_in([a_visit(campaign, home, people=2)], at=LATER + timedelta(hours=1))  # made before the split
    assert counted(campaign, "G1b") == {"listed": 1, "done": 1, "people": 2, "people_due": 3}
    assert counted(campaign, "G1") == {"listed": 1, "done": 1, "people": 3, "people_due": 3}
    old, new = town.id_of("G1"), town.id_of("G1b", on=TOMORROW)
    after = village.tallies()
    assert {k: n for k, n in kept(after).items() if k[1] == old} == {k: n for k, n in before.items() if k[1] == old}
    assert after["Tally", new, TODAY, "done"] == 1
    assert ledger.rebuild_differs() == []


def test_a_phone_that_did_not_know_may_still_record_for_three_days() -> None:
    home, *_ = homes("G1")
    campaign = a_campaign(ends_on=TODAY + 6 * DAY)
    old = a_phone_of("G1")
    split("G1", "1幢1单元1室", at=NOW)
    soon, late = a_visit(campaign, home, minutes=60 * 71), a_visit(campaign, home, minutes=60 * 73)
    assert [fates_of(old, record, at=NOW + 4 * DAY) for record in (soon, late)] == ["stored", "held"]


def a_phone_of(grid: str) -> Any:
    return village.Sender(LI.account, village.DeviceId(new_id()), frozenset([town.id_of(grid)]))  # type: ignore[arg-type]


def fates_of(phone: Any, record: dict[str, Any], *, at: Any) -> str:
    return ledger.hand_in([msgspec.json.encode(record)], sender=phone, received_at=at).receipts[0].fate


def test_a_household_found_by_whoever_did_not_know_goes_where_its_door_went() -> None:
    homes("G1")
    campaign = a_campaign(ends_on=TODAY + 6 * DAY)
    phone, late = a_phone_of("G1"), found(UUID(int=7), "G1")
    split("G1", "1幢1单元7室", at=NOW + timedelta(minutes=1))
    record = village.a_record("registry.household_found.v1", late)
    assert fates_of(phone, record, at=NOW + timedelta(hours=1)) == "stored"
    assert counted(campaign, "G1b")["found"] == 1


def test_a_grid_that_is_merged_takes_its_tasks_along_and_is_no_more() -> None:
    first, second = homes("G1", "G2")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    hand_in([a_visit(campaign, first)])
    village.a_household("G2", id=UUID(int=9))
    merge("G2", "G1")
    assert [a.code for a in areas.grids_under(town.id_of("C1"), TOMORROW)] == ["G1"]
    assert counted(campaign, "G1") == {
        "listed": 2, "found": 1, "done": 1, "untouched": 2, "remaining": 2, "people": 3, "people_due": 9,
    }  # fmt: skip
    late = village.a_record("registry.household_found.v1", found(UUID(int=11), "G2"))
    assert fates(hand_in([late], at=LATER + timedelta(hours=1))) == ["stored"]
    assert counted(campaign, "G1")["found"] == 2, "found in a grid that is no more"
    hand_in([a_visit(campaign, second)], at=LATER + timedelta(hours=2))
    assert counted(campaign, "G1")["done"] == 2
    assert ledger.rebuild_differs() == []


def test_buildings_of_the_tree_go_along_with_their_households() -> None:
    building, entrance = town.id_of("B1"), town.id_of("U1")
    with ledger.turn(by=THE_HOUSE, at=NOW) as turn:
        at_home = msgspec.structs.replace(found(UUID(int=1)), area=entrance)
        turn.append("registry.household_found.v1", at_home)
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    part = GridPart(name="新网格", code="G1b", areas=(building,))
    looked = registry_plan("G1", part)
    assert [(p.dwellings, p.households, p.people) for p in looked.parts] == [(0, 0, 0), (1, 1, 3)] and not looked.done
    assert [a.code for a in areas.grids_under(town.id_of("C1"), TOMORROW)] == ["G1", "G2"], "a look changes nothing"
    registry.redraw(grid=town.id_of("G1"), parts=[part], by=THE_HOUSE, at=LATER)
    assert areas.grid_of(entrance, TOMORROW) == town.id_of("G1b", on=TOMORROW)
    assert areas.grid_of(entrance, TODAY) == town.id_of("G1")
    assert counted(campaign, "G1b")["remaining"] == 1
    merge("G1b", "G2", at=LATER + DAY)
    assert areas.grid_of(building, TOMORROW + DAY) == town.id_of("G2")
    assert registry.follow_buildings(by=THE_HOUSE, at=LATER + DAY) == 0, "nobody was left behind"
    assert ledger.rebuild_differs() == []


def registry_plan(grid: str, *parts: GridPart) -> RedrawPlan:
    return redrawing.plan(grid=town.id_of(grid), parts=parts, on=TOMORROW)


def test_a_grid_that_moves_to_another_community_takes_its_open_tasks_along() -> None:
    done, open_, stays = homes("G1", "G1", "G2")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    hand_in([a_visit(campaign, done)])
    before = village.tallies()
    territory.change_area(area=town.id_of("G1"), parent=town.id_of("C2"), on=TOMORROW, by=THE_HOUSE, at=LATER)
    assert kept(village.tallies()) == before
    assert counted(campaign, "C1") == {
        "listed": 2, "done": 1, "untouched": 1, "remaining": 1, "people": 3, "people_due": 6,
    }  # fmt: skip
    assert counted(campaign, "C2") == {"listed": 1, "untouched": 1, "remaining": 1, "people_due": 3}
    hand_in([a_visit(campaign, open_), a_visit(campaign, stays)], at=LATER + timedelta(hours=1))
    assert counted(campaign, "C1") == {"listed": 2, "done": 2, "people": 6, "people_due": 6}
    assert counted(campaign, "C2") == {"listed": 1, "done": 1, "people": 3, "people_due": 3}
    assert counted(campaign, "S") == {"listed": 3, "done": 3, "people": 9, "people_due": 9}
    assert ledger.rebuild_differs() == []


def test_a_community_is_split_and_another_merged_with_a_campaign_of_its_own() -> None:
    _, second = homes("G1", "G2")
    campaign = a_campaign(area="C1", ends_on=TODAY + 3 * DAY)
    node = Node(id=new_id(), kind=AreaKind.COMMUNITY, name="新明镜", code="C1b", parent=town.id_of("P1"))
    part = Part(node, (town.id_of("G2"),))
    territory.split_area(area=town.id_of("C1"), parts=[part], on=TOMORROW, by=THE_HOUSE, at=LATER, reason=None)
    (there,) = queries.open_campaigns(areas=[town.id_of("G2")], at=LATER)
    assert there.id == campaign.id, "phones of the new community go on with it"
    late = village.a_record("registry.household_found.v1", found(UUID(int=5), "G2"), minutes=60 * 25)
    hand_in([late, a_visit(campaign, second, minutes=60 * 25)], at=LATER + timedelta(hours=2))
    assert counted(campaign, "C1b") == {
        "listed": 1, "found": 1, "done": 1, "untouched": 1, "remaining": 1, "people": 3, "people_due": 6,
    }  # fmt: skip
    into = town.id_of("C1")
    territory.merge_areas(
        areas=[AreaId(node.id)], into=into, on=TOMORROW + DAY, by=THE_HOUSE, at=LATER + DAY, reason=None
    )
    assert counted(campaign, "C1")["remaining"] == 2
    assert ledger.rebuild_differs() == []


def test_todays_boundaries_are_a_recount_beside_the_kept_figures() -> None:
    done, *_ = homes("G1", "G1", "G1")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    hand_in([a_visit(campaign, done)])
    split("G1", "1幢1单元1室")
    assert [counted(campaign, grid).get("done") for grid in ("G1", "G1b")] == [1, None]
    again = queries.recount(campaign=campaign.id, area=town.id_of("C1"), on=TOMORROW)
    named = {areas.area(row.area).code: (row.totals.listed, row.totals.done) for row in again.rows}
    assert named == {"G1": (2, 0), "G2": (0, 0), "G1b": (1, 1)}
    assert again.totals == queries.totals(campaign=campaign.id, area=town.id_of("C1"))


def test_a_campaign_that_is_over_keeps_its_tasks_where_they_were() -> None:
    homes("G1")
    campaign = a_campaign()
    before = village.tallies()
    split("G1", "1幢1单元1室")
    assert village.tallies() == before
    again = queries.recount(campaign=campaign.id, area=town.id_of("G1b", on=TOMORROW), on=TOMORROW)
    assert again.totals.listed == 1, "but today's boundaries can be asked for"


def test_a_correction_is_counted_where_it_was_and_what_reopens_where_it_is() -> None:
    home, wrong = homes("G1", "G1")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    visit, other = a_visit(campaign, home, people=2), a_visit(campaign, wrong)
    hand_in([visit, other])
    split("G1", "1幢1单元1室", "1幢1单元2室")
    hand_in([a_correction(campaign, home, Outcome.DONE, entry=visit["id"], people=5)], at=LATER)
    assert counted(campaign, "G1") == {"listed": 2, "done": 2, "people": 8, "people_due": 6}
    hand_in([a_correction(campaign, wrong, Outcome.NOBODY_HOME, entry=other["id"])], at=LATER)
    assert counted(campaign, "G1") == {"listed": 1, "done": 1, "people": 5, "people_due": 3}
    assert counted(campaign, "G1b") == {"listed": 1, "attempted": 1, "remaining": 1, "people_due": 3}
    assert len(queries.remaining_tasks(campaign=campaign.id, grid=town.id_of("G1b", on=TOMORROW))) == 1
    assert ledger.rebuild_differs() == []


def test_a_roster_taken_back_leaves_the_tasks_of_a_split_grid_alone() -> None:
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    stays, gone = HouseholdId(new_id()), HouseholdId(new_id())
    a_roster(stays)
    later = a_roster(gone, grid="G2")
    split("G1", "2幢")
    undo(later)
    assert set(Task.objects.values_list("target_id", flat=True)) == {stays}
    assert counted(campaign, "S") == {"found": 1, "untouched": 1, "remaining": 1, "people_due": 2}
    assert ledger.rebuild_differs() == []


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("registry.parts_unusable", {"parts": []}),
        ("registry.part_without_a_name", {"parts": [GridPart(rest=True)]}),
        ("registry.door_list_unreadable", {"parts": [GridPart(name="新", doors=("6-1幢",))]}),
        ("registry.doors_left_over", {"parts": [GridPart(name="新", doors=("9幢",))], "end": True}),
        ("registry.door_in_two_parts", {"parts": [GridPart(name=n, doors=("1幢",)) for n in "甲乙"]}),
        ("registry.area_not_to_be_given", {"parts": [GridPart(name="新", areas=(UUID(int=3),))]}),  # type: ignore[arg-type]
    ],
)
def test_a_boundary_that_makes_no_sense_is_refused_and_changes_nothing(code: str, ask: dict[str, Any]) -> None:
    homes("G1")
    with pytest.raises(Problem, match=code.replace(".", r"\.")):
        registry.redraw(grid=town.id_of("G1"), by=THE_HOUSE, at=LATER, **ask)
    assert len(areas.grids_under(town.id_of("S"), TOMORROW)) == 3


def test_a_grid_with_doors_does_not_simply_end() -> None:
    homes("G2")
    with pytest.raises(Problem, match=r"territory\.grid_with_households"):
        registry.end_area(area=town.id_of("G2"), on=TOMORROW, into=[], by=THE_HOUSE, at=LATER)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_remainder_by_count_is_the_remainder_by_name(seed: int) -> None:
    """Visits, corrections, splits, mergers and moves in any order: at every grid sums and lists agree."""
    dice = random.Random(seed)
    lot = homes(*dice.choices(["G1", "G2", "G3"], k=9))
    campaign = a_campaign(ends_on=TODAY + 6 * DAY)
    visits: list[tuple[HouseholdId, dict[str, Any]]] = []
    for step in range(14):
        at = NOW + timedelta(hours=7 * step + 1)
        _something_happens(dice, lot, campaign, visits, at)
    on = (NOW + 7 * DAY).date()
    grids = areas.grids_under(town.id_of("S"), on)
    by_name = {g.id: len(queries.remaining_tasks(campaign=campaign.id, grid=g.id)) for g in grids}
    by_count = {g.id: queries.totals(campaign=campaign.id, area=g.id).remaining for g in grids}
    assert by_count == by_name
    assert Task.objects.count() == len(lot)
    top = queries.coverage(campaign=campaign.id, area=town.id_of("S"), on=on)
    assert top.totals == queries.recount(campaign=campaign.id, area=town.id_of("S"), on=on).totals
    assert top.totals.remaining == sum(row.totals.remaining for row in top.rows) == sum(by_name.values())
    assert ledger.rebuild_differs() == []


def _something_happens(dice: random.Random, lot: Any, campaign: Any, visits: Any, at: Any) -> None:
    on = at.date()
    grids = areas.grids_under(town.id_of("S"), on)
    what = dice.choice(["visit", "visit", "visit", "correct", "split", "merge", "move"])
    if what == "visit":
        home, outcome = dice.choice(lot), dice.choice([Outcome.DONE, Outcome.NOBODY_HOME, Outcome.VACANT])
        minutes = max(0, int((at - NOW).total_seconds() // 60) - dice.choice([0, 600, 2000]))
        visit = a_visit(campaign, home, outcome, minutes=minutes)
        hand_in([visit], at=at)
        visits.append((home, visit))
    elif what == "correct" and visits:
        home, visit = dice.choice(visits)
        outcome = dice.choice([Outcome.DONE, Outcome.NOBODY_HOME])
        hand_in([a_correction(campaign, home, outcome, entry=visit["id"], minutes=1)], at=at)
    elif what == "split":
        doors = tuple(f"1幢1单元{n}室" for n in dice.sample(range(1, 10), 3))
        part = GridPart(name=f"新{at:%d%H}", doors=doors)
        registry.redraw(grid=dice.choice(grids).id, parts=[part], by=THE_HOUSE, at=at)
    elif what == "merge" and len(grids) > 1:
        one, other = dice.sample(grids, 2)
        if one.valid_from < on and not areas.children(one.id, on):  # type: ignore[operator]
            whole = [GridPart(grid=other.id, rest=True)]
            registry.redraw(grid=one.id, parts=whole, end=True, by=THE_HOUSE, at=at)
    elif what == "move":
        parent = town.id_of(dice.choice(["C1", "C2"]))
        territory.change_area(area=dice.choice(grids).id, parent=parent, on=on, by=THE_HOUSE, at=at)


def test_what_is_struck_stays_struck() -> None:
    (home,) = homes("G1")
    campaign = a_campaign(ends_on=TODAY + 3 * DAY)
    hand_in([a_visit(campaign, home, Outcome.VACANT)])
    split("G1", "1幢")
    assert counted(campaign, "G1") == {"listed": 1, "struck": 1} and counted(campaign, "G1b") == {}
    assert Task.objects.get().state == TaskState.STRUCK
    actions.close_campaign(campaign=campaign.id, reason="完成", by=LI, at=LATER)
