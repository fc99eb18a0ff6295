"""Who sits at the desk: wrong passwords, passwords of others, and where each begins."""

from playwright.sync_api import BrowserContext, expect

from tests.browser.office import Desk, District


def test_a_wrong_password_is_told_and_the_account_stays_typed(office: Desk) -> None:
    page = office.page
    page.goto(office.district.url)
    page.get_by_label("账号").fill("desk")
    page.locator("input[name=password]").fill("not-the-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("密码不对")
    expect(page.get_by_label("账号")).to_have_value("desk")
    expect(page.locator("input[name=password]")).to_be_focused()


def test_five_wrong_passwords_lock_and_the_page_says_for_how_long(office: Desk) -> None:
    page = office.page
    page.goto(office.district.url)
    for _ in range(6):
        page.get_by_label("账号").fill("sector-1")
        page.locator("input[name=password]").fill("not-the-password")
        with page.expect_response("**/api/v1/session"):
            page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("15 分钟")


def test_a_password_given_by_somebody_else_must_be_changed_first(office: Desk, district: District) -> None:
    admin = district.client("admin")
    community = admin.get("/accounts?q=community-01").json()["rows"][0]
    given = admin.post(f"/accounts/{community['id']}/password-reset", json={}).json()["password"]
    page = office.page
    page.goto(district.url)
    page.get_by_label("账号").fill("community-01")
    page.locator("input[name=password]").fill(given)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.get_by_label("现在的密码").fill(given)
    page.get_by_label("新密码 至少 10 位").fill("xinghuo-7531-liuan")
    page.get_by_label("再输一遍新密码").fill("xinghuo-7531-liuan")
    page.get_by_role("button", name="换成新密码").click()
    expect(page.get_by_role("navigation", name="页面", exact=True)).to_be_visible()
    district._passwords["community-01"] = "xinghuo-7531-liuan"


def test_the_auditor_begins_at_the_log_and_sees_no_people(office: Desk) -> None:
    office.sign_in("audit")
    expect(office.page.get_by_role("heading", name="操作留痕")).to_be_visible()
    menu = office.page.get_by_role("navigation", name="页面", exact=True)
    expect(menu.get_by_role("link", name="居民")).to_have_count(0)
    assert office.complaints == []


def test_signing_out_leaves_nothing_on_the_screen(office: Desk) -> None:
    office.sign_in("desk")
    office.page.locator("button.who").click()
    office.page.get_by_role("button", name="退出登录").click()
    expect(office.page.get_by_role("heading", name="登录")).to_be_visible()
    office.open("/residents")
    expect(office.page.get_by_role("heading", name="登录")).to_be_visible()
    expect(office.page.get_by_role("table")).to_have_count(0)


def test_the_language_of_the_reader_is_kept(desk: BrowserContext, district: District) -> None:
    office = Desk(desk, district)
    office.page.goto(district.url)
    office.page.get_by_role("button", name="English").click()
    expect(office.page.get_by_role("heading", name="Sign in")).to_be_visible()
    office.page.reload()
    expect(office.page.get_by_role("heading", name="Sign in")).to_be_visible()
