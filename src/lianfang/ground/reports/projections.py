"""Folds what happens to reports into the table they are read from."""

from collections.abc import Sequence

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.reports import records
from lianfang.ground.reports.terms import Signature, Texts

_DRAFT = (
    "INSERT INTO reports_report (id, area_id, day, audience, language, basis, texts, edits, drafted, drafted_at,"
    " figures, versions, files) VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s, %s, '', '{}', '[]')"
    " ON CONFLICT (id) DO NOTHING"
)
# A signature stands for what was read: whoever changes the words takes it away.
_EDIT = (
    "UPDATE reports_report SET texts = %s, edits = %s, signed = NULL, figures = '', versions = '{}'"
    " WHERE id = %s AND issued IS NULL"
)
_SIGN = "UPDATE reports_report SET signed = %s, figures = %s, versions = %s WHERE id = %s AND issued IS NULL"
_ISSUE = "UPDATE reports_report SET issued = %s, files = %s, entry_id = %s WHERE id = %s AND issued IS NULL"
_SUPERSEDE = "UPDATE reports_report SET superseded_by = %s WHERE id = %s AND superseded_by IS NULL"


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """One row per report."""
    for entry in entries:
        if entry.body is not None:
            _fold(entry, fold)


def _fold(entry: Entry, fold: Fold) -> None:
    match entry.body:
        case records.Drafted(report, basis, name):
            what = (basis.area, basis.day, basis.audience, basis.language, _text(basis), _text(Texts()))
            fold.execute(_DRAFT, (report, *what, _signature(entry, name), entry.received_at))
        case records.Edited(report, edit, texts):
            fold.execute(_EDIT, (_text(texts), edit, report))
        case records.Signed(report, _, figures, versions, name):
            fold.execute(_SIGN, (_signature(entry, name), figures, _text(versions), report))
        case records.Issued(report, files, _, supersedes, name):
            fold.execute(_ISSUE, (_signature(entry, name), _text(files), entry.id, report))
            if supersedes:
                fold.execute(_SUPERSEDE, (report, supersedes))


def _signature(entry: Entry, name: str) -> str | None:
    return _text(Signature(entry.actor, name, entry.received_at)) if entry.actor else None


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


PROJECTIONS = (
    Projection(
        name="reports", apply=apply, tables=("reports_report",), kinds=frozenset(kind.name for kind in records.KINDS)
    ),
)
