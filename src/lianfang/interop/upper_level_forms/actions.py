"""What can be done with an upper level's table: take it in, say what its cells hold, take in a new layout, issue it."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.reports.terms import Audience, Basis
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind
from lianfang.interop.upper_level_forms import queries, records, rules, workbook
from lianfang.interop.upper_level_forms.queries import Filled
from lianfang.interop.upper_level_forms.terms import Filling, Mapped, MovedCell, RefusedCell, Spec, Table, Wanted, Why


def take_in(
    *, data: bytes, file_name: str, title: str, area: AreaId, audience: Audience, by: Actor, at: datetime
) -> Table:
    """An upper level's blank workbook. Its cells are pointed at afterwards."""
    _named(by)
    if not title.strip():
        raise Problem("upper_level_forms.title_missing", status=422)
    if territory.area(area).kind in (AreaKind.BUILDING, AreaKind.ENTRANCE):
        raise Problem("reports.smaller_than_a_grid")
    workbook.read(data)
    id = new_id()
    with turn(by=by, at=at) as mine:
        body = _taken_in(id, 1, title.strip()[:200], area, audience, file_name, data, (), by)
        mine.append(records.TAKEN_IN.name, body, attachments=[data])
    return queries.form(id=id)


def map_cells(*, form: UUID, cells: Sequence[Wanted], seen: int, by: Actor, at: datetime) -> Table:
    """From now on these cells, and no others, hold these measures. `seen`: the edit that was read before."""
    _named(by)
    if len(cells) > rules.MOST_CELLS:
        raise Problem("upper_level_forms.too_many_mapped", status=422, most=rules.MOST_CELLS)
    found = queries.form(id=form)
    mapped, refused = rules.mapped(workbook.read(queries.attached(found.entry)), cells)
    refused += _without_measure(found, mapped, at)
    if refused:
        raise cells_refused(refused)
    with turn(by=by, at=at) as mine:
        now = queries.form(id=form)
        _unchanged(now, seen)
        if now.cells != tuple(mapped):
            mine.append(records.MAPPED.name, records.CellsMapped(form, now.edits + 1, tuple(mapped), by.name))
    return queries.form(id=form)


def take_in_layout(
    *, form: UUID, data: bytes, file_name: str, agreed: bool, seen: int, by: Actor, at: datetime
) -> tuple[Table, list[MovedCell]]:
    """The upper level sends another workbook. Each cell is looked for by the words around it: one that moved is asked
    about (`agreed`), one that is not found for sure is refused with its place and the reason.
    """
    _named(by)
    found = queries.form(id=form)
    mapped, moved, lost = rules.carried_over(found.cells, workbook.read(data))
    if lost:
        raise Problem("upper_level_forms.layout_lost", status=409, cells=_told(lost), moved=_told(moved))
    if moved and not agreed:
        raise Problem("upper_level_forms.layout_moved", status=409, moved=_told(moved))
    with turn(by=by, at=at) as mine:
        now = queries.form(id=form)
        _unchanged(now, seen)
        if sha256(data).hexdigest() != now.sha256:
            body = _taken_in(form, now.edits + 1, now.title, now.area, now.audience, file_name, data, tuple(mapped), by)
            mine.append(records.TAKEN_IN.name, body, attachments=[data])
    return queries.form(id=form), moved


def fill(found: Table, *, day: date, at: datetime) -> tuple[bytes, Filled, Basis]:
    """The table filled for a day as of now; nothing is kept of it."""
    if day > local_day(at):
        raise Problem("reports.day_after_cut_off")
    if not found.cells:
        raise Problem("upper_level_forms.nothing_mapped", status=409)
    blank = queries.attached(found.entry)
    basis = queries.basis_of(found, day=day, at=at)
    filled = queries.values(found.cells, basis, workbook.read(blank))
    if filled.refused:
        raise cells_refused(filled.refused)
    return workbook.filled(blank, filled.values), filled, basis


def issue(*, form: UUID, day: date, seen: int, by: Actor, at: datetime) -> Filling:
    """It goes out and is archived, byte for byte, with its position and what its measures meant."""
    _named(by)
    found = queries.form(id=form)
    _unchanged(found, seen)
    data, filled, basis = fill(found, day=day, at=at)  # before the turn: nobody at a door waits for a table
    id = new_id()
    with turn(by=by, at=at) as mine:
        _unchanged(queries.form(id=form), seen)
        body = records.TableIssued(
            filling=id,
            form=form,
            edit=found.edits,
            title=found.title,
            basis=basis,
            cells=found.cells,
            figures=filled.figures,
            versions=filled.versions,
            sha256=sha256(data).hexdigest(),
            size=len(data),
            by_name=by.name,
        )
        mine.append(records.ISSUED.name, body, attachments=[data])
    return queries.filling(id=id)


def cells_refused(refused: Sequence[RefusedCell]) -> Problem:
    """All that is wrong, cell by cell."""
    return Problem("upper_level_forms.cells_refused", status=409, cells=_told(refused))


def _told(found: Sequence[RefusedCell] | Sequence[MovedCell]) -> list[dict[str, str]]:
    return [
        {"sheet": one.sheet, "cell": one.cell, "words": one.words}
        | (
            {"why": one.why.value}
            if isinstance(one, RefusedCell)
            else {"to_sheet": one.to_sheet, "to_cell": one.to_cell}
        )
        for one in found
    ]


def _without_measure(found: Table, mapped: Sequence[Mapped], at: datetime) -> list[RefusedCell]:
    """Cells whose measure or area is not there to be counted today."""
    day = local_day(at)
    subjects = {(one.source, one.id): one for one in queries.subjects(found, day=day, at=at)}
    before = {one.wanted for one in found.cells}
    places = {place.id for place in queries.basis_of(found, day=day, at=at).places}
    refused: list[RefusedCell] = []
    for one in mapped:
        wanted = one.wanted
        subject = subjects.get((wanted.about.source, wanted.about.id))
        if subject is None:
            if wanted not in before:  # what was mapped while it ran may stay
                refused.append(RefusedCell(wanted.sheet, wanted.cell, Why.MEASURE_GONE))
            continue
        measure = next((each for each in subject.measures if each.name == wanted.measure), None)
        if measure is None:
            refused.append(RefusedCell(wanted.sheet, wanted.cell, Why.MEASURE_GONE))
        elif wanted.spec is Spec.SHARE and not measure.denominator:
            refused.append(RefusedCell(wanted.sheet, wanted.cell, Why.NO_SHARE))
        elif wanted.area not in places:
            refused.append(RefusedCell(wanted.sheet, wanted.cell, Why.AREA_GONE))
    return refused


def _taken_in(
    id: UUID,
    edit: int,
    title: str,
    area: AreaId,
    audience: Audience,
    file_name: str,
    data: bytes,
    cells: tuple[Mapped, ...],
    by: Actor,
) -> records.TakenIn:
    digest = sha256(data).hexdigest()
    return records.TakenIn(id, edit, title, area, audience, file_name[-200:], digest, len(data), cells, by.name)


def _unchanged(found: Table, seen: int) -> None:
    """Nobody writes over what they have not read."""
    if found.edits != seen:
        raise Problem("upper_level_forms.changed_meanwhile", status=409)


def _named(by: Actor) -> AccountId:
    if by.account is None:
        raise Problem("reports.nobody_signs", status=409)
    return by.account
