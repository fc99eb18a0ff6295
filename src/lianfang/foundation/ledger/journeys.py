"""Runs journeys: after commit, from a cursor each, once per (entry, journey).

The journey's own writes and the step of its cursor are one transaction, so a kill between them changes nothing.
"""

import logging
import threading
from collections.abc import Sequence

from django.db import close_old_connections

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.house import installed
from lianfang.foundation.ledger.models import Cursor
from lianfang.foundation.ledger.queries import entries_after, head
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.ledger.turn import turn
from lianfang.foundation.plumbing import clock

log = logging.getLogger(__name__)
_LOOK_EVERY = 60.0  # seconds: what a process committed just before it died is another one's to react to


def run_due() -> int:
    """Let every journey react to what it has not seen; answers how many entries were reacted to."""
    return sum(_run(reaction) for reaction in installed().reactions)


def _run(reaction: Reaction) -> int:
    done = 0
    cursor, _ = Cursor.objects.get_or_create(name=reaction.name)
    while entries := entries_after(cursor.position, kinds=reaction.kinds):
        for entry in entries:
            with turn(by=THE_HOUSE, at=clock.now()):
                cursor.refresh_from_db()
                if entry.position <= cursor.position:
                    continue  # another process was faster; whoever has the turn sees how far it came
                reaction.react(entry)
                cursor.position = entry.position
                cursor.save(update_fields=["position"])
            done += 1
    # Skip what is of no interest, so that the next look starts at the end.
    latest = head()
    if latest > cursor.position and not entries_after(cursor.position, kinds=reaction.kinds, limit=1):
        Cursor.objects.filter(name=reaction.name, position=cursor.position).update(position=latest)
    return done


class Runner:
    """A thread that runs journeys whenever something happened that one of them follows."""

    def __init__(self) -> None:
        self._due = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="journeys", daemon=True)

    def start(self) -> None:
        """Begin; what happened while nobody looked is caught up first."""
        self._due.set()
        self._thread.start()

    def heard(self, head: int, entries: Sequence[Entry]) -> None:
        """The ledger grew. Most of what it grows by concerns no journey."""
        followed = frozenset[str]().union(*(reaction.kinds for reaction in installed().reactions))
        if any(entry.kind in followed for entry in entries):
            self.wake()

    @property
    def is_due(self) -> bool:
        """Has it been woken?"""
        return self._due.is_set()

    def wake(self) -> None:
        """Look at once."""
        self._due.set()

    def stop(self) -> None:
        """Finish the entry in hand and end."""
        self._stopping = True
        self._due.set()
        self._thread.join(timeout=10)

    def _work(self) -> None:
        while not self._stopping:
            self._due.wait(_LOOK_EVERY)
            self._due.clear()
            close_old_connections()
            try:
                run_due()
            except Exception:
                log.exception("a journey failed and will be tried again")
                threading.Timer(5, self.wake).start()
