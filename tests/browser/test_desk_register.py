"""The register at the desk: found by pinyin, walked by keyboard, masked until a reason is given."""

import re

from playwright.sync_api import expect

from tests.browser.office import Desk

CHEN = re.compile(r"^(陈|程|谌|成|晨|承)")  # who types "chen" may be about to type "cheng"


def test_somebody_is_found_by_typing_and_opened_without_a_mouse(office: Desk) -> None:
    page = office.sign_in("desk").page
    page.keyboard.press("Alt+r")
    rows = page.get_by_role("table", name="居民").locator("tbody tr")
    expect(rows.first).to_be_visible()
    page.keyboard.press("Alt+l")
    page.keyboard.type("chen")
    expect(page).to_have_url(re.compile("q=chen"))
    expect(rows.first).to_contain_text(CHEN)
    assert [text for text in rows.all_inner_texts() if not CHEN.match(text)] == []
    expect(rows.filter(has_text="陈**").first).to_be_visible()
    second = rows.nth(1).get_by_role("link").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    drawer = office.drawer()
    expect(drawer).to_contain_text(second)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(rows.nth(1)).to_be_focused()


def test_typing_in_the_list_filters_it_and_escape_shows_all_again(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents")
    page.get_by_role("table", name="居民").locator("tbody tr").first.focus()
    page.keyboard.type("li")
    expect(page).to_have_url(re.compile("q=li"))
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("q="))


def test_sorting_and_pages_stand_in_the_address(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents")
    page.get_by_role("button", name="出生年").click()
    expect(page).to_have_url(re.compile("sort=age"))
    expect(page.get_by_role("columnheader", name="出生年")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="下一页").click()
    expect(page).to_have_url(re.compile("page=2"))
    range_, rows = page.get_by_text(re.compile("^第 ")), page.get_by_role("table", name="居民").locator("tbody tr")
    expect(range_).to_contain_text("第 51–100 条")  # said of the rows that came, not of those asked for
    seen = rows.all_inner_texts()
    page.reload()
    expect(range_).to_contain_text("第 51–100 条")
    assert rows.all_inner_texts() == seen


def test_chosen_columns_are_remembered(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents")
    expect(page.get_by_role("columnheader", name="手机")).to_be_visible()
    page.keyboard.press("Alt+k")
    page.get_by_role("checkbox", name="手机").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("columnheader", name="手机")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("columnheader", name="姓名")).to_be_visible()
    expect(page.get_by_role("columnheader", name="手机")).to_have_count(0)


def test_a_number_is_shown_once_for_a_reason_and_the_look_is_on_record(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents?sort=-age")
    page.get_by_role("table", name="居民").locator("tbody tr").first.press("Enter")
    drawer = office.drawer()
    drawer.get_by_role("button", name="看全证件号码").click()
    show = drawer.get_by_role("button", name="看一次")
    expect(show).to_be_disabled()
    drawer.get_by_placeholder("为什么要看").fill("核对身份")
    show.click()
    expect(drawer.get_by_text(re.compile(r"999999\d{11}[\dX]"))).to_be_visible()
    drawer.get_by_role("button", name="收起").click()
    expect(drawer.get_by_text(re.compile(r"999999\d{11}[\dX]"))).to_have_count(0)
    drawer.get_by_role("button", name="查看记录").click()
    expect(drawer.get_by_text("核对身份")).to_be_visible()


def test_a_correction_stands_at_once(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents?sort=age")
    page.get_by_role("table", name="居民").locator("tbody tr").first.press("Enter")
    drawer = office.drawer()
    drawer.get_by_role("button", name="更正底册").click()
    drawer.get_by_label("改成").select_option("returnee")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer.get_by_text("返乡人员").first).to_be_visible()


def test_nothing_found_says_what_to_do_next(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents?q=zzzzzz")
    expect(page.get_by_text("没有符合条件的")).to_be_visible()
    expect(page.get_by_text("清掉筛选")).to_be_visible()
