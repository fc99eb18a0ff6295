"""HTTP for gates at the desk: which there are, setting one up, closing one, what was counted."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk
from lianfang.operations.checkpoints import actions, queries
from lianfang.operations.checkpoints.terms import Direction, GateDay, GateKind, GateRow, Gates


class GateWhere(msgspec.Struct, frozen=True):
    """One gate."""

    gate_id: UUID


class GateFilter(msgspec.Struct, frozen=True):
    """Of which area, with all below it."""

    area: UUID


class GateDayFilter(msgspec.Struct, frozen=True):
    """Which day."""

    day: date


class SetUpGate(msgspec.Struct, frozen=True):
    """Where a gate is to stand, and how it is made."""

    area: UUID
    kind: GateKind
    name: Annotated[str, msgspec.Meta(max_length=100)]
    lanes: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    directions: Annotated[tuple[Direction, ...], msgspec.Meta(max_length=2)] = (Direction.IN, Direction.OUT)


class CloseGate(msgspec.Struct, frozen=True):
    """Why nobody stands there any more."""

    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class GateList(Desk):
    """Gates."""

    def get(self, parsed_query: Query[GateFilter]) -> Gates:
        """Those of an area and all below it."""
        return queries.gates(area=AreaId(parsed_query.area), viewer=self.viewer)

    def post(self, parsed_body: Body[SetUpGate]) -> GateRow:
        """Set one up, for as long as the incident runs."""
        made = actions.set_up_gate(
            area=AreaId(parsed_body.area),
            kind=parsed_body.kind,
            name=parsed_body.name,
            lanes=parsed_body.lanes,
            directions=parsed_body.directions,
            viewer=self.viewer,
            at=clock.now(),
        )
        return queries.row(id=made.id, viewer=self.viewer)


class GateClosing(Desk):
    """Closing a gate."""

    def post(self, parsed_path: Path[GateWhere], parsed_body: Body[CloseGate]) -> GateRow:
        """Nobody stands there any more."""
        id = parsed_path.gate_id
        actions.close_gate(gate=id, viewer=self.viewer, at=clock.now(), reason=parsed_body.reason)
        return queries.row(id=id, viewer=self.viewer)


class GateHours(Desk):
    """A gate's day."""

    def get(self, parsed_path: Path[GateWhere], parsed_query: Query[GateDayFilter]) -> GateDay:
        """What was counted there, by the hour. Nobody is named."""
        return queries.gate_day(id=parsed_path.gate_id, day=parsed_query.day, viewer=self.viewer)


urlpatterns = [
    path("gates", GateList.as_view(), name="gates"),
    path("gates/<uuid:gate_id>/closing", GateClosing.as_view(), name="gate-closing"),
    path("gates/<uuid:gate_id>/hours", GateHours.as_view(), name="gate-hours"),
]
