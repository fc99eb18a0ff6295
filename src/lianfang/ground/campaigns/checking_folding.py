"""Folds what may be looked at again: finished visits of campaigns that have declared it, and what was found of them.

A campaign that has declared nothing costs a record one look at a small table per batch and keeps nothing. What belongs
to a forgotten incident goes with it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.ground.campaigns.checking_records import (
    CHECKS_SET,
    FINDING_SETTLED,
    VISIT_RECHECKED,
    FindingSettled,
    VisitRechecked,
)
from lianfang.ground.campaigns.records import TaskCorrected, TaskOutcome
from lianfang.ground.campaigns.terms import Outcome

_FORGOTTEN = "posture.incident_forgotten.v1"
_DECLARED = (
    "INSERT INTO campaigns_checkpolicy (campaign_id, position, percent, since, declared_by) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (campaign_id, position) DO NOTHING"
)
_DECLARING = (
    "SELECT p.campaign_id FROM campaigns_checkpolicy p WHERE p.percent > 0 AND p.position ="
    " (SELECT max(l.position) FROM campaigns_checkpolicy l WHERE l.campaign_id = p.campaign_id)"
)
_CHECKABLE = (
    "INSERT INTO campaigns_checkable (entry_id, campaign_id, target_id, grid_id, made_by, device_id, at, n, alike, lot,"
    " position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (entry_id) DO NOTHING"
)
_RECHECKED = (
    "INSERT INTO campaigns_recheck (id, campaign_id, target_id, grid_id, visit_id, found, questions, at, checked_by,"
    " key_name, position, how, settled_at, settled_by, reason)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL, NULL) ON CONFLICT (id) DO NOTHING"
)
_SETTLED = (
    "UPDATE campaigns_recheck SET how = %s, settled_at = %s, settled_by = %s, reason = %s"
    " WHERE id = %s AND settled_at IS NULL"
)
_OF_INCIDENT = "campaign_id IN (SELECT id FROM campaigns_campaign WHERE incident_id = %s)"
_LOT_BYTES = 7  # fits a signed integer of eight


def _apply(entries: Sequence[Entry], fold: Fold) -> None:
    declaring: set[UUID] | None = None
    for entry in entries:
        if entry.kind == CHECKS_SET.name:
            row = (entry.facts.campaign, entry.position, entry.facts.percent, entry.received_at, entry.actor)
            fold.execute(_DECLARED, row)
            declaring = None
        elif entry.kind == _FORGOTTEN:
            for table in ("campaigns_checkable", "campaigns_recheck"):
                fold.execute(f"DELETE FROM {table} WHERE {_OF_INCIDENT}", [entry.facts.incident])
        elif isinstance(entry.body, VisitRechecked):
            fold.execute(_RECHECKED, _recheck_row(entry, entry.body))
        elif isinstance(body := entry.body, FindingSettled):
            fold.execute(_SETTLED, (body.how, entry.received_at, entry.actor, body.reason, body.recheck))
        elif entry.body is not None and not isinstance(entry.body, TaskCorrected):
            if declaring is None:
                declaring = {_uuid(id) for (id,) in fold.execute(_DECLARING).fetchall()}
            _keep_visit(entry, declaring, fold)


def _keep_visit(entry: Entry, declaring: set[UUID], fold: Fold) -> None:
    task: TaskOutcome | None = fold.part(entry, TaskOutcome) if declaring else None
    if task is None or task.campaign not in declaring or task.outcome is not Outcome.DONE or entry.actor is None:
        return
    lot = int.from_bytes(fold.search_hash(entry.key, str(entry.id), field="campaigns.lot")[:_LOT_BYTES])
    made = (entry.actor, entry.device, entry.at, entry.n or 0)
    where = (entry.id, task.campaign, task.target, entry.area)
    fold.execute(_CHECKABLE, (*where, *made, _alike(entry, fold), lot, entry.position))


def _alike(entry: Entry, fold: Fold) -> str | None:
    """The same for the same answers, and nothing to be read in it. The engine knows no operation: a visit of whatever
    kind that asks questions calls what was answered `answers`.
    """
    answers = getattr(entry.body, "answers", None)
    if not answers:
        return None
    said = msgspec.json.encode(answers, order="deterministic").decode()
    return fold.search_hash(entry.key, said, field="campaigns.alike")[:16].hex()


def _recheck_row(entry: Entry, body: VisitRechecked) -> tuple[Any, ...]:
    questions = msgspec.json.encode(body.questions).decode()
    what = (entry.id, body.campaign, body.target, entry.area, body.visit, body.found, questions)
    return (*what, entry.at, entry.actor, entry.key, entry.position)


def _uuid(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


CHECKS = Projection(
    name="campaigns.checks",
    apply=_apply,
    kinds=frozenset({CHECKS_SET.name, VISIT_RECHECKED.name, FINDING_SETTLED.name, _FORGOTTEN}),
    part=TaskOutcome,
    tables=("campaigns_checkpolicy", "campaigns_checkable", "campaigns_recheck"),
)
