"""Reports as they stand, what they say, and whether their numbers still come out the same. They name no resident."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.terms import Loader
from lianfang.ground.reports import composing, models, rules
from lianfang.ground.reports.records import REPORT
from lianfang.ground.reports.rules import Numbers
from lianfang.ground.reports.terms import (
    Audience,
    Basis,
    Document,
    File,
    Format,
    Language,
    Place,
    Report,
    Signature,
    Source,
    State,
    Subject,
    SubjectKey,
    Texts,
)
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind

_sources: dict[str, Source] = {}
_COMMUNITIES = (AreaKind.COMMUNITY, AreaKind.VILLAGE)


def install(sources: Sequence[Source]) -> None:
    """Take over what modules have to tell. Called by the wiring."""
    _sources.clear()
    _sources.update({source.name: source for source in sources})


# --- what there is to tell -------------------------------------------------------------------------------------------


def subjects(*, area: AreaId, day: date, at: datetime) -> list[Subject]:
    """What a report of an area and a day would tell of: never an exercise beside the real thing.

    On a day with exercises alone the report is an exercise too, and says so on every page.
    """
    found = [subject for source in _sources.values() for subject in source.on(area, day, at)]
    return [subject for subject in found if not subject.drill] or found


def places(*, area: AreaId, at: datetime, day: date) -> tuple[Place, ...]:
    """An area, its communities (or what else stands directly below) and all grids, as they are on that day."""
    top = territory.area_on(area, day)
    return (_place(top, None), *_below(top, day, at))


def _below(top: Area, day: date, at: datetime) -> list[Place]:
    grids = [] if top.kind is AreaKind.GRID else territory.grids_under(top.id, day)
    taken = territory.responsible_for([grid.id for grid in grids], at)
    middle = [] if top.kind in _COMMUNITIES else _middle(top, day)
    found: list[Place] = []
    for one in middle:
        inside = [g for g in grids if one.id in territory.lineage(g.id, day) and g.id != one.id]
        found.append(_place(one, top.id, vacant=one.kind is AreaKind.GRID and one.id not in taken))
        found += [_place(grid, one.id, vacant=grid.id not in taken) for grid in inside]
    told = {place.id for place in found}
    return found + [_place(g, top.id, vacant=g.id not in taken) for g in grids if g.id not in told]


def _middle(top: Area, day: date) -> list[Area]:
    if top.kind is AreaKind.GRID:
        return []
    communities = territory.areas_below(top.id, day, kinds=_COMMUNITIES)
    return communities or [c for c in territory.children(top.id, day) if c.kind is not AreaKind.GRID]


def _place(area: Area, within: AreaId | None, *, vacant: bool = False) -> Place:
    return Place(area.id, area.name, within, area.kind is AreaKind.GRID, vacant)


# --- one report ------------------------------------------------------------------------------------------------------


def report(*, id: UUID) -> Report:
    """One report; `access.not_found` (404) when there is none."""
    row = models.Report.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return _report(row)


def reports(*, areas: Collection[AreaId], day: date | None = None) -> list[Report]:
    """The reports of these areas, the latest day and draft first."""
    rows = models.Report.objects.filter(area_id__in=list(areas)).order_by("-day", "-drafted_at", "id")
    return [_report(row) for row in (rows.filter(day=day) if day else rows)]


def in_force(*, area: AreaId, day: date, audience: Audience, language: Language) -> Report | None:
    """The issued report that no other has taken the place of."""
    rows = models.Report.objects.filter(area_id=area, day=day, audience=audience, language=language)
    row = rows.exclude(issued=None).filter(superseded_by=None).first()
    return _report(row) if row else None


def read(found: Report) -> Document:
    """The report as it reads now: its numbers as of its position, whatever has happened since."""
    basis = found.basis
    return composing.document(found, counted(basis), head=ledger.chain_at(basis.position) if basis.position else "")


def counted(basis: Basis) -> list[tuple[Subject, Numbers]]:
    """What each subject came to, added up again from the ledger's moves up to the report's position."""
    found = [(about, _subject(about)) for about in basis.subjects]
    return [
        (subject, rules.numbers(subject, _sources[about.source].counted(about.id, basis.position), basis=basis))
        for about, subject in found
    ]


def subject(about: SubjectKey) -> Subject | None:
    """What was told of, as it is known now."""
    source = _sources.get(about.source)
    return source.find(about.id) if source else None


def _subject(about: SubjectKey) -> Subject:
    found = subject(about)
    if found is None:
        raise Problem("reports.subject_gone", status=409)
    return found


class Recount(msgspec.Struct, frozen=True):
    """Whether a report's numbers still come out, and which definitions have changed since."""

    figures: str
    same: bool
    changed: tuple[str, ...]


def recount(found: Report) -> Recount:
    """Add everything up again at the report's position and compare with what was signed."""
    again = counted(found.basis)
    figures = digest_of(again, found.basis.places)
    now = versions_of(again)
    changed = [
        f"{subject}.{name}"
        for subject, before in found.versions.items()
        for name, version in before.items()
        if now.get(subject, {}).get(name) != version
    ]
    return Recount(figures, figures == found.figures, tuple(changed))


def digest_of(found: Sequence[tuple[Subject, Numbers]], of: Sequence[Place]) -> str:
    """One digest of all numbers."""
    return rules.digest(rules.figures({subject.id: numbers for subject, numbers in found}, of))


def versions_of(found: Sequence[tuple[Subject, Numbers]]) -> dict[str, dict[str, str]]:
    """By which declarations they were made: subject → measure → version."""
    return {str(subject.id): numbers.catalogue.versions() for subject, numbers in found}


def archived(found: Report, format: Format) -> bytes:
    """The very bytes that were issued."""
    entry = ledger.entry_of(found.entry) if found.entry else None
    kept = {file.format: no for no, file in enumerate(found.files)}
    if entry is None or format not in kept:
        raise Problem("access.not_found", status=404)
    return list(ledger.attachments_of(entry))[kept[format]]


def _load(ids: Sequence[UUID]) -> Mapping[UUID, Report]:
    return {row.id: _report(row) for row in models.Report.objects.filter(id__in=list(ids))}


LOADERS = (Loader(REPORT, _load),)


def _report(row: models.Report) -> Report:
    signed, issued = (_decoded(text, Signature) if text else None for text in (row.signed, row.issued))
    return Report(
        id=row.id,
        basis=msgspec.json.decode(row.basis, type=Basis),
        state=rules.state_of(signed=bool(signed), issued=bool(issued), superseded=row.superseded_by is not None),
        texts=msgspec.json.decode(row.texts, type=Texts),
        edits=row.edits,
        drafted=_decoded(row.drafted, Signature),
        signed=signed,
        issued=issued,
        figures=row.figures,
        versions=msgspec.json.decode(row.versions, type=dict[str, dict[str, str]]),
        files=msgspec.json.decode(row.files, type=tuple[File, ...]),
        entry=row.entry_id,
        superseded_by=row.superseded_by,
    )


def _decoded(text: str, type: type[Signature]) -> Signature:
    return msgspec.json.decode(text, type=type)


__all__ = ["State", "archived", "counted", "in_force", "install", "places", "read", "recount", "report", "reports"]
