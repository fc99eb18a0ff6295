"""A walking list: printed, walked with a pen, and typed in as what a phone would have sent."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.ground.access.models import Disclosure
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.campaigns.tests.village import (
    TODAY,
    a_campaign,
    a_household,
    a_visit,
    an_incident,
    hand_in,
    tasks,
)
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.operations.screening import queries as screening

pytestmark = pytest.mark.django_db
WHY = "手机不够用"
WELL = {"fever_or_cough": False, "vaccinated": "full", "came_from_affected_area": False, "met_a_case": False}


@pytest.fixture(autouse=True)
def _town() -> Iterator[None]:
    town.load()
    yield


def worker(area: str = "G1") -> Clerk:
    return Clerk(f"worker-{area}", Role.GRID_WORKER, area=area)


def printed(clerk: Clerk, campaign: CampaignRef, **more: str) -> tuple[int, str]:
    """The list's number, and its text without spaces."""
    asked = {"grid": str(town.id_of("G1")), "reason": WHY}
    answer = clerk.fetch(f"campaigns/{campaign.id}/walking-list", asked, **more)
    assert answer.status_code == 200, answer.content
    pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
    (*_, last) = entries.entries_after(0, kinds=frozenset({"screening.list_printed.v1"}))
    return last.position, "".join("".join(page.extract_text().split()) for page in pages)


def done(**more: Any) -> dict[str, Any]:
    return {"outcome": "done", "on": TODAY.isoformat(), "people": 3, "answers": WELL} | more


def test_the_paper_is_masked_marked_and_noted_and_its_codes_name_nobody() -> None:
    for _ in range(3):
        a_household("G1")
    clerk, campaign = worker(), a_campaign()
    number, text = printed(clerk, campaign)
    assert f"单号{number}" in text and "张**" in text and "张0" not in text
    assert text.count("worker-G1同志") > 10, "who printed it runs across the page"
    assert "2没人" in text and "(打完了/还差针/没打过/说不清)" in text, "what may be answered stands on it"
    noted = Disclosure.objects.get(account_id=clerk.account)
    assert (noted.what, noted.how, noted.count, noted.reason) == ("screening.walking_list", "exported", 3, WHY)


def test_a_line_typed_in_is_the_visit_a_phone_would_have_sent() -> None:
    home, incident = a_household("G1"), an_incident()
    clerk, campaign = worker(), a_campaign(incident=incident)
    number, _ = printed(clerk, campaign)
    status, kept = clerk.post(f"lists/{number}/lines/1", done())
    assert (status, kept["already"], kept["line"]["household"]) == (201, False, str(home))
    totals = campaigns.totals(campaign=campaign.id, area=town.id_of("S"))
    assert (totals.done, totals.people, totals.remaining) == (1, 3, 0)
    found = screening.measured(incident=incident.id, area=town.id_of("G1"), until=TODAY)
    assert {m.measure.name: m.value for m in found}["people_fully_vaccinated"] == 3
    assert ledger.rebuild_differs() == []


def test_a_list_typed_in_twice_changes_nothing_and_is_told() -> None:
    for _ in range(3):
        a_household("G1")
    clerk, campaign = worker(), a_campaign()
    number, _ = printed(clerk, campaign)
    first = [clerk.post(f"lists/{number}/lines/{n}", done()) for n in (1, 2, 3)]
    assert [kept["already"] for _, kept in first] == [False, False, False]
    head, before = entries.head(), tasks()
    again = [clerk.post(f"lists/{number}/lines/{n}", done()) for n in (3, 1, 2)]
    assert [(kept["already"], kept["same"]) for _, kept in again] == [(True, True)] * 3
    otherwise = clerk.post(f"lists/{number}/lines/2", done(outcome="refused", people=0, answers={}))[1]
    assert (otherwise["already"], otherwise["same"], otherwise["line"]["outcome"]) == (True, False, "done")
    assert (entries.head(), tasks()) == (head, before)


def test_a_home_that_a_phone_reached_meanwhile_counts_once() -> None:
    home = a_household("G1")
    clerk, campaign = worker(), a_campaign()
    number, _ = printed(clerk, campaign)
    hand_in([a_visit(campaign, home, people=4)])
    assert clerk.post(f"lists/{number}/lines/1", done())[0] == 201
    totals = campaigns.totals(campaign=campaign.id, area=town.id_of("S"))
    assert (totals.done, totals.people) == (1, 4)


def test_what_is_there_is_seen_by_door_and_without_names() -> None:
    a_household("G1")
    clerk, campaign = worker(), a_campaign()
    number, _ = printed(clerk, campaign)
    clerk.post(f"lists/{number}/lines/1", done())
    status, seen = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1").get(f"lists/{number}")
    assert status == 200 and seen["lines"][0]["entered_by"] == "worker-G1同志"
    assert seen["lines"][0]["door"].startswith("1幢") and "张" not in str(seen["lines"])


@pytest.mark.parametrize(
    ("line", "more", "status", "code"),
    [
        (9, {}, 404, "screening.line_unknown"),
        (0, {}, 404, "screening.line_unknown"),
        (1, {"on": (TODAY + timedelta(days=1)).isoformat()}, 400, "screening.line_day"),
        (1, {"on": (TODAY - timedelta(days=1)).isoformat()}, 400, "screening.line_day"),
    ],
)
def test_a_line_that_cannot_be(line: int, more: dict[str, Any], status: int, code: str) -> None:
    a_household("G1")
    clerk, campaign = worker(), a_campaign()
    number, _ = printed(clerk, campaign)
    told = clerk.post(f"lists/{number}/lines/{line}", done(**more))
    assert told[1]["code"] == code and told[0] in (status, 422)


def test_a_list_of_another_grid_and_a_number_that_is_none_are_not_there() -> None:
    a_household("G1")
    campaign = a_campaign()
    ours, theirs = worker(), worker("G3")
    number, _ = printed(ours, campaign)
    for clerk, asked in ((theirs, number), (ours, number + 50), (ours, 1), (ours, 0), (ours, 10**30)):
        assert clerk.get(f"lists/{asked}")[1]["code"] == "screening.list_unknown"


def test_nobody_above_the_grid_prints_its_names_and_an_empty_list_is_not_printed() -> None:
    campaign = a_campaign()
    asked = {"grid": str(town.id_of("G1")), "reason": WHY}
    assert Clerk("chief", Role.COMMAND).post(f"campaigns/{campaign.id}/walking-list", asked)[0] == 403
    status, told = worker().post(f"campaigns/{campaign.id}/walking-list", asked)
    assert (status, told["code"]) == (409, "screening.nothing_to_walk")


def test_the_notice_for_the_door_says_what_for_and_how_long_and_names_nobody() -> None:
    a_household("G1")
    campaign = a_campaign(incident=an_incident(pack="heatwave_check"))
    status, pdf = worker().download(f"campaigns/{campaign.id}/notice")
    (page,) = PdfReader(BytesIO(pdf)).pages
    text = "".join(page.extract_text().split())
    assert status == 200 and "高温看望告知" in text and "14天后销毁" in text and "莘塍街道办事处" in text
    assert text.count("为了大家的健康和安全") == 1, "questions of one purpose stand together"
    assert "张" not in text and "worker-G1" not in text, "neither a resident nor whoever printed it"


def test_a_notice_without_words_of_its_own_says_that_nobody_must_answer() -> None:
    a_household("G1")
    _, pdf = worker().download(f"campaigns/{a_campaign().id}/notice")
    text = "".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    assert "不愿意回答的可以不答,不会因此受影响" in text
