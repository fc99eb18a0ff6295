"""What can be done with forms: publish one, from JSON, from a workbook, or from the pack of an incident."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from lianfang.foundation.kernel.ids import AreaId, IncidentId, RecordId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import turn
from lianfang.foundation.plumbing import tables
from lianfang.ground.forms import queries, records, rules, workbooks, xlsform
from lianfang.ground.forms.terms import Form, PublishedForm, Refusal, Remark
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident, Words


def publish_form(
    *,
    form: Form,
    area: AreaId,
    by: Actor,
    at: datetime,
    rows: Sequence[int] | Mapping[str, int] = (),
    incident: IncidentId | None = None,
    cause: RecordId | None = None,
) -> PublishedForm:
    """Publish a form for an area, as the next version of its code.

    Which incident lets it ask about health, travel or contacts is looked up here: the nearest open one, unless one is
    named. What comes with a named incident, its pack's forms, is not held against what other forms ask.
    """
    allowing = _allowing(area, at, incident)
    others = () if incident else queries.running(area=area, at=at, besides=form.code)
    rules.check_form(form, incident_open=allowing is not None, rows=rows, running=others, kept_days=_kept(allowing))
    id = new_id()
    with turn(by=by, at=at) as ledger:
        version = queries.latest_version(code=form.code) + 1
        under = allowing.id if allowing and form.needs_incident else None
        ledger.append(records.FORM_PUBLISHED.name, records.FormPublished(id, version, form, area, under), cause=cause)
    return queries.form(id=id)


def _allowing(area: AreaId, at: datetime, incident: IncidentId | None = None) -> Incident | None:
    return next((i for i in posture.in_force(area=area, at=at).incidents if incident in (None, i.id)), None)


def _kept(incident: Incident | None) -> int | None:
    return incident.pack.retention_days if incident else None


class Published(NamedTuple):
    """A form that was published, and what its author should know of the workbook."""

    form: PublishedForm
    remarks: tuple[Remark, ...] = ()


def publish_workbook(
    *, path: str | os.PathLike[str], area: AreaId, code: str, title: Words | None, by: Actor, at: datetime
) -> Published:
    """Publish the form of a workbook: XLSForm if its headings say so, else one question a row.

    Everything that is wrong with it is said at once.
    """
    workbooks.refuse_archive(path)
    book = workbooks.read_xlsform(path)
    if book is None:
        if not code or title is None:
            raise Problem("forms.name_it", status=422)
        form, numbers = read_workbook(path=path, code=code, title=title)
        return Published(publish_form(form=form, area=area, rows=numbers, by=by, at=at))
    read = xlsform.read_book(book, code=code, title=title)
    rules_say = _objections(read, area, at) if read.form else []
    if found := xlsform.together(read, rules_say) or xlsform.standard_objects(book):
        rules.raise_refusals(sorted(found, key=lambda refusal: (refusal.sheet != xlsform.SURVEY, refusal.row)))
    if read.form is None:
        raise Problem("forms.no_questions", status=422)
    return Published(publish_form(form=read.form, area=area, rows=read.rows, by=by, at=at), read.remarks)


def _objections(read: xlsform.Read, area: AreaId, at: datetime) -> list[Refusal]:
    assert read.form is not None
    allowing, running = _allowing(area, at), queries.running(area=area, at=at, besides=read.form.code)
    return rules.refusals(
        read.form, incident_open=allowing is not None, rows=read.rows, running=running, kept_days=_kept(allowing)
    )


def publish_pack_forms(
    *,
    incident: IncidentId,
    by: Actor,
    at: datetime,
    forms: Sequence[dict[str, object]] | None = None,
    cause: RecordId | None = None,
) -> list[PublishedForm]:
    """Publish the forms that the pack of an open incident brings (or only these of them), on the incident's area."""
    opened = posture.incident(id=incident)
    asked = [rules.form_of(data) for data in (opened.pack.forms if forms is None else forms)]
    with turn(by=by, at=at):
        return [publish_form(form=f, area=opened.area, incident=incident, by=by, at=at, cause=cause) for f in asked]


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
