"""The phone in a stairwell: no network, killed, late, twice. Against the stand-in, which misbehaves on command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser.handset import Handset
from tests.browser.stand_in import StandIn, can_run
from tests.browser.worker import Worker

pytestmark = pytest.mark.skipif(not can_run(), reason="the front end is not built (npm ci && npm run build in web/)")


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@pytest.fixture
def worker(phone: BrowserContext, server: StandIn) -> Worker:
    return Worker(phone.new_page(), server.url).joins_with_code("ABCD-2345").sets_out()


def test_a_visit_travels_from_the_door_to_the_server(worker: Worker, server: StandIn) -> None:
    worker.starts().visits(1).waiting(0)
    (record,) = server.records()
    assert record["kind"] == "screening.household_visited.v1"
    assert record["body"]["task"]["outcome"] == "done"
    assert record["body"]["people"] == len(record["body"]["present"]) > 0
    assert record["body"]["answers"] == {"fever": False, "travelled": False}


def test_offline_the_app_reloads_and_goes_on(worker: Worker, server: StandIn, phone: BrowserContext) -> None:
    phone.set_offline(True)
    worker.page.reload()
    worker.sees("▲ 离线")
    worker.starts().visits(2).waiting(2)
    worker.page.reload()
    worker.waiting(2)
    assert server.records() == []
    phone.set_offline(False)
    worker.waiting(0)
    assert len(server.records()) == 2


def test_offline_an_address_deep_inside_opens(worker: Worker, phone: BrowserContext) -> None:
    worker.starts()
    address, door = worker.page.url, worker.door
    phone.set_offline(True)
    page = phone.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(door)
    page.goto(address.split("/m/")[0] + "/m/anything/deep")
    expect(page.get_by_text("我的网格")).to_be_visible()


def test_lost_answers_are_sent_again_and_count_once(worker: Worker, server: StandIn) -> None:
    worker.starts()
    server.misbehave(loseAnswers=True)
    worker.visits(3).waiting(3)
    assert len(server.records()) == 3  # they arrived; the phone cannot know
    server.misbehave()
    worker.sends().sees("手机和服务器数目一致")
    assert len(server.records()) == 3
    assert worker.counts()["sent"] == 3


def test_a_refused_record_stays_and_says_why(worker: Worker, server: StandIn) -> None:
    worker.starts()
    server.misbehave(refuseAll=True)
    worker.all_home().saves()
    worker.opens("/m/messages").sees("被退回:入户走访")
    worker.sees("这条记录的格式不对")
    server.misbehave()
    worker.sends()
    worker.opens("/m/outbox/returned").sees("被退回")
    assert worker.counts()["returned"] == 1
    assert server.records() == []


def test_a_busy_server_is_given_time(worker: Worker, server: StandIn) -> None:
    worker.starts()
    server.misbehave(status=503, retryAfter=600)
    worker.all_home().saves().waiting(1)
    server.misbehave()
    worker.sends().sees("服务器现在忙")
    assert server.records() == []


def test_leaving_the_app_is_blocked_while_something_is_unsent(worker: Worker, phone: BrowserContext) -> None:
    phone.set_offline(True)
    worker.starts().visits(1).tries_to_log_out().sees("还有 1 条记录没有送出,现在不能退出。")
    assert worker.page.get_by_role("button", name="退出并清空").count() == 0
    worker.page.get_by_role("button", name="关闭").click()
    phone.set_offline(False)
    worker.waiting(0)
    worker.page.get_by_role("button", name="退出登录").click()
    worker.page.get_by_role("button", name="退出并清空").click()
    expect(worker.page.get_by_label("登记码", exact=True)).to_be_visible()
    assert sum(worker.counts().values()) == 0


def test_two_tabs_send_each_record_once(worker: Worker, server: StandIn, phone: BrowserContext) -> None:
    phone.set_offline(True)
    worker.starts().visits(2)
    other = Worker(phone.new_page(), server.url).opens().waiting(2).starts()
    other.visits(2).waiting(4)
    phone.set_offline(False)
    worker.waiting(0)
    other.waiting(0)
    records = server.records()
    assert len({record["id"] for record in records}) == len(records) == 4
    assert sorted(record["n"] for record in records) == [1, 2, 3, 4]


def test_a_phone_taken_out_of_service_forgets_everybody_and_loses_no_visit(
    worker: Worker, server: StandIn, phone: BrowserContext
) -> None:
    phone.set_offline(True)
    worker.starts().visits(3).waiting(3)
    server.take_out_of_service()
    phone.set_offline(False)
    worker.sees("这台手机已停用,名单已清除。它送出的 3 条记录都在服务器上,一条没丢。")
    held = server.records()
    assert len(held) == 3
    left = worker.counts()
    assert {name: left[name] for name in ("people", "households", "keys", "records", "drafts", "tasks")} == {
        **dict.fromkeys(("people", "households", "keys", "records", "drafts", "tasks"), 0)
    }


def test_a_phone_out_of_service_and_out_of_reach_keeps_what_is_unsent_sealed(
    worker: Worker, server: StandIn, phone: BrowserContext
) -> None:
    """The wipe is told by an answer that stored nothing; the records are still there, unreadable here."""
    page = worker.page
    cannot_store = {
        "status": 503,
        "headers": {"Lianfang-Wipe": "people"},
        "json": {"code": "ledger.cannot_store", "message": "现在存不下"},
    }
    answers: list[dict[str, Any]] = []  # none: it does not even arrive. Never through to the server in between.
    page.route("**/api/v1/records", lambda route: route.fulfill(**answers[0]) if answers else route.abort())
    worker.starts().visits(2).waiting(2)
    server.take_out_of_service()
    answers.append(cannot_store)
    page.reload()
    worker.sees("还有 2 条没送的记录,加密保存着")
    left = worker.counts()
    assert (left["waiting"], left["people"], left["keys"], left["households"]) == (2, 0, 0, 0)
    page.unroute("**/api/v1/records")
    page.reload()
    worker.sees("它送出的 2 条记录都在服务器上,一条没丢。")
    assert [record["sealed"] for record in server.records()] == [True, True]


# --- a kill ---


def test_a_killed_phone_keeps_saved_visits_and_what_was_being_written(
    playwright: Playwright, server: StandIn, tmp_path: Path
) -> None:
    with Handset(playwright, tmp_path / "profile") as handset:
        context = handset.on()
        worker = Worker(context.new_page(), server.url).joins_with_code("ABCD-2345").sets_out()
        server.misbehave(dead=True)
        worker.starts().visits(2)
        door, address = worker.door, worker.page.url
        worker.page.locator(".visit-home").first.click()
        worker.has_a_draft()
        handset.killed()

        context = handset.on()
        worker = Worker(context.new_page(), server.url)
        worker.page.goto(address)
        worker.waiting(2)
        assert worker.door == door
        expect(worker.page.locator(".visit-home[aria-pressed=true]")).to_have_count(1)
        server.misbehave()
        worker.sends().waiting(0)
        assert len(server.records()) == 2
