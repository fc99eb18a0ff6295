"""Folds upper levels' tables and what was issued of them into the tables they are read from."""

from collections.abc import Sequence

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.reports.terms import Signature
from lianfang.interop.upper_level_forms import records

_TAKE_IN = (
    "INSERT INTO upper_level_forms_form (id, area_id, title, audience, file_name, sha256, size, edits, cells, entry_id,"
    " changed) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (id) DO UPDATE SET file_name = excluded.file_name, sha256 = excluded.sha256, size = excluded.size,"
    " edits = excluded.edits, cells = excluded.cells, entry_id = excluded.entry_id, changed = excluded.changed"
)
_MAP = "UPDATE upper_level_forms_form SET edits = %s, cells = %s, changed = %s WHERE id = %s"
_ISSUE = (
    "INSERT INTO upper_level_forms_filling (id, form_id, day, title, basis, cells, figures, versions, sha256, size,"
    " entry_id, issued, issued_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (id) DO NOTHING"
)


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """One row per table, one per filling."""
    for entry in entries:
        if entry.body is not None:
            _fold(entry, fold)


def _fold(entry: Entry, fold: Fold) -> None:
    match entry.body:
        case records.TakenIn() as b:
            file = (b.file_name, b.sha256, b.size, b.edit, _text(b.cells), entry.id, _signature(entry, b.by_name))
            fold.execute(_TAKE_IN, (b.form, b.area, b.title, b.audience, *file))
        case records.CellsMapped() as b:
            fold.execute(_MAP, (b.edit, _text(b.cells), _signature(entry, b.by_name), b.form))
        case records.TableIssued() as b:
            made = (_text(b.basis), _text(b.cells), b.figures, _text(b.versions), b.sha256, b.size)
            when = (_signature(entry, b.by_name), entry.received_at)
            fold.execute(_ISSUE, (b.filling, b.form, b.basis.day, b.title, *made, entry.id, *when))


def _signature(entry: Entry, name: str) -> str:
    assert entry.actor is not None  # actions refuse an actor without an account
    return _text(Signature(entry.actor, name, entry.received_at))


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


PROJECTIONS = (
    Projection(
        name="upper_level_forms",
        apply=apply,
        tables=("upper_level_forms_form", "upper_level_forms_filling"),
        kinds=frozenset(kind.name for kind in records.KINDS),
    ),
)
