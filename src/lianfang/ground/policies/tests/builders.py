"""Decision tables in force, for tests that need no database."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.moments import utc
from lianfang.ground.policies import rules
from lianfang.ground.policies.terms import Edition, InForce, PolicyDecision

EDITIONS = Path(__file__).parents[1] / "editions"
NAMES = sorted(folder.name for folder in EDITIONS.iterdir())
DIVISION, STREET, COMMUNITY, GRID, NEXT_STREET = (AreaId(UUID(int=n)) for n in range(1, 6))
LINEAGE = (DIVISION, STREET, COMMUNITY, GRID)
NOW = utc(2021, 8, 8, 2)


@cache
def edition(folder: str) -> Edition:
    """One that comes with the house, read and checked as the house does."""
    return rules.read_edition((EDITIONS / folder / "policy.toml").read_bytes(), name=folder)


def in_force(folder: str = "travel_code_nantong_2021", **more: Any) -> InForce:
    """It holds in the street from a week before now on."""
    defaults: dict[str, Any] = {"starts_at": NOW - timedelta(days=7), "ends_at": None, "area": STREET, "version": 1}
    return InForce(
        id=new_id(), issuer="莘塍街道", basis="public_health_emergencies", edition=edition(folder), **(defaults | more)
    )


def shown(at: datetime = NOW, **facts: Any) -> PolicyDecision:
    """What Nantong's rule says of a driver from elsewhere who must not enter, but for what is said otherwise."""
    plain: dict[str, Any] = {"who": "grown_up", "shown": "green", "home": "elsewhere", "must_enter": "no"}
    return rules.decide(plain | facts, in_force(), at=at)
