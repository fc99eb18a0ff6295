"""An incident from its proposal to its end at two desks: seen, signed, renewed by two, over by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District
from tests.chromium import DESK, SMALL, WIDE, Picture

NAME = "台风转移演练"


@pytest.fixture
def two(chromium: Browser, district: District) -> Iterator[tuple[Desk, Desk]]:
    """Two people in one office, each with a browser of their own."""
    contexts = [chromium.new_context(viewport=DESK, locale="zh-CN") for _ in range(2)]
    desks = [Desk(context, district).sign_in(name) for context, name in zip(contexts, ("desk", "command"), strict=True)]
    yield desks[0], desks[1]
    assert [desk.complaints for desk in desks] == [[], []]
    for context in contexts:
        context.close()


def seen(page: Page, picture: Picture, name: str) -> None:
    """Looked at on an office PC, on a wide screen and on a phone, and usable by everybody."""
    page.wait_for_timeout(300)
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, at in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        picture(page, f"desk-{name}-{at}")
        assert sideways(page) <= 0
    page.set_viewport_size(DESK)


def choose(drawer: Locator, label: str, option: str) -> None:
    box = drawer.get_by_role("combobox", name=label, exact=True)
    box.select_option(value=box.locator("option", has_text=option).first.get_attribute("value"))


def test_two_people_see_what_it_changes_open_it_and_renew_it(
    two: tuple[Desk, Desk], district: District, picture: Picture
) -> None:
    first, second = two
    page = first.open("/incidents?show=new-incident")
    drawer = first.drawer()
    drawer.get_by_label("名称").fill(NAME)
    drawer.get_by_role("combobox", name="区域").fill("莘塍街道")
    page.get_by_role("option", name="莘塍街道").filter(visible=True).first.click()
    choose(drawer, "处置包", "台风转移")
    choose(drawer, "法律依据", "突发事件应对法")
    drawer.get_by_label("发布单位").fill("莘塍街道防汛指挥部")
    drawer.get_by_text("这是演练").click()
    drawer.get_by_role("button", name="看会改变什么").click()
    expect(drawer.get_by_text("没有卡口可以要求看码")).to_be_visible()
    expect(drawer.get_by_text("演练一结束就自动清除")).to_be_visible()
    drawer.get_by_text("没有卡口可以要求看码").scroll_into_view_if_needed()
    seen(page, picture, "opening-difference")
    drawer.get_by_role("button", name="提出启动").click()
    expect(drawer.get_by_text("是您提的，等另一位负责人签字。")).to_be_visible()
    expect(drawer.get_by_role("button", name="同意启动")).to_have_count(0)
    waiting = first.address.split("opening:")[1]

    page = second.open("/incidents")
    expect(page.get_by_role("region", name="等第二个人签的启动申请")).to_contain_text(NAME)
    seen(page, picture, "openings")
    other = district.an_incident(an_hour_of("下面又有一起", district))  # meanwhile
    page = second.open(f"/incidents?show=opening:{waiting}")
    drawer = second.drawer()
    expect(drawer.get_by_role("alert").first).to_contain_text("提出以后情况变了")
    expect(drawer.get_by_role("alert").first).to_contain_text(other["name"])
    seen(page, picture, "opening-changed")
    drawer.get_by_role("button", name="我看过了，同意启动").click()
    expect(drawer.get_by_text("因为这次应急，现在跟平时不同的是")).to_be_visible()
    incident = second.address.split("incident:")[1]
    seen(page, picture, "incident-standing")

    page = first.open(f"/incidents?show=incident:{incident}")
    drawer = first.drawer()
    drawer.get_by_role("button", name="申请延长").click()
    dialog = page.get_by_role("dialog", name="申请延长")
    dialog.get_by_role("combobox", name="延长到").fill(f"{datetime.now(UTC) + timedelta(days=12):%Y-%m-%d}")
    page.keyboard.press("Enter")
    dialog.get_by_role("textbox", name="原因").fill("第二个台风要来")
    seen(page, picture, "renewal-difference")
    dialog.get_by_role("button", name="提交申请").click()
    expect(drawer.get_by_role("button", name="撤回")).to_be_visible()

    page = second.open(f"/incidents?show=incident:{incident}")
    drawer = second.drawer()
    drawer.get_by_role("button", name="同意延长").click()
    dialog = page.get_by_role("dialog", name="同意延长")
    expect(dialog).to_contain_text("第二个台风要来")
    dialog.get_by_role("button", name="签字同意").click()
    expect(drawer.get_by_text("有一份延长申请")).to_have_count(0)
    expect(drawer.get_by_text("还剩 13 天").or_(drawer.get_by_text("还剩 12 天"))).to_be_visible()


def an_hour_of(name: str, district: District, **more: str) -> dict[str, object]:
    """A drill on the first community, as its office would ask for it."""
    areas = district.client("desk").get("/areas?kind=community&page_size=1").json()["rows"]
    words = {"basis": "emergency_response_2024", "pack": "heatwave_check", "issuer": "街道", "name": name}
    ends = {"ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    return words | {"area": areas[0]["id"], "drill": True} | ends | more


def test_it_ends_by_itself_and_its_campaign_with_it(
    two: tuple[Desk, Desk], district: District, picture: Picture
) -> None:
    """Nobody closes it: a moment after its end the page says so, and the campaign it brought is closed."""
    page = two[1]
    brief = (datetime.now(UTC) + timedelta(seconds=20)).isoformat()
    incident = district.an_incident(an_hour_of("只有二十秒", district, ends_at=brief))
    desk = district.client("desk")
    for _ in range(60):
        page.page.wait_for_timeout(1000)
        campaigns = [one for one in desk.get("/campaigns?page_size=200").json()["rows"] if one["name"] == "高温看望"]
        closed = [one for one in campaigns if one["state"] == "closed"]
        if closed and desk.get(f"/incidents/{incident['id']}").json()["state"] != "open":
            break
    shown = page.open(f"/incidents?show=incident:{incident['id']}")
    expect(page.drawer().get_by_text("到期结束").first).to_be_visible()
    expect(page.drawer().get_by_role("button", name="申请延长")).to_have_count(0)
    seen(shown, picture, "incident-ended")
    assert closed
