"""What a second office's list says otherwise 报来的不同说法: field by field, ours beside theirs, each with its source.

The register stands as it was; a person takes a word or leaves it, one by one, by column, or the whole list at once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, ResidentId
from lianfang.foundation.kernel.masks import mask_name
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.registry import queries
from lianfang.ground.registry.edits import EditRow, Reading, edits_of, standing_of
from lianfang.ground.registry.models import OffersSettled, Roster
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.reading import as_id, limits, query
from lianfang.ground.registry.search import within
from lianfang.ground.registry.sources import NOBODY_SAID, Source, sources_of
from lianfang.ground.registry.terms import Field, Question, Slice
from lianfang.ground.territory import queries as territory


class Word(msgspec.Struct, frozen=True):
    """What one hand says, masked; whose list it stood in or who wrote it, and when."""

    edit: UUID
    value: str | None
    source: str
    at: datetime | None


class OfferView(msgspec.Struct, frozen=True):
    """One difference that waits for a person."""

    id: UUID
    household: HouseholdId
    resident: ResidentId
    grid: AreaId
    place: str
    door: str
    name: str
    field: Field
    ours: Word
    theirs: Word


class OfferColumn(msgspec.Struct, frozen=True):
    """How many of one field wait."""

    field: Field
    fields: int


class SettledView(msgspec.Struct, frozen=True):
    """Many decided by one act; `kept`: of an undone one, how many stayed decided because they were written to since."""

    id: UUID
    field: str
    take: bool
    fields: int
    people: int
    by: str
    at: datetime
    reason: str
    undone: bool
    kept: int


class OffersOfRoster(msgspec.Struct, frozen=True):
    """How a list's differences stand, where the viewer may decide."""

    sender: str
    offered: int  # fields, when it was published
    fields: int  # that wait now
    people: int
    columns: list[OfferColumn]
    settled: list[SettledView]


class Waiting(NamedTuple):
    """A question, and which edit the list asks it by."""

    id: UUID
    subject: UUID
    household: UUID
    field: Field
    edit: UUID


def roster_of(import_id: UUID, *, viewer: Viewer) -> Roster:
    """A published list of people of which the viewer may decide anything; else it is not there at all (404)."""
    viewer.require(Permission.SETTLE)
    row = Roster.objects.filter(id=import_id).first()
    if row is None or not _meets(AreaId(row.area_id), viewer):
        raise Problem("access.not_found", status=404)
    return row


def _meets(area: AreaId, viewer: Viewer) -> bool:
    """Does it lie in one's areas, or some of these in it?"""
    on, roots = local_day(viewer.at), viewer.roots(Permission.SETTLE)
    within = not roots.isdisjoint(territory.lineage(area, on))
    return within or any(area in territory.lineage(root, on) for root in roots)


def waiting(roster: Roster, *, viewer: Viewer, field: Field | None = None) -> list[Waiting]:
    """What it offered and nobody has decided, in walking order, where the viewer may decide."""
    where, params = within("d", queries.grids_in(viewer, Permission.SETTLE, None), "e.record = %s", [roster.record])
    rows = query(
        "SELECT d.id, d.subject_id, d.household_id, d.field, d.edits, e.id FROM registry_edit e"
        " JOIN registry_disagreement d ON d.subject_id = e.subject_id AND d.field = e.field"
        f" JOIN registry_household h ON h.id = d.household_id WHERE {where} AND e.offered AND d.kind = %s"
        " ORDER BY d.grid_id, h.walk, d.subject_id, d.field",
        [*params, Question.FIELD.value],
    )
    return [
        Waiting(as_id(id), as_id(subject), as_id(home), Field(of), as_id(edit))
        for id, subject, home, of, edits, edit in rows
        if field in (None, of) and str(as_id(edit)) in edits  # the same said by a list before is asked by that one
    ]


def offers_of(import_id: UUID, *, viewer: Viewer) -> OffersOfRoster:
    """Counts, by column; and what was decided many at a time. Names nobody."""
    roster = roster_of(import_id, viewer=viewer)
    found = waiting(roster, viewer=viewer)
    by_field = Counter(each.field for each in found)
    columns = [OfferColumn(field, by_field[field]) for field in Field if by_field[field]]
    people = len({each.subject for each in found})
    return OffersOfRoster(roster.sender, roster.offered, len(found), people, columns, _settled(import_id))


def _settled(import_id: UUID) -> list[SettledView]:
    rows = list(OffersSettled.objects.filter(import_id=import_id).order_by("-position"))
    names = accounts.names_of({row.account for row in rows if row.account})
    return [
        SettledView(
            row.id,
            row.field,
            row.take,
            row.fields,
            row.people,
            names.get(row.account, "") if row.account else "",
            row.at,
            row.reason,
            row.undone is not None,
            row.kept,
        )
        for row in rows
    ]


def offer_rows(
    import_id: UUID, *, viewer: Viewer, field: Field | None = None, page: int = 1, page_size: int = 50
) -> Slice:
    """The differences one by one, ours beside theirs; noted like every page of people."""
    roster = roster_of(import_id, viewer=viewer)
    found = waiting(roster, viewer=viewer, field=field)
    size, start = limits(page, page_size)
    shown = found[start : start + size]
    rows = _views(shown, viewer)
    if rows:
        access.disclose(
            viewer=viewer,
            what="registry.offers",
            purpose=Purpose.REGISTER_UPKEEP,
            area=queries.own_area(viewer, Permission.SETTLE),
            subjects=sorted({row.resident for row in rows}),
            permission=Permission.SETTLE,
        )
    return Slice(list(rows), len(found))


def _views(shown: Sequence[Waiting], viewer: Viewer) -> list[OfferView]:
    people = {UUID(str(row.id)): row for row in _people(shown, viewer)}
    said = {each.id: both(each) for each in shown}
    sources = sources_of({row.record for two in said.values() for row in two})
    views = []
    for each in shown:
        who, (ours, theirs) = people[each.subject], said[each.id]
        words = (_word(row, sources) for row in (ours, theirs))
        views.append(
            OfferView(each.id, who.household, who.id, who.grid, who.place, who.door, who.name, each.field, *words)
        )
    return views


def _people(shown: Sequence[Waiting], viewer: Viewer) -> Iterable[Any]:
    return queries.residents_by_id(sorted({each.subject for each in shown}), viewer=viewer).values()


def both(each: Waiting) -> tuple[EditRow, EditRow]:
    """The word that stands, and the one that was offered."""
    rows = [row for row in edits_of(Reading(), each.subject) if row.field == each.field]
    stands = standing_of(each.field, rows).shown.id
    by_id = {row.id: row for row in rows}
    return by_id[stands], by_id[each.edit]


def _word(row: EditRow, sources: Mapping[UUID, Source]) -> Word:
    value = mask_name(row.value or "") if row.field == Field.NAME else row.value
    source = sources.get(row.record, NOBODY_SAID)
    return Word(row.id, value, source.name, row.at or source.at)
