"""What can be done with forms: publish one, from JSON, from a workbook, or from the pack of an incident."""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, IncidentId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger.actions import turn
from lianfang.foundation.plumbing import tables
from lianfang.ground.forms import queries, records, rules
from lianfang.ground.forms.terms import Form, PublishedForm
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident, Words


def publish_form(*, form: Form, area: AreaId, by: Actor, at: datetime, rows: Sequence[int] = ()) -> PublishedForm:
    """Publish a form for an area, as the next version of its code.

    Which incident lets it ask about health, travel or contacts is looked up here: the nearest open one.
    """
    allowing = next(iter(posture.in_force(area=area, at=at).incidents), None)
    rules.check_form(form, incident_open=allowing is not None, rows=rows)
    return _publish(form, area, allowing, by=by, at=at)


def _publish(
    form: Form, area: AreaId, allowing: Incident | None, *, by: Actor, at: datetime, cause: UUID | None = None
) -> PublishedForm:
    id = new_id()
    with turn(by=by, at=at) as ledger:
        version = queries.latest_version(code=form.code) + 1
        under = allowing.id if allowing and form.needs_incident else None
        body = records.FormPublished(id, version, form, area, under)
        ledger.append(records.FORM_PUBLISHED.name, body, cause=cause)
    return queries.form(id=id)


def publish_pack_forms(
    *, incident: IncidentId, by: Actor, at: datetime, cause: UUID | None = None
) -> list[PublishedForm]:
    """Publish the forms that the pack of an incident brings, on its area; those that stand there already stay."""
    opened = posture.incident(id=incident)
    forms = [rules.form_of(data) for data in opened.pack.forms]
    with turn(by=by, at=at):
        found = {f.form.code: f for f in queries.published(areas=[opened.area]) if f.incident in (None, incident)}
        for form in forms:
            rules.check_form(form, incident_open=at < opened.over_at)
            if form.code not in found or found[form.code].form != form:
                found[form.code] = _publish(form, opened.area, opened, by=by, at=at, cause=cause)
        return [found[form.code] for form in forms]


def read_workbook(*, path: str | os.PathLike[str], code: str, title: Words) -> tuple[Form, list[int]]:
    """A form from a simple workbook, one question a row, and the rows' numbers for whoever has to mend it."""
    sheet = iter(tables.read_sheet(path))
    header = tables.find_header(sheet, rules.COLUMNS, required=rules.REQUIRED_COLUMNS)
    rows = []
    for row in sheet:
        if not tables.is_example(row) and not tables.is_header_again(row, header):
            rows.append((row.number, {name: _text(row, index, name) for name, index in header.columns.items()}))
    words = {"zh": title.zh, "en": title.en}
    return rules.form_from_rows(code=code, title=words, rows=rows), [number for number, _ in rows]


def _text(row: tables.SheetRow, index: int, column: str) -> str:
    try:
        return tables.text_of(row.at(index))
    except tables.LostDigitsError:
        raise rules.odd_cell(row.number, column, str(row.at(index)), "") from None
