"""Keeps every word on a finding: of visits whose form declares one, and of re-checks.

What belongs to a forgotten incident goes with it: that something was found at a door names the door.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.records import NOT_ITS_TARGET, TASK_CORRECTED
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.forms.terms import Per, Question
from lianfang.operations.screening.finding_records import (
    FINDING_RECHECKED,
    PREMISES_RECHECKED,
    FindingRechecked,
    PremisesRechecked,
    looked_at,
)
from lianfang.operations.screening.records import (
    HOUSEHOLD_VISITED,
    PREMISES_VISITED,
    HouseholdVisited,
    PremisesVisited,
)

_FORGOTTEN = "posture.incident_forgotten.v1"
_KEEP = (
    "INSERT INTO screening_finding (entry_id, question, campaign_id, incident_id, target_id, grid_id, at, day, bad,"
    " void) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (entry_id, question) DO NOTHING"
)
_VOID = "UPDATE screening_finding SET void = %s WHERE entry_id = %s"
_FORGET = "DELETE FROM screening_finding WHERE incident_id = %s"


def _apply(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        if entry.kind == _FORGOTTEN:
            fold.execute(_FORGET, [entry.facts.incident])
        elif entry.body is not None and entry.kind == TASK_CORRECTED.name:
            if entry.facts.outcome is not Outcome.DONE:
                fold.execute(_VOID, (True, entry.body.entry))
        elif entry.body is not None and NOT_ITS_TARGET not in entry.flags:
            fold.executemany(_KEEP, list(_rows(entry)))


def _rows(entry: Entry) -> Iterator[tuple[Any, ...]]:
    campaign = campaigns.campaign(id=entry.facts.campaign)
    target, said = _said(entry, declared(campaign.form.form.questions))
    for code, bad in said.items():
        place = (campaign.id, campaign.incident, target, entry.area)
        yield (entry.id, code, *place, entry.at, entry.day, bad, False)


def _said(entry: Entry, asked: dict[str, Question]) -> tuple[Any, dict[str, bool]]:
    """Whose door, and of each question that declares a finding whether it was there. What nobody answered says
    nothing.
    """
    body: HouseholdVisited | PremisesVisited | FindingRechecked | PremisesRechecked = entry.body
    if isinstance(body, FindingRechecked | PremisesRechecked):
        return looked_at(body), {body.question: not body.fixed} if body.question in asked else {}
    if body.task.outcome is not Outcome.DONE:
        return body.task.target, {}
    answered = {code: value for code, value in body.answers.items() if code in asked and asked[code].fits(value)}
    return body.task.target, {code: asked[code].finds(value) for code, value in answered.items()}


def declared(questions: Sequence[Question]) -> dict[str, Question]:
    """The questions of which an answer may be a finding."""
    return {one.code: one for one in questions if one.finding is not None and one.per is Per.HOUSEHOLD}


FINDINGS = Projection(
    name="screening.findings",
    apply=_apply,
    kinds=frozenset(
        {
            *(HOUSEHOLD_VISITED.name, PREMISES_VISITED.name),
            *(FINDING_RECHECKED.name, PREMISES_RECHECKED.name),
            *(TASK_CORRECTED.name, _FORGOTTEN),
        }
    ),
    tables=("screening_finding",),
)
