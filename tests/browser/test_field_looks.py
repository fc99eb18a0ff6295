"""Every page of the phone, in every dress: readable by everybody, big enough to hit, nothing sticking out of 360 px.

The pictures are kept in out/screens/ to be looked at; the chosen ones stand in docs/screens/.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.looking import axe_findings, sideways, small_targets
from tests.browser.stand_in import StandIn, can_run
from tests.browser.worker import Worker
from tests.chromium import PHONE, Picture

pytestmark = pytest.mark.skipif(not can_run(), reason="the front end is not built (npm ci && npm run build in web/)")

DRESSES = {"": ("normal", "zh-Hans"), "-large": ("large", "zh-Hans"), "-en": ("normal", "en")}
PATHS = {
    "work": "/m/",
    "list": "/m/list",
    "tried": "/m/list?show=attempted",
    "found": "/m/found",
    "scan": "/m/scan",
    "messages": "/m/messages",
    "outbox": "/m/outbox/sent",
    "me": "/m/me",
    "leave": "/m/leave",
}


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with StandIn(buildings=6) as server:
        yield server


@pytest.fixture(scope="module")
def half_way(chromium: Browser, server: StandIn) -> Iterator[BrowserContext]:
    """A phone in the middle of a day: some done, one not met with an appointment, one gone, one draft."""
    context = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    server.offer_code("LOOK-2345")
    worker = Worker(context.new_page(), server.url).joins_with_code("LOOK-2345").sets_out().starts().visits(7)
    worker.meets_nobody("没人在家", "明天 9:00").waiting(0)
    worker.meets_nobody("不愿意").waiting(0)
    worker.visits(3)
    worker.page.locator(".visit-home").first.click()
    worker.has_a_draft()
    worker.page.close()
    yield context
    context.close()


def dressed(context: BrowserContext, server: StandIn, dress: str) -> Worker:
    worker = Worker(context.new_page(), server.url)
    size, language = DRESSES[dress]
    keep = {"lianfang.type": size, "lianfang.language": language}
    worker.page.add_init_script(f"for (const [k, v] of Object.entries({json.dumps(keep)})) localStorage.setItem(k, v)")
    return worker


def faults(worker: Worker, dress: str) -> list[str]:
    least = 60 if dress == "-large" else 44
    page = worker.page
    stuck = [f"sticks out {sideways(page)} px"] if sideways(page) > 0 else []
    return [*axe_findings(page), *small_targets(page, least), *stuck]


@pytest.mark.parametrize("dress", DRESSES)
def test_every_page_can_be_read_and_hit(
    half_way: BrowserContext, server: StandIn, picture: Picture, dress: str
) -> None:
    worker = dressed(half_way, server, dress)
    found: dict[str, list[str]] = {}
    for name, path in PATHS.items():
        worker.opens(path)
        worker.page.get_by_role("heading", level=1).wait_for()
        worker.page.wait_for_timeout(600)
        picture(worker.page, f"field-{name}{dress}")
        found[name] = faults(worker, dress)
    worker.page.close()
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("dress", DRESSES)
def test_every_step_of_a_visit_can_be_read_and_hit(
    half_way: BrowserContext, server: StandIn, picture: Picture, dress: str
) -> None:
    worker = dressed(half_way, server, dress)
    page = worker.page
    found: dict[str, list[str]] = {}

    def seen(name: str) -> None:
        page.wait_for_timeout(400)
        picture(page, f"field-{name}{dress}")
        found[name] = faults(worker, dress)

    def sheet(name: str, opening: Callable[[], None]) -> None:
        opening()
        page.get_by_role("dialog").wait_for()
        seen(name)
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")

    worker.opens("/m/list")
    page.locator("a.row").first.click()
    page.locator(".tile").first.wait_for()
    seen("board")
    page.locator(".tile:not(.quiet)").nth(3).click()
    page.locator(".visit-question").first.wait_for()
    seen("visit")
    sheet("visit-person", page.locator(".visit-person .row").first.click)
    sheet("visit-who", page.locator(".visit-question [role=radio]").nth(1).click)
    sheet("visit-new", page.locator(".visit-add").click)
    sheet("visit-not-met", page.locator(".visit-nobody").click)
    page.locator(".visit-nobody").click()
    page.locator(".visit-endings .plain").first.click()
    seen("visit-appointment")
    page.keyboard.press("Escape")
    worker.opens("/m/list")
    page.locator("a.row").first.click()
    page.locator(".tile.quiet").first.click()
    page.locator(".visit-before").wait_for()
    seen("visit-done")
    page.close()
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("dress", DRESSES)
def test_the_door_of_the_app_can_be_read_and_hit(
    chromium: Browser, server: StandIn, picture: Picture, dress: str
) -> None:
    context = chromium.new_context(
        viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True, device_scale_factor=2
    )
    worker = dressed(context, server, dress).opens()
    worker.page.locator("form").wait_for()
    picture(worker.page, f"field-enrol{dress}")
    found = faults(worker, dress)
    worker.page.locator("form .plain").nth(2).click()
    found += faults(worker, dress)
    context.close()
    assert found == []


def test_broken_states_say_what_happened_and_what_to_do(chromium: Browser, server: StandIn, picture: Picture) -> None:
    server.offer_code("BRKN-2345")
    context = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    worker = Worker(context.new_page(), server.url).joins_with_code("BRKN-2345").sets_out().starts()
    server.misbehave(refuseAll=True)
    worker.all_home().saves()
    server.misbehave()
    context.set_offline(True)
    worker.visits(2)
    found: dict[str, list[str]] = {}
    for name, path in {
        "work": "/m/",
        "messages": "/m/messages",
        "returned": "/m/outbox/returned",
        "waiting": "/m/outbox/waiting",
    }.items():
        worker.opens(path).sees("▲ 离线")
        worker.page.wait_for_timeout(500)
        picture(worker.page, f"field-offline-{name}")
        found[name] = faults(worker, "")
    worker.opens("/m/me")
    worker.page.get_by_role("button", name="退出登录").click()
    worker.sees("现在不能退出")
    picture(worker.page, "field-offline-log-out")
    context.close()
    assert {name: what for name, what in found.items() if what} == {}


def test_after_72_hours_the_names_are_gone_and_the_page_says_so(
    chromium: Browser, server: StandIn, picture: Picture
) -> None:
    server.offer_code("LATE-2345")
    context = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    page = context.new_page()
    worker = Worker(page, server.url).joins_with_code("LATE-2345").sets_out()
    context.set_offline(True)
    page.add_init_script("const real = Date.now.bind(Date); Date.now = () => real() + 73 * 3600 * 1000")
    worker.opens().sees("72 小时没有连上服务器,姓名已从手机上清除")
    picture(page, "field-names-gone")
    worker.opens("/m/list")
    page.locator("a.row").first.click()
    page.locator(".tile").first.click()
    worker.sees("姓名不在这台手机上。按门牌登记,照样算数。")
    picture(page, "field-names-gone-visit")
    found = faults(worker, "")
    page.get_by_role("button", name="多一个").click()
    worker.saves()
    assert worker.counts()["people"] == 0
    context.close()
    assert found == []
