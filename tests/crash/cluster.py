"""A PostgreSQL that means it: nothing is switched off, and it is killed, stopped and started as a test likes.

`tests/postgres.py` starts the one for ordinary tests, which syncs nothing.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests import postgres

SETTINGS = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "32MB", "timezone": "UTC"}
SECONDS_TO_RECOVER = 60


class Cluster:
    """A data folder and its postmaster; use it as a context. The socket lies elsewhere than the data, which may go."""

    def __init__(self, folder: Path, *, sockets: Path | None = None, settings: dict[str, str] | None = None) -> None:
        self._binaries = postgres._binaries()
        self._runs_as = postgres._someone_but_root()
        self.data, self._sockets = folder / "pg", sockets or folder / "sockets"
        self._settings = SETTINGS | (settings or {})
        self._log = self._sockets / "postgres.log"
        self.postmaster = 0

    @property
    def url(self) -> str:
        """What LIANFANG_DATABASE_URL should say."""
        return self._url("lianfang")

    def twin(self, name: str) -> str:
        """A copy of the database under another name; its address."""
        self._run("createdb", "-h", self._sockets, "-U", "postgres", "-T", "lianfang", name)
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={quote(str(self._sockets), safe='')}"

    def create(self) -> None:
        """A fresh, synced data folder."""
        for folder in (self.data, self._sockets):
            folder.mkdir(parents=True)
            if self._runs_as:
                shutil.chown(folder, self._runs_as)
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self._run("createdb", "-h", self._sockets, "-U", "postgres", "lianfang")

    def start(self) -> None:
        """Begin, and recover from whatever happened; waits until it answers."""
        for lock in (self.data / "postmaster.pid", self._sockets / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        options += f" -c unix_socket_directories='{self._sockets}'"
        patience = ("-t", str(SECONDS_TO_RECOVER))
        self._run("pg_ctl", "-D", self.data, "-l", self._log, "-o", options, *patience, "-w", "start")
        self.postmaster = int((self.data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """As an operator stops it for maintenance: what is open is broken off, what was committed is kept."""
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
        self.postmaster = 0

    def kill(self) -> None:
        """kill -9 of the postmaster; waits until its children have noticed."""
        before = [self.postmaster, *self._processes()]
        self._kill(self.postmaster)
        deadline = time.monotonic() + SECONDS_TO_RECOVER
        while not all(map(_is_gone, before)) and time.monotonic() < deadline:
            time.sleep(0.01)
        for pid in before:
            self._kill(pid)

    def kill_a_backend(self, number: int) -> bool:
        """kill -9 of one process that serves the lianfang server; the postmaster then restarts all of them."""
        serving = [pid for pid in self._processes() if "lianfang" in _called(pid)]
        if serving:
            self._kill(serving[number % len(serving)])
        return bool(serving)

    def read(self, sql: str, *, url: str = "") -> list[tuple[Any, ...]]:
        """Rows, over a connection of their own; waits while the database recovers."""
        deadline = time.monotonic() + SECONDS_TO_RECOVER
        while True:
            try:
                with psycopg.connect(url or self.url) as connection:
                    return connection.execute(sql).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def __enter__(self) -> "Cluster":
        self.create()
        return self

    def __exit__(self, *_: object) -> None:
        if self.postmaster:
            self.kill()

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []

    def _kill(self, *pids: int) -> None:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _run(self, program: str, *arguments: str | Path) -> None:
        as_another = ["runuser", "-u", self._runs_as, "--"] if self._runs_as else []
        command = [*as_another, str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            said = self._log.read_text()[-2000:] if self._log.exists() else ""
            raise RuntimeError(f"{program} ended with {done.returncode}:\n{done.stderr}\n{said}")


def _is_gone(pid: int) -> bool:
    """Ended, and buried: the first process of a namespace inherits the orphans and is the one who has to."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return not Path(f"/proc/{pid}").exists()


def _called(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
