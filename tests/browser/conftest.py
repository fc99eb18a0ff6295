"""Chromium for the browser tests: a phone and a desk; pictures are kept in out/screens/."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.browser.office import BUILT, GRIDS, PEOPLE, Desk, District
from tests.chromium import CHROMIUM, DESK, PHONE, Picture, launch
from tests.serving import Server

expect.set_options(timeout=15_000)  # what a user sees at once takes a while where two browsers share one core


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests; each test opens contexts of its own."""
    if not os.path.exists(CHROMIUM):
        pytest.skip("no Chromium: apt install chromium")
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone of 360 px that speaks Chinese and can be touched. A context keeps its storage until it is closed."""
    context = chromium.new_context(
        viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True, device_scale_factor=2
    )
    yield context
    context.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    """An office PC of 1440 px."""
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    yield context
    context.close()


@pytest.fixture
def picture(repository: Path) -> Picture:
    return Picture(repository / "out" / "screens")


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """The demo district in small, on a server of its own; shared, so a test leaves it as one finds it or adds to it."""
    if not BUILT.is_file():
        pytest.skip("the front end is not built: ./lf test browser builds it")
    server = Server(tmp_path_factory.mktemp("demo"), demo=True)
    server.run("demo", "--grids", str(GRIDS), "--people", str(PEOPLE))
    with server:
        yield District(server)


@pytest.fixture
def office(desk: BrowserContext, district: District) -> Desk:
    """An office PC in front of the district, nobody signed in yet."""
    return Desk(desk, district)
