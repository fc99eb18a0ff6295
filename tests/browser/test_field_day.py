"""A grid worker's phone and the real server: a district of its own, TLS by name, real Chromium, all that goes wrong.

Each story has a grid to itself and ends with three counts that agree: the phone's, the server's, and one made from the
entries alone.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
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
def cable(street: Street) -> Iterator[Line]:
    with street.line as cable:
        yield cable


@pytest.fixture
def line(cable: Line) -> Iterator[Line]:
    """The way to the server; whole again after each story, however that ended."""
    yield cable
    cable.mend()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, home: Path, cable: Line) -> Iterator[Browser]:
    browser = launch(playwright, cable.flag, home=home)
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

# Every transaction the page begins, and a hand on those that write to one table: committed, but nobody is told yet.
WATCH_COMMITS = """
const commits = (window.commits = { seen: [], held: 0, table: null, waiting: [] })
commits.hold = (table) => { commits.table = table }
commits.release = () => { commits.table = null; for (const tell of commits.waiting.splice(0)) tell() }
const begin = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...asked) {
  const transaction = begin.apply(this, asked)
  const { mode, durability, objectStoreNames } = transaction
  const stores = [...objectStoreNames]
  commits.seen.push({ mode, durability, stores })
  transaction.addEventListener('complete', (event) => {
    if (mode !== 'readwrite' || !stores.includes(commits.table)) return
    event.stopImmediatePropagation()
    commits.held++
    commits.waiting.push(() => transaction.dispatchEvent(new Event('complete')))
  })
  return transaction
}
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
    ages = [clock.now() - datetime.fromisoformat(entry["at"]) for entry in entries]
    assert all(timedelta(days=2) < age < timedelta(days=2, hours=1) for age in ages)


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


@pytest.mark.sqlite_only("fills the disk under the server's own file")
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

        with street.server.disk_full():  # contact, though nothing can be stored yet
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


def test_after_72_hours_names_are_gone_work_goes_on_by_door_and_contact_brings_them_back(
    pocket: BrowserContext, street: Street, line: Line
) -> None:
    grid = street.grids[6]
    pocket.add_init_script(DAYS_AGO)
    page = pocket.new_page()
    worker = Worker(page, street.url).joins_at(street.enrolment(grid)).sets_out().starts().visits(1).waiting(0)
    assert worker.counts()["people"] == HOUSEHOLDS
    line.cut(pocket)
    page.evaluate("localStorage.setItem('days-ago', '-1.1')")  # 74 hours later by the phone's own clock
    worker.opens().sees("72 小时没有连上服务器,姓名已从手机上清除").wait_for()
    assert (worker.counts()["people"], worker.counts()["households"]) == (0, HOUSEHOLDS)
    worker.starts().sees("姓名不在这台手机上。按门牌登记,照样算数。")
    for _ in range(2):
        page.get_by_role("button", name="多一个").click()
    worker.saves().waiting(1)
    worker.tries_to_log_out().sees("还有 1 条记录没有送出,现在不能退出。")
    line.mend(pocket)
    entries = three_counts_agree(worker, street, grid)
    assert [entry["body"]["people"] for entry in entries] == [2, 2]
    assert worker.counts()["people"] == HOUSEHOLDS
    worker.tries_to_log_out().page.get_by_role("button", name="退出并清空").click()
    expect(page.get_by_label("登记码", exact=True)).to_be_visible()
    assert sum(worker.counts().values()) == 0


def test_questions_are_answered_once_for_everybody_with_exceptions_by_person(
    pocket: BrowserContext, street: Street
) -> None:
    grid = street.grids[7]
    worker = Worker(pocket.new_page(), street.url).joins_at(street.enrolment(grid)).sets_out().starts()
    assert worker.page.locator(".visit-question").count() == 2  # for two people: each asked once
    worker.all_home().says_who("有人发热吗?", "有", who=1).answers_with("家里要帮忙吗?", "买菜、送饭")
    worker.saves().visits(1)
    ill, well = three_counts_agree(worker, street, grid)
    assert ill["body"]["answers"] == {"fever": False, "help_wanted": "food"}
    assert [exception["answers"] for exception in ill["body"]["exceptions"]] == [{"fever": True}]
    assert ill["body"]["exceptions"][0]["resident"] in ill["body"]["present"]
    assert well["body"]["answers"] == {"fever": False, "help_wanted": "none"}
    assert "exceptions" not in well["body"]


def test_saved_is_said_only_after_a_strict_commit(pocket: BrowserContext, street: Street, line: Line) -> None:
    grid = street.grids[8]
    pocket.add_init_script(WATCH_COMMITS)
    page = pocket.new_page()
    worker = Worker(page, street.url).joins_at(street.enrolment(grid)).sets_out().starts()
    line.cut(pocket)
    door = worker.all_home().answers().door
    page.evaluate("commits.hold('records')")
    page.get_by_role("button", name=re.compile("^保存")).click()
    expect_until(worker, lambda: page.evaluate("commits.held") > 0)
    page.wait_for_timeout(500)
    assert page.get_by_text("已保存在本机").count() == 0
    assert worker.door == door
    page.evaluate("commits.release()")
    worker.sees(f"已保存在本机:{door}")
    writing = [one for one in page.evaluate("commits.seen") if one["mode"] == "readwrite"]
    assert {store for one in writing for store in one["stores"]} >= {"records", "marks", "drafts", "people", "notes"}
    assert {one["durability"] for one in writing} == {"strict"}
    line.mend(pocket)
    assert len(three_counts_agree(worker, street, grid)) == 1
