"""A stand-in for the server that misbehaves when told to: loses answers, is busy, refuses, takes phones out of service.

It is the double in web/tests/fake_server.mjs. What it proves is the phone's manners, never the server's.
"""

import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from tests.serving import free_port

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "web" / "tests" / "fake_server.mjs"
BUILT = ROOT / "src" / "lianfang" / "screens" / "assets" / "field" / "index.html"


def can_run() -> bool:
    return bool(shutil.which("node")) and BUILT.is_file() and (ROOT / "web" / "node_modules").is_dir()


class StandIn:
    """Use it as a context."""

    def __init__(self, *, buildings: int = 2) -> None:
        self.port = free_port()
        self._buildings = buildings

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "StandIn":
        command = ["node", str(SCRIPT), str(self.port), str(self._buildings)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert b"listens" in self._process.stdout.readline()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def misbehave(self, **how: Any) -> None:
        """`status=503, retryAfter=5`, `loseAnswers=True`, `dead=True`, `refuseAll=True`; nothing: behave again."""
        httpx.post(f"{self.url}/test/break", json=how)

    def take_out_of_service(self) -> None:
        httpx.post(f"{self.url}/test/revoke")

    def offer_code(self, code: str) -> None:
        httpx.post(f"{self.url}/test/code", content=code)

    def asks(self, form: bytes) -> None:
        """The campaign's form, as the real server compiles it."""
        httpx.post(f"{self.url}/test/form", content=form)

    def records(self) -> list[dict[str, Any]]:
        """What it holds, opened."""
        held: list[dict[str, Any]] = httpx.get(f"{self.url}/test/records").json()
        return held
