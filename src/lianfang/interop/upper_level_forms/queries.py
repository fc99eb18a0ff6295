"""Upper levels' tables as they stand, what they would say of a day, and what was issued. They name no resident."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.terms import Loader
from lianfang.ground.reports import queries as reports
from lianfang.ground.reports.terms import Audience, Basis, Language, Signature, Subject
from lianfang.ground.territory import queries as territory
from lianfang.interop.upper_level_forms import models
from lianfang.interop.upper_level_forms.records import FORM
from lianfang.interop.upper_level_forms.rules import at_of, style_of
from lianfang.interop.upper_level_forms.terms import Book, CellValue, Filling, Mapped, RefusedCell, Spec, Table, Why


def form(*, id: UUID) -> Table:
    """One table; `access.not_found` (404) when there is none."""
    row = models.Form.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return _form(row)


def forms(*, areas: Collection[AreaId]) -> list[Table]:
    """The tables of these areas by title."""
    return [_form(row) for row in models.Form.objects.filter(area_id__in=list(areas)).order_by("title", "id")]


def filling(*, id: UUID) -> Filling:
    """One issued filling; `access.not_found` (404) when there is none."""
    row = models.Filling.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return _filling(row)


def fillings(*, form: UUID) -> list[Filling]:
    """What was issued of a table, the latest first."""
    return [_filling(row) for row in models.Filling.objects.filter(form_id=form).order_by("-issued_at", "id")[:200]]


def attached(entry: UUID) -> bytes:
    """The workbook that lies with an entry, byte for byte."""
    found = ledger.entry_of(entry)
    if found is None:
        raise Problem("access.not_found", status=404)
    return next(iter(ledger.attachments_of(found)))


# --- numbers ---------------------------------------------------------------------------------------------------------


def subjects(found: Table, *, day: date, at: datetime) -> list[Subject]:
    """What its cells may hold: what there is to tell of its area on a day."""
    return reports.subjects(area=found.area, day=day, at=at)


def basis_of(found: Table, *, day: date, at: datetime) -> Basis:
    """All that a filling rests on beside the counts: fixed when it is made."""
    about = dict.fromkeys(one.wanted.about for one in found.cells)
    return Basis(
        area=found.area,
        path=territory.area_on(found.area, day).path,
        day=day,
        cut_off=at,
        position=ledger.position_at(at),
        audience=found.audience,
        language=Language.ZH,
        places=reports.places(area=found.area, day=day, at=at),
        subjects=tuple(about),
    )


def is_exercise(basis: Basis) -> bool:
    """Does it hold numbers of exercises? Then it holds no others, and its file says so in its name."""
    found = [reports.subject(about) for about in basis.subjects]
    return any(subject is not None and subject.drill for subject in found)


class Filled(msgspec.Struct, frozen=True):
    """What the cells come to, the digest of all numbers behind them, and by which definitions."""

    values: tuple[CellValue, ...]
    refused: tuple[RefusedCell, ...]
    figures: str
    versions: dict[str, dict[str, str]]


def values(cells: Sequence[Mapped], basis: Basis, book: Book) -> Filled:
    """What each cell comes to as of the basis; and which cannot be filled any more, with the reason.

    An exercise may fill a table of its own, never a cell beside real numbers.
    """
    counted = reports.counted(basis)
    drills = {about for about, (subject, _) in zip(basis.subjects, counted, strict=True) if subject.drill}
    is_real = len(drills) < len(counted)
    by_about = dict(zip(basis.subjects, (numbers for _, numbers in counted), strict=True))
    places = {place.id for place in basis.places}
    sheets = {sheet.name: sheet for sheet in book.sheets}
    found: list[CellValue] = []
    refused: list[RefusedCell] = []
    for one in cells:
        wanted, numbers = one.wanted, by_about[one.wanted.about]
        measure = numbers.catalogue.by_name.get(wanted.measure)
        if is_real and wanted.about in drills:
            refused.append(RefusedCell(wanted.sheet, wanted.cell, Why.DRILL))
            continue
        if wanted.area not in places or measure is None:
            why = Why.MEASURE_GONE if measure is None else Why.AREA_GONE
            refused.append(RefusedCell(wanted.sheet, wanted.cell, why))
            continue
        at = at_of(wanted.cell)
        assert at is not None  # it was found when it was mapped
        percent = style_of(sheets[wanted.sheet], at) in book.styles.percent
        found.append(_value(one, numbers, percent=percent))
    return Filled(tuple(found), tuple(refused), reports.digest_of(counted, basis.places), reports.versions_of(counted))


def _value(one: Mapped, numbers: reports.Numbers, *, percent: bool) -> CellValue:
    wanted = one.wanted
    measure = numbers.catalogue.by_name[wanted.measure]
    hidden = numbers.is_hidden(wanted.measure, wanted.area)
    if wanted.spec is Spec.SHARE:
        share = numbers.share(wanted.measure, wanted.area)
        if share is None:
            return CellValue(wanted.sheet, wanted.cell, None, "—")
        if hidden or numbers.is_hidden(measure.denominator or "", wanted.area):
            return CellValue(wanted.sheet, wanted.cell, None, _HIDDEN)
        shown = float(share.percent.removesuffix(" %").replace("−", "-"))
        return CellValue(wanted.sheet, wanted.cell, round(shown / 100, 4) if percent else shown, share.percent)
    if hidden:
        return CellValue(wanted.sheet, wanted.cell, None, _HIDDEN)
    value = numbers.value(wanted.measure, wanted.area, today=wanted.spec is Spec.TODAY)
    return CellValue(wanted.sheet, wanted.cell, float(value), f"{value:,}")


_HIDDEN = "不显示"


class FillingAgain(msgspec.Struct, frozen=True):
    """Whether an issued filling comes out the same again, number by number and byte by byte."""

    figures: str
    same: bool


def recount(found: Filling) -> FillingAgain:
    """Add everything up again at the filling's position and compare with what was issued."""
    again = reports.digest_of(reports.counted(found.basis), found.basis.places)
    return FillingAgain(again, again == found.figures)


# --- from the tables -------------------------------------------------------------------------------------------------


def _load(ids: Sequence[UUID]) -> Mapping[UUID, Table]:
    return {row.id: _form(row) for row in models.Form.objects.filter(id__in=list(ids))}


LOADERS = (Loader(FORM, _load),)


def _form(row: models.Form) -> Table:
    return Table(
        id=row.id,
        title=row.title,
        area=AreaId(row.area_id),
        audience=Audience(row.audience),
        file_name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        edits=row.edits,
        cells=msgspec.json.decode(row.cells, type=tuple[Mapped, ...]),
        entry=row.entry_id,
        changed=msgspec.json.decode(row.changed, type=Signature),
    )


def _filling(row: models.Filling) -> Filling:
    return Filling(
        id=row.id,
        form=row.form_id,
        title=row.title,
        basis=msgspec.json.decode(row.basis, type=Basis),
        cells=msgspec.json.decode(row.cells, type=tuple[Mapped, ...]),
        figures=row.figures,
        versions=msgspec.json.decode(row.versions, type=dict[str, dict[str, str]]),
        sha256=row.sha256,
        size=row.size,
        entry=row.entry_id,
        issued=msgspec.json.decode(row.issued, type=Signature),
    )
