"""A sweep is set up and ended without a mouse."""

import re

from playwright.sync_api import expect

from tests.browser.office import Desk


def test_a_campaign_is_dispatched_and_closed_by_keyboard_alone(office: Desk) -> None:
    page = office.sign_in("command").page
    page.mouse.move(0, 0)
    page.keyboard.press("Alt+c")
    expect(page.get_by_role("heading", name="行动", exact=True)).to_be_visible()
    page.keyboard.press("Alt+n")
    drawer = office.drawer()
    expect(drawer.get_by_label("行动名称")).to_be_focused()
    page.keyboard.type("消防通道入户提醒")
    form = drawer.get_by_label("表单", exact=True)
    for _ in range(20):
        page.keyboard.press("Tab")
        if form.evaluate("element => element === document.activeElement"):
            break
    expect(form).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(drawer.get_by_text("提交后立即发到手机")).to_be_visible()
    page.keyboard.press("Alt+p")
    expect(drawer.get_by_role("heading", name="消防通道入户提醒")).to_be_visible()
    expect(drawer).to_contain_text("进行中")

    close = drawer.get_by_role("button", name="结束行动")
    for _ in range(20):
        page.keyboard.press("Tab")
        if close.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="结束行动")
    expect(dialog).to_contain_text("照样计入")
    reason = dialog.get_by_label("原因")
    for _ in range(6):
        if reason.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("试一下")
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("已结束")


def test_the_search_of_the_head_finds_areas_and_goes_there(office: Desk) -> None:
    page = office.sign_in("desk").page
    page.keyboard.press("/")
    page.keyboard.type("莘湖")
    expect(page.get_by_role("option").nth(2)).to_be_visible()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("area="))
    expect(page.get_by_role("navigation", name="所在区域")).to_contain_text("莘湖")


def test_a_question_mark_shows_every_key_and_alt_the_letters(office: Desk) -> None:
    page = office.sign_in("desk").page
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="快捷键")
    for words in ("搜索", "总览", "上一行、下一行"):
        expect(help_).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.down("Alt")
    expect(page.locator(".side kbd").first).to_be_visible()
    page.keyboard.up("Alt")
    expect(page.locator(".side kbd").first).to_be_hidden()


def test_the_second_of_two_signs_what_the_first_proposed(office: Desk) -> None:
    """Renewal of the incident: proposed by one, in force only when another has signed."""
    page = office.sign_in("command").open("/incidents")
    page.get_by_role("table", name="应急").locator("tbody tr").first.press("Enter")
    drawer = office.drawer()
    before = drawer.get_by_text("还剩").inner_text()
    drawer.get_by_role("button", name="申请延长").click()
    dialog = page.get_by_role("dialog", name="申请延长")
    expect(dialog).to_contain_text("另一位负责人签字后才生效")
    expect(dialog.get_by_role("button", name="提交申请")).to_be_disabled()
    page.keyboard.press("Escape")
    assert drawer.get_by_text("还剩").inner_text() == before
