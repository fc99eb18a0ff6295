"""The steward 值守进程: of all processes that serve one database, the one that does what must be done once.

Jobs, the clock that enqueues them and the copy of the night are its work. Whoever holds a lock of the database is the
steward; it ends with the connection, so when that process dies another takes over by itself. On SQLite there is only
one process.
"""

from typing import Any

from django.db import InterfaceError, OperationalError, connections

LOCK = 0x6C696173


class Stewardship:
    """One process's claim. Of one thread: the connection that holds the lock is nobody else's."""

    def __init__(self) -> None:
        self._mine: Any = None

    def held(self) -> bool:
        """Is it ours? Taken if nobody has it, and lost when the connection is."""
        if connections["default"].vendor != "postgresql":
            return True
        try:
            return self._still_held() if self._mine else self._taken()
        except (OperationalError, InterfaceError):
            self.give_up()
            return False

    def give_up(self) -> None:
        """Let another process have it."""
        mine, self._mine = self._mine, None
        if mine is None:
            return
        try:
            with mine.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
        except (OperationalError, InterfaceError):
            pass  # a connection that is gone holds no lock
        mine.close()

    def _still_held(self) -> bool:
        with self._mine.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True

    def _taken(self) -> bool:
        own = connections["default"].copy()
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
            (taken,) = cursor.fetchone()
        if taken:
            self._mine = own
        else:
            own.close()
        return bool(taken)
