"""What is in force, and the catalogues an incident is opened from. None of it names a resident."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.terms import Entry, Loader
from lianfang.ground.access import queries as access
from lianfang.ground.posture import difference as differences
from lianfang.ground.posture import models, rules
from lianfang.ground.posture.memory import INCIDENTS, incident_of
from lianfang.ground.posture.records import INCIDENT, IncidentForgotten
from lianfang.ground.posture.rules import band_at as band_at
from lianfang.ground.posture.rules import bands_of as bands_of
from lianfang.ground.posture.rules import index_value as index_value
from lianfang.ground.posture.rules import posture_at, read_pack
from lianfang.ground.posture.terms import (
    Basis,
    Certificate,
    Closing,
    Difference,
    DifferenceLine,
    ForgettingProposal,
    Incident,
    IncidentDraft,
    Opening,
    Pack,
    Person,
    Policy,
    Posture,
    Proposal,
    Span,
    Step,
    Words,
)
from lianfang.ground.territory import queries as territory

_HERE = Path(__file__).parent


def in_force(*, area: AreaId, at: datetime) -> Posture:
    """The open incidents and valid policies on an area.

    The one question the rest of the house asks about emergencies.
    """
    lineage = territory.lineage(area=area, on=local_day(at))
    policies = models.Policy.objects.filter(area_id__in=lineage, starts_at__lte=at)
    return posture_at(lineage=lineage, incidents=_running(lineage, at), policies=map(_policy, policies), at=at)


def _running(lineage: Collection[AreaId], at: datetime) -> list[Incident]:
    return [i for i in incidents(areas=lineage) if i.starts_at <= at < i.ends_at]


def days_left(*, area: AreaId, at: datetime) -> int | None:
    """Whole days until the incident on an area ends by itself; None in routine."""
    lineage = territory.lineage(area, local_day(at))
    running = posture_at(lineage=lineage, incidents=_running(lineage, at), policies=(), at=at).incident
    return rules.days_left(running, at=at) if running else None


def incident(*, id: IncidentId) -> Incident:
    """One incident; `access.not_found` (404) when there is none."""
    found = INCIDENTS.now().get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def incidents(*, areas: Collection[AreaId] | None = None) -> list[Incident]:
    """Incidents on these areas (all of them when None), latest first."""
    return [i for i in INCIDENTS.now().values() if areas is None or i.area in areas]


def drills(*, ids: Collection[IncidentId]) -> set[IncidentId]:
    """Those of these incidents that are exercises."""
    known = INCIDENTS.now()
    return {id for id in ids if id in known and known[id].drill}


def open_proposals(*, incidents: Iterable[IncidentId]) -> dict[IncidentId, Proposal]:
    """The latest renewal of each incident that still waits for its second person."""
    waiting = models.Renewal.objects.filter(confirmed_at=None, withdrawn_at=None)
    rows = waiting.filter(incident_id__in=list(incidents)).order_by("proposed_at")
    return {IncidentId(row.incident_id): _proposal(row) for row in rows}


def proposal(*, id: UUID) -> Proposal:
    """A renewal that waits; `posture.proposal_unknown` (404) when there is none or it was signed already."""
    row = models.Renewal.objects.filter(id=id, confirmed_at=None, withdrawn_at=None).first()
    if row is None:
        raise Problem("posture.proposal_unknown", status=404)
    return _proposal(row)


def closings(*, incidents: Iterable[IncidentId]) -> dict[IncidentId, Closing]:
    """The latest proposal to end each incident that still waits for its second person."""
    waiting = models.Closing.objects.filter(confirmed_by=None, withdrawn_at=None)
    rows = waiting.filter(incident_id__in=list(incidents)).order_by("proposed_at")
    return {IncidentId(row.incident_id): _closing(row) for row in rows}


def closing(*, id: UUID) -> Closing:
    """One that waits; `posture.proposal_unknown` (404) when there is none or it was signed already."""
    row = models.Closing.objects.filter(id=id, confirmed_by=None, withdrawn_at=None).first()
    if row is None:
        raise Problem("posture.proposal_unknown", status=404)
    return _closing(row)


def waiting(*, id: UUID) -> Proposal | Closing:
    """A renewal or a closing that waits; `posture.proposal_unknown` (404) when there is none."""
    row = models.Closing.objects.filter(id=id, confirmed_by=None, withdrawn_at=None).first()
    return _closing(row) if row else proposal(id=id)


def openings(*, at: datetime) -> list[Opening]:
    """Every opening that waits for its second person, latest first."""
    rows = models.Opening.objects.filter(confirmed_by=None, withdrawn_at=None).order_by("-proposed_at")
    return [one for one in map(_opening, rows) if waits(one, at=at)]


def waits(found: Opening, *, at: datetime) -> bool:
    """Can it still be signed?"""
    return rules.opening_waits(found, span=span(on=local_day(at)), at=at)


def opening(*, id: UUID) -> Opening:
    """One, whatever became of it; `access.not_found` (404) when there is none."""
    row = models.Opening.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return _opening(row)


def opened_by_two(*, incident: IncidentId) -> Opening | None:
    """The proposal it came of; None where one person opened it, as before two were asked for."""
    row = models.Opening.objects.filter(incident_id=incident).exclude(confirmed_by=None).first()
    return _opening(row) if row else None


# --- what is otherwise because of it ---------------------------------------------------------------------------------

RunningUnder = Callable[[IncidentId], Sequence[DifferenceLine]]
_running_under: list[RunningUnder] = []
_looks: list[str] = []


def install_running(running: Iterable[RunningUnder], looks: Iterable[str]) -> None:
    """What modules above know of an incident: what runs under it, and which permissions are looks at what it collects.

    Called by the wiring.
    """
    _running_under[:] = running
    _looks[:] = looks


def _readers() -> dict[str, tuple[str, ...]]:
    return {look: tuple(role for role in Role if look in access.permissions_of(role)) for look in map(str, _looks)}


def difference_of_opening(*, wanted: IncidentDraft, at: datetime) -> Difference:
    """What opening it would change, as things stand now."""
    pack = packs().get(wanted.pack)
    if pack is None:
        raise Problem("posture.pack_unknown", name=wanted.pack)
    here = in_force(area=wanted.area, at=at)
    beside = _beside(wanted.area, at)
    return differences.of_opening(wanted, pack, readers=_readers(), beside=beside, policies=here.policies)


def difference_of(*, incident: Incident, step: Step, at: datetime, ends_at: datetime | None = None) -> Difference:
    """What stands because of it, or would go on or end."""
    return differences.of_incident(
        incident,
        step=step,
        ends_at=ends_at or incident.over_at,
        running=[line for running in _running_under for line in running(incident.id)],
        readers=_readers(),
        beside=_beside(incident.area, at),
        policies=in_force(area=incident.area, at=at).policies,
    )


def _beside(area: AreaId, at: datetime) -> list[Incident]:
    """What runs above, on or below an area."""
    on = local_day(at)
    up = territory.lineage(area=area, on=on)
    near = [i for i in incidents() if i.is_open(at)]
    return [i for i in near if i.area in up or area in territory.lineage(area=i.area, on=on)]


@cache
def _spans() -> list[Span]:
    return msgspec.json.decode((_HERE / "spans.json").read_bytes(), type=list[Span])


def span(*, on: date) -> Span:
    """How long an incident may last and a proposal may wait, as it holds on that day."""
    return rules.span_on(_spans(), on)


def longest(*, on: date, basis: str, pack: Pack | None) -> timedelta:
    """How long an incident on that ground, of that hazard, may last at a time."""
    return rules.longest(span=span(on=on), basis=legal_bases().get(basis), pack=pack)


def forgetting_proposals(*, incidents: Iterable[IncidentId]) -> dict[IncidentId, ForgettingProposal]:
    """The latest proposal to forget each incident that still waits for its second person."""
    rows = models.Forgetting.objects.filter(incident_id__in=list(incidents), confirmed_at=None).order_by("proposed_at")
    return {IncidentId(row.incident_id): _forgetting(row) for row in rows}


def forgetting_proposal(*, id: UUID) -> ForgettingProposal:
    """One that waits; `posture.forgetting_unknown` (404) when there is none or it was signed already."""
    row = models.Forgetting.objects.filter(id=id, confirmed_at=None).first()
    if row is None:
        raise Problem("posture.forgetting_unknown", status=404)
    return _forgetting(row)


def forgotten() -> list[Incident]:
    """Every incident that was forgotten."""
    return [incident_of(row) for row in models.Incident.objects.exclude(forgotten_at=None).order_by("forgotten_at")]


def certificate(*, incident: Incident) -> Certificate:
    """Proof of a forgetting, made from its entry; `posture.not_forgotten` (404) when there was none."""
    row = models.Forgetting.objects.filter(incident_id=incident.id).exclude(entry_id=None).first()
    entry = ledger.entry_of(row.entry_id) if row and row.entry_id else None
    if entry is None or entry.body is None:
        raise Problem("posture.not_forgotten", status=404, name=incident.name)
    return _certificate(incident, entry.body, entry)


def _certificate(incident: Incident, body: IncidentForgotten, entry: Entry) -> Certificate:
    names = access.names_of([body.proposed_by, body.confirmed_by])
    first, second = (Person(one, names.get(one, "")) for one in (body.proposed_by, body.confirmed_by))
    basis = legal_bases().get(incident.basis)
    return Certificate(
        key=incident_key(incident.id),
        confirmed_at=body.confirmed_at,
        incident=incident.id,
        name=incident.name,
        area=territory.area(area_id=incident.area).name,
        basis=f"{basis.title.zh} {basis.document}" if basis else incident.basis,
        starts_at=incident.starts_at,
        over_at=incident.over_at,
        retention_days=incident.kept_days,
        drill=incident.drill,
        reason=body.reason,
        proposal=body.proposal,
        proposed_by=first,
        proposed_at=body.proposed_at,
        confirmed_by=second,
        entries_gone=body.entries,
        waiting_gone=body.waiting,
        counts_kept=body.counts,
        position=entry.position,
        chain=ledger.chain_at(entry.position),
        again_at=entry.received_at if body.again else None,
        by_itself=body.by_itself,
    )


def policy_versions(*, area: AreaId) -> dict[str, int]:
    """The latest version of each policy that was ever issued on an area."""
    rows = models.Policy.objects.filter(area_id=area).order_by("version").values_list("code", "version")
    return dict(rows)


def policies(*, areas: Collection[AreaId] | None = None, ids: Collection[UUID] | None = None) -> list[Policy]:
    """Policies that were ever issued on these areas, or by these ids, oldest first."""
    rows = models.Policy.objects.order_by("starts_at", "version", "id")
    rows = rows if areas is None else rows.filter(area_id__in=list(areas))
    return [_policy(row) for row in (rows if ids is None else rows.filter(id__in=list(ids)))]


@cache
def legal_bases() -> Mapping[str, Basis]:
    """The laws and regulations an incident may rest on, by code."""
    found = msgspec.json.decode((_HERE / "legal_bases.json").read_bytes(), type=list[Basis])
    return {basis.code: basis for basis in found}


FormReader = Callable[[Path], dict[str, Any]]
_form_reader: list[FormReader] = []


def install_form_reader(read: FormReader) -> None:
    """How a form of a pack is read from its workbook: the module forms knows. Called by the wiring."""
    _form_reader[:] = [read]


def packs() -> Mapping[str, Pack]:
    """The hazard packs by code: those that come with the house, and the district's own from `packs/` in its data
    folder, which take the place of those of the same code.
    """
    folders = (_HERE / "packs", Path(settings.LIANFANG_DATA) / "packs")
    found = [_pack(path, _changed(path)) for folder in folders for path in _pack_files(folder)]
    return {pack.code: pack for pack in found}


def _pack_files(folder: Path) -> list[Path]:
    """A pack is a folder with `pack.toml` or `pack.json`, or a single JSON file."""
    return sorted([*folder.glob("*/pack.toml"), *folder.glob("*/pack.json"), *folder.glob("*.json")])


def _changed(path: Path) -> int:
    """When any file of the pack was last written."""
    files = path.parent.rglob("*") if path.stem == "pack" else [path]
    return max(each.stat().st_mtime_ns for each in files)


@cache
def _pack(path: Path, changed: int) -> Pack:
    forms = [_form_reader[0](form) for form in form_files(path)] if _form_reader else []
    return read_pack(
        path.read_bytes(), name=path.name if path.stem != "pack" else f"{path.parent.name}/{path.name}", forms=forms
    )


def form_files(pack: Path) -> list[Path]:
    """The forms beside a pack: workbooks, or folders with the sheets of one as text."""
    if pack.stem != "pack":
        return []
    return sorted(p for p in (pack.parent / "forms").glob("*") if p.suffix == ".xlsx" or (p / "survey.csv").is_file())


def _load(ids: Sequence[UUID]) -> Mapping[UUID, Incident]:
    known = INCIDENTS.now()
    return {id: known[id] for id in ids if id in known}


LOADERS = (Loader(INCIDENT, _load),)


def _proposal(row: models.Renewal) -> Proposal:
    by = AccountId(row.proposed_by) if row.proposed_by else None
    shown = _lines(row.shown)
    return Proposal(row.id, IncidentId(row.incident_id), row.ends_at, row.reason, by, row.proposed_at, shown)


def _lines(raw: str) -> tuple[DifferenceLine, ...]:
    return msgspec.json.decode(raw, type=tuple[DifferenceLine, ...])


def _opening(row: models.Opening) -> Opening:
    return Opening(
        id=row.id,
        wanted=msgspec.json.decode(row.wanted, type=IncidentDraft),
        reason=row.reason,
        shown=_lines(row.shown),
        proposed_by=AccountId(row.proposed_by),
        proposed_at=row.proposed_at,
        incident=IncidentId(row.incident_id) if row.incident_id else None,
        confirmed_by=AccountId(row.confirmed_by) if row.confirmed_by else None,
        withdrawn_at=row.withdrawn_at,
    )


def _closing(row: models.Closing) -> Closing:
    by = AccountId(row.proposed_by)
    return Closing(row.id, IncidentId(row.incident_id), row.reason, _lines(row.shown), by, row.proposed_at)


def _forgetting(row: models.Forgetting) -> ForgettingProposal:
    by = AccountId(row.proposed_by)
    return ForgettingProposal(row.id, IncidentId(row.incident_id), row.reason, by, row.proposed_at)


def _policy(row: models.Policy) -> Policy:
    return Policy(
        id=row.id,
        code=row.code,
        version=row.version,
        title=msgspec.json.decode(row.title, type=Words),
        issuer=row.issuer,
        basis=row.basis,
        area=AreaId(row.area_id),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        incident=IncidentId(row.incident_id) if row.incident_id else None,
        rows=msgspec.json.decode(row.decisions, type=tuple[dict[str, object], ...]),
    )
