"""The time. Actions, endpoints and jobs ask here; rules and projections never do, they are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_stopped_at: list[datetime] = []


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _stopped_at[-1] if _stopped_at else datetime.now(UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment`, in every thread. For tests and for drills that replay a past day."""
    _stopped_at.append(moment)
    try:
        yield
    finally:
        _stopped_at.pop()
