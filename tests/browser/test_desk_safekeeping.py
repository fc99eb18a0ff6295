"""What two people do together at the desk: show that their sheets are still there, and let an incident be forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from lianfang.ground.posture import packs
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import BUILT, Desk, District
from tests.chromium import DESK, SMALL, Picture
from tests.serving import Server


@pytest.fixture(scope="module")
def safe_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """A district of its own, for what cannot be undone, with a pack that keeps nothing for a day."""
    if not BUILT.is_file():
        pytest.skip("the front end is not built: ./lf test browser builds it")
    server = Server(tmp_path_factory.mktemp("safe"), demo=True)
    server.run("demo", "--grids", "2", "--people", "120")
    pack = msgspec.json.decode((Path(packs.__path__[0]) / "household_sweep.json").read_bytes())
    (server.data / "packs").mkdir(parents=True, exist_ok=True)
    (server.data / "packs" / "brief.json").write_bytes(
        msgspec.json.encode(pack | {"code": "brief", "retention_days": 0})
    )
    with server:
        yield District(server)


def seen(page: Page, picture: Picture, name: str) -> None:
    """Looked at on an office PC and on a phone, and usable by everybody on both."""
    page.wait_for_timeout(300)
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    page.set_viewport_size(SMALL)
    page.wait_for_timeout(150)
    assert sideways(page) <= 0
    picture(page, f"desk-{name}-360")
    page.set_viewport_size(DESK)


def a_closed_incident(district: District) -> dict[str, Any]:
    desk = district.client("desk")
    area = desk.get("/me").json()["grants"][0]["area"]["id"]
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    asked = {"name": "测试应急", "area": area, "basis": "public_health_emergencies", "pack": "brief", "issuer": "街道"}
    opened = district.an_incident(asked | {"ends_at": until})
    address = f"/incidents/{opened['id']}"
    waits = desk.post(f"{address}/close", json={"reason": "测试结束"}).json()["closing"]["id"]
    second = district.client("command")
    seen = second.get(f"{address}/difference?step=closing").json()["now"]["mark"]
    closed = second.post(f"{address}/close", json={"proposal": waits, "seen": seen})
    assert closed.status_code < 300, closed.text
    return opened


def test_an_incident_is_forgotten_by_two_people_and_leaves_a_certificate(
    chromium: Browser, safe_house: District, picture: Picture
) -> None:
    incident = a_closed_incident(safe_house)
    address = f"/incidents?show=incident:{incident['id']}"
    first = Desk(chromium.new_context(viewport=DESK, locale="zh-CN"), safe_house).sign_in("desk")
    page = first.open(address)
    page.get_by_role("button", name="提出遗忘").click()
    dialog = page.get_by_role("dialog", name="提出遗忘")
    expect(dialog).to_contain_text("谁也不能恢复")
    dialog.get_by_role("textbox").fill("保存期已满")
    seen(page, picture, "forgetting-proposing")
    dialog.get_by_role("button", name="提出", exact=True).click()
    expect(page.get_by_text("等另一个人同意")).to_be_visible()
    expect(page.get_by_role("button", name="同意遗忘")).to_have_count(0)

    second = Desk(chromium.new_context(viewport=DESK, locale="zh-CN"), safe_house).sign_in("command")
    page = second.open(address)
    seen(page, picture, "forgetting-asked")
    page.get_by_role("button", name="同意遗忘").click()
    dialog = page.get_by_role("dialog", name="同意遗忘")
    expect(dialog).to_contain_text("保存期已满")
    seen(page, picture, "forgetting-signing")
    dialog.get_by_role("button", name="遗忘，不再恢复").click()
    expect(page.get_by_text("签第二个名")).to_be_visible()
    seen(page, picture, "forgotten")
    with page.expect_download() as paper:
        page.get_by_role("link", name="证明（PDF）").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")
    assert first.complaints == second.complaints == []
    first.page.context.close()
    second.page.context.close()


SHEETS = {
    "made_at": "2026-11-22T08:00:00+08:00",
    "needed": 2,
    "confirmed": [{"member": 1, "name": "李晓燕", "at": "2026-11-22T09:00:00+08:00", "mine": False}],
}


def test_whoever_holds_a_sheet_is_asked_for_its_first_four_words_and_no_more(
    chromium: Browser, safe_house: District, picture: Picture
) -> None:
    """A demo has no sheets, so what a real district says stands in; confirming itself is a journey of its own."""
    desk = Desk(chromium.new_context(viewport=DESK, locale="zh-CN"), safe_house).sign_in("desk")
    page = desk.open("/?show=shares")
    expect(page.get_by_text("lianfang shares renew")).to_be_visible()
    seen(page, picture, "shares-none")
    page.route("**/api/v1/recovery-shares**", lambda route: route.fulfill(json=SHEETS))
    page = desk.open("/?show=shares")
    expect(page.get_by_text("1/2 人已确认")).to_be_visible()
    page.get_by_label("纸上的前四个词").fill("academic acid acne acrobat actress")
    expect(page.get_by_role("alert")).to_contain_text("请只留前四个词")
    seen(page, picture, "shares-too-many")
    page.get_by_label("纸上的前四个词").fill("academic acid acne acrobat")
    seen(page, picture, "shares")
    assert desk.complaints == []
    page.context.close()
