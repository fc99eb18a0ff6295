"""The system's Chromium, driven by Playwright."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = "/usr/bin/chromium"
# Without the quiet flags Chromium tries to reach hosts elsewhere, all the time; without a sandbox it runs as root.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=zh-CN",
)  # fmt: skip
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1440, "height": 900}
WIDE = {"width": 1920, "height": 1080}
SMALL = {"width": 360, "height": 780}  # a desk page on a phone


def launch(playwright: Playwright, *flags: str, home: Path | None = None) -> Browser:
    """A browser; with `home` one that trusts what is installed in that home folder's certificate store."""
    env = {**os.environ, **({"HOME": str(home)} if home else {})}
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *flags], env=env)


def trust(authority: Path, home: Path) -> Path:
    """What tapping through the install page does, for Chromium on Linux; answers the home folder it was done in."""
    certutil = shutil.which("certutil")
    if certutil is None:
        pytest.skip("no certutil: apt install libnss3-tools")
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "lianfang", "-i", str(authority)]):
        subprocess.run([certutil, "-d", f"sql:{store}", *arguments], check=True, capture_output=True)
    return home


class Picture:
    """picture(page, "overview-1440"): keeps what is seen, to be looked at by a person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, page: Page, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{name}.png"
        page.screenshot(path=file, animations="disabled")
        return file
