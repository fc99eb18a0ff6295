"""Tells whoever waits in this process that the ledger grew: journeys, live screens, in-memory copies."""

import logging
from collections.abc import Callable, Sequence

from lianfang.foundation.ledger.terms import Entry

log = logging.getLogger(__name__)
Listener = Callable[[int, Sequence[Entry]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener(head, entries)` after every commit of this process; answers how to stop. It must be quick."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def committed(head: int, entries: Sequence[Entry]) -> None:
    """After a commit. A listener that fails must not take the others, or the receipt, with it."""
    for listener in list(_listeners):
        try:
            listener(head, entries)
        except Exception:
            log.exception("a listener failed after commit", extra={"position": head})
