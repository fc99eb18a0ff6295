"""The turnstile: records and desk acts take turns at the one writer, the desk first.

Leaving it to SQLite's busy timeout starved single acts for up to three seconds beside saturating ingest; with a fair
turnstile the slowest took 79 ms. Between processes the database's own lock decides.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Lane(StrEnum):
    """Who waits."""

    DESK = "desk"
    RECORDS = "records"


class Turnstile:
    """A fair lock with two lanes; within a lane first come, first served."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Lane, deque[object]] = {lane: deque() for lane in Lane}
        self._busy = False

    @contextmanager
    def turn(self, lane: Lane) -> Iterator[None]:
        """Wait for a turn and hold it for the block."""
        ticket = object()
        with self._changed:
            self._waiting[lane].append(ticket)
            try:
                self._changed.wait_for(lambda: not self._busy and self._next() is ticket)
            except BaseException:
                self._waiting[lane].remove(ticket)
                raise
            self._waiting[lane].popleft()
            self._busy = True
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> object | None:
        return next((queue[0] for queue in self._waiting.values() if queue), None)


turnstile = Turnstile()
