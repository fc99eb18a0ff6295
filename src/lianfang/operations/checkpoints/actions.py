"""What can be done about gates: set one up, close one. Who passes is noted by phones."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.territory import queries as territory
from lianfang.operations.checkpoints import queries, records, rules
from lianfang.operations.checkpoints.permissions import Permission
from lianfang.operations.checkpoints.terms import Direction, Gate, GateKind


def set_up_gate(
    *,
    area: AreaId,
    kind: GateKind,
    name: str,
    viewer: Viewer,
    at: datetime,
    lanes: int = 1,
    directions: Sequence[Direction] = (Direction.IN, Direction.OUT),
) -> Gate:
    """Somebody is to stand there, for as long as the open incident runs whose pack lets gates ask."""
    viewer.require(Permission.SET_UP, lineage=territory.lineage(area, local_day(at)))
    incident, id = queries.asking(area=area, at=at), new_id()
    rules.check_setting_up(incident=incident, lanes=lanes, directions=directions, name=name)
    assert incident is not None
    ways = tuple(way for way in Direction if way in directions)
    with turn(by=viewer.actor, at=at) as ledger:
        body = records.GateSetUp(id, area, incident.id, kind, name.strip()[:100], lanes, ways)
        ledger.append(records.GATE_SET_UP.name, body)
    return queries.one_gate(id=id, viewer=viewer, permission=Permission.SET_UP)


def close_gate(*, gate: UUID, viewer: Viewer, at: datetime, reason: str = "") -> Gate:
    """Nobody stands there any more. What phones still send from before is kept."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.one_gate(id=gate, viewer=viewer, permission=Permission.SET_UP)
        if found.closed_at is not None:
            raise Problem("checkpoints.closed_already", status=409)
        ledger.append(records.GATE_CLOSED.name, records.GateClosed(gate, reason.strip()[:200]))
    return queries.one_gate(id=gate, viewer=viewer, permission=Permission.SET_UP)
