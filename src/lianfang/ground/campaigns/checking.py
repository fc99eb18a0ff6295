"""Which visits a second person looks at again 抽查复核: so many of each worker's, by lot, those too much alike first.

Pure. The lot is a keyed hash that the ledger draws of the record's id: the same whenever it is asked, and nobody who
has only a phone can tell beforehand. A run alike is a reason to look, and no finding about anybody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, DeviceId

MOST_PERCENT = 20
RUN_LEAST = 5  # so many finished visits one after the other …
RUN_SECONDS = 20  # … each begun and saved in less than this …
# … and all with the same answers: that is a hand that taps, or a block of flats where nothing is the matter.

Percent = Annotated[int, msgspec.Meta(ge=0, le=MOST_PERCENT)]


class CheckFound(StrEnum):
    """What the second person found."""

    SAME = "same"  # 一致
    DIFFERS = "differs"  # 有出入
    NOBODY = "nobody"  # 没遇到人
    NOT_VISITED = "not_visited"  # 说没人来过


class HowKept(StrEnum):
    """What became of a finding."""

    CORRECTED = "corrected"  # 已更正
    KEPT = "kept"  # 保留原记录


class Why(StrEnum):
    """Why a visit was chosen."""

    ALIKE = "alike"  # 连续几户很快、回答一样
    LOT = "lot"  # 抽到


class Checkable(msgspec.Struct, frozen=True):
    """A finished visit as far as this matters. `alike` is the same for the same answers, None where none were given."""

    entry: UUID
    by: AccountId
    device: DeviceId | None
    at: datetime
    n: int
    alike: str | None
    lot: int


class Chosen(msgspec.Struct, frozen=True):
    """A visit to be looked at again, and why."""

    entry: UUID
    why: Why


class Rechecked(msgspec.Struct, frozen=True):
    """What somebody found of a visit."""

    visit: UUID
    found: CheckFound
    by: AccountId | None


class CheckRate(msgspec.Struct, frozen=True):
    """Of one worker: how many finished visits there are, were chosen, were looked at again, and how many of these were
    otherwise. Numbers to be read with their denominator; they decide nothing.
    """

    finished: int = 0
    chosen: int = 0
    checked: int = 0
    differing: int = 0


_DECIDED = frozenset({CheckFound.SAME, CheckFound.DIFFERS, CheckFound.NOT_VISITED})
_OTHERWISE = frozenset({CheckFound.DIFFERS, CheckFound.NOT_VISITED})


def runs_alike(visits: Iterable[Checkable]) -> set[UUID]:
    """The visits that lie in a run of one device: at least `RUN_LEAST` in a row with the same answers, each less than
    `RUN_SECONDS` after the one before.
    """
    by_device: dict[UUID, list[Checkable]] = defaultdict(list)
    for visit in visits:
        if visit.device is not None:  # what was typed in at a desk was walked on paper
            by_device[visit.device].append(visit)
    found: set[UUID] = set()
    for made in by_device.values():
        for run in _runs(sorted(made, key=lambda visit: (visit.at, visit.n, visit.entry))):
            if len(run) >= RUN_LEAST:
                found |= {visit.entry for visit in run}
    return found


def _runs(made: Sequence[Checkable]) -> list[list[Checkable]]:
    runs: list[list[Checkable]] = []
    for visit in made:
        if runs and _goes_on(runs[-1][-1], visit):
            runs[-1].append(visit)
        else:
            runs.append([visit])
    return runs


def _goes_on(before: Checkable, visit: Checkable) -> bool:
    quick = visit.at - before.at < timedelta(seconds=RUN_SECONDS)
    return quick and visit.alike is not None and visit.alike == before.alike


def quota(finished: int, percent: int) -> int:
    """How many of so many: rounded up, so that one in a hundred of ten is one."""
    return -(-finished * percent // 100)


def sample(visits: Collection[Checkable], percent: int) -> list[Chosen]:
    """So many of each worker's finished visits: those in runs alike first, then by lot. A function of the set of
    visits: in whatever order, however often they arrived.
    """
    once = {visit.entry: visit for visit in visits}.values()
    alike, by_worker = runs_alike(once), defaultdict[AccountId, list[Checkable]](list)
    for visit in once:
        by_worker[visit.by].append(visit)
    chosen = []
    for made in by_worker.values():
        drawn = sorted(made, key=lambda visit: (visit.entry not in alike, visit.lot, visit.entry))
        chosen += [
            Chosen(visit.entry, Why.ALIKE if visit.entry in alike else Why.LOT)
            for visit in drawn[: quota(len(made), percent)]
        ]
    return sorted(chosen, key=lambda each: each.entry)


def by_a_second_person(rechecks: Iterable[Rechecked], visits: Iterable[Checkable]) -> list[Rechecked]:
    """Without what somebody said of their own visit: it is kept, and checks nothing."""
    firsts = {visit.entry: visit.by for visit in visits}
    return [each for each in rechecks if each.visit in firsts and each.by not in (None, firsts[each.visit])]


def still_to_check(chosen: Iterable[Chosen], rechecks: Iterable[Rechecked]) -> list[Chosen]:
    """Those of which nobody has found anything yet; where nobody was met somebody goes again."""
    decided = {each.visit for each in rechecks if each.found in _DECIDED}
    return [each for each in chosen if each.entry not in decided]


def rates(
    visits: Collection[Checkable], chosen: Iterable[Chosen], rechecks: Iterable[Rechecked]
) -> dict[AccountId, CheckRate]:
    """Of each worker. A visit counts once, however many looked at it: as otherwise if any of them found so."""
    said: dict[UUID, set[CheckFound]] = defaultdict(set)
    for each in rechecks:
        if each.found in _DECIDED:
            said[each.visit].add(each.found)
    drawn = {each.entry for each in chosen}
    counted: dict[AccountId, CheckRate] = {}
    for visit in visits:
        rate, found = counted.get(visit.by, CheckRate()), said.get(visit.entry, set())
        counted[visit.by] = CheckRate(
            finished=rate.finished + 1,
            chosen=rate.chosen + (visit.entry in drawn),
            checked=rate.checked + bool(found),
            differing=rate.differing + bool(found & _OTHERWISE),
        )
    return counted
