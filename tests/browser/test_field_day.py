"""A grid worker's phone against the real server: its own district, TLS by name, real Chromium, everything that goes wrong.

Each story has a grid to itself and ends with three counts that agree: the phone's, the server's, and one made from the
entries alone.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect

from lianfang.foundation.plumbing import clock
from tests.browser.handset import Handset
from tests.browser.line import Line, LostReplies
from tests.browser.office import BUILT
from tests.browser.street import HOUSEHOLDS, Street
from tests.browser.worker import PATIENCE, Worker
from tests.chromium import PHONE, launch, trust

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not BUILT.is_file(), reason="the front end is not built: ./lf test browser builds it"),
]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with Street(tmp_path_factory.mktemp("street"), grids=9) as street:
        yield street


@pytest.fixture(scope="module")
def home(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of somebody who followed the install page."""
    return trust(street.authority, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def line(street: Street) -> Iterator[Line]:
    with street.line as line:
        yield line


@pytest.fixture(scope="module")
def browser(playwright: Playwright, home: Path, line: Line) -> Iterator[Browser]:
    browser = launch(playwright, line.flag, home=home)
    yield browser
    browser.close()


@pytest.fixture
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    """A phone nobody has used yet."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    yield context
    context.close()


# The phone lives some days before the server does: what it writes arrives that late.
DAYS_AGO = """
const real = Date.now.bind(Date)
const days = () => Number(localStorage.getItem('days-ago') ?? 2)
Date.now = () => real() - days() * 86_400_000
"""


def expect_until(worker: Worker, is_so: Callable[[], bool]) -> None:
    """Give the browser time until something holds that is not on its screen."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < deadline
        worker.page.wait_for_timeout(50)


def three_counts_agree(worker: Worker, street: Street, grid: str) -> Any:
    """Phone = server = entries; answers the entries that phones brought."""
    worker.agrees_with_the_server()
    server, entries = street.coverage(grid), street.recount(grid)
    assert {name: server[name] for name in entries["count"]} == entries["count"]
    assert worker.figures() == {name: server[name] for name in ("done", "due", "remaining")}
    assert worker.delivered() == len(entries["entries"]) == len({entry["id"] for entry in entries["entries"]})
    return entries["entries"]


def test_a_day_on_the_stairs_without_a_network_and_with_a_dead_battery(
    playwright: Playwright, street: Street, line: Line, home: Path, tmp_path: Path
) -> None:
    (grid, *_) = street.grids
    with Handset(playwright, tmp_path / "profile", line.flag, home=home) as handset:
        context = handset.on()
        worker = Worker(context.new_page(), street.url).joins_at(street.enrolment(grid)).sets_out()
        worker.starts().visits(1).waiting(0)
        assert street.coverage(grid)["done"] == 1

        line.cut(context)
        worker.meets_somebody_new("孙小妹").hears_a_new_number(0, "13900000001").visits(1)
        worker.hears_that_somebody_left(1).visits(1)
        worker.meets_nobody("没人在家").waiting(6)
        worker.finds_a_household("1幢", "阁楼", "吴小刚").visits(1).waiting(8)
        worker.page.locator(".visit-home").first.click()
        draft_of = worker.has_a_draft().door
        handset.killed()

        context = handset.on()
        line.cut(context)
        worker = Worker(context.new_page(), street.url).opens().sees_that_it_is_offline().waiting(8)
        worker.opens("/m/outbox/drafts").sees(draft_of)
        assert worker.figures() == {"done": 4, "due": HOUSEHOLDS + 1, "remaining": 3}
        assert street.coverage(grid)["done"] == 1

        line.mend(context)
        entries = three_counts_agree(worker, street, grid)
        assert len(entries) == 9
        assert street.coverage(grid)["found"] == 1
        people = {row["door"]: row["people"] for row in street.households(grid)}
        assert sorted(people.values()) == [1, 1, 2, 2, 2, 2, 3]


def test_a_server_killed_before_and_after_it_stored_gets_everything_once(
    pocket: BrowserContext, street: Street, line: Line
) -> None:
    grid = street.grids[1]
    worker = Worker(pocket.new_page(), street.url).joins_at(street.enrolment(grid)).sets_out().starts()
    line.cut(pocket)
    worker.visits(2).waiting(2)
    street.server.kill()
    line.mend(pocket)
    worker.sends().sees("现在连不上服务器")
    worker.waiting(2).opens().starts().visits(1).waiting(3)

    with LostReplies(worker.page, meanwhile=street.server.kill) as replies:
        street.server.start()
        worker.sends().waiting(3)
        expect_until(worker, lambda: replies.lost > 0)
    worker.opens().starts().visits(1).waiting(4)

    street.server.start()
    assert len(three_counts_agree(worker, street, grid)) == 4
    assert "链条相符" in street.server.run("ledger", "verify")


def test_a_visit_of_two_days_ago_sent_twice_counts_once(pocket: BrowserContext, street: Street, line: Line) -> None:
    grid = street.grids[2]
    pocket.add_init_script(DAYS_AGO)
    worker = Worker(pocket.new_page(), street.url).joins_at(street.enrolment(grid)).sets_out().starts()
    with LostReplies(worker.page) as replies:
        worker.visits(1).meets_somebody_new("周小弟").visits(1).waiting(3)
        worker.sends().waiting(3)
        expect_until(worker, lambda: replies.lost >= 2)
    assert street.coverage(grid)["done"] == 2
    line.cut(pocket)
    worker.opens().starts().visits(1)
    worker.page.evaluate("localStorage.setItem('days-ago', '0')")
    worker.opens().waiting(4)
    line.mend(pocket)
    entries = three_counts_agree(worker, street, grid)
    assert len(entries) == 4
    late = {entry["at"][:10] for entry in entries if entry["kind"].startswith("screening.")}
    assert late == {(clock.now() - timedelta(days=2)).date().isoformat()}


def test_a_worker_of_another_grid_sees_nothing_of_this_one(
    pocket: BrowserContext, browser: Browser, street: Street, line: Line
) -> None:
    grid, other = street.grids[3], street.grids[4]
    worker = Worker(pocket.new_page(), street.url).joins_at(street.enrolment(grid)).sets_out().starts().visits(1)
    hers = worker.page.url.rsplit("/", 1)[-1]
    (campaign,) = worker.note("scope")["campaigns"]

    elsewhere = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    colleague = Worker(elsewhere.new_page(), street.url).joins_at(street.enrolment(other)).sets_out()
    page = colleague.page
    expect(page.get_by_text(grid)).to_have_count(0)
    assert colleague.counts()["households"] == colleague.counts()["people"] == HOUSEHOLDS
    colleague.looks_for("4幢").sees("没有找到")
    colleague.looks_for("5幢").sees("5幢1单元101")
    colleague.opens(f"/m/visit/{hers}").sees("没有这一户")

    # Somebody who knows the household's id and the address of the server all the same:
    receipt = colleague.hands_in_behind_the_apps_back(campaign, hers)
    assert (receipt["fate"], receipt["code"]) == ("held", "ledger.out_of_scope")
    (held,) = street.held(other)
    street.settle(held, accept=False)
    elsewhere.close()
    assert len(three_counts_agree(worker, street, grid)) == 1


def test_a_revoked_phone_forgets_everybody_and_its_visits_wait_for_a_person(
    playwright: Playwright, street: Street, line: Line, home: Path, tmp_path: Path
) -> None:
    grid = street.grids[5]
    with Handset(playwright, tmp_path / "profile", line.flag, home=home) as handset:
        context = handset.on()
        worker = Worker(context.new_page(), street.url).joins_at(street.enrolment(grid)).sets_out()
        worker.starts().visits(1).waiting(0)
        line.cut(context)
        worker.meets_somebody_new("孙小妹").visits(2).waiting(3)
        street.revoke(grid)

        with street.nobody_can_write():  # contact, though nothing can be stored yet
            line.mend(context)
            worker.opens().sees("还有 3 条没送的记录,加密保存着")
            handset.killed()
            line.cut()
        context = handset.on()
        worker = Worker(context.new_page(), street.url).opens()
        worker.sees("还有 3 条没送的记录,加密保存着")
        assert_sealed(worker, records=3)
        assert street.coverage(grid)["done"] == 1

        line.mend()
        worker.opens().sees("它送出的 4 条记录都在服务器上,一条没丢。")
        assert set(worker.counts().values()) <= {0, 1}  # the farewell itself
    held = street.held(grid)
    assert [row["why"] for row in held] == ["ledger.device_revoked"] * 3
    for row in sorted(held, key=lambda row: row["kind"], reverse=True):  # the visit before what changed in it
        street.settle(row)
    entries = street.recount(grid)
    assert street.coverage(grid)["done"] == entries["count"]["done"] == 3
    assert len(entries["entries"]) == 4


def assert_sealed(worker: Worker, *, records: int) -> None:
    """Nothing here can be read any more, by whoever holds the phone: no key, nobody's name, no door."""
    left = worker.counts()
    kept = {name: left.get(name) for name in ("people", "households", "tasks", "marks", "drafts", "keys", "waiting")}
    assert kept == {**dict.fromkeys(kept, 0), "waiting": records}
    assert all(row["box"] is None and row["household"] is None and row["sealed"] for row in worker.rows("records"))
