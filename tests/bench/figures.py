"""What every bench reports: a figure as a ratio to a ceiling of the same round, printed as one JSON line each.

A wall clock on a shared machine moves five-fold; the ratio of two runs that took turns within one round hardly moves.
So a bench runs ceiling and subject in turn, and the figure is the median of the rounds' own ratios.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))  # before anybody is pinned
UNSTABLE = 2.0
KEPT = Path(__file__).parents[2] / "out" / "figures.jsonl"


class Figure(msgspec.Struct, omit_defaults=True):
    """A measured number beside the one asked for. `unit` says what is divided by what; `beside` has no figure asked."""

    name: str
    value: float
    unit: str
    asked: float | None = None
    at_most: bool = False
    rounds: list[float] = []
    beside: dict[str, Any] = {}
    unstable: bool = False

    @property
    def reached(self) -> bool | None:
        """Is it as asked? None when nothing was asked."""
        if self.asked is None:
            return None
        return self.value <= self.asked if self.at_most else self.value >= self.asked


def paired(
    name: str,
    *,
    ceilings: Sequence[float],
    subjects: Sequence[float],
    unit: str,
    asked: float | None = None,
    at_most: bool = False,
    beside: dict[str, Any] | None = None,
) -> Figure:
    """The median of subject ÷ ceiling, round by round; unstable when the ceiling itself moved more than two-fold."""
    ratios = [round(subject / ceiling, 3) for ceiling, subject in zip(ceilings, subjects, strict=True)]
    unstable = max(ceilings) / min(ceilings) > UNSTABLE
    return Figure(name, median(ratios), unit, asked, at_most, ratios, beside or {}, unstable)


def say(figure: Figure) -> Figure:
    """Print it for people and for machines; the line is kept for `python -m tests.bench.table` as well."""
    mark = {True: "✓", False: "✗", None: " "}[figure.reached]
    asked = f" (asked {'≤' if figure.at_most else '≥'} {figure.asked:g})" if figure.asked is not None else ""
    print(f"{mark} {figure.name}: {figure.value:g} {figure.unit}{asked}{'  UNSTABLE' if figure.unstable else ''}")
    line = msgspec.json.encode(figure).decode()
    print(line, flush=True)
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as kept:
        kept.write(line + "\n")
    return figure


def cpu_seconds(*processes: int) -> float:
    """User and system time these processes have used so far, all their threads included."""
    return sum(_cpu_of(process) for process in processes)


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pin(process: int, core: int) -> None:
    """Keep a process on one core, so that load and server do not push each other about. Nothing where it cannot be."""
    if len(CORES) > 1:
        for task in Path(f"/proc/{process}/task").iterdir():
            os.sched_setaffinity(int(task.name), {CORES[core % len(CORES)]})


def rounds_of(count: int, *each: Callable[[], None]) -> None:
    """Ceiling, subject, ceiling, subject, …"""
    for _ in range(count):
        for one in each:
            one()
