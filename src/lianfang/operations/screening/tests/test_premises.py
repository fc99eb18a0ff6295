"""A campaign goes to shops, schools and buildings: the same engine, counted as 处 and 栋."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from lianfang.foundation.kernel.ids import HouseholdId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.plumbing import clock
from lianfang.ground.access.models import Disclosure
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.models import Tally, Task
from lianfang.ground.campaigns.occasions import Every, Recurrence
from lianfang.ground.campaigns.terms import CampaignRef, Outcome, TaskState, Totals
from lianfang.ground.campaigns.tests.village import (
    NOW,
    TODAY,
    a_campaign,
    a_correction,
    a_household,
    a_record,
    a_visit,
    fates,
    hand_in,
    tallies,
    tasks,
)
from lianfang.ground.forms.terms import Per
from lianfang.ground.forms.tests.builders import a_form, a_question
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.registry import following, redrawing
from lianfang.ground.registry.spots import numbered
from lianfang.ground.registry.terms import GridPart, PlaceKind, TargetDefinition, Targeted, TargetKind
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.terms import AreaKind, Node
from lianfang.ground.territory.tests import town
from lianfang.operations.screening import findings
from lianfang.operations.screening.models import Finding
from lianfang.operations.screening.tests.shops import a_look, a_place, an_inspection

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def _town(db: None) -> Iterator[None]:
    town.load()
    with clock.stopped_at(NOW + timedelta(hours=4)):
        yield


pytestmark = pytest.mark.usefixtures("_town")


def totals(campaign: CampaignRef, area: str = "S") -> Totals:
    return campaigns.totals(campaign=campaign.id, area=town.id_of(area))


def states(campaign: CampaignRef) -> dict[Any, str]:
    rows = Task.objects.filter(campaign_id=campaign.id)
    return dict(rows.values_list("target_id", "state"))


# --- opening ---------------------------------------------------------------------------------------------------------


def test_every_place_of_the_chosen_kinds_is_on_the_list_and_no_home() -> None:
    a_household("G1")
    shop, school = a_place("利民超市"), a_place("育才幼儿园", kind=PlaceKind.SCHOOL)
    assert set(states(an_inspection())) == {shop, school}
    only = an_inspection(TargetKind.PLACES, PlaceKind.SCHOOL)
    assert set(states(only)) == {school}
    assert (totals(only).listed, totals(only).people_due) == (1, 0)


def test_every_building_is_on_the_list_of_a_campaign_over_buildings() -> None:
    a_place("利民超市")
    campaign = an_inspection(TargetKind.BUILDINGS)
    assert set(states(campaign)) == {town.id_of("B1")}
    assert (totals(campaign, "G1").listed, totals(campaign, "G2").listed) == (1, 0)


def test_ages_are_of_people_and_kinds_of_places() -> None:
    here = (town.id_of("S"),)
    wrong = [
        TargetDefinition(here, of=TargetKind.PLACES, households=Targeted.WITH_AGE_FROM, years=60),
        TargetDefinition(here, places=(PlaceKind.SHOP,)),
        TargetDefinition(here, of=TargetKind.BUILDINGS, places=(PlaceKind.SHOP,)),
    ]
    for target in wrong:
        with pytest.raises(Problem, match=r"campaigns\.target_mixed"):
            an_inspection(target=target)


def test_a_form_that_asks_person_by_person_is_for_homes() -> None:
    each = a_form(a_question("ill", per=Per.PERSON, retention="register"), code="each")
    with pytest.raises(Problem, match=r"campaigns\.form_for_homes"):
        an_inspection(form=each)


def test_what_households_were_opened_with_is_written_as_it_always_was() -> None:
    assert msgspec.json.encode(TargetDefinition(())) == b'{"areas":[]}'


# --- visits ----------------------------------------------------------------------------------------------------------


def test_a_visit_counts_once_however_it_arrives() -> None:
    shop = a_place("利民超市")
    campaign = an_inspection()
    looks = [
        a_look(campaign, shop, Outcome.NOBODY_HOME),
        a_look(campaign, shop, exit_blocked=False, minutes=30),
        a_look(campaign, shop, exit_blocked=False, minutes=60),
    ]
    seen = set()
    for order in itertools.permutations(looks):
        hand_in(order)
        seen.add(tuple(sorted(tallies().items())))
    assert (len(seen), totals(campaign).done, totals(campaign).remaining) == (1, 1, 0)


def test_one_that_was_shut_is_called_on_again_and_one_closed_for_good_is_struck() -> None:
    shut, gone = a_place("利民超市"), a_place("老王面馆", kind=PlaceKind.RESTAURANT)
    campaign = an_inspection()
    hand_in([a_look(campaign, shut, Outcome.NOBODY_HOME), a_look(campaign, gone, Outcome.MOVED_AWAY)])
    assert states(campaign) == {shut: TaskState.ATTEMPTED, gone: TaskState.STRUCK}
    sums = totals(campaign)
    assert (sums.listed, sums.struck, sums.due, sums.attempted) == (2, 1, 1, 1)


def test_answers_that_do_not_fit_are_kept_and_flagged() -> None:
    shop = a_place("利民超市")
    reply = hand_in([a_look(an_inspection(), shop, exit_blocked="maybe", never_asked=1)])
    assert fates(reply) == ["stored"]


def test_a_home_in_a_campaign_about_places_is_kept_and_not_counted() -> None:
    home, shop = a_household("G1"), a_place("利民超市")
    inspection, sweep = an_inspection(), a_campaign()
    reply = hand_in([a_visit(inspection, home), a_look(sweep, shop)])
    assert fates(reply) == ["stored", "stored"]
    assert (set(states(inspection)), set(states(sweep))) == ({shop}, {home})
    assert (totals(inspection).done, totals(sweep).done) == (0, 0)


def test_what_nobody_knows_waits() -> None:
    assert fates(hand_in([a_look(an_inspection(), new_id())])) == ["held"]


def test_a_correction_takes_a_visit_back() -> None:
    shop = a_place("利民超市")
    campaign = an_inspection()
    look = a_look(campaign, shop, exit_blocked=True)
    hand_in([look])
    hand_in([a_correction(campaign, HouseholdId(shop), Outcome.NOBODY_HOME, entry=look["id"], minutes=5)])
    assert (states(campaign)[shop], findings.to_recheck(grids=[town.id_of("G1")])) == (TaskState.ATTEMPTED, [])


# --- while it runs ---------------------------------------------------------------------------------------------------


def test_a_new_shop_joins_as_found_and_one_that_ended_is_struck() -> None:
    old = a_place("利民超市")
    campaign = an_inspection(TargetKind.PLACES, PlaceKind.SHOP)
    new = a_place("新开水果店", at=LATER)
    a_place("育才幼儿园", kind=PlaceKind.SCHOOL, at=LATER)
    assert (totals(campaign).listed, totals(campaign).found) == (1, 1)
    following.end_place(place=old, by=THE_HOUSE, at=LATER)
    assert states(campaign) == {old: TaskState.STRUCK, new: TaskState.UNTOUCHED}
    assert totals(campaign).due == 1


def test_one_that_turns_out_to_be_no_shop_leaves_unless_somebody_has_been_there() -> None:
    shop, seen = a_place("利民超市"), a_place("便民小店")
    campaign = an_inspection(TargetKind.PLACES, PlaceKind.SHOP)
    hand_in([a_look(campaign, seen)])
    for place, name in ((shop, "利民超市"), (seen, "便民小店")):
        following.set_place(
            place=place, grid=town.id_of("G1"), kind=PlaceKind.CLINIC, name=name, door="", by=THE_HOUSE, at=LATER
        )
    assert (set(states(campaign)), totals(campaign).due) == ({seen}, 1)


def test_after_its_last_day_nothing_joins() -> None:
    campaign = an_inspection()
    a_place("新开水果店", at=NOW + DAY)
    assert totals(campaign).due == 0


def test_an_open_task_goes_along_with_its_building_and_its_shop() -> None:
    shop = a_place("利民超市", door="1幢101")
    places, buildings = an_inspection(ends_on=TODAY + DAY), an_inspection(TargetKind.BUILDINGS, ends_on=TODAY + DAY)
    part = GridPart(name="新网格", areas=(town.id_of("B1"),))
    redrawing.redraw(grid=town.id_of("G1"), parts=[part], end=False, by=THE_HOUSE, at=LATER)
    for campaign, target in ((places, shop), (buildings, town.id_of("B1"))):
        (where,) = Task.objects.filter(campaign_id=campaign.id).values_list("grid_id", flat=True)
        assert (where != town.id_of("G1"), set(states(campaign))) == (True, {target})
        assert (totals(campaign, "G1").due, totals(campaign, "C1").due) == (0, 1)
    ledger_says = (tasks(), tallies())
    ledger.rebuild()
    assert (tasks(), tallies()) == ledger_says


def test_a_new_building_joins_and_one_pulled_down_is_struck() -> None:
    campaign = an_inspection(TargetKind.BUILDINGS, ends_on=TODAY + DAY)
    node = Node(new_id(), AreaKind.BUILDING, "2幢", parent=town.id_of("G1"))
    territory.add_area(node=node, on=TODAY, by=THE_HOUSE, at=LATER)
    assert (totals(campaign).listed, totals(campaign).found) == (1, 1)
    territory.end_area(area=node.id, on=TODAY + DAY, by=THE_HOUSE, at=LATER)  # type: ignore[arg-type]
    assert states(campaign)[node.id] == TaskState.STRUCK


def test_it_may_begin_anew_every_day() -> None:
    a_place("利民超市")
    campaign = an_inspection(ends_on=TODAY + DAY, recurs=Recurrence(Every.DAILY))
    assert Task.objects.filter(campaign_id=campaign.id, occasion=TODAY.isoformat()).count() == 1


def test_rebuilt_from_the_ledger_everything_is_what_it_was() -> None:
    shops = [a_place(f"小店{n}") for n in range(3)]
    campaign = an_inspection()
    hand_in([a_look(campaign, shops[0], exit_blocked=True), a_look(campaign, shops[1], Outcome.REFUSED)])
    a_place("新开水果店", at=LATER)
    following.end_place(place=shops[2], by=THE_HOUSE, at=LATER)
    before = (tasks(), tallies(), sorted(Finding.objects.values_list()), Tally.objects.count())
    ledger.rebuild()
    assert (tasks(), tallies(), sorted(Finding.objects.values_list()), Tally.objects.count()) == before
    assert campaigns.recount(campaign=campaign.id, area=town.id_of("S"), on=TODAY).totals == totals(campaign)


# --- findings --------------------------------------------------------------------------------------------------------


def test_what_was_found_at_a_shop_is_looked_at_again_there() -> None:
    shop = a_place("利民超市", door="前街12号")
    campaign = an_inspection()
    hand_in([a_look(campaign, shop, exit_blocked=True)])
    (found,) = findings.to_recheck(grids=[town.id_of("G1")])
    assert (found.household, found.of, found.due_on) == (shop, TargetKind.PLACES, TODAY + 7 * DAY)
    (row,) = Clerk("worker", Role.GRID_WORKER, area="G1").get("findings")[1]["rows"]
    assert (row["door"], row["of"]) == ("利民超市 · 前街12号", "places")
    body = {"campaign": campaign.id, "target": shop, "question": "exit_blocked", "fixed": True}
    assert fates(hand_in([a_record("screening.premises_rechecked.v1", body, minutes=60)])) == ["stored"]
    assert findings.to_recheck(grids=[town.id_of("G1")]) == []
    assert Clerk("other", Role.GRID_WORKER, area="G2").get("findings")[1]["rows"] == []


# --- the desk --------------------------------------------------------------------------------------------------------


def test_opened_over_http_it_says_what_it_goes_to_and_in_which_words_it_counts() -> None:
    a_place("利民超市")
    form = an_inspection().form.id
    chief = Clerk("chief", Role.COMMAND)
    street = str(town.id_of("S"))
    target = {"areas": [street], "of": "places", "places": ["shop"]}
    days = {"starts_on": TODAY.isoformat(), "ends_on": TODAY.isoformat()}
    status, row = chief.post("campaigns", {"name": "沿街店铺", "area": street, "form": form, "target": target, **days})
    assert (status, row["of"], row["places"], row["totals"]["due"]) == (201, "places", ["shop"], 1)
    measures = chief.get("campaigns/measures?of=places")[1]
    assert {m["unit"] for m in measures} == {"places"}
    assert not [m for m in measures if "户" in m["zh"] + m["definition_zh"]]
    assert chief.get("campaigns/measures?of=caravans")[0] == 400


def test_the_remainder_names_the_place_and_discloses_nobody() -> None:
    for name, door in (("利民超市", "2幢"), ("老王面馆", "10幢")):
        a_place(name, door=door)
    campaign = an_inspection()
    path = f"campaigns/{campaign.id}/remainder?grid={town.id_of('G1')}"
    for who, role, area in (("worker", Role.GRID_WORKER, "G1"), ("office", Role.SUBDISTRICT_OFFICER, "S")):
        rows = Clerk(who, role, area=area).get(path)[1]["rows"]
        assert [(row["name"], row["door"], row["head"], row["people"]) for row in rows] == [
            ("利民超市", "2幢", "", 0),
            ("老王面馆", "10幢", "", 0),
        ]
    assert Clerk("chief", Role.COMMAND).get(path)[1]["rows"] is None  # looks into no register
    assert Clerk("elsewhere", Role.GRID_WORKER, area="G3").get(path)[0] == 404
    assert not Disclosure.objects.exists()


def test_two_people_checking_visits_is_for_homes_and_said_so() -> None:
    campaign = an_inspection()
    body = {"percent": 5, "reason": "抽查"}
    status, told = Clerk("chief", Role.COMMAND).post(f"campaigns/{campaign.id}/checks", body)
    assert (status, told["code"]) == (409, "campaigns.checks_for_homes")


def test_doors_are_sorted_as_people_count() -> None:
    assert sorted(["10幢", "2幢", "1幢2单元"], key=numbered) == ["1幢2单元", "2幢", "10幢"]


def test_a_daily_report_says_how_many_places_and_never_households() -> None:
    shop = a_place("利民超市")
    a_place("老王面馆", kind=PlaceKind.RESTAURANT)
    hand_in([a_look(an_inspection(), shop)])
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    for lang, says in (("zh-Hans", "应走访 2 处,已完成 1 处"), ("en", "Due: 2 places. Finished so far: 1 place")):
        status, report = officer.post("reports", {"area": str(town.id_of("S")), "language": lang, "reason": "再看"})
        assert (status, report["document"]["sections"][0]["sentences"][0].startswith(says)) == (201, True)
        assert "户" not in str(report["document"]) and "household" not in str(report["document"])


def test_the_overview_counts_buildings_and_warns_of_them() -> None:
    campaign = an_inspection(TargetKind.BUILDINGS)
    building = town.id_of("B1")
    hand_in([a_look(campaign, building, Outcome.MOVED_AWAY), a_look(campaign, building, minutes=5)])
    page = Clerk("chief", Role.COMMAND).get(f"overview?area={town.id_of('S')}&campaign={campaign.id}")[1]
    assert (page["campaign"]["of"], page["totals"]["disputed"]) == ("buildings", 1)
    assert "desk.buildings_disputed" in [alarm["code"] for alarm in page["alarms"]]


# --- on paper --------------------------------------------------------------------------------------------------------


def paper(clerk: Clerk, path: str) -> str:
    asked = {"grid": str(town.id_of("G1")), "reason": "手机不够用"}
    answer = clerk.fetch(path, asked)
    assert answer.status_code == 200, answer.content
    pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_a_walking_list_of_places_is_printed_and_typed_in_as_their_visits() -> None:
    shop = a_place("利民超市", door="前街12号")
    campaign = an_inspection()
    worker = Clerk("worker", Role.GRID_WORKER, area="G1")
    text = paper(worker, f"campaigns/{campaign.id}/walking-list")
    assert ("利民超市" in text, "本单1处" in text, "户" in text) == (True, True, False)
    number = max(e.position for e in _printed())
    assert worker.get(f"lists/{number}")[1]["lines"][0]["door"] == "利民超市 · 前街12号"
    said = {"outcome": "done", "on": TODAY.isoformat(), "answers": {"exit_blocked": True}}
    assert worker.post(f"lists/{number}/lines/1", said)[1]["already"] is False
    assert worker.post(f"lists/{number}/lines/1", said)[1]["already"] is True
    assert (states(campaign)[shop], totals(campaign).done) == (TaskState.DONE, 1)
    assert [one.household for one in findings.to_recheck(grids=[town.id_of("G1")])] == [shop]


def test_the_remainder_on_paper_says_how_many_buildings() -> None:
    campaign = an_inspection(TargetKind.BUILDINGS)
    text = paper(Clerk("worker", Role.GRID_WORKER, area="G1"), f"campaigns/{campaign.id}/remainder/paper")
    assert ("应走1栋" in text, "1幢" in text, "户" in text) == (True, True, False)


def _printed() -> Any:
    return entries.entries_after(0, kinds=frozenset({"screening.list_printed.v1"}))
