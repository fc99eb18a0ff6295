"""联系与包保 and places, as an office goes through them: whom to ask, who stands in, who looks after what."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District
from tests.chromium import WIDE, Picture

SMALL = {"width": 360, "height": 780}


def look(desk: Desk, picture: Picture, name: str) -> None:
    """As everybody sees it, at three widths; nothing sticks out, axe finds nothing."""
    page = desk.page
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, width in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        assert sideways(page) <= 0
        picture(page, f"desk-{name}-{width}")
    page.set_viewport_size({"width": 1440, "height": 900})


def pick(page: Page, within: Any, label: str, words: str) -> None:
    """One of a list by typing part of its name."""
    box = within.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=re.compile(words)).filter(visible=True).first.click()


def test_a_building_without_a_contact_gets_one_and_somebody_stands_in(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").open("/areas/links")
    table = page.get_by_role("table", name="楼栋联系人")
    expect(table).to_contain_text("还没有联系人")
    look(office, picture, "contacts")
    page.get_by_role("link", name="只看还没有联系人的").click()
    expect(page).to_have_url(re.compile("vacant=1"))
    expect(table.locator("tbody tr").first).to_contain_text("还没有联系人")
    building = table.locator("tbody tr").first.get_by_role("link").inner_text()
    table.locator("tbody tr").first.get_by_role("link").click()
    drawer = office.drawer()
    expect(drawer).to_contain_text("还没有联系人")
    drawer.get_by_role("button", name="指定联系人").click()
    dialog = page.get_by_role("dialog", name="指定联系人")
    expect(dialog.get_by_role("button", name="确定")).to_be_disabled()
    first_of(page, dialog)
    picture(page, "desk-contact-naming-1440")
    dialog.get_by_role("button", name="确定").click()
    expect(drawer.get_by_role("button", name="换人")).to_be_visible()
    expect(drawer).not_to_contain_text("还没有联系人")
    look(office, picture, "contact")
    drawer.get_by_role("button", name=re.compile("结束：")).click()
    page.get_by_role("dialog", name="结束").get_by_role("button", name="结束").last.click()
    expect(drawer.get_by_role("button", name="指定联系人")).to_be_visible()
    assert building.split(" › ")[-1] in drawer.inner_text()
    assert office.complaints == []


def first_of(page: Page, dialog: Any) -> None:
    dialog.get_by_role("combobox", name="谁").click()
    page.get_by_role("option").filter(visible=True).first.click()


def test_an_organisation_looks_after_a_community_until_a_day_and_it_is_found_and_ended(
    office: Desk, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/areas/links")
    page.get_by_role("link", name="挂钩帮包").click()
    expect(page.get_by_role("table", name="挂钩帮包")).to_contain_text("旅投公司")
    look(office, picture, "liaison")
    page.keyboard.press("Alt+n")
    drawer = office.drawer()
    pick(page, drawer, "谁来挂钩帮包", "星海机电")
    pick(page, drawer, "联系哪里", "营塍社区")
    drawer.get_by_label("做什么").fill("借出会议室当值守点")
    look(office, picture, "new-liaison")
    drawer.get_by_role("button", name="登记").click()
    expect(drawer.get_by_role("heading", name="星海机电有限公司")).to_be_visible()
    look(office, picture, "link")
    page.keyboard.press("Escape")
    page.get_by_label("单位、地方或做什么").fill("会议室")
    rows = page.get_by_role("table", name="挂钩帮包").locator("tbody tr")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link").click()
    drawer.get_by_role("button", name="结束").click()
    page.get_by_role("dialog", name="结束").get_by_role("button", name="结束").last.click()
    expect(page.get_by_text("没有符合条件的")).to_be_visible()
    assert office.complaints == []


def test_a_steward_is_named_for_two_doors_which_then_go_to_another(
    office: Desk, district: District, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/areas/links?tab=stewards")
    expect(page.get_by_role("table", name="中心户")).to_be_visible()
    look(office, picture, "stewards")
    page.get_by_role("link", name="指定中心户").click()
    drawer = office.drawer()
    grid = district.client("desk").get("/areas?kind=grid&page_size=200").json()["rows"][6]
    pick(page, drawer, "网格", grid["name"])
    drawer.get_by_label("中心户").select_option(index=1)
    found = drawer.get_by_role("list", name="可以选的住户").get_by_role("button")
    expect(found.first).to_be_visible()
    found.nth(12).click()
    found.nth(12).click()
    expect(drawer).to_contain_text("已选 2 户")
    look(office, picture, "new-steward")
    drawer.get_by_role("button", name="登记").click()
    expect(drawer.get_by_role("button", name="换住户")).to_be_visible()
    look(office, picture, "steward")
    drawer.get_by_role("button", name="结束").click()
    page.get_by_role("dialog", name="结束").get_by_role("button", name="结束").last.click()
    expect(drawer).to_have_count(0)
    assert office.complaints == []


def test_report_ins_need_consent_and_each_look_is_noted(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").open("/areas/links?tab=reports")
    table = page.get_by_role("table", name="双报到")
    expect(table.locator("tbody tr").first).to_be_visible()
    look(office, picture, "report-ins")
    page.get_by_role("link", name="登记报到").click()
    drawer = office.drawer()
    expect(drawer).to_contain_text("还要填")
    expect(drawer.get_by_role("button", name="登记报到")).to_be_disabled()
    look(office, picture, "new-report-in")
    assert office.complaints == []


def test_a_shop_is_written_down_found_by_the_search_put_right_and_closed(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").open("/areas/places")
    expect(page.get_by_role("table", name="场所")).to_contain_text("莘湖")
    look(office, picture, "places")
    page.keyboard.press("Alt+n")
    drawer = office.drawer()
    drawer.get_by_label("名称").fill("转角面馆")
    drawer.get_by_label("类别").select_option(label="餐饮")
    pick(page, drawer, "网格", "莘湖-01")
    drawer.get_by_label("门牌").fill("时代柏悦1幢1单元101")
    look(office, picture, "new-place")
    drawer.get_by_role("button", name="登记").click()
    expect(drawer.get_by_role("region", name="找谁")).to_contain_text("网格员")
    expect(drawer).to_contain_text("时代柏悦1幢")
    look(office, picture, "place")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("转角")
    page.get_by_role("option", name=re.compile("转角面馆")).click()
    drawer.get_by_role("button", name="更正").click()
    drawer.get_by_label("名称").fill("转角饺子馆")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer.get_by_role("region", name="来历")).to_contain_text("更正: 转角饺子馆")
    drawer.get_by_role("button", name="不在了").click()
    page.get_by_role("dialog", name="不在了").get_by_role("button", name="确定").click()
    expect(drawer).to_contain_text("这处场所已经没有了")
    assert office.complaints == []


def test_large_type_and_english(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").open("/areas/links")
    page.evaluate("localStorage.setItem('lianfang.language', 'en')")
    for address, name in (
        ("/areas/links", "contacts"),
        ("/areas/links?tab=stewards", "stewards"),
        ("/areas/places", "places"),
    ):
        office.open(address)
        picture(page, f"desk-{name}-en-1440")
    page.get_by_role("button", name=re.compile("Columns|列")).click()
    before = page.locator(".el-checkbox__label").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    page.evaluate("document.documentElement.dataset.type = 'large'")
    after = page.locator(".el-checkbox__label").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert after > before
    picture(page, "desk-places-large-1440")
