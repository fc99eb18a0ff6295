"""Folds published forms into the table they are read from."""

from collections.abc import Sequence

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.forms.records import FORM_PUBLISHED, FormPublished

_PUBLISH = (
    "INSERT INTO forms_form (id, code, version, area_id, incident_id, form, published_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """One row per published version."""
    for entry in entries:
        if entry.body is not None:
            body: FormPublished = entry.body
            form = msgspec.json.encode(body.form).decode()
            row = (body.id, body.form.code, body.version, body.area, body.incident, form, entry.received_at)
            fold.execute(_PUBLISH, row)


PROJECTIONS = (Projection(name="forms", apply=apply, tables=("forms_form",), kinds=frozenset({FORM_PUBLISHED.name})),)
