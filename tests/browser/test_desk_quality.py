"""What of the register is to be looked at, and how complete it is: found at the desk, opened, told, taken out."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, enrol
from tests.browser.test_desk_looks import SMALL
from tests.chromium import DESK, WIDE, Picture


def without_a_telephone(district: District) -> int:
    """Somebody's only telephone number turns out to be none: their home can be reached by nobody."""
    client = district.client("desk")
    home = next(one for one in client.get("/households?page_size=200").json()["rows"] if one["people"] == 1)
    (one,) = client.get(f"/households/{home['id']}").json()["residents"]
    edit = {"field": "phone", "base_version": one["versions"].get("phone", 0), "value": None, "reason": "空号"}
    assert client.patch(f"/residents/{one['id']}", json=edit).status_code == 200
    return int(client.get("/upkeep").json()["total"]["phone_missing"])


def test_what_is_missing_is_found_by_kind_opened_and_taken_out_for_a_reason(
    office: Desk, district: District, tmp_path: Path
) -> None:
    missing = without_a_telephone(district)
    page = office.sign_in("desk").open("/residents/quality")
    page.get_by_role("navigation", name="按问题筛选").get_by_role("link", name="这户没有一个人留电话").click()
    expect(page).to_have_url(re.compile("flaw=phone_missing"))
    rows = page.get_by_role("table", name="待看清单").locator("tbody tr")
    expect(rows).to_have_count(min(missing, 50))
    expect(page.get_by_text("问能联系到这户的号码").first).to_be_visible()
    rows.first.press("Enter")
    expect(office.drawer()).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="导出名单").click()
    go = page.get_by_role("button", name="写明用途并导出")
    expect(go).to_be_disabled()
    page.get_by_placeholder("如:打印给第7网格上门核对").or_(page.get_by_placeholder("如：打印给第7网格上门核对")).fill(
        "上门补电话"
    )
    with page.expect_download() as taken:
        go.click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    assert office.complaints == []


def test_expected_homes_are_told_and_the_remainder_stands_beside_them(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents/completeness")
    page.get_by_role("button", name="登记应有户数").click()
    dialog = page.get_by_role("dialog", name="登记应有户数")
    dialog.get_by_label("应有户数").fill("5000")
    dialog.get_by_label("谁给的数").fill("派出所")
    dialog.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text(re.compile("应有 5,000 户"))).to_be_visible()
    expect(page.get_by_text(re.compile("派出所，"))).to_be_visible()


def test_the_months_are_agreed(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents/quality")
    page.get_by_role("button", name="改约定").click()
    dialog = page.get_by_role("dialog", name="改约定")
    dialog.get_by_label("几个月没有核实要去看").fill("6")
    dialog.get_by_label("谁约定的").fill("街道办")
    dialog.get_by_role("button", name="从今天起这样算").click()
    expect(page.get_by_text(re.compile("6 个月没有核实.*街道办约定"))).to_be_visible()


def test_both_pages_fit_and_can_be_used_by_everybody(
    desk: BrowserContext, district: District, picture: Picture
) -> None:
    office = Desk(desk, district).sign_in("desk")
    for name in ("quality", "completeness"):
        for language in ("zh-Hans", "en"):
            office.page.evaluate("language => localStorage.setItem('lianfang.language', language)", language)
            page = office.open(f"/residents/{name}")
            for size, width in ((DESK, 1440), (WIDE, 1920), (SMALL, 360)):
                page.set_viewport_size(size)
                page.wait_for_timeout(200)
                picture(page, f"desk-{name}-{language}-{width}")
                assert sideways(page) <= 0
            assert axe_findings(page) == []
        office.page.evaluate("localStorage.setItem('lianfang.type', 'large')")
        page = office.open(f"/residents/{name}")
        page.set_viewport_size(DESK)
        picture(page, f"desk-{name}-large-1440")
        assert axe_findings(page) == []
        office.page.evaluate("localStorage.removeItem('lianfang.type')")
    office.page.evaluate("localStorage.removeItem('lianfang.language')")
    assert office.complaints == []


def test_the_campaigns_page_says_what_households_were_asked_for_this_week(
    desk: BrowserContext, district: District, picture: Picture
) -> None:
    office = Desk(desk, district).sign_in("desk")
    phone = enrol(district, "grid-02")
    feed = phone.feed()
    campaign, homes = feed["campaigns"][0], feed["households"][:3]
    for home in homes:
        assert phone.visit(campaign=campaign, household=home)["fate"] == "stored"
    page = office.open("/campaigns")
    panel = page.get_by_role("region", name="本周问了居民多少时间")
    expect(panel.get_by_text(re.compile(r"本周 1 个行动上门问了 [\d,]+ 户"))).to_be_visible()
    panel.get_by_role("button", name="看哪里、谁问的").click()
    expect(panel.get_by_role("table")).to_be_visible()
    assert axe_findings(page) == []
    for size, width in ((DESK, 1440), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        picture(page, f"desk-burden-{width}")
        assert sideways(page) <= 0


def test_residents_are_filtered_by_how_they_live_here_and_counts_open_to_them(office: Desk) -> None:
    page = office.sign_in("desk").open("/residents/completeness")
    there = page.get_by_role("region", name="居住情况").get_by_role("link").first
    count = (there.text_content() or "").replace(",", "")
    there.click()
    expect(page).to_have_url(re.compile("lives=registered"))
    expect(page.get_by_role("status").filter(has_text="条")).to_contain_text(f"{int(count):,}")
    page.get_by_label("户籍/居住类别").or_(page.get_by_label("居住类别")).select_option("separated")
    expect(page).to_have_url(re.compile("lives=separated"))
    rows = page.get_by_role("table", name="居民").locator("tbody tr")
    expect(rows.first.or_(page.get_by_text("没有符合条件的"))).to_be_visible()
    assert axe_findings(page) == []
    assert office.complaints == []


def test_minutes_are_seen_by_grid_and_by_household_the_highest_first(
    desk: BrowserContext, district: District, picture: Picture
) -> None:
    office = Desk(desk, district).sign_in("desk")
    phone = enrol(district, "grid-03")
    feed = phone.feed()
    for home in feed["households"][:4]:
        assert phone.visit(campaign=feed["campaigns"][0], household=home)["fate"] == "stored"
    for language in ("zh-Hans", "en"):
        office.page.evaluate("language => localStorage.setItem('lianfang.language', language)", language)
        page = office.open("/campaigns/burden")
        for size, width in ((DESK, 1440), (WIDE, 1920), (SMALL, 360)):
            page.set_viewport_size(size)
            page.wait_for_timeout(200)
            picture(page, f"desk-burden-page-{language}-{width}")
            assert sideways(page) <= 0
        assert axe_findings(page) == []
    office.page.evaluate("localStorage.removeItem('lianfang.language')")
    page = office.open("/campaigns/burden")
    page.set_viewport_size(DESK)
    expect(page.get_by_role("table", name="各网格每户用时").locator("tbody tr").first).to_be_visible()
    homes = page.get_by_role("table", name="问得最久的户").locator("tbody tr")
    expect(homes.first).to_be_visible()
    homes.first.press("Enter")
    expect(office.drawer()).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="上一周").click()
    expect(page.get_by_text("这一周没有上门问过谁").first).to_be_visible()
    assert office.complaints == []
