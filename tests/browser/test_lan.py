"""A phone on the same network: the certificate it installs, and what a browser then lets it do."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Playwright

from tests.chromium import launch, trust
from tests.serving import Server

BY_NAME = "--host-resolver-rules=MAP lianfang.local 127.0.0.1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("district"), "--lan", demo=True)
    server.run("demo", "--grids", "1", "--people", "40")
    with server:
        yield server


@pytest.fixture(scope="module")
def phone_with_the_certificate(
    playwright: Playwright, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose owner followed the install page."""
    home = trust(server.keys / "tls" / "authority.crt", tmp_path_factory.mktemp("home"))
    browser = launch(playwright, BY_NAME, home=home)
    yield browser
    browser.close()


def test_a_phone_that_installed_the_certificate_may_work_offline(
    phone_with_the_certificate: Browser, server: Server
) -> None:
    page = phone_with_the_certificate.new_page()
    page.goto(f"https://lianfang.local:{server.port + 443}/m/")
    assert page.evaluate("isSecureContext && 'serviceWorker' in navigator && 'subtle' in crypto")


def test_a_phone_that_did_not_is_stopped_by_its_browser(chromium: Browser, server: Server) -> None:
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        chromium.new_page().goto(f"https://127.0.0.1:{server.port + 443}/m/")


def test_the_install_page_explains_itself_on_a_small_phone(chromium: Browser, server: Server) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 780})
    page.goto(f"http://127.0.0.1:{server.port + 80}/")
    assert page.get_by_role("link", name="下载证书").is_visible()
    assert page.get_by_role("img").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    smallest = min(link.bounding_box()["height"] for link in page.get_by_role("link").all())  # type: ignore[index]
    assert smallest >= 44
