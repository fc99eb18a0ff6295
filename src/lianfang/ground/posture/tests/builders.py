"""Incidents and policies with plain values, for tests that state only what matters."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, new_id
from lianfang.foundation.kernel.moments import utc
from lianfang.ground.posture.terms import Incident, Pack, Policy, Proposal, Words

NOW = utc(2021, 12, 10, 1)
DIVISION, STREET, COMMUNITY, GRID, NEXT_STREET = (AreaId(UUID(int=n)) for n in range(1, 6))
LINEAGE = (DIVISION, STREET, COMMUNITY, GRID)
ZHANG, LI = AccountId(new_id()), AccountId(new_id())


def an_incident(
    *, area: AreaId = STREET, starts_at: datetime = NOW, days: float = 7, drill: bool = False, **more: Any
) -> Incident:
    """A week in Xincheng street."""
    return Incident(
        id=IncidentId(new_id()),
        name="莘塍街道入户排查",
        area=area,
        basis="public_health_emergencies",
        issuer="莘塍街道办事处",
        pack=Pack("household_sweep", 1, Words("入户排查", "Household sweep")),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=days),
        drill=drill,
        **more,
    )


def a_proposal(incident: Incident, *, days: float = 14, by: AccountId = ZHANG) -> Proposal:
    """Somebody wants it to last longer."""
    return Proposal(new_id(), incident.id, NOW + timedelta(days=days), "还有病例", by, NOW)


def a_policy(*, area: AreaId = STREET, version: int = 1, starts_at: datetime = NOW, **more: Any) -> Policy:
    """What to do when nobody opens."""
    defaults = {"ends_at": None, "incident": None, "rows": ({"then": "ask_a_person"},)}
    return Policy(
        id=new_id(),
        code="sweep.revisit",
        version=version,
        title=Words("再次上门", "Calling again"),
        issuer="莘塍街道办事处",
        basis="public_health_emergencies",
        area=area,
        starts_at=starts_at,
        **(defaults | more),
    )
