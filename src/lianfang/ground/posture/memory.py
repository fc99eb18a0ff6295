"""All incidents, kept in memory, as every record and every page asks for them; forgotten at the commit that opens,
renews or closes one.
"""

from functools import cache
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.foundation.plumbing.copies import Copy
from lianfang.ground.posture import models
from lianfang.ground.posture.terms import Incident, Pack


def incident_of(row: models.Incident) -> Incident:
    """A row in the module's own words."""
    return Incident(
        id=IncidentId(row.id),
        name=row.name,
        area=AreaId(row.area_id),
        basis=row.basis,
        issuer=row.issuer,
        pack=_decode_pack(row.pack),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        drill=row.drill,
        opened_by=AccountId(row.opened_by) if row.opened_by else None,
        closed_at=row.closed_at,
        forgotten_at=row.forgotten_at,
        end_written=row.end_written,
    )


@cache
def _decode_pack(raw: str) -> Pack:
    return msgspec.json.decode(raw, type=Pack)


def _incidents() -> dict[UUID, Incident]:
    """Latest first."""
    return {row.id: incident_of(row) for row in models.Incident.objects.order_by("-starts_at", "id")}


INCIDENTS: Copy[dict[UUID, Incident]] = Copy("posture.incidents", _incidents)
