"""A walking list comes back from the street and is typed in without a mouse; typed in twice, nothing changes."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, enrol
from tests.chromium import DESK, SMALL, WIDE, Picture


def seen(page: Page, picture: Picture, name: str) -> None:
    page.wait_for_timeout(300)
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, at in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        picture(page, f"desk-{name}-{at}")
        assert sideways(page) <= 0
    page.set_viewport_size(DESK)


def printed(district: District, worker: str) -> tuple[str, dict[str, Any]]:
    """Its number, as it stands in the file's name and on the paper."""
    feed = enrol(district, worker).feed()
    campaign, grid = feed["campaigns"][0], feed["households"][0]["grid"]
    asked = {"grid": grid, "reason": "手机不够用,用纸走一遍"}
    answer = district.client(worker).post(f"/campaigns/{campaign['id']}/walking-list", json=asked)
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF"), answer.text
    found = re.search(r"-(\d+)\.pdf", answer.headers["content-disposition"])
    assert found is not None
    return found[1], campaign


def test_a_filled_list_is_typed_in_by_keyboard_and_twice_changes_nothing(
    office: Desk, district: District, picture: Picture
) -> None:
    number, campaign = printed(district, "grid-03")
    page = office.sign_in("grid-03").open("/campaigns/lists")
    seen(page, picture, "lists-empty")
    page.get_by_label("单号").fill(number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("已录 0 /")).to_be_visible()
    before = district.client("desk").get(f"/campaigns/{campaign['id']}").json()["totals"]["done"]

    for line in (1, 2, 3):
        page.keyboard.type(f"LF-{number}-{line}")
        page.keyboard.press("Enter")
        expect(page.get_by_label("情况")).to_be_focused()
        if line == 2:
            page.keyboard.press("2")  # as it is numbered on paper
            expect(page.get_by_label("情况")).to_have_value("nobody_home")
            seen(page, picture, "lists-line")
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"第 {line} 行已收好")).to_be_visible()
        page.keyboard.press("Control+a")
    expect(page.get_by_text("已录 3 /")).to_be_visible()
    assert district.client("desk").get(f"/campaigns/{campaign['id']}").json()["totals"]["done"] == before + 2

    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("情况")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("内容一样，没有改动")).to_be_visible()
    seen(page, picture, "lists")
    assert district.client("desk").get(f"/campaigns/{campaign['id']}").json()["totals"]["done"] == before + 2
    assert office.complaints == []
