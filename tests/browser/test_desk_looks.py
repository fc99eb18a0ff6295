"""Every screen of the desk as somebody sees it: pictures to be looked at, nothing that sticks out, axe at zero."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District
from tests.chromium import DESK, SMALL, WIDE, Picture

PAGES = {
    "overview": "/",
    "areas": "/areas",
    "vacant": "/areas?vacant=1",
    "areas-workbook": "/areas?show=area-workbook",
    "residents": "/residents",
    "households": "/residents/households",
    "conflicts": "/residents/conflicts",
    "duplicates": "/residents/duplicates",
    "imports": "/residents/imports",
    "new-import": "/residents/imports?show=new-import",
    "campaigns": "/campaigns",
    "new-campaign": "/campaigns?show=new-campaign",
    "needs": "/campaigns/needs",
    "findings": "/campaigns/findings",
    "checks": "/campaigns/checks",
    "burden": "/campaigns/burden",
    "lists": "/campaigns/lists",
    "forms": "/campaigns/forms",
    "new-form": "/campaigns/forms?show=new-form",
    "reports": "/reports",
    "new-report": "/reports?show=new-report",
    "upper-tables": "/reports/tables",
    "new-upper-table": "/reports/tables?show=new-upper-table",
    "incidents": "/incidents",
    "board": "/incidents/board",
    "new-incident": "/incidents?show=new-incident",
    "accounts": "/system/accounts",
    "new-account": "/system/accounts?show=new-account",
    "devices": "/system/devices",
    "held": "/system/held",
}
AUDITORS = {"audit": "/system/audit", "looks": "/system/looks"}


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, district: District) -> Iterator[BrowserContext]:
    """Two people in one office are two contexts; here the officer's, whose session all sizes share."""
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    Desk(context, district).sign_in("desk").page.close()
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_can_be_used_by_everybody(
    signed_in: BrowserContext, district: District, picture: Picture, name: str
) -> None:
    desk = Desk(signed_in, district)
    page = desk.open(PAGES[name])
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, width in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        assert sideways(page) <= 0
        picture(page, f"desk-{name}-{width}")
    assert desk.complaints == []
    page.close()


@pytest.mark.parametrize("name", AUDITORS)
def test_the_auditors_pages(desk: BrowserContext, district: District, picture: Picture, name: str) -> None:
    page = Desk(desk, district).sign_in("audit").open(AUDITORS[name])
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []


DRAWERS = {
    "resident": ("/residents?sort=-age", "居民"),
    "household": ("/residents/households", "住户"),
    "campaign": ("/campaigns", "行动"),
    "form": ("/campaigns/forms", "表单"),
    "incident": ("/incidents", "应急"),
    "account": ("/system/accounts?q=grid-01", "账号与角色"),
}


@pytest.mark.parametrize("name", DRAWERS)
def test_every_drawer(signed_in: BrowserContext, district: District, picture: Picture, name: str) -> None:
    address, table = DRAWERS[name]
    desk = Desk(signed_in, district)
    page = desk.open(address)
    page.get_by_role("table", name=table).locator("tbody tr").first.press("Enter")
    page.get_by_role("dialog").wait_for()
    desk.settle()
    page.wait_for_timeout(300)
    picture(page, f"desk-drawer-{name}-1440")
    assert axe_findings(page) == []
    page.set_viewport_size(SMALL)
    assert sideways(page) <= 0
    picture(page, f"desk-drawer-{name}-360")
    page.close()


def test_large_type(chromium: Browser, district: District, picture: Picture) -> None:
    page = _kept(chromium, district, "lianfang.type", "large")
    for name in (
        "overview",
        "residents",
        "findings",
        "checks",
        "needs",
        "new-campaign",
        "new-form",
        "board",
        "reports",
        "new-upper-table",
    ):
        page.goto(f"{district.url}{PAGES[name]}")
        page.wait_for_load_state("networkidle")
        picture(page, f"desk-{name}-large-1440")
        assert axe_findings(page) == []
        assert sideways(page) <= 0
    page.context.close()


def test_english_says_no_chinese_of_ours(chromium: Browser, district: District, picture: Picture) -> None:
    page = _kept(chromium, district, "lianfang.language", "en")
    names = ("overview", "areas", "residents", "duplicates", "new-campaign", "incidents", "accounts", "new-import")
    for name in (
        *names,
        "needs",
        "findings",
        "checks",
        "burden",
        "lists",
        "forms",
        "new-form",
        "board",
        "reports",
        "new-report",
        "upper-tables",
        "new-upper-table",
    ):
        page.goto(f"{district.url}{PAGES[name]}")
        page.wait_for_load_state("networkidle")
        picture(page, f"desk-{name}-english-1440")
        assert axe_findings(page) == []
        assert [words for words in page.evaluate(OUR_WORDS) if re.search("[\u4e00-\u9fff]", words)] == []
    page.context.close()


