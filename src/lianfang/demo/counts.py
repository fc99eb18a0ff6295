"""Counting a sweep by hand: the same few lines for what phones wrote down and for what the ledger holds. Pure.

It shares no code with the engine whose numbers it checks.
"""

from collections.abc import Iterable

import msgspec

STRUCK_OUTCOMES = frozenset({"moved_away", "vacant"})
_RANK = {"untouched": 0, "attempted": 1, "done": 2, "struck": 3}


class Count(msgspec.Struct, frozen=True):
    """A sweep in numbers: households, and the people covered by visits that were done."""

    listed: int = 0
    found: int = 0
    struck: int = 0
    done: int = 0
    attempted: int = 0
    untouched: int = 0
    people: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )

    @property
    def remaining(self) -> int:
        """Those still to be reached: each of them has a name on somebody's list."""
        return self.listed + self.found - self.struck - self.done


def state_after(outcome: str) -> str:
    """What a task is after a visit that ended so."""
    return "done" if outcome == "done" else "struck" if outcome in STRUCK_OUTCOMES else "attempted"


class Book:
    """Tasks of one grid and how far each came. Order, repeats and lateness of visits change nothing."""

    def __init__(self, before: Count | None = None) -> None:
        """`before`: the grid as it stood when this book was opened, if the sweep was half done already."""
        self._before = before or Count()
        self._states: dict[str, str] = {}
        self._found: set[str] = set()
        self._people: dict[str, int] = {}
        self._residents: dict[str, int] = {}

    def lists(self, target: str, state: str = "untouched", *, residents: int = 0) -> None:
        """A household that the campaign listed at its start, with as many people as the register has in it."""
        self._raise(target, state)
        self._residents[target] = residents

    def finds(self, target: str, state: str = "untouched") -> None:
        """A household that nobody listed."""
        self._found.add(target)
        self._raise(target, state)

    def visits(self, target: str, outcome: str, people: int) -> None:
        """A visit and how it ended."""
        self._raise(target, state_after(outcome))
        if outcome == "done":
            self._people[target] = max(people, self._people.get(target, 0))

    def _raise(self, target: str, state: str) -> None:
        before = self._states.get(target, "untouched")
        self._states[target] = max(before, state, key=_RANK.__getitem__)

    def people_by_state(self) -> dict[str, int]:
        """How many people of the list live behind doors that were done, struck, attempted or left untouched."""
        people: dict[str, int] = {}
        for target, residents in self._residents.items():
            people[self._states[target]] = people.get(self._states[target], 0) + residents
        return people

    def count(self) -> Count:
        """The grid in numbers."""
        states = list(self._states.values())
        found = len(self._found) + self._before.found
        people = sum(people for target, people in self._people.items() if self._states[target] == "done")
        return Count(
            listed=len(states) - found,
            found=found,
            struck=states.count("struck"),
            done=states.count("done"),
            attempted=states.count("attempted"),
            untouched=states.count("untouched"),
            people=people + self._before.people,
        )


def total(counts: Iterable[Count]) -> Count:
    """All of them together."""
    return sum(counts, Count())
