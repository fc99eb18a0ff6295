"""Whose doors they are: the rule in whatever order its words come, the act at the desk, and what phones get of it."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import queries as access
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.given import giving_documents
from lianfang.ground.campaigns.giving import GivenDoor, Giving, hands_over, standing_giving, that_matter
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import (
    NOW,
    OTHER_PHONE,
    TODAY,
    a_campaign,
    a_household,
    a_record,
    a_visit,
    fates,
    hand_in,
    tallies,
    tasks,
)
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import id_of

VECTORS = msgspec.json.decode((Path(__file__).parents[1] / "vectors.json").read_bytes())["givings"]
_NAMES = UUID(int=0)


def word(name: str) -> Any:
    return uuid5(_NAMES, name)


def said(case: dict[str, Any], position: int) -> Giving:
    return Giving(
        id=word(case["id"]),
        campaign=CampaignId(word("c")),
        grid=AreaId(word(case["grid"])),
        to=tuple(AccountId(word(each)) for each in case["to"]),
        since=datetime.fromisoformat(case["since"]),
        reason="帮忙",
        position=position,
        areas=tuple(AreaId(word(each)) for each in case.get("areas", ())),
        households=tuple(HouseholdId(word(each)) for each in case.get("households", ())),
    )


def a_door(case: dict[str, Any]) -> GivenDoor:
    return GivenDoor(HouseholdId(word(case["household"])), frozenset(AreaId(word(each)) for each in case["within"]))


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_which_word_stands_whatever_order_they_are_read_in(case: dict[str, Any]) -> None:
    words = [said(one, position) for position, one in enumerate(case["said"], 1)]
    at, expected = datetime.fromisoformat(case["at"]), word(case["stands"]) if case["stands"] else None
    for order in itertools.permutations(words):
        for read in (order, that_matter(order, at=at)):
            stands = standing_giving(a_door(case["door"]), read, at=at)
            assert (stands.id if stands else None) == expected


def test_what_a_leaver_holds_is_what_still_matters() -> None:
    at = NOW + timedelta(hours=2)
    long_ago, whole, next_week = (
        {"id": id, "grid": "g1", "to": to, "since": (NOW + since).isoformat()}
        for id, to, since in (
            ("old", ["zhang"], timedelta(0)),
            ("now", ["li", "zhang"], timedelta(hours=1)),
            ("soon", ["zhang"], timedelta(hours=9)),
        )
    )
    words = [said(one, n) for n, one in enumerate((long_ago, whole, next_week))]
    assert [each.id for each in hands_over(words, word("zhang"), at=at)] == [word("now"), word("soon")]
    assert [each.id for each in hands_over(words, word("li"), at=at)] == [word("now")]


@pytest.fixture
def _town() -> None:
    town.load()


def giving(campaign: CampaignRef, **more: Any) -> tuple[str, dict[str, Any]]:
    return f"campaigns/{campaign.id}/givings", {"grid": str(id_of("G1")), "reason": "人手不够", **more}


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_the_community_gives_a_grid_to_a_team_and_nothing_that_was_done_moves() -> None:
    done, still = a_household("G1"), a_household("G1")
    campaign = a_campaign()
    hand_in([a_visit(campaign, done)])
    before = tasks(), tallies()
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    one, two = (hire(name, Role.GRID_WORKER, area="G1") for name in ("one", "two"))
    path, body = giving(campaign, to=[str(one), str(two)], team="一组")
    status, reply = officer.post(path, body)
    assert status == 200, reply
    [row] = reply["rows"]
    assert (row["team"], len(row["hands"]), row["open"], row["in_force"]) == ("一组", 2, 1, True)
    assert (row["reason"], row["given_by"], reply["everybodys"]) == ("人手不够", "officer同志", 0)
    assert (tasks(), tallies()) == before
    assert still in tasks()


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_whoever_records_a_door_that_is_somebody_elses_is_counted_and_flagged_to_nobody() -> None:
    home, campaign = a_household("G1"), a_campaign()
    officer, one = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1"), hire("one", Role.GRID_WORKER, area="G1")
    path, body = giving(campaign, to=[str(one)])
    assert officer.post(path, body)[0] == 200
    again = a_visit(campaign, home, minutes=5, people=2)
    assert fates(hand_in([a_visit(campaign, home)])) == fates(hand_in([again], phone=OTHER_PHONE)) == ["stored"]
    assert officer.get(f"campaigns/{campaign.id}/coverage?area={id_of('G1')}")[1]["totals"]["done"] == 1
    assert models.Said.objects.count() == 2


def documents(campaign: CampaignRef, account: AccountId) -> list[Any]:
    viewer = access.viewer_of(account, NOW + timedelta(hours=1))
    assert viewer is not None
    return giving_documents(grids=[id_of("G1")], campaigns=[campaign.id], viewer=viewer)


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_a_phone_learns_which_doors_are_its_own_and_why() -> None:
    home, campaign = a_household("G1"), a_campaign()
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    one, two = (hire(name, Role.GRID_WORKER, area="G1") for name in ("one", "two"))
    lead = Clerk("lead", Role.GRID_LEAD, area="G1")
    path, body = giving(campaign, to=[str(one)], households=[str(home)])
    assert lead.post(path, body)[0] == 200
    [mine], [theirs] = documents(campaign, one), documents(campaign, two)
    assert (mine.mine, mine.households, mine.reason) == (True, (home,), "人手不够")
    assert (theirs.mine, theirs.hands, theirs.reason) == (False, ("one同志",), None)
    path, body = giving(campaign)
    assert officer.post(path, body)[1]["everybodys"] == 1
    assert documents(campaign, one) == []
    history = officer.get(f"campaigns/{campaign.id}/givings?grid={id_of('G1')}")[1]["rows"]
    assert [row["in_force"] for row in history] == [False, False]


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_a_helper_from_elsewhere_works_on_the_grid_until_the_campaign_is_over_and_no_longer() -> None:
    a_household("G1")
    campaign = a_campaign()
    officer, helper = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1"), hire("helper", area="C1")
    path, body = giving(campaign, to=[str(helper)])
    status, problem = officer.post(path, body)
    assert (status, problem["code"]) == (422, "access.not_a_worker_here")
    assert not models.Giving.objects.exists()
    assert officer.post(path, body | {"lend": True})[0] == 200
    last = town.queries.end_of(TODAY)
    assert access.carried_by(helper, last - timedelta(minutes=1)) == [id_of("G1")]
    assert access.carried_by(helper, last) == []
    stranger = hire("stranger", area="C2")
    assert officer.post(path, body | {"to": [str(stranger)], "lend": True})[0] in (403, 404)
    lead = Clerk("lead", Role.GRID_LEAD, area="G1")
    assert lead.post(path, body | {"to": [str(hire("other", area="C1"))], "lend": True})[0] == 403


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_what_cannot_be_given_is_refused_with_a_reason() -> None:
    home, elsewhere = a_household("G1"), a_household("G2")
    campaign = a_campaign()
    officer, one = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1"), hire("one", Role.GRID_WORKER, area="C1")
    path, body = giving(campaign, to=[str(one)])
    for wrong, code in (
        ({"reason": " "}, "campaigns.reason_missing"),
        ({"since": (NOW - timedelta(hours=1)).isoformat()}, "campaigns.given_in_the_past"),
        ({"since": NOW.replace(tzinfo=None).isoformat()}, "wire.unreadable"),
        ({"since": (NOW + timedelta(days=1)).isoformat()}, "campaigns.given_after_its_end"),
        ({"households": [str(elsewhere)]}, "campaigns.given_outside_its_grid"),
        ({"areas": [str(id_of("G2"))]}, "campaigns.given_outside_its_grid"),
    ):
        status, problem = officer.post(path, body | wrong)
        assert (problem["code"], status >= 400) == (code, True)
    assert Clerk("worker", Role.GRID_WORKER, area="G1").post(path, body)[0] == 403
    assert Clerk("far", Role.COMMUNITY_OFFICER, area="C2").post(path, body)[0] in (403, 404)
    officer_of_all = Clerk("chief", Role.COMMAND)
    assert officer_of_all.post(f"campaigns/{campaign.id}/close", {"reason": "走完了"})[0] in (200, 201)
    assert officer.post(path, body)[1]["code"] == "campaigns.closed_already"
    assert home in tasks()


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_a_leaver_hands_on_doors_promises_and_needs_each_grid_by_name() -> None:
    given, promised = a_household("G1"), a_household("G1")
    campaign = a_campaign()
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    leaver, stays, heir = (hire(name, Role.GRID_WORKER, area="C1") for name in ("leaver", "stays", "heir"))
    path, body = giving(campaign, to=[str(leaver), str(stays)], households=[str(given)])
    assert officer.post(path, body)[0] == 200
    phone = msgspec.structs.replace(OTHER_PHONE, account=leaver)
    visit = a_visit(campaign, promised, Outcome.NOBODY_HOME, appointment="2021-12-10T19:30")
    need = a_record("campaigns.need_found.v1", {"household": str(given), "word": "care"})
    assert fates(hand_in([visit, need], phone=phone)) == ["stored", "stored"]
    owner = {"owner": str(leaver), "due_on": TODAY.isoformat()}
    assert officer.post(f"needs/{need['id']}/assign", owner)[0] in (200, 201)
    [duty] = officer.get(f"accounts/{leaver}/duties")[1]
    held = duty["in_hand"]
    assert (duty["what"], held["doors"], held["appointments"], held["needs"]) == ("work", 1, 1, 1)
    way = f"accounts/{leaver}/hand-over"
    status, problem = officer.post(way, {"successors": [], "reason": "调走"})
    assert (status, problem["code"]) == (409, "access.not_all_handed_over")
    to = {"successors": [{"duty": duty["id"], "to": str(heir)}], "reason": "调走", "note": "302 的狗会叫"}
    assert officer.post(way, to)[0] == 200
    by_home = {each.households: each for each in documents(campaign, heir)}
    assert {each.mine for each in by_home.values()} == {True}
    assert by_home[(given,)].hands == ("heir同志", "stays同志")
    assert by_home[(promised,)].hands == ("heir同志",)
    assert "302" in (by_home[(promised,)].reason or "")
    assert models.Need.objects.get().owner_id == heir and models.Need.objects.get().due_on == TODAY
    assert officer.get(f"accounts/{leaver}/duties")[1] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_what_is_left_to_whoever_works_there_is_in_the_leaver_s_hands_no_longer() -> None:
    promised, campaign = a_household("G1"), a_campaign()
    officer, leaver = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1"), hire("leaver", Role.GRID_WORKER, area="C1")
    visit = a_visit(campaign, promised, Outcome.NOBODY_HOME, appointment="2021-12-10T19:30", minutes=-5)
    hand_in([visit], phone=msgspec.structs.replace(OTHER_PHONE, account=leaver))
    [duty] = officer.get(f"accounts/{leaver}/duties")[1]
    assert officer.post(f"accounts/{leaver}/hand-over", {"successors": [{"duty": duty["id"], "to": None}]})[0] == 200
    assert officer.get(f"accounts/{leaver}/duties")[1] == []
    assert tasks()[promised][10] == "2021-12-10T19:30"


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_a_leaver_s_old_word_takes_nothing_back_from_whoever_was_given_a_part_of_it_since() -> None:
    part, rest = a_household("G1"), a_household("G1")
    campaign = a_campaign()
    officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
    leaver, other, heir = (hire(name, Role.GRID_WORKER, area="C1") for name in ("leaver", "other", "heir"))
    path, body = giving(campaign, to=[str(leaver)])
    officer.post(path, body)
    officer.post(path, body | {"to": [str(other)], "households": [str(part)]})
    [duty] = officer.get(f"accounts/{leaver}/duties")[1]
    assert duty["in_hand"]["doors"] == 1
    successors = [{"duty": duty["id"], "to": str(heir)}]
    assert officer.post(f"accounts/{leaver}/hand-over", {"successors": successors})[0] == 200
    assert {(each.hands, each.households) for each in documents(campaign, heir)} >= {
        (("heir同志",), (rest,)),
        (("other同志",), (part,)),
    }
    _, shown = officer.get(f"campaigns/{campaign.id}/givings?grid={id_of('G1')}")
    assert {row["hands"][0]["name"]: row["open"] for row in shown["rows"] if row["in_force"]} == {
        "heir同志": 1,
        "other同志": 1,
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("_town")
def test_who_was_given_what_is_folded_again_from_entries_alone() -> None:
    a_household("G1")
    campaign = a_campaign()
    one = hire("one", Role.GRID_WORKER, area="G1")
    path, body = giving(campaign, to=[str(one)])
    Clerk("officer", Role.COMMUNITY_OFFICER, area="C1").post(path, body)
    assert models.Giving.objects.count() == 1 and ledger.rebuild_differs() == []
