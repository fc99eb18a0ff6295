"""The network between a phone and the server: a cable that a test can pull out, and replies that it can lose.

A browser told to be offline still lets a request through now and then, from a page that has just been opened behind a
service worker. A cable that is out lets nothing through.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page


class Line:
    """Hands every connection on to the server's port. Use it as a context."""

    def __init__(self, name: str, to: int) -> None:
        self._to = to
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.flag = f"--host-resolver-rules=MAP {name} 127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, *phones: BrowserContext) -> None:
        """Nothing passes any more; what is under way is torn off. The phones notice that they have no network."""
        for phone in phones:
            phone.set_offline(True)
        with self._lock:
            self._is_cut = True
            _hang_up(*self._open)

    def mend(self, *phones: BrowserContext) -> None:
        """As before. Phones notice by themselves, if they were told, or by trying."""
        with self._lock:
            self._is_cut = False
        for phone in phones:
            phone.set_offline(False)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._door.close()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(here,), daemon=True).start()

    def _connect(self, here: socket.socket) -> None:
        try:
            there = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            return here.close()
        with self._lock:
            if self._is_cut:
                there.close()
                return here.close()
            self._open |= {here, there}
        back = threading.Thread(target=self._carry, args=(there, here), daemon=True)
        back.start()
        self._carry(here, there)
        back.join()
        with self._lock:
            self._open -= {here, there}
        for end in (here, there):
            end.close()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        """Until one side has nothing more to say, or the line is cut."""
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            _hang_up(one, other)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue  # hung up already


class LostReplies:
    """While it lasts, the server's answers to hand-ins are lost on their way: what was handed in is stored, and the
    phone cannot know. `meanwhile` runs between the two.
    """

    def __init__(self, page: Page, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._meanwhile = meanwhile
        self._debugger = page.context.new_cdp_session(page)
        self.lost = 0

    def __enter__(self) -> "LostReplies":
        self._debugger.on("Fetch.requestPaused", self._lose)
        pattern = {"urlPattern": "*/api/v1/records", "requestStage": "Response"}
        self._debugger.send("Fetch.enable", {"patterns": [pattern]})
        return self

    def __exit__(self, *_: object) -> None:
        self._debugger.detach()

    def _lose(self, paused: dict[str, Any]) -> None:
        if paused.get("responseStatusCode") == 200:
            self.lost += 1
            self._meanwhile()
        self._debugger.send("Fetch.failRequest", {"requestId": paused["requestId"], "errorReason": "ConnectionReset"})
