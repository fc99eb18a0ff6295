"""The evening's report at the desk: it writes itself, three parts are written by hand; signed, issued, archived."""

import zipfile
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, enrol
from tests.chromium import DESK, SMALL, WIDE, Picture


def seen(page: Page, picture: Picture, name: str) -> None:
    """Looked at on an office PC, on a wide screen and on a phone, and usable by everybody."""
    page.wait_for_timeout(300)
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, at in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        assert sideways(page) <= 0
        picture(page, f"desk-{name}-{at}")
    page.set_viewport_size(DESK)


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as file:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(file.value.path()).read_bytes()


def drafted(office: Desk) -> Page:
    page = office.open("/reports?show=new-report")
    office.drawer().get_by_role("button", name="起草", exact=True).click()
    return page


def test_a_report_is_drafted_written_signed_issued_and_counted_again(
    office: Desk, district: District, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/reports")
    expect(page.get_by_text("还没有报表")).to_be_visible()
    _walk(district, "grid-02", visits=12)
    seen(page, picture, "reports-empty")
    page.keyboard.press("Alt+n")
    drawer = office.drawer()
    expect(drawer.get_by_role("heading", name="起草日报")).to_be_visible()
    seen(page, picture, "new-report")
    drawer.get_by_role("button", name="起草", exact=True).click()

    stands = drawer.locator(".stands")
    expect(stands).to_contain_text("草稿")
    expect(drawer.get_by_text("应走访")).not_to_have_count(0)
    expect(drawer.get_by_role("row", name="合计").first).to_be_visible()
    assert downloaded(page, "PDF").startswith(b"%PDF")
    drawer.get_by_label("当天说明").fill("今天小雨,两组人手。")
    expect(drawer.get_by_role("button", name="签字", exact=True)).to_be_disabled()
    drawer.get_by_role("button", name="保存文字").click()
    expect(drawer.get_by_text("还没有保存")).to_have_count(0)
    seen(page, picture, "report-draft")

    drawer.get_by_role("button", name="签字", exact=True).click()
    page.get_by_role("dialog", name="签字").get_by_role("button", name="签字").click()
    expect(stands).to_contain_text("已签字")
    drawer.get_by_role("button", name="签发", exact=True).click()
    dialog = page.get_by_role("dialog", name="签发")
    expect(dialog).to_contain_text("不能退回")
    dialog.get_by_role("button", name="签发").click()
    expect(stands).to_contain_text("已签发")
    expect(drawer.get_by_label("当天说明")).to_have_count(0)
    expect(drawer.get_by_text("今天小雨,两组人手。")).to_be_visible()
    drawer.get_by_role("button", name="按当时的位置重算").click()
    expect(drawer.get_by_text("重算和签字时一致")).to_be_visible()
    drawer.locator(".inside").evaluate("inside => { inside.scrollTop = 0 }")
    seen(page, picture, "report")

    word = downloaded(page, "Word")
    assert word == downloaded(page, "Word")
    assert "今天小雨,两组人手。" in zipfile.ZipFile(BytesIO(word)).read("word/document.xml").decode()
    assert downloaded(page, "Excel").startswith(b"PK")

    page = drafted(office)
    expect(office.drawer()).to_contain_text("第 1 版已经签发")
    office.drawer().get_by_label("为什么再出一版").fill("漏了第 3 网格")
    office.drawer().get_by_role("button", name="起草", exact=True).click()
    expect(office.drawer()).to_contain_text("这是第 2 版,取代第 1 版。原因:漏了第 3 网格")
    page = office.open("/reports")
    expect(page.get_by_role("row")).to_have_count(3)
    seen(page, picture, "reports")
    assert office.complaints == []


def _walk(district: District, worker: str, *, visits: int) -> None:
    """A worker has been to some doors; every fourth stays shut."""
    phone = enrol(district, worker)
    feed = phone.feed()
    for n, home in enumerate(feed["households"][:visits]):
        outcome, people = ("nobody_home", 0) if n % 4 == 3 else ("done", 3)
        told = phone.visit(campaign=feed["campaigns"][0], household=home, outcome=outcome, people=people)
        assert told["fate"] == "stored"
