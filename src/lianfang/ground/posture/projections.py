"""Folds incidents and policies into the tables that everybody else asks."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.posture import records
from lianfang.ground.posture.memory import INCIDENTS

_OPEN = (
    "INSERT INTO posture_incident (id, name, area_id, basis, issuer, pack, starts_at, ends_at, drill, opened_by,"
    " closed_at, closed_by, forgotten_at, end_written)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL, %s)"
    " ON CONFLICT (id) DO NOTHING"
)
_PROPOSE = (
    "INSERT INTO posture_renewal (id, incident_id, ends_at, reason, proposed_by, proposed_at, shown,"
    " confirmed_by, confirmed_at, withdrawn_at) VALUES (%s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL)"
    " ON CONFLICT (id) DO NOTHING"
)
_CONFIRM = "UPDATE posture_renewal SET confirmed_by = %s, confirmed_at = %s WHERE id = %s"
_EXTEND = "UPDATE posture_incident SET ends_at = %s WHERE id = %s AND ends_at < %s"
_CLOSE = "UPDATE posture_incident SET closed_at = %s, closed_by = %s WHERE id = %s AND closed_at IS NULL"
_PROPOSE_FORGETTING = (
    "INSERT INTO posture_forgetting (id, incident_id, reason, proposed_by, proposed_at, confirmed_by, confirmed_at,"
    " entry_id) VALUES (%s, %s, %s, %s, %s, NULL, NULL, NULL)"
    " ON CONFLICT (id) DO NOTHING"
)
_CONFIRM_FORGETTING = "UPDATE posture_forgetting SET confirmed_by = %s, confirmed_at = %s, entry_id = %s WHERE id = %s"
_FORGET = "UPDATE posture_incident SET forgotten_at = %s WHERE id = %s"
_PROPOSE_OPENING = (
    "INSERT INTO posture_opening (id, area_id, wanted, reason, shown, proposed_by, proposed_at, incident_id,"
    " confirmed_by, withdrawn_at) VALUES (%s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL) ON CONFLICT (id) DO NOTHING"
)
_CONFIRM_OPENING = "UPDATE posture_opening SET confirmed_by = %s, incident_id = %s WHERE id = %s"
_PROPOSE_CLOSING = (
    "INSERT INTO posture_closing (id, incident_id, reason, shown, proposed_by, proposed_at, confirmed_by, withdrawn_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, NULL, NULL) ON CONFLICT (id) DO NOTHING"
)
_CONFIRM_CLOSING = "UPDATE posture_closing SET confirmed_by = %s WHERE id = %s"
_WITHDRAW = tuple(
    f"UPDATE {table} SET withdrawn_at = %s WHERE id = %s"
    for table in ("posture_opening", "posture_renewal", "posture_closing")
)
_END = "UPDATE posture_incident SET end_written = %s WHERE id = %s"
_ISSUE = (
    "INSERT INTO posture_policy (id, code, version, title, issuer, basis, area_id, starts_at, ends_at, incident_id,"
    " decisions) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """Fold in order. An entry whose key is gone changes nothing (the register's key outlives every incident)."""
    for entry in entries:
        if entry.body is not None:
            _FOLDS[entry.kind](entry, entry.body, fold)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _opened(entry: Entry, body: records.IncidentOpened, fold: Fold) -> None:
    row = (body.incident, body.name, body.area, body.basis, body.issuer, _json(body.pack))
    fold.execute(_OPEN, (*row, body.starts_at, body.ends_at, body.drill, entry.actor, False))
    if body.proposal is not None:
        fold.execute(_CONFIRM_OPENING, (entry.actor, body.incident, body.proposal))
    INCIDENTS.changed()


def _opening_proposed(entry: Entry, body: records.OpeningProposed, fold: Fold) -> None:
    row = (body.proposal, body.wanted.area, _json(body.wanted), body.reason, _json(body.shown))
    fold.execute(_PROPOSE_OPENING, (*row, entry.actor, entry.received_at))


def _closing_proposed(entry: Entry, body: records.ClosingProposed, fold: Fold) -> None:
    row = (body.proposal, body.incident, body.reason, _json(body.shown), entry.actor, entry.received_at)
    fold.execute(_PROPOSE_CLOSING, row)


def _withdrawn(entry: Entry, body: records.ProposalWithdrawn, fold: Fold) -> None:
    for statement in _WITHDRAW:
        fold.execute(statement, (entry.received_at, body.proposal))


def _ended(entry: Entry, body: records.IncidentEnded, fold: Fold) -> None:
    fold.execute(_END, (True, body.incident))
    INCIDENTS.changed()


def _proposed(entry: Entry, body: records.RenewalProposed, fold: Fold) -> None:
    row = (body.proposal, body.incident, body.ends_at, body.reason, entry.actor, entry.received_at)
    fold.execute(_PROPOSE, (*row, _json(body.shown)))


def _renewed(entry: Entry, body: records.IncidentRenewed, fold: Fold) -> None:
    fold.execute(_CONFIRM, (entry.actor, entry.received_at, body.proposal))
    fold.execute(_EXTEND, (body.ends_at, body.incident, body.ends_at))
    INCIDENTS.changed()


def _closed(entry: Entry, body: records.IncidentClosed, fold: Fold) -> None:
    fold.execute(_CLOSE, (entry.received_at, entry.actor, body.incident))
    if body.proposal is not None:
        fold.execute(_CONFIRM_CLOSING, (entry.actor, body.proposal))
    INCIDENTS.changed()


def _forgetting_proposed(entry: Entry, body: records.ForgettingProposed, fold: Fold) -> None:
    row = (body.proposal, body.incident, body.reason, entry.actor, entry.received_at)
    fold.execute(_PROPOSE_FORGETTING, row)


def _forgotten(entry: Entry, body: records.IncidentForgotten, fold: Fold) -> None:
    """A copy that was restored may not know of the proposal."""
    row = (body.proposal, body.incident, body.reason, body.proposed_by, body.proposed_at)
    fold.execute(_PROPOSE_FORGETTING, row)
    fold.execute(_CONFIRM_FORGETTING, (body.confirmed_by, body.confirmed_at, entry.id, body.proposal))
    fold.execute(_FORGET, (body.confirmed_at, body.incident))
    INCIDENTS.changed()


def _issued(entry: Entry, body: records.PolicyIssued, fold: Fold) -> None:
    row = (body.policy, body.code, body.version, _json(body.title), body.issuer, body.basis, body.area)
    fold.execute(_ISSUE, (*row, body.starts_at, body.ends_at, body.incident, _json(body.rows)))


_FOLDS: dict[str, Callable[[Entry, Any, Fold], None]] = {
    records.INCIDENT_OPENED.name: _opened,
    records.RENEWAL_PROPOSED.name: _proposed,
    records.INCIDENT_RENEWED.name: _renewed,
    records.INCIDENT_CLOSED.name: _closed,
    records.POLICY_ISSUED.name: _issued,
    records.FORGETTING_PROPOSED.name: _forgetting_proposed,
    records.INCIDENT_FORGOTTEN.name: _forgotten,
    records.OPENING_PROPOSED.name: _opening_proposed,
    records.CLOSING_PROPOSED.name: _closing_proposed,
    records.PROPOSAL_WITHDRAWN.name: _withdrawn,
    records.INCIDENT_ENDED.name: _ended,
}

PROJECTIONS = (
    Projection(
        name="posture",
        apply=apply,
        tables=(
            *("posture_incident", "posture_renewal", "posture_policy", "posture_forgetting"),
            *("posture_opening", "posture_closing"),
        ),
        kinds=frozenset(_FOLDS),
    ),
)
