"""What a day costs a hand: taps and seconds a household on a slow phone, keys and seconds a line of a filled list.

Taps and keys are counted and held to; seconds are told, and kept in out/, because the machine is shared.
"""

import json
import re
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.office import Desk, District
from tests.browser.test_desk_lists import printed
from tests.browser.worker import Worker
from tests.chromium import PHONE

SLOWER = 6
HOUSEHOLDS, LINES = 12, 12
ALLOWED_TAPS = {"all_home": 5, "nobody_home": 3, "one_answer": 7}
ALLOWED_KEYS = {"as_usual": 2, "nobody_home": 3, "one_answer": 12}

COUNT = """() => {
  window.taps = 0
  addEventListener('pointerdown', () => { window.taps++ }, true)
  addEventListener('keydown', () => { window.taps++ }, true)
}"""


@pytest.fixture
def figures(repository: Path) -> Any:
    """Keeps what was measured beside what other tests measured."""

    def keep(name: str, found: dict[str, Any]) -> None:
        (repository / "out").mkdir(exist_ok=True)
        (repository / "out" / f"{name}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")

    return keep


class Stopwatch:
    """Taps (or keys) and seconds of one household (or line) after another, by the sort of it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.found: dict[str, list[tuple[int, float]]] = {}

    def __call__(self, sort: str, done: Callable[[], object]) -> None:
        before, since = self._page.evaluate("window.taps"), time.monotonic()
        done()
        took = time.monotonic() - since
        self.found.setdefault(sort, []).append((self._page.evaluate("window.taps") - before, took))

    def told(self) -> dict[str, Any]:
        return {
            sort: {"n": len(each), "taps": max(taps for taps, _ in each), "s": _middle([took for _, took in each])}
            for sort, each in self.found.items()
        }


def _middle(numbers: list[float]) -> float:
    return round(statistics.median(numbers), 2)


def test_a_household_takes_a_handful_of_taps(chromium: Browser, district: District, figures: Any) -> None:
    """Everybody at home and nothing to report; one thing to report; nobody at home."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    worker = Worker(context.new_page(), district.url)
    worker.joins_with_password("grid-05", district.password("grid-05")).sets_out()
    worker.takes_up("入户排查").starts()  # other stories have opened campaigns here
    page = worker.page
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate(COUNT)
    watch = Stopwatch(page)
    for n in range(HOUSEHOLDS):
        if n % 4 == 3:
            watch("nobody_home", lambda: _nobody(worker))
        elif n % 4 == 2:
            watch("one_answer", lambda: worker.all_home().says_who("有人发热或者咳嗽吗", "有", 0).saves())
        else:
            watch("all_home", lambda: worker.all_home().saves())
    found = watch.told()
    mean = sum(taps for each in watch.found.values() for taps, _ in each) / HOUSEHOLDS
    figures("a_day_of_a_team", found | {"cpu": f"1/{SLOWER}", "taps_a_household": round(mean, 1)})
    assert {sort: one["taps"] <= ALLOWED_TAPS[sort] for sort, one in found.items()} == dict.fromkeys(found, True), found
    context.close()


def _nobody(worker: Worker) -> None:
    door = worker.door
    worker.meets_nobody()
    expect(worker.page.get_by_role("heading", level=1)).not_to_have_text(door)


def test_a_line_of_a_filled_list_takes_few_keys(office: Desk, district: District, figures: Any) -> None:
    number, _ = printed(district, "grid-06")
    page = office.sign_in("grid-06").open(f"/campaigns/lists?list={number}")
    expect(page.get_by_text("已录 0 /")).to_be_visible()
    page.get_by_label("扫码，或打行号").fill("1")
    page.evaluate(COUNT)
    watch = Stopwatch(page)
    for n in range(1, LINES + 1):
        sort = ("as_usual", "as_usual", "one_answer", "nobody_home")[n % 4]
        watch(sort, partial(_line, page, n, sort))
    found = watch.told()
    figures("a_line_of_a_list", found)
    assert {sort: one["taps"] <= ALLOWED_KEYS[sort] for sort, one in found.items()} == dict.fromkeys(found, True), found


def _line(page: Page, line: int, sort: str) -> None:
    page.keyboard.press("Enter")
    outcome = page.get_by_label("情况")
    expect(outcome).to_be_focused()
    if sort == "nobody_home":
        page.keyboard.press("2")
        expect(outcome).to_have_value("nobody_home")
    if sort == "one_answer":
        fever = page.get_by_role("radiogroup", name=re.compile("有人发热")).get_by_role("radio").first
        while not fever.evaluate("one => one.name === document.activeElement.name"):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"第 {line} 行已收好")).to_be_visible()
