"""Instants and days. Instants are aware and in UTC; days are the district's (Asia/Shanghai has no summer time)."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

LOCAL = ZoneInfo("Asia/Shanghai")
Instant = Annotated[datetime, msgspec.Meta(tz=True)]  # as it comes in: a moment without its zone is refused

OLDEST_DEVICE_DAY = timedelta(days=7)
FASTEST_DEVICE_CLOCK = timedelta(minutes=10)
CLOCK_ODD = "clock_odd"  # the flag of a record whose day is that of its receipt


class Window(msgspec.Struct, frozen=True):
    """From `start` up to but not including `end`; `None` is open."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Is `at` inside?"""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


@lru_cache(maxsize=4096)  # a batch has one moment of receipt, and is asked for its day once for each record
def local_day(at: datetime) -> date:
    """The district's calendar day of an instant."""
    return at.astimezone(LOCAL).date()


def tally_day(*, at: datetime, received_at: datetime) -> tuple[date, bool]:
    """The day a record counts on, and whether its clock is odd.

    A device's clock is evidence, never order: its day is taken while the time lies at most 7 days before and 10 minutes
    after receipt, else the day of receipt is.
    """
    believable = received_at - OLDEST_DEVICE_DAY <= at <= received_at + FASTEST_DEVICE_CLOCK
    return local_day(at if believable else received_at), not believable


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """An instant in UTC, short enough for tests and tables."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
