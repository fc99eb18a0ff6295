"""The group-commit writer: one thread that takes everything queued up into one transaction, and answers after the
commit.

Measured: a commit costs about the same for one record as for a hundred, so the busier it is, the cheaper a record
becomes.
"""

import logging
import threading
from collections import deque
from concurrent.futures import Future

from django.db import connection

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.arrivals import Sending
from lianfang.foundation.ledger.handing_in import NO_STORAGE, hand_in_group
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.plumbing import clock

log = logging.getLogger(__name__)

MOST_IN_A_COMMIT = 4000
MOST_WAITING = 50_000


class Writer:
    """Started with the server. `hand_in` from any thread; the future is set after the commit."""

    def __init__(self) -> None:
        self._queue: deque[tuple[Sending, Future[HandInReply]]] = deque()
        self._waiting = 0
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Can a record be stored? A dead writer means `readyz` false and 503, never a request that hangs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """Records that wait for a commit."""
        return self._waiting

    def start(self) -> None:
        """Begin, or begin again after the thread died."""
        if not self.alive:
            self._stopping = False
            self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Commit what is queued and end."""
        self._stopping = True
        self._due.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def hand_in(self, sending: Sending) -> "Future[HandInReply]":
        """Queue a request's records. Raises `ledger.busy` (503) past the bound and `ledger.cannot_store` (503) when
        nobody writes.
        """
        if not self.alive:
            self.start()
            raise Problem("ledger.cannot_store", status=503)
        future: Future[HandInReply] = Future()
        with self._lock:
            if self._waiting + len(sending.raws) > MOST_WAITING:
                raise Problem("ledger.busy", status=503)
            self._queue.append((sending, future))
            self._waiting += len(sending.raws)
        self._due.set()
        return future

    def _work(self) -> None:
        try:
            while not self._stopping or self._queue:
                self._due.wait(timeout=1)
                self._due.clear()
                while group := self._take():
                    self._commit(group)
        finally:
            self._fail_rest()
            connection.close()

    def _take(self) -> list[tuple[Sending, "Future[HandInReply]"]]:
        group: list[tuple[Sending, Future[HandInReply]]] = []
        size = 0
        with self._lock:
            while self._queue and (not group or size + len(self._queue[0][0].raws) <= MOST_IN_A_COMMIT):
                item = self._queue.popleft()
                group.append(item)
                size += len(item[0].raws)
            self._waiting -= size
        return group

    def _commit(self, group: list[tuple[Sending, "Future[HandInReply]"]]) -> None:
        try:
            replies = hand_in_group([sending for sending, _ in group], at=clock.now())
        except NO_STORAGE as error:
            log.exception("a commit failed; nothing was acknowledged", extra={"records": len(group)})
            connection.close()
            self._answer(group, _storage_problem(error))
            return
        except Exception as error:
            log.exception("a commit failed; nothing was acknowledged", extra={"records": len(group)})
            self._answer(group, Problem("ledger.cannot_store", status=503, cause=type(error).__name__))
            return
        for (_, future), reply in zip(group, replies, strict=True):
            future.set_result(reply)

    def _answer(self, group: list[tuple[Sending, "Future[HandInReply]"]], problem: Problem) -> None:
        for _, future in group:
            future.set_exception(problem)

    def _fail_rest(self) -> None:
        with self._lock:
            rest, self._waiting = list(self._queue), 0
            self._queue.clear()
        self._answer(rest, Problem("ledger.cannot_store", status=503))


def _storage_problem(error: Exception) -> Problem:
    full = "full" in str(error)
    return Problem("ledger.disk_full", status=507) if full else Problem("ledger.cannot_store", status=503)
