"""Counts the answers of finished visits to homes as their pack's measures.

A pack counts homes and people: what was answered at places and buildings stands in their entries and findings.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, IncidentId
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_instant
from lianfang.foundation.plumbing.walls import Walled
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.records import NOT_ITS_TARGET, TASK_CORRECTED, TaskCorrected, TaskOutcome
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.posture import queries as posture
from lianfang.operations.screening import rules
from lianfang.operations.screening.finding_folding import FINDINGS
from lianfang.operations.screening.measures import ANSWERS
from lianfang.operations.screening.records import HOUSEHOLD_VISITED, HouseholdVisited
from lianfang.operations.screening.rules import Answered

_COLUMNS = "task, visit, incident_id, pack, area_id, day, counts, void, at"
_READ = "SELECT task, visit, area_id, day, counts, void, at FROM screening_answered WHERE task IN ({marks})"
_WRITE = (
    f"INSERT INTO screening_answered ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (task, visit) DO UPDATE SET counts = excluded.counts, void = excluded.void"
)
_MOST_IN_A_QUERY = 500
_FORGOTTEN = "posture.incident_forgotten.v1"


class _Visits(msgspec.Struct):
    """All visits to one household in one campaign: as they stood before a batch, and as they stand after it."""

    incident: IncidentId
    pack: str
    area: AreaId
    latest: frozenset[str] = frozenset()
    before: dict[bytes, Answered] = {}
    now: dict[bytes, Answered] = {}


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """Fold a batch household by household. Without an incident there is no pack, and nothing to count."""
    for entry in entries:
        if entry.kind == _FORGOTTEN:
            fold.execute("DELETE FROM screening_answered WHERE incident_id = %s", [entry.facts.incident])
    asked = cache(_Asked)
    told = [_read(e, asked(e.facts.campaign), fold) for e in entries if e.body is not None and _tells(e)]
    counting = [one for one in told if one is not None]
    visits = _known(counting, fold)
    for one in counting:
        _put(visits[one.task], one)
    _write(visits, fold)


def _tells(entry: Entry) -> bool:
    """Does it concern answers: a finished visit, or a correction by which one was not finished after all?"""
    if entry.kind == _FORGOTTEN or NOT_ITS_TARGET in entry.flags:
        return False
    return (entry.kind == HOUSEHOLD_VISITED.name) == (entry.facts.outcome is Outcome.DONE)


class _Told(msgspec.Struct, frozen=True):
    """One entry of the batch, ready to be put to its household's visits. Without counts: it voids that visit."""

    task: bytes
    visit: bytes
    incident: IncidentId
    pack: str
    area: AreaId
    answered: Answered | None
    latest: frozenset[str] = frozenset()


class _Asked:
    """A campaign as a batch of its visits needs it. Most doors say what the one before has said: that is worked out
    once.
    """

    def __init__(self, id: CampaignId) -> None:
        self.campaign = campaigns.campaign(id=id)
        self.pack = posture.incident(id=self.campaign.incident).pack if self.campaign.incident else None
        self._heard: dict[bytes, dict[str, int]] = {}

    def measured(self, visit: HouseholdVisited) -> dict[str, int]:
        """See rules.measured."""
        assert self.pack is not None
        said = msgspec.json.encode((visit.people, visit.answers, visit.exceptions))
        known = self._heard.get(said)
        if known is None:
            form, measures = self.campaign.form.form, self.pack.measures
            known = self._heard[said] = rules.measured(visit, form=form, measures=measures)
        return known


def _read(entry: Entry, asked: _Asked, fold: Fold) -> _Told | None:
    campaign = asked.campaign
    if campaign.incident is None or asked.pack is None:
        return None
    body: HouseholdVisited | TaskCorrected = entry.body
    visit = entry.id if isinstance(body, HouseholdVisited) else body.entry
    answered, latest = None, rules.latest_of(asked.pack)
    if isinstance(body, HouseholdVisited):
        answered = Answered(entry.day, asked.measured(body), at=entry.at if latest else None)
    return _Told(
        task=fold.search_hash(campaign.key, _words(body.task), field="screening_answered/task"),
        visit=fold.search_hash(campaign.key, str(visit), field="screening_answered/visit"),
        incident=campaign.incident,
        pack=asked.pack.code,
        area=entry.area,
        answered=answered,
        latest=latest,
    )


def _words(task: TaskOutcome) -> str:
    return f"{task.campaign}/{task.target}/{task.occasion}"


def _known(read: Sequence[_Told], fold: Fold) -> dict[bytes, _Visits]:
    visits = {one.task: _Visits(one.incident, one.pack, one.area, one.latest) for one in reversed(read)}
    tasks = list(visits)
    for start in range(0, len(tasks), _MOST_IN_A_QUERY):
        part = tasks[start : start + _MOST_IN_A_QUERY]
        sql = _READ.format(marks=", ".join(["%s"] * len(part)))
        for task, visit, area, day, counts, void, at in fold.execute(sql, part).fetchall():
            known = visits[bytes(task)]
            known.area = AreaId(area if isinstance(area, UUID) else UUID(area))  # once counted on a grid, always there
            answered = Answered(day, msgspec.json.decode(counts, type=dict[str, int]), bool(void), as_instant(at))
            known.before[bytes(visit)] = known.now[bytes(visit)] = answered
    return visits


def _put(visits: _Visits, one: _Told) -> None:
    """A correction comes after the visit it names: the ledger sees to that. One of an unfinished visit voids none."""
    if one.answered is not None:
        visits.now[one.visit] = one.answered
    elif one.visit in visits.now:
        visits.now[one.visit] = msgspec.structs.replace(visits.now[one.visit], void=True)


def _write(visits: dict[bytes, _Visits], fold: Fold) -> None:
    rows = []
    moved: dict[tuple[IncidentId, str, AreaId], Counter[tuple[date, str]]] = defaultdict(Counter)
    for task, v in visits.items():
        rows += [_row(task, visit, v, a) for visit, a in v.now.items() if v.before.get(visit) != a]
        sums = moved[v.incident, v.pack, v.area]
        for key, count in rules.counted(v.now.values(), latest=v.latest).items():
            sums[key] += count
        for key, count in rules.counted(v.before.values(), latest=v.latest).items():
            sums[key] -= count
    fold.executemany(_WRITE, rows)
    for (incident, pack, area), sums in moved.items():
        for (day, measure), delta in sums.items():
            fold.tally(ANSWERS, area=area, day=day, keys=(incident, pack, measure), value=delta)


def _row(task: bytes, visit: bytes, v: _Visits, a: Answered) -> tuple[Any, ...]:
    counts = msgspec.json.encode(a.counts, order="sorted").decode()
    return (task, visit, v.incident, v.pack, v.area, a.day, counts, a.void, a.at)


PROJECTIONS = (
    Projection(
        name="screening",
        apply=apply,
        tables=("screening_answered",),
        kinds=frozenset({HOUSEHOLD_VISITED.name, TASK_CORRECTED.name, _FORGOTTEN}),
        tallies=(ANSWERS,),
    ),
    FINDINGS,
)
WALLED = (Walled("screening_finding", target="target_id"),)
