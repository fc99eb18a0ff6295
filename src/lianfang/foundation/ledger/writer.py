"""The group-commit writer: one thread that takes everything queued up into one transaction, and answers after the
commit.

Measured: a commit costs about the same for one record as for a hundred, so the busier it is, the cheaper a record
becomes. What was just saved goes before a phone's backlog; a backlog that has waited too long goes all the same, one
at a time.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import NamedTuple

from django.db import connection

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.arrivals import Sending
from lianfang.foundation.ledger.handing_in import NO_STORAGE, hand_in_group
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.database import disk_is_full
from lianfang.foundation.plumbing.lanes import PATIENCE, Lane

log = logging.getLogger(__name__)

Outcome = HandInReply | Problem


class Waiting(NamedTuple):
    """A request's records in the queue, since when, and who wants to know what became of them."""

    sending: Sending
    answer: Callable[[Outcome], None]
    since: float


MOST_IN_A_COMMIT = 500  # some 0.3 s on a small machine: whoever is saved next waits for no more than that
MOST_WAITING = 50_000
TROUBLE_IS_KNOWN_FOR = 10.0  # seconds


class Writer:
    """Started with the server. `hand_in` and `queue` from any thread; they are answered after the commit."""

    def __init__(self) -> None:
        self._saves: deque[Waiting] = deque()
        self._uploads: deque[Waiting] = deque()
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

    def queue(self, sending: Sending, answer: Callable[[Outcome], None], lane: Lane = Lane.SAVE) -> None:
        """Queue a request's records; `answer` is called in the writer's thread after the commit, and must not wait.

        Raises `ledger.busy` (503) past the bound and `ledger.cannot_store` (503) when nobody writes.
        """
        if not self.alive:
            self.start()
            raise Problem("ledger.cannot_store", status=503)
        with self._lock:
            if self._waiting + len(sending.raws) > MOST_WAITING:
                raise Problem("ledger.busy", status=503)
            queue = self._uploads if lane is Lane.UPLOAD else self._saves
            queue.append(Waiting(sending, answer, monotonic()))
            self._waiting += len(sending.raws)
        self._due.set()

    def _work(self) -> None:
        try:
            while not self._stopping or self._waiting:
                self._due.wait(timeout=1)
                self._due.clear()
                while group := self._take():
                    self._commit(group)
        finally:
            self._fail_rest()
            connection.close()

    def waited(self, lane: Lane) -> float:
        """For how many seconds the oldest records of this lane, or of one before it, have waited."""
        if not self._waiting:
            return 0.0
        with self._lock:
            queues = (self._saves, self._uploads) if lane >= Lane.UPLOAD else (self._saves,)
            heads = [queue[0].since for queue in queues if queue]
        return monotonic() - min(heads) if heads and lane is not Lane.GATE else 0.0

    def _take(self) -> list[Waiting]:
        group: list[Waiting] = []
        size = 0
        with self._lock:
            while (queue := self._next()) and (not group or size + len(queue[0].sending.raws) <= MOST_IN_A_COMMIT):
                group.append(queue.popleft())
                size += len(group[-1].sending.raws)
            self._waiting -= size
            self._in_hand = group
        return group

    def _next(self) -> deque[Waiting]:
        overdue = self._uploads and monotonic() - self._uploads[0].since > PATIENCE[Lane.UPLOAD]
        return self._uploads if overdue or not self._saves else self._saves

    def _commit(self, group: list[Waiting]) -> None:
        try:
            replies = hand_in_group([waiting.sending for waiting in group], at=clock.now())
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
        for waiting, reply in zip(group, replies, strict=True):
            _tell(waiting.answer, reply)

    def _answer_all(self, group: list[Waiting], problem: Problem) -> None:
        for waiting in group:
            _tell(waiting.answer, problem)

    def _fail_rest(self) -> None:
        # Whoever was in the hands of a thread that died must not wait for ever either; who has an answer keeps it.
        with self._lock:
            rest, self._waiting = [*self._in_hand, *self._saves, *self._uploads], 0
            self._in_hand = []
            self._saves.clear()
            self._uploads.clear()
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
