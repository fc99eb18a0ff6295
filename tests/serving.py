"""The real server as a process of its own, for tests that speak to it over HTTP as phones and desks do.

With `--db postgres` each data folder has a database of its own; servers on the same folder share it.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests import postgres

ROOT = Path(__file__).parent.parent
SECONDS_TO_COME_UP = 60
COMPILED = ROOT / "out" / "compiled"  # kept between the many short processes, also where Python is told to keep nothing
# The server hangs up after five idle seconds, and httpx would send into that very moment.
BEFORE_IT_HANGS_UP = httpx.Limits(keepalive_expiry=2)
PORTS_BESIDE = (80, 443)  # `--lan` opens the install page and HTTPS at these distances


class DidNotStart(AssertionError):
    """The server ended or stayed silent; what it said is the message."""


class Server:
    """`lianfang serve` on a data folder. Use it as a context: leaving it ends the process the way an operator would."""

    def __init__(self, folder: Path, *options: str, demo: bool = False, database: str | None = None) -> None:
        self._database = database
        self.data = folder / "data"
        self.keys = folder / "keys"
        self.port = free_port()
        self._options = options
        self._log = folder / f"server-{self.port}.log"
        self._demo = demo
        self.database_url = postgres.database_of(self.data)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self.process is not None
        return self.process.pid

    @property
    def said(self) -> str:
        """Everything the process has printed and logged."""
        return self._log.read_text(errors="replace") if self._log.is_file() else ""

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PYTHONPATH": str(ROOT / "src"),
            "LIANFANG_DATA": str(self.data),
            "LIANFANG_KEYS": str(self.keys),
            "LIANFANG_BACKUPS": str(self.data.parent / "backups"),
            "LIANFANG_DEMO": "1" if self._demo else "",
            "LIANFANG_DATABASE_URL": self.database_url,
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(COMPILED),
        }
        if self._database is not None:
            own["LIANFANG_DATABASE_URL"] = self._database
        return {**os.environ, **own}

    def run(self, *command: str, stdin: str = "") -> str:
        """A lianfang command on this server's data folder."""
        done = subprocess.run(self.command(*command), env=self.environment, capture_output=True, text=True, input=stdin)
        assert done.returncode == 0, f"lianfang {' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> "Server":
        with self._log.open("ab") as log:
            command = self.command("serve", "--port", str(self.port), *self._options)
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=subprocess.STDOUT)
        self._wait_until_it_can_store()
        return self

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @contextmanager
    def disk_full(self) -> Iterator[None]:
        """While it lasts the process can read, and every byte it wants to write is refused."""
        assert self.process is not None
        unlimited = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (0, unlimited[1]))
        yield
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, unlimited)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lianfang.project.cli", *arguments]

    def _wait_until_it_can_store(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + SECONDS_TO_COME_UP
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise DidNotStart(self.said)
            if _can_store(self.url):
                return
            time.sleep(0.1)
        self.kill()
        raise DidNotStart(self.said)


def free_port() -> int:
    """A port that is free, and so are those that `--lan` opens beside it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port + max(PORTS_BESIDE) < 2**16 and all(_is_free(port + more) for more in PORTS_BESIDE):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def _can_store(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
