"""The remainder on paper, for the day the phone is broken: what stands on it, for whom, and what is noted first."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.access.models import Disclosure
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import a_campaign, a_household, a_visit, hand_in
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import id_of

pytestmark = pytest.mark.django_db
WHY = "手机摔坏了"


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def asked(grid: str = "G1", reason: str = WHY) -> dict[str, Any]:
    return {"grid": str(id_of(grid)), "reason": reason}


def printed(clerk: Clerk, campaign: CampaignRef, **more: str) -> list[str]:
    """The text of each page, without the air that is set between Chinese and figures."""
    answer = clerk.fetch(f"campaigns/{campaign.id}/remainder/paper", asked(), **more)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(b"".join(answer))).pages]


def test_a_worker_carries_the_rest_of_their_grid_on_paper() -> None:
    homes = [a_household("G1") for _ in range(4)]
    a_household("G3")
    campaign = a_campaign()
    again = a_visit(campaign, homes[0], Outcome.NOBODY_HOME, minutes=30, appointment="2021-12-10T19:30")
    hand_in([a_visit(campaign, homes[0], Outcome.NOBODY_HOME), again, a_visit(campaign, homes[3])])
    (page,) = printed(Clerk("worker", Role.GRID_WORKER, area="G1"), campaign)
    for words in (
        "第1网格还没走到的户",
        "应走4户,还有3户没走到",
        "去过",
        "今天",
        "没人在12-1016:30",
        "12-1019:30",
        "第1/1页",
    ):
        assert words in page, page
    assert page.count("张**") == 3 and "张0" not in page
    assert "演练" in page


def test_each_page_says_who_printed_it_when_and_why_and_which_of_how_many_it_is() -> None:
    for _ in range(60):
        a_household("G1")
    pages = printed(Clerk("lead", Role.GRID_LEAD, area="C1"), a_campaign())
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"第{number}/3页" in page and f"lead同志2021-12-1016:00打印·用途:{WHY}" in page
        assert page.count("lead同志") > 20, "the watermark runs across it"
        assert "门牌" in page, "the heading is repeated"


def test_it_is_noted_before_it_leaves_with_the_reason() -> None:
    a_household("G1")
    worker = Clerk("worker", Role.GRID_WORKER, area="G1")
    printed(worker, a_campaign())
    noted = Disclosure.objects.get(account_id=worker.account)
    assert (noted.what, noted.how, noted.count, noted.reason) == ("campaigns.remainder_on_paper", "exported", 1, WHY)


@pytest.mark.parametrize("reason", ["", "  ", "。", "aaaa"])
def test_without_a_reason_nothing_is_printed(reason: str) -> None:
    a_household("G1")
    worker, campaign = Clerk("worker", Role.GRID_WORKER, area="G1"), a_campaign()
    status, problem = worker.post(f"campaigns/{campaign.id}/remainder/paper", asked(reason=reason))
    assert (status, problem["code"]) == (422, "access.reason_missing")
    assert not Disclosure.objects.exists()


def test_nobody_above_or_beside_the_grid_prints_its_names() -> None:
    a_household("G1")
    campaign = a_campaign()
    path = f"campaigns/{campaign.id}/remainder/paper"
    for clerk in (Clerk("chief", Role.COMMAND), Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")):
        assert clerk.post(path, asked())[0] == 403
    assert Clerk("next_door", Role.GRID_WORKER, area="G3").post(path, asked())[0] == 404
    assert not Disclosure.objects.exists()


def test_more_than_two_hundred_households_do_not_leave_on_one_sheet() -> None:
    for _ in range(203):
        a_household("G1", people=1)
    worker = Clerk("worker", Role.GRID_WORKER, area="G1")
    pages = printed(worker, a_campaign())
    assert "另有3户" in pages[0]
    assert sum(page.count("张**") for page in pages) == Disclosure.objects.get().count == 200


def test_in_english_and_when_everybody_is_reached() -> None:
    a_household("G2")
    campaign = a_campaign()
    (page,) = printed(Clerk("worker", Role.GRID_WORKER, area="G1"), campaign, Accept_Language="en")
    assert "Everybodyinthisgridwasreached." in page and "page1/1" in page and "DRILL" in page
