"""Gates, what was counted there, and what a phone takes along. None of it names a resident, so nothing is disclosed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import KeyName, incident_key, incident_of
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Kept, Loader
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import queries as access
from lianfang.ground.codes import queries as codes
from lianfang.ground.policies import queries as policies
from lianfang.ground.policies.terms import InForce
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.territory import queries as territory
from lianfang.operations.checkpoints import models, rules
from lianfang.operations.checkpoints.measures import COUNTED, MEASURES
from lianfang.operations.checkpoints.permissions import Permission
from lianfang.operations.checkpoints.records import GATE, OPENED, TABLE
from lianfang.operations.checkpoints.terms import (
    KEYS_AHEAD,
    Direction,
    Gate,
    GateDay,
    GateDocument,
    GateKind,
    GateRow,
    Gates,
    GateSlice,
    HourRow,
    Supervisor,
    TokenKey,
)

# The same token (so the same hour) at two gates, going the same way: two that were offline let one person in.
_AT_TWO_GATES = (
    "SELECT COUNT(DISTINCT mine.token) FROM checkpoints_passage mine JOIN checkpoints_passage other"
    " ON other.token = mine.token AND other.direction = mine.direction AND other.gate_id <> mine.gate_id"
    " WHERE mine.gate_id = %s AND mine.day = %s AND mine.void = %s AND other.void = %s"
)


def gates(*, area: AreaId, viewer: Viewer) -> Gates:
    """The gates of an area and all below it, those that ask first."""
    on = local_day(viewer.at)
    viewer.require(Permission.SEE, lineage=territory.lineage(area, on))
    found = [gate for gate in map(_gate, models.Gate.objects.order_by("name", "id")) if _is_below(gate, area, on)]
    rows = sorted((_row(gate, viewer.at) for gate in found), key=lambda row: not row.asks)
    return Gates(rows, asking(area=area, at=viewer.at) is not None, viewer.at)


def one_gate(*, id: UUID, viewer: Viewer, permission: Permission) -> Gate:
    """A gate of the viewer's areas; otherwise it is not there (404)."""
    viewer.require(permission)
    found: Gate | None = _load_gates([id]).get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(permission, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def gate_day(*, id: UUID, day: date, viewer: Viewer) -> GateDay:
    """What was counted at a gate on one day, by the hour."""
    gate = one_gate(id=id, viewer=viewer, permission=Permission.SEE)
    names = [measure.name for measure in MEASURES]
    rows = models.Hour.objects.filter(gate_id=gate.id, area_id=gate.area, day=day).order_by("hour")
    hours = [HourRow(row.hour, {name: getattr(row, name) for name in names}) for row in rows]
    total = dict.fromkeys(names, 0) | rules.totals(hour.counts for hour in hours)
    return GateDay(gate, hours, total, at_two_gates(gate=gate.id, day=day), viewer.at)


def at_two_gates(*, gate: UUID, day: date) -> int:
    """How many were noted here and, in the same hour and the same way, at another gate too. Nobody is refused for it:
    both passages are kept, and the number is reported.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AT_TWO_GATES, [gate if connection.vendor == "postgresql" else gate.hex, day, False, False])
        return int(cursor.fetchone()[0])


def row(*, id: UUID, viewer: Viewer) -> GateRow:
    """One gate as the list shows it."""
    return _row(one_gate(id=id, viewer=viewer, permission=Permission.SEE), viewer.at)


def asking(*, area: AreaId, at: datetime) -> Incident | None:
    """The open incident whose pack lets gates ask here: a real one before a drill, the nearest before one above."""
    return next((each for each in posture.in_force(area=area, at=at).incidents if each.pack.gates), None)


# --- what a phone takes along -----------------------------------------------------------------------------------------


def slice_for(*, viewer: Viewer) -> GateSlice | None:
    """The gates at which the viewer may stand, and all they decide by; None when there is none that asks."""
    roots, on = viewer.roots(Permission.STAND), local_day(viewer.at)
    if not roots:
        return None
    running = {each.id: each for each in posture.incidents() if each.pack.gates and each.is_open(viewer.at)}
    rows = models.Gate.objects.filter(closed_at=None, incident_id__in=list(running)).order_by("name", "id")
    mine = [gate for gate in map(_gate, rows) if roots.intersection(territory.lineage(gate.area, on))]
    if not mine:
        return None
    tables: dict[UUID, InForce] = {}
    for gate in mine:
        tables |= {each.id: each for each in _tables(gate, running[gate.incident], viewer.at)}
    return GateSlice(
        gates=tuple(_document(gate, running[gate.incident], viewer.at) for gate in mine),
        policies=tuple(tables.values()),
        verify_by=codes.gate_trust(at=viewer.at),
        token_keys=tuple(_token_keys(sorted({gate.incident for gate in mine}), on)),
    )


def _tables(gate: Gate, incident: Incident, at: datetime) -> Iterable[InForce]:
    """All that are in force or will be: when a nearer one ends while the phone is offline, the one above goes on."""
    issued = policies.issued(areas=territory.lineage(gate.area, local_day(at)))
    return (p for p in issued if p.edition.code == incident.pack.gates and (p.ends_at is None or p.ends_at > at))


def _document(gate: Gate, incident: Incident, at: datetime) -> GateDocument:
    lineage = territory.lineage(gate.area, local_day(at))
    may = access.holders(permission=Permission.DECIDE, lineage=lineage, at=at)
    return GateDocument(
        id=gate.id,
        name=gate.name,
        kind=gate.kind,
        lanes=gate.lanes,
        directions=gate.directions,
        place=territory.area(area_id=gate.area).name,
        lineage=lineage,
        code=incident.pack.gates or "",
        ends_at=incident.over_at,
        drill=incident.drill,
        incident=incident.id,
        supervisors=tuple(Supervisor(each.id, each.name) for each in may),
    )


def _token_keys(incidents: Sequence[IncidentId], today: date) -> Iterator[TokenKey]:
    for incident in incidents:
        for ahead in range(-1, KEYS_AHEAD):
            day = (today + timedelta(days=ahead)).isoformat()
            yield TokenKey(incident, day, token_key(incident=incident, day=day).hex())


def token_key(*, incident: IncidentId, day: str) -> bytes:
    """By what a day's tokens are made. It follows from the incident's key, and ends with it."""
    return keyring.need(incident_key(incident)).search_hash(day.encode(), field=b"checkpoints.day")


# --- inside -----------------------------------------------------------------------------------------------------------


def _row(gate: Gate, at: datetime) -> GateRow:
    incident = posture.incident(id=gate.incident)
    asks = rules.asks(gate, incident, at=at)
    table = policies.in_force(code=incident.pack.gates, area=gate.area, at=at) if incident.pack.gates else None
    today = models.Hour.objects.filter(gate_id=gate.id, area_id=gate.area, day=local_day(at))
    return GateRow(
        gate=gate,
        area_name=territory.area(area_id=gate.area).name,
        incident_name=incident.name,
        ends_at=incident.over_at,
        drill=incident.drill,
        asks=asks,
        table=table.edition.title if table else None,
        version=table.version if table else None,
        passages_today=sum(today.values_list("passages", flat=True)),
    )


def _is_below(gate: Gate, area: AreaId, on: date) -> bool:
    return area in territory.lineage(gate.area, on)


def _gate(row: models.Gate) -> Gate:
    return Gate(
        id=row.id,
        area=AreaId(row.area_id),
        incident=IncidentId(row.incident_id),
        kind=GateKind(row.kind),
        name=row.name,
        lanes=row.lanes,
        directions=tuple(Direction(each) for each in row.directions.split(",")),
        closed_at=row.closed_at,
    )


def _load_gates(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {row.id: _gate(row) for row in models.Gate.objects.filter(id__in=list(ids))}


def _load_incidents(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    """By gate: the incident under which it stands."""
    return {id: posture.incident(id=gate.incident) for id, gate in _load_gates(ids).items()}


def _load_tables(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {each.id: each for each in policies.by_id(ids=ids)}


def _under(key: KeyName) -> list[UUID]:
    incident = incident_of(key)
    return [incident] if incident else []


LOADERS = (Loader(GATE, _load_gates), Loader(OPENED, _load_incidents), Loader(TABLE, _load_tables))
KEPT = (Kept(COUNTED, "incident_id", _under),)
