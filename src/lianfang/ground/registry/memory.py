"""Where households are, kept in memory: every record from a phone asks for one.

A household never moves to another grid; it comes with a roster or from a door, and goes when its roster is taken back.
"""

from collections.abc import Collection
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, DwellingId, HouseholdId
from lianfang.foundation.plumbing.copies import Lookups
from lianfang.foundation.plumbing.database import Driver, marks
from lianfang.ground.registry.reading import as_id, parts
from lianfang.ground.registry.terms import HouseholdRef

_READ = "SELECT id, dwelling_id, area_id, grid_id FROM registry_household WHERE id IN ({ids})"


def _households(ids: Collection[UUID]) -> dict[UUID, HouseholdRef]:
    found: dict[UUID, HouseholdRef] = {}
    driver = Driver()
    for part in parts(list(ids)):
        spelt, values = marks(part)
        for id, dwelling, area, grid in (
            map(as_id, row) for row in driver.run(_READ.format(ids=spelt), values).fetchall()
        ):
            found[id] = HouseholdRef(HouseholdId(id), DwellingId(dwelling), AreaId(area), AreaId(grid))
    return found


HOUSEHOLDS: Lookups[UUID, HouseholdRef] = Lookups("registry.households", _households)
