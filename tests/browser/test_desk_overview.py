"""One honest number, with its age, and a door from every number to its rows."""

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.office import Desk, District, enrol
from tests.chromium import Picture


def test_the_overview_drills_down_to_the_grid_and_the_address_reproduces_it(office: Desk) -> None:
    page = office.sign_in("desk").page
    here = page.get_by_role("navigation", name="所在区域").locator("[aria-current]")
    first = page.get_by_role("table", name="各区域进度").locator("tbody tr").first.get_by_role("link").first
    for kind in ("片", "社区|村", "-"):
        expect(first).to_have_text(re.compile(kind))
        name = first.inner_text()
        first.click()
        if kind != "-":
            expect(here).to_have_text(name)
    title = page.get_by_role("dialog").get_by_role("heading", level=2)
    expect(title).to_have_text(f"{name} 还没走到的户")
    page.reload()
    expect(title).to_have_text(f"{name} 还没走到的户")


def test_an_officer_sees_how_many_are_missing_and_is_told_why_not_who(office: Desk, district: District) -> None:
    page = _remainder(office.sign_in("desk"), district)
    expect(page.get_by_role("dialog")).to_contain_text("只有这个网格的责任人和网格长能看到")
    expect(page.get_by_role("dialog").get_by_role("table")).to_have_count(0)


def test_the_grid_s_own_worker_sees_which_households_are_missing(office: Desk, district: District) -> None:
    page = _remainder(office.sign_in("grid-02"), district)
    expect(page.get_by_role("dialog").get_by_role("table").locator("tbody tr").first).to_be_visible()


def test_on_the_day_the_phone_is_broken_the_worker_prints_what_remains(
    office: Desk, district: District, picture: Picture
) -> None:
    page = _remainder(office.sign_in("grid-02"), district)
    page.get_by_role("button", name="打印这张名单").click()
    dialog = page.get_by_role("dialog", name="打印这张名单")
    go = dialog.get_by_role("button", name="打印", exact=True)
    expect(go).to_be_disabled()
    dialog.get_by_placeholder("手机坏了").fill("手机摔坏了")
    picture(page, "desk-print")
    with page.expect_download() as begun:
        go.click()
    assert begun.value.suggested_filename.endswith(".pdf")
    assert begun.value.path().read_bytes().startswith(b"%PDF")
    expect(dialog).to_have_count(0)


def test_numbers_move_while_one_looks(desk: BrowserContext, district: District) -> None:
    office = Desk(desk, district).sign_in("desk")
    done = office.page.locator(".figures b").first
    before = int(done.inner_text().replace(",", ""))
    phone = enrol(district, "grid-03")
    feed = phone.feed()
    assert phone.visit(campaign=feed["campaigns"][0], household=feed["households"][-1])["fate"] == "stored"
    expect(done).to_have_text(f"{before + 1:,}", timeout=12_000)


def test_when_the_server_is_gone_the_page_says_how_old_its_numbers_are(office: Desk) -> None:
    page = office.sign_in("desk").page
    expect(page.get_by_text("数据截至")).to_be_visible()
    figure = page.locator(".figures b").first.inner_text()
    page.context.set_offline(True)
    expect(page.get_by_text("数据停在")).to_be_visible(timeout=15_000)
    expect(page.locator(".figures b").first).to_have_text(figure)
    page.context.set_offline(False)
    expect(page.get_by_text("数据截至")).to_be_visible(timeout=15_000)


def _remainder(office: Desk, district: District):  # type: ignore[no-untyped-def]
    """The remainder of the grid that grid-02 answers for."""
    client = district.client("grid-02")
    grid = client.get("/me").json()["grants"][0]["area"]["id"]
    campaign = client.get("/campaigns").json()["rows"][0]["id"]
    return office.open(f"/?area={grid}&show=remainder:{campaign}:{grid}")
