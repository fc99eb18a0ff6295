"""Joining by the QR code on the desk's screen, through a camera, with the decoder that is shipped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Playwright

from tests.browser.stand_in import StandIn, can_run
from tests.browser.worker import Worker
from tests.chromium import PHONE, launch

pytestmark = pytest.mark.skipif(not can_run(), reason="the front end is not built (npm ci && npm run build in web/)")
WIDTH, HEIGHT, DOT = 640, 480, 7


def film(text: str, file: Path) -> Path:
    """A moving picture of a QR code, as a camera would deliver it: Y4M, grey."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(scale=DOT, border=4)]
    top, left = (HEIGHT - len(rows)) // 2, (WIDTH - len(rows[0])) // 2
    grey = bytearray(b"\xc8" * (WIDTH * HEIGHT))
    for y, row in enumerate(rows):
        start = (top + y) * WIDTH + left
        grey[start : start + len(row)] = bytes(30 if dark else 225 for dark in row)
    frame = b"FRAME\n" + bytes(grey) + b"\x80" * (WIDTH * HEIGHT // 2)
    file.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip C420jpeg\n".encode() + frame * 10)
    return file


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


def test_the_code_on_the_screen_is_read_and_nothing_leaves_the_house(
    playwright: Playwright, server: StandIn, tmp_path: Path
) -> None:
    server.offer_code("WXYZ-6789")
    video = film(f"{server.url}/m/enrol#code=WXYZ-6789", tmp_path / "camera.y4m")
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )
    try:
        page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        elsewhere: list[str] = []
        page.on(
            "request",
            lambda request: (
                None if re.match(rf"{server.url}/|data:|blob:", request.url) else elsewhere.append(request.url)
            ),
        )
        worker = Worker(page, server.url).opens()
        page.get_by_role("button", name="扫码", exact=True).click()
        worker.waits_until_ready()
        assert elsewhere == []
    finally:
        browser.close()
