"""The group-commit writer: one thread that takes everything queued up into one transaction, and answers after the
commit.

Measured: a commit costs about the same for one record as for a hundred, so the busier it is, the cheaper a record
becomes.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic

from django.db import connection

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.arrivals import Sending
from lianfang.foundation.ledger.handing_in import NO_STORAGE, hand_in_group
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.database import disk_is_full

log = logging.getLogger(__name__)

Outcome = HandInReply | Problem
Waiting = tuple[Sending, Callable[[Outcome], None]]

MOST_IN_A_COMMIT = 4000
MOST_WAITING = 50_000
TROUBLE_IS_KNOWN_FOR = 10.0  # seconds


class Writer:
    """Started with the server. `hand_in` and `queue` from any thread; they are answered after the commit."""

    def __init__(self) -> None:
        self._queue: deque[Waiting] = deque()
        self._in_hand: list[Waiting] = []
        self._trouble: tuple[Problem, float] | None = None
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

    @property
    def trouble(self) -> Problem | None:
        """Why the last commit failed for want of storage; after a while without another try nobody knows any more."""
        problem, until = self._trouble or (None, 0.0)
        return problem if monotonic() < until else None

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
        """Queue a request's records; the future is set after the commit. Raises as `queue` does."""
        future: Future[HandInReply] = Future()

        def answer(outcome: Outcome) -> None:
            future.set_exception(outcome) if isinstance(outcome, Problem) else future.set_result(outcome)

        self.queue(sending, answer)
        return future

    def queue(self, sending: Sending, answer: Callable[[Outcome], None]) -> None:
        """Queue a request's records; `answer` is called in the writer's thread after the commit, and must not wait.

        Raises `ledger.busy` (503) past the bound and `ledger.cannot_store` (503) when nobody writes.
        """
        if not self.alive:
            self.start()
            raise Problem("ledger.cannot_store", status=503)
        with self._lock:
            if self._waiting + len(sending.raws) > MOST_WAITING:
                raise Problem("ledger.busy", status=503)
            self._queue.append((sending, answer))
            self._waiting += len(sending.raws)
        self._due.set()

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

    def _take(self) -> list[Waiting]:
        group: list[Waiting] = []
        size = 0
        with self._lock:
            while self._queue and (not group or size + len(self._queue[0][0].raws) <= MOST_IN_A_COMMIT):
                item = self._queue.popleft()
                group.append(item)
                size += len(item[0].raws)
            self._waiting -= size
            self._in_hand = group
        return group

    def _commit(self, group: list[Waiting]) -> None:
        try:
            replies = hand_in_group([sending for sending, _ in group], at=clock.now())
        except NO_STORAGE as error:
            log.exception("a commit failed; nothing was acknowledged", extra={"records": len(group)})
            connection.close()
            problem = _storage_problem(error)
            self._trouble = problem, monotonic() + TROUBLE_IS_KNOWN_FOR
            self._answer_all(group, problem)
            return
        except Exception as error:
            log.exception("a commit failed; nothing was acknowledged", extra={"records": len(group)})
            self._answer_all(group, Problem("ledger.cannot_store", status=503, cause=type(error).__name__))
            return
        self._trouble = None
        for (_, answer), reply in zip(group, replies, strict=True):
            _tell(answer, reply)

    def _answer_all(self, group: list[Waiting], problem: Problem) -> None:
        for _, answer in group:
            _tell(answer, problem)

    def _fail_rest(self) -> None:
        # Whoever was in the hands of a thread that died must not wait for ever either; who has an answer keeps it.
        with self._lock:
            rest, self._waiting = [*self._in_hand, *self._queue], 0
            self._in_hand = []
            self._queue.clear()
        self._answer_all(rest, Problem("ledger.cannot_store", status=503))


def _tell(answer: Callable[[Outcome], None], outcome: Outcome) -> None:
    try:
        answer(outcome)
    except Exception:
        # Whoever asked is gone (its loop closed, its future was cancelled). The others still wait for theirs.
        log.exception("nobody there to answer")


def _storage_problem(error: Exception) -> Problem:
    full = disk_is_full(error)
    return Problem("ledger.disk_full", status=507) if full else Problem("ledger.cannot_store", status=503)
