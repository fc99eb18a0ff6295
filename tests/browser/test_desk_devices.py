"""Phones at the desk: joined by a code, shut out with what will happen said before, what they still held counted."""

import re

from playwright.sync_api import expect

from tests.browser.looking import axe_findings
from tests.browser.office import Desk, District, PlayedPhone, enrol
from tests.chromium import Picture


def test_a_phone_joins_by_the_code_on_the_screen(office: Desk, district: District) -> None:
    page = office.sign_in("desk").open("/system/accounts?q=grid-05")
    page.get_by_role("table", name="账号与角色").locator("tbody tr").first.press("Enter")
    drawer = office.drawer()
    drawer.get_by_role("button", name="登记手机").click()
    picture = drawer.get_by_alt_text("登记用的二维码")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    expect(drawer.get_by_role("timer")).to_have_text(re.compile(r"还剩 9:\d\d"))
    PlayedPhone(district, drawer.locator(".code").inner_text())
    expect(drawer.get_by_text("测试手机").first).to_be_visible(timeout=15_000)


def test_revoking_says_what_will_happen_and_what_it_still_held_is_counted_by_a_person(
    office: Desk, district: District
) -> None:
    phone = enrol(district, "grid-04")
    feed = phone.feed()
    page = office.sign_in("desk").open(f"/system/devices?show=device:{phone.device['id']}")
    office.drawer().get_by_role("button", name="停用这台手机").click()
    dialog = page.get_by_role("dialog", name=re.compile("停用 测试手机"))
    for said in ("什么都打不开", "清掉存着的名单", "不会丢", "重新扫码登记"):
        expect(dialog).to_contain_text(said)
    dialog.get_by_role("button", name="停用").click()
    expect(office.drawer()).to_contain_text("起停用")
    assert phone.visit(campaign=feed["campaigns"][0], household=feed["households"][0])["fate"] == "held"

    page = office.open("/system/held")
    page.get_by_role("table", name="搁置记录").locator("tbody tr").first.press("Enter")
    drawer = office.drawer()
    expect(drawer).to_contain_text("手机已停用")
    count = drawer.get_by_role("button", name="计入", exact=True)
    expect(count).to_be_disabled()
    drawer.get_by_label("为什么这样处理").fill("已打电话核实")
    count.click()
    expect(page.get_by_text("没有搁置的记录")).to_be_visible()


def test_a_login_for_odk_collect_is_shown_once_and_its_phone_stands_in_the_list(
    office: Desk, district: District, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/system/accounts?q=grid-06")
    page.get_by_role("table", name="账号与角色").locator("tbody tr").first.press("Enter")
    drawer = office.drawer()
    drawer.get_by_role("button", name="开通 ODK Collect").click()
    expect(drawer).to_contain_text(re.compile(r"odk-[0-9a-f]{8}"))
    expect(drawer).to_contain_text("/api/v1/openrosa")
    expect(drawer.get_by_role("link", name="ODK Collect")).to_be_visible()
    assert axe_findings(page) == []
    picture(page, "desk-odk-login-1440")
    drawer.get_by_role("button", name="已经记下").click()
    expect(drawer).not_to_contain_text("odk-")
    assert district.client("desk").get("/devices?q=ODK").json()["total"] == 1
