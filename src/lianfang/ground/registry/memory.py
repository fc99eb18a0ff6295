"""Where households are, kept in memory: every record from a phone asks for one.

A household moves to another grid only when boundaries are redrawn; it comes with a roster or from a door, and goes
when its roster is taken back.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, DwellingId, HouseholdId
from lianfang.foundation.plumbing.copies import Lookups
from lianfang.foundation.plumbing.database import Driver, as_instant, marks
from lianfang.ground.registry.reading import as_id, parts
from lianfang.ground.registry.terms import HouseholdRef

_READ = "SELECT id, dwelling_id, area_id, grid_id FROM registry_household WHERE id IN ({ids})"
_WAS_IN = "SELECT household_id, grid_id, at FROM registry_move WHERE household_id IN ({ids}) ORDER BY position DESC"


def _households(ids: Collection[UUID]) -> dict[UUID, HouseholdRef]:
    found: dict[UUID, HouseholdRef] = {}
    driver = Driver()
    for part in parts(list(ids)):
        spelt, values = marks(part)
        was_in = _were_in(driver.run(_WAS_IN.format(ids=spelt), values).fetchall())
        rows = driver.run(_READ.format(ids=spelt), values).fetchall()
        for id, dwelling, area, grid in msgspec.convert(rows, list[tuple[UUID, UUID, UUID, UUID]]):
            before = tuple(was_in.get(id, ()))
            found[id] = HouseholdRef(HouseholdId(id), DwellingId(dwelling), AreaId(area), AreaId(grid), before)
    return found


def _were_in(rows: Collection[Any]) -> dict[UUID, list[tuple[AreaId, datetime]]]:
    found: dict[UUID, list[tuple[AreaId, datetime]]] = defaultdict(list)
    for id, grid, at in rows:
        until = as_instant(at)
        assert until is not None
        found[as_id(id)].append((AreaId(as_id(grid)), until))
    return found


HOUSEHOLDS: Lookups[UUID, HouseholdRef] = Lookups("registry.households", _households)
