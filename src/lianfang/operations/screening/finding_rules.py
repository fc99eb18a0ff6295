"""Findings 发现的问题: found at a visit, to be fixed within a term, looked at again. Pure.

Everything that visits and re-checks said of one question at one door is a set, and where the finding stands a function
of it: the latest word by the time on the phone decides, in whatever order they arrive.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import msgspec


class FindingWord(msgspec.Struct, frozen=True):
    """What one visit or re-check said: it is there, or it is not."""

    at: datetime
    day: date
    bad: bool


class FindingRun(msgspec.Struct, frozen=True):
    """From the day something was found until it was seen to be fixed. `looked`: how often it was still there."""

    found_on: date
    due_on: date  # of the re-check: a term after it was last seen
    looked: int = 0
    fixed_on: date | None = None


def runs(words: Iterable[FindingWord], *, days: int) -> list[FindingRun]:
    """The findings that follow from these words, one after the other; only the last of them can be open.

    Of two words at the same instant the bad one stands: nobody is taken for safe by a tie.
    """
    found: list[FindingRun] = []
    for word in sorted(words, key=lambda one: (one.at.astimezone(UTC), one.bad)):
        still = found[-1] if found and found[-1].fixed_on is None else None
        due_on = word.day + timedelta(days=days)
        if still is None:
            found += [FindingRun(word.day, due_on)] if word.bad else []
        elif word.bad:
            found[-1] = msgspec.structs.replace(still, due_on=due_on, looked=still.looked + 1)
        else:
            found[-1] = msgspec.structs.replace(still, fixed_on=word.day)
    return found
