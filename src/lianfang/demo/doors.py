"""What happens when a drill's grid worker rings at a door. Pure: the same household and seed, the same evening.

The register is a little out of date, as every register is: people moved, telephones changed, somebody moved in
unnoticed. A household's truth is drawn once; which attempt finds somebody at home follows from it. Shares are
plausible, nothing more.
"""

from collections.abc import Sequence
from random import Random

import msgspec

from lianfang.demo.people import NO_OPERATOR

ATTEMPTS = 3


class Member(msgspec.Struct, frozen=True):
    """A resident as the feed shows one."""

    id: str
    name: str = ""
    status: str = "living"
    versions: dict[str, int] = {}


class Change(msgspec.Struct, frozen=True):
    """A fact of the register that turned out otherwise."""

    change: str  # field, added, struck
    resident: str | None = None
    field: str | None = None
    base_version: int = 0
    value: str | None = None
    person: dict[str, str] | None = None
    reason: str | None = None
    versions: dict[str, int] = {}  # of all fields of somebody struck, as they were seen


class Visit(msgspec.Struct, frozen=True):
    """One ring at one door: what the worker writes down."""

    outcome: str
    present: tuple[str, ...] = ()
    people: int = 0
    changes: tuple[Change, ...] = ()
    appointment: bool = False
    ill: str | None = None  # the one person for whom a question is answered otherwise


class Found(msgspec.Struct, frozen=True):
    """A household that no list knew, behind a door in the same house."""

    door: str
    people: tuple[dict[str, str], ...]


_STRUCK = (("moved_away", 0.012), ("vacant", 0.008))
_STUBBORN = (("refused", 0.004), ("elsewhere", 0.009), ("nobody_home", 0.012))  # stays so, however often one rings


def visit(*, seed: str, household: str, members: Sequence[Member], attempt: int) -> Visit:
    """The `attempt`-th ring (from 1) at this household's door."""
    draw = Random(f"{seed}/{household}")
    fate = _fate(draw)
    if fate in ("moved_away", "vacant"):
        return Visit(outcome=fate)
    first_found = 1 if draw.random() < 0.86 else 2 if draw.random() < 0.75 else 3
    if fate != "done":
        return Visit(outcome=fate if attempt > 1 or fate == "refused" else "nobody_home", appointment=attempt == 1)
    if attempt < first_found:
        return Visit(outcome="nobody_home", appointment=draw.random() < 0.3)
    return _met(draw, members)


def _fate(draw: Random) -> str:
    mark = draw.random()
    for outcome, share in (*_STRUCK, *_STUBBORN):
        mark -= share
        if mark < 0:
            return outcome
    return "done"


def _met(draw: Random, members: Sequence[Member]) -> Visit:
    living = [m for m in members if m.status not in ("struck", "ended")]
    changes = _changes(draw, living)
    gone = {change.resident for change in changes if change.change == "struck"}
    staying = [m.id for m in living if m.id not in gone]
    at_home = tuple(id for n, id in enumerate(staying) if n == 0 or draw.random() < 0.8)
    added = sum(change.change == "added" for change in changes)
    ill = draw.choice(at_home) if at_home and draw.random() < 0.01 else None
    return Visit(outcome="done", present=at_home, people=len(staying) + added, changes=changes, ill=ill)


def _changes(draw: Random, living: Sequence[Member]) -> tuple[Change, ...]:
    changes = []
    if living and draw.random() < 0.02:
        one = draw.choice(living)
        phone = f"{NO_OPERATOR}{draw.randrange(97_000_000, 100_000_000):08d}"  # above what the register was given
        changes.append(
            Change("field", resident=one.id, field="phone", base_version=one.versions.get("phone", 0), value=phone)
        )
    if len(living) > 1 and draw.random() < 0.01:
        gone, why = living[-1], draw.choice(("moved_away", "died"))
        changes.append(Change("struck", resident=gone.id, reason=why, versions=gone.versions))
    if draw.random() < 0.015:
        changes.append(Change("added", person=_newcomer(draw)))
    return tuple(changes)


def found_next_door(*, seed: str, household: str, door: str) -> Found | None:
    """Now and then the worker meets people whom no list knew: in the same house, behind a partition."""
    draw = Random(f"{seed}/{household}/next door")
    if draw.random() >= 0.006:
        return None
    return Found(door=f"{door}隔壁", people=tuple(_newcomer(draw) for _ in range(draw.randint(1, 3))))


def _newcomer(draw: Random) -> dict[str, str]:
    surname, given = draw.choice("王李张刘陈杨赵黄周吴"), draw.choice("平安乐宁新远晨晓")
    sex = draw.choice(("male", "female"))
    return {"name": surname + given, "sex": sex, "born_on": f"{draw.randint(1960, 2018)}-{draw.randint(1, 12):02d}-15"}
