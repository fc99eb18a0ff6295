"""P6. 已保存在本机 means it: a phone whose battery falls out has every record that it called saved.

The field app's own outbox (web/outbox, bundled for this test) in real Chromium, whose profile stands on a disk of its
own; that disk is cut off while visits are saved. Only what was called saved before the cut began is counted.
"""

import base64
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Playwright, sync_playwright

from tests.chromium import CHROMIUM, QUIET
from tests.crash import alone
from tests.serving import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUNDLER = ROOT / "web" / "node_modules" / ".bin" / "rolldown"
WORKS_FOR = (0.4, 1.2)  # seconds before a cut


def test_a_power_cut_takes_no_record_that_the_phone_called_saved(
    size: Callable[[int, int], int], proof: Callable[..., None], skipped: Callable[..., None]
) -> None:
    what = "power cut under the phone's IndexedDB, Chromium"
    missing = [str(file) for file in (Path(CHROMIUM), BUNDLER) if not file.exists()]
    if why := f"needs {', '.join(missing)}" if missing else alone.cannot_loop("mkfs.ext4"):
        skipped("P6", what, why)
    found = alone.run(cut_power_under_a_phone, cuts=size(6, 60))
    proof("P6", what, size=found.pop("cuts"), **found)
    assert found["lost"] == 0
    assert found["called_saved"] > 20


def cut_power_under_a_phone(*, place: Path, cuts: int) -> dict[str, Any]:
    """Runs alone."""
    page = _page_with_the_outbox(place / "page")
    saved: set[str] = set()
    lost: set[str] = set()
    chance = Random("battery")
    disk = alone.Disk(place, "ext4", megabytes=300)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(page)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for _ in range(cuts):
        with sync_playwright() as playwright:
            saved |= _work_until_the_cut(playwright, disk, server.server_port, chance.uniform(*WORKS_FOR))
        disk.restore_power()
        with sync_playwright() as playwright:
            lost |= saved - _readable(playwright, disk, server.server_port)
    return {"cuts": cuts, "called_saved": len(saved), "lost": len(lost)}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def _page_with_the_outbox(folder: Path) -> Path:
    folder.mkdir()
    (folder / "index.html").write_text('<!doctype html><meta charset="utf-8"><script src="saving.js"></script>')
    command = [BUNDLER, "tests/saving.ts", "--file", folder / "saving.js", "--format", "iife", "--name", "outbox"]
    subprocess.run(
        [*map(str, command), "--tsconfig", "tsconfig.json"], cwd=ROOT / "web", check=True, stdout=subprocess.DEVNULL
    )
    return folder


def _open(playwright: Playwright, disk: alone.Disk, port: int) -> tuple[BrowserContext, Any]:
    profile = disk.folder / "profile"
    phone = playwright.chromium.launch_persistent_context(str(profile), executable_path=CHROMIUM, args=[*QUIET])
    page = phone.pages[0]
    page.goto(f"http://127.0.0.1:{port}/")
    page.evaluate("key => outbox.enrol(key)", base64.b64encode(bytes(range(32))).decode())
    return phone, page


def _work_until_the_cut(playwright: Playwright, disk: alone.Disk, port: int, seconds: float) -> set[str]:
    """What had been called saved when the cut began."""
    saved: set[str] = set()
    phone, page = _open(playwright, disk, port)
    page.expose_function("saved", lambda id: saved.add(id))
    page.evaluate("() => { outbox.work(window.saved) }")
    page.wait_for_timeout(seconds * 1000)
    before = set(saved)
    disk.cut_power()
    _kill_the_browser(disk)
    with suppress(Error):  # it is dead
        phone.close()
    return before


def _readable(playwright: Playwright, disk: alone.Disk, port: int) -> set[str]:
    phone, page = _open(playwright, disk, port)
    ids = set(page.evaluate("() => outbox.readable()"))
    phone.close()
    return ids


def _kill_the_browser(disk: alone.Disk) -> None:
    """Every process of it: the profile's folder stands in the command of the first, whose children the others are.

    This runs in a process namespace of its own: there is no other Chromium here.
    """
    deadline = time.monotonic() + 10
    while (processes := _chromium()) and time.monotonic() < deadline:
        for pid in processes:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)


def _chromium() -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if "chromium" in os.readlink(folder / "exe") and (folder / "stat").read_text().split(") ")[1][0] != "Z":
                found.append(int(folder.name))
        except OSError:
            continue
    return found
