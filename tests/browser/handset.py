"""A Chromium of its own on a profile folder: a phone that can be killed, and started again with all it kept."""

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx
from playwright.sync_api import BrowserContext, Playwright

from tests.chromium import CHROMIUM, QUIET
from tests.serving import free_port


class Handset:
    """With `home` it trusts what is installed in that home folder's certificate store."""

    def __init__(self, playwright: Playwright, profile: Path, *flags: str, home: Path | None = None) -> None:
        self._playwright = playwright
        self._profile = profile
        self._flags = flags
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    def on(self) -> BrowserContext:
        port = free_port()
        flags = [
            *QUIET,
            *self._flags,
            "--headless=new",
            f"--remote-debugging-port={port}",
            f"--user-data-dir={self._profile}",
            "--window-size=360,780",
        ]
        self._process = subprocess.Popen(
            [CHROMIUM, *flags, "about:blank"],
            env={**os.environ, **({"HOME": str(self._home)} if self._home else {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/json/version", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        browser = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        return browser.contexts[0]

    def killed(self) -> None:
        """As an empty battery would: no goodbye."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def __enter__(self) -> "Handset":
        return self

    def __exit__(self, *_: object) -> None:
        self.killed()
