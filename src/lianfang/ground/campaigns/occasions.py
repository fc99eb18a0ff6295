"""Which occasions a campaign has 轮次: once, every day or every week 周周查. Pure: of the declaration and a day.

An occasion is named by the day it begins on, and runs until the next one begins. `vectors.json` holds the cases that
phone and server both run, so that a phone without a network knows which occasion today belongs to.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

import msgspec

from lianfang.foundation.kernel.problems import Problem

MOST_OCCASIONS = 400  # a year of days, and some


class Every(StrEnum):
    """How often."""

    DAILY = "daily"  # 每天
    WEEKLY = "weekly"  # 每周


class Recurrence(msgspec.Struct, frozen=True):
    """A campaign begins anew: each day, or each week on a weekday (1 is Monday)."""

    every: Every
    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)] | None = None


class OccasionDays(msgspec.Struct, frozen=True):
    """One occasion: from its day to the last before the next one."""

    occasion: str
    begins_on: date
    ends_on: date


class BegunOccasion(msgspec.Struct, frozen=True):
    """One that has begun, and the position of the ledger at which its list was made."""

    occasion: str
    position: int


_DAY = timedelta(days=1)


def occasion_on(recurs: Recurrence, *, starts_on: date, ends_on: date, day: date) -> OccasionDays | None:
    """The occasion to which a day belongs; none before the first and after the last."""
    begins = day - _DAY * _days_since(recurs, day)
    if begins < starts_on or day > ends_on:
        return None
    return OccasionDays(begins.isoformat(), begins, min(begins + _DAY * (_length(recurs) - 1), ends_on))


def next_occasion(recurs: Recurrence, *, starts_on: date, ends_on: date, day: date) -> date | None:
    """When the next one begins after that day."""
    earliest = max(day + _DAY, starts_on)
    begins = earliest + _DAY * (-_days_since(recurs, earliest) % _length(recurs))
    return begins if begins <= ends_on else None


def occasions(recurs: Recurrence, *, starts_on: date, ends_on: date) -> Iterator[OccasionDays]:
    """All of them, first to last."""
    day = next_occasion(recurs, starts_on=starts_on, ends_on=ends_on, day=starts_on - _DAY)
    while day is not None:
        found = occasion_on(recurs, starts_on=starts_on, ends_on=ends_on, day=day)
        assert found is not None  # a day on which one begins belongs to it
        yield found
        day = next_occasion(recurs, starts_on=starts_on, ends_on=ends_on, day=day)


def named(recurs: Recurrence, *, starts_on: date, ends_on: date, occasion: str) -> OccasionDays | None:
    """The one of that name; none when no such occasion can be."""
    try:
        day = date.fromisoformat(occasion)
    except ValueError:
        return None
    found = occasion_on(recurs, starts_on=starts_on, ends_on=ends_on, day=day)
    return found if found is not None and found.occasion == occasion else None


def check(recurs: Recurrence, *, starts_on: date, ends_on: date) -> None:
    """A week has a weekday; within the days there is an occasion, and not more than can be kept apart."""
    if (recurs.every is Every.WEEKLY) is not (recurs.weekday is not None):
        raise Problem("campaigns.weekday_missing")
    if next_occasion(recurs, starts_on=starts_on, ends_on=ends_on, day=starts_on - _DAY) is None:
        raise Problem("campaigns.no_occasion_in_its_days")
    if (ends_on - starts_on).days // _length(recurs) >= MOST_OCCASIONS:
        raise Problem("campaigns.too_many_occasions", most=MOST_OCCASIONS)


def count_key(campaign: UUID, occasion: str, recurs: Recurrence | None) -> UUID:
    """Under which id an occasion is counted: a household counts once in each, and occasions are never added up."""
    return uuid5(campaign, occasion) if recurs else campaign


def _length(recurs: Recurrence) -> int:
    return 1 if recurs.every is Every.DAILY else 7


def _days_since(recurs: Recurrence, day: date) -> int:
    """How many days ago the week began; every day begins by itself."""
    return 0 if recurs.weekday is None else (day.isoweekday() - recurs.weekday) % 7
