"""A server that is killed and started again many times a minute: `tests.serving.Server` with its imports done once."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from tests.serving import ROOT, DidNotStart, Server

SECONDS_TO_COME_UP = 60


class Lives(Server):
    """Use it as a context; inside it `start`, `kill` and `start` again."""

    def __init__(self, folder: Path, *, database_url: str = "", log: Path | None = None, **also: str) -> None:
        super().__init__(folder, demo=True)
        self._also = also
        self._log = log or self._log
        self._database_url = database_url
        self._nursery: subprocess.Popen[str] | None = None
        self._child = 0
        self._changed = threading.Condition()
        self._ends: dict[int, int] = {}
        self._born: list[int] = []

    @property
    def environment(self) -> dict[str, str]:
        own = {"LIANFANG_DATABASE_URL": self._database_url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        return {**super().environment, **own, **self._also}

    @property
    def pid(self) -> int:
        return self._child

    def start(self) -> Server:
        """Begin a life, and wait until it can store."""
        self.begin()
        deadline = time.monotonic() + SECONDS_TO_COME_UP
        with httpx.Client(timeout=5) as client:
            while not self.can_store(client):
                if self.ended is not None or time.monotonic() > deadline:
                    raise DidNotStart(f"ended with {self.ended}\n{self.said[-3000:]}")
                time.sleep(0.01)
        return self

    def be_ready(self) -> None:
        """Import everything now, so that the next beginning takes no time."""
        self._nursery = self._nursery or self._open_nursery()

    def begin(self, *command: str) -> None:
        """Begin a life (or another command's), and wait for nothing."""
        nursery = self._nursery or self._open_nursery()
        assert nursery.stdin is not None
        with self._changed:
            known = len(self._born)
            nursery.stdin.write(" ".join(command or ("serve", "--port", str(self.port))) + "\n")
            nursery.stdin.flush()
            self._changed.wait_for(lambda: len(self._born) > known, timeout=SECONDS_TO_COME_UP)
            self._child = self._born[-1]

    @property
    def ended(self) -> int | None:
        """The exit code of this life, None while it lasts."""
        return self._ends.get(self._child)

    def can_store(self, client: httpx.Client) -> bool:
        """What readyz says."""
        try:
            return client.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """No goodbye."""
        self.signal(signal.SIGKILL)
        self.wait_for_the_end()

    def signal(self, number: int) -> None:
        """To the server itself."""
        if self.ended is None:
            os.kill(self._child, number)

    def wait_for_the_end(self, timeout: float = 30) -> int:
        """The exit code."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._child in self._ends, timeout), "the server does not end"
        return self._ends[self._child]

    def stop(self) -> int:
        self.signal(signal.SIGINT)
        return self.wait_for_the_end()

    def __exit__(self, *_: object) -> None:
        if self._child and self.ended is None:
            self.kill()
        if self._nursery is not None:
            self._nursery.communicate()

    def __enter__(self) -> "Lives":
        return self

    def _open_nursery(self) -> "subprocess.Popen[str]":
        with self._log.open("ab") as log:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.nursery"],
                env=self.environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self._nursery, ready), daemon=True).start()
        if not ready.wait(SECONDS_TO_COME_UP):
            raise DidNotStart(self.said)
        return self._nursery

    def _listen(self, nursery: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert nursery.stdout is not None
        for line in nursery.stdout:
            word, *numbers = line.split()
            if word == "ready":
                ready.set()
                continue
            with self._changed:
                if word == "born":
                    self._born.append(int(numbers[0]))
                else:
                    self._ends[int(numbers[0])] = int(numbers[1])
                self._changed.notify_all()