def test_broken_the_page_keeps_its_numbers_and_says_how_old_they_are(
    chromium: Browser, district: District, picture: Picture
) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    page = Desk(context, district).sign_in("desk").page
    page.get_by_role("table", name="各区域进度").wait_for()
    page.route("**/api/v1/overview**", _broken)
    page.get_by_text("数据停在").wait_for(timeout=15_000)
    picture(page, "desk-overview-broken-1440")
    assert axe_findings(page) == []
    context.close()


BROKEN = {
    "away": (lambda route: route.abort(), "连不上服务器"),
    "refused": (lambda route: route.fulfill(status=403, json=REFUSED), "您没有这项权限"),
    "gone": (lambda route: route.fulfill(status=404, json=GONE), "没有找到"),
}
ASKED_FOR = {
    "residents": "residents?",
    "campaigns/forms": "forms?",
    "reports": "reports?",
    "reports/tables": "upper-level-forms?",
    "campaigns?show=campaign:0": "campaigns/0",
    "reports?show=report:0": "reports/0",
    "reports/tables?show=upper-table:0": "upper-level-forms/0",
}
REFUSED = {"code": "access.no_permission", "message": "您没有这项权限。", "details": {}}
GONE = {"code": "access.not_found", "message": "没有找到。", "details": {}}


@pytest.mark.parametrize("how", BROKEN)
def test_a_list_and_a_drawer_that_cannot_be_read_say_why_and_offer_to_try_again(
    chromium: Browser, district: District, picture: Picture, how: str
) -> None:
    answer, words = BROKEN[how]
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    desk = Desk(context, district).sign_in("desk")
    for address, asked in ASKED_FOR.items():
        desk.page.route(f"**/api/v1/{asked}*", answer)
        page = desk.open(f"/{address}")
        alert = page.get_by_role("alert").filter(has_text=words).first
        expect(alert).to_be_visible()
        expect(alert.get_by_role("button", name="再试")).to_be_visible()
        assert axe_findings(page) == []
        picture(page, f"desk-{address.partition('?')[0].replace('/', '-')}-{how}-1440")
        page.set_viewport_size(SMALL)
        assert sideways(page) <= 0
        page.set_viewport_size(DESK)
        page.unroute_all()
    assert desk.complaints == []
    context.close()


def test_while_the_server_is_slow_the_page_says_that_it_reads_and_keeps_what_it_had(
    chromium: Browser, district: District, picture: Picture
) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    page = Desk(context, district).sign_in("desk").open("/residents")
    rows = page.get_by_role("table", name="居民").locator("tbody tr")
    expect(rows.first).to_be_visible()
    waiting: list[Route] = []
    page.route("**/api/v1/residents?*", lambda route: waiting.append(route))
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(".data-table[aria-busy=true]")).to_be_visible()
    expect(rows.first).to_be_visible()
    picture(page, "desk-residents-slow-1440")
    for route in waiting:
        route.continue_()
    expect(page.locator(".data-table[aria-busy=true]")).to_have_count(0)
    context.close()


def test_an_empty_house_says_what_to_do_next(chromium: Browser, district: District, picture: Picture) -> None:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    desk = Desk(context, district).sign_in("desk")
    desk.page.route("**/api/v1/**", _empty)
    for name in ("overview", "residents", "duplicates", "imports", "campaigns", "devices", "held"):
        page = desk.open(PAGES[name])
        picture(page, f"desk-{name}-empty-1440")
        assert axe_findings(page) == []
    context.close()


# What we say ourselves. Names of areas, people, campaigns and forms are data: they stand in cells, choices and crumbs.
OUR_WORDS = """() => [...document.querySelectorAll(
    'th:not([scope=row]), label, legend, dt, p, caption, h1, .el-button, .place, .tabs a, .legend li, .badge, .as-of')]
  .map((one) => {
    const bare = one.cloneNode(true)
    for (const data of bare.querySelectorAll('select, .el-select, input')) data.remove()
    return bare.textContent
  })"""


def _kept(chromium: Browser, district: District, key: str, value: str) -> Page:
    """A page whose reader chose something on this machine before."""
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    page = Desk(context, district).sign_in("desk").page
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [key, value])
    return page


def _broken(route: Route) -> None:
    route.fulfill(
        status=503,
        json={"code": "wire.broken", "message": "系统出了问题，没有保存任何内容。请稍后再试。", "details": {}},
    )


def _empty(route: Route) -> None:
    """Lists without rows, an overview without a campaign; all else as it is."""
    answer = route.fetch()
    if answer.headers.get("content-type", "").startswith("application/json") and answer.ok:
        body = answer.json()
        is_list = isinstance(body, dict) and "rows" in body and "campaign" not in body
        if is_list and "/accounts" not in route.request.url:
            return route.fulfill(response=answer, json=body | {"rows": [], "total": 0})
        if isinstance(body, dict) and "campaign" in body and "health" in body:
            return route.fulfill(response=answer, json=body | {"campaign": None, "rows": [], "hours": []})
    return route.fulfill(response=answer)
