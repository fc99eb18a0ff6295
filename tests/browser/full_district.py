"""The pictures with everybody on them: the whole demo district, a drill under way, 135,005 rows.

Not a test: `./lf pictures --full` runs it. It takes minutes, and what it sees differs each time.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.office import Desk, District
from tests.browser.test_desk_looks import SMALL
from tests.browser.worker import Worker
from tests.chromium import DESK, PHONE, WIDE, Picture, launch
from tests.serving import ROOT, Server

DRILL_SECONDS = 600
PICTURED_AT = 0.35  # of the households: some communities well ahead, some hardly begun
PATIENCE = 900

PAGES = {
    "overview": "/",
    "areas": "/areas",
    "residents": "/residents",
    "households": "/residents/households",
    "campaigns": "/campaigns",
    "accounts": "/system/accounts",
    "devices": "/system/devices",
    "held": "/system/held",
}
SIZES = {"1440": DESK, "1920": WIDE, "360": SMALL}
DRESSES = {"large": ("lianfang.type", "large"), "english": ("lianfang.language", "en")}


def main() -> None:
    picture = Picture(ROOT / "out" / "screens")
    with tempfile.TemporaryDirectory(prefix="lianfang-full-") as folder, sync_playwright() as playwright:
        server = Server(Path(folder), demo=True)
        server.run("demo")
        browser = launch(playwright)
        with server, _drill(server):
            district = District(server)
            _wait_until_it_is_under_way(district)
            _desk(browser, district, picture)
            _phone(browser, district, picture)
        browser.close()


@contextmanager
def _drill(server: Server) -> Iterator[None]:
    command = ["drill", "sweep", "--port", str(urlparse(server.url).port), "--seconds", str(DRILL_SECONDS)]
    playing = subprocess.Popen(
        [sys.executable, "-m", "lianfang.project.cli", *command], env=server.environment, stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        playing.terminate()
        playing.wait()


def _wait_until_it_is_under_way(district: District) -> None:
    desk = district.client("desk")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        totals = desk.get("/overview").json()["totals"]
        if totals["done"] >= PICTURED_AT * totals["due"]:
            return
        time.sleep(5)
    raise TimeoutError("the drill did not get under way")


def _desk(browser: Browser, district: District, picture: Picture) -> None:
    page = Desk(browser.new_context(viewport=DESK, locale="zh-CN"), district).sign_in("desk").page
    for name, path in PAGES.items():
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            _look(page, district.url + path, picture, f"desk-full-{name}-{size}")
    page.set_viewport_size(DESK)
    for dress, (key, value) in DRESSES.items():
        page.evaluate("([key, value]) => localStorage.setItem(key, value)", [key, value])
        for name in ("overview", "residents"):
            _look(page, district.url + PAGES[name], picture, f"desk-full-{name}-{dress}-1440")
        page.evaluate("key => localStorage.removeItem(key)", key)
    page.goto(district.url)
    page.get_by_role("button", name="看成表").click()
    picture(page, "desk-full-overview-table-1440")
    page.context.close()


def _look(page: Page, address: str, picture: Picture, name: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    picture(page, name)


def _phone(browser: Browser, district: District, picture: Picture) -> None:
    """A worker's whole grid on the phone: some 2,000 people behind 700 doors."""
    context = browser.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    worker = Worker(context.new_page(), district.url).joins_with_password("grid-30", district.password("grid-30"))
    page = worker.page
    page.get_by_text("离线可用 ✔").wait_for()
    picture(page, "field-full-leave")
    worker.sets_out()
    for name, path in {"work": "/m/", "list": "/m/list"}.items():
        worker.opens(path).page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(800)
        picture(page, f"field-full-{name}")
    page.locator("a.row").first.click()
    page.locator(".tile").first.wait_for()
    picture(page, "field-full-board")
    page.locator(".tile:not(.quiet)").last.click()
    page.locator(".visit-question").first.wait_for()
    picture(page, "field-full-visit")
    context.close()


if __name__ == "__main__":
    main()
