"""HTTP for the numbers of an incident's pack, and for its roll call."""

from uuid import UUID

import msgspec
from django.urls import path
from dmr import Path, Query

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.territory import queries as territory
from lianfang.operations.screening import board, findings_api, list_api, roll
from lianfang.operations.screening.permissions import Permission
from lianfang.operations.screening.terms import Board, RollCall


class Where(msgspec.Struct, frozen=True):
    """Of which incident."""

    incident_id: UUID


class AreaFilter(msgspec.Struct, frozen=True):
    """Of which area; without one: of the incident's, or of one's own part of it."""

    area: UUID | None = None


class GridFilter(msgspec.Struct, frozen=True):
    """Of which grid."""

    grid: UUID


class IncidentBoard(Desk):
    """The numbers of an incident's pack."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[AreaFilter]) -> Board:
        """What the pack counts, for an area and each grid below it, judged by the bands in force. Counts only."""
        viewer = self.viewer
        incident = _seen(parsed_path.incident_id, viewer)
        area = AreaId(parsed_query.area) if parsed_query.area else _own_part(incident, viewer)
        viewer.require(Permission.SEE, lineage=territory.lineage(area, local_day(viewer.at)))
        return board.board(incident=incident.id, area=area, at=viewer.at)


class IncidentRoll(Desk):
    """Who is left of an incident's roll call."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[GridFilter]) -> RollCall:
        """By name for the grid's own worker and lead: one disclosure."""
        viewer, grid = self.viewer, AreaId(parsed_query.grid)
        incident = _seen(parsed_path.incident_id, viewer)
        viewer.require(Permission.CALL_ROLL, lineage=territory.lineage(grid, local_day(viewer.at)))
        return roll.roll_call(incident=incident.id, grid=grid, viewer=viewer)


def _seen(id: UUID, viewer: Viewer) -> Incident:
    """One that meets the viewer's areas; for others there is none."""
    viewer.require(Permission.SEE)
    found = posture.incident(id=IncidentId(id))
    if not _parts(found, viewer):
        raise Problem("access.not_found", status=404)
    return found


def _parts(incident: Incident, viewer: Viewer) -> list[AreaId]:
    """Which of one's areas lie in the incident's; the incident's own, when it lies in one of them."""
    on = local_day(viewer.at)
    roots = viewer.roots(Permission.SEE)
    if roots.intersection(territory.lineage(incident.area, on)):
        return [incident.area]
    return sorted(root for root in roots if incident.area in territory.lineage(root, on))


def _own_part(incident: Incident, viewer: Viewer) -> AreaId:
    return _parts(incident, viewer)[0]


urlpatterns = [
    path("incidents/<uuid:incident_id>/board", IncidentBoard.as_view(), name="incident-board"),
    path("incidents/<uuid:incident_id>/roll", IncidentRoll.as_view(), name="incident-roll"),
    *list_api.urlpatterns,
    *findings_api.urlpatterns,
]
