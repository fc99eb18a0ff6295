"""Which households, places or buildings a campaign is about, as SQL that fills its tasks."""

from datetime import date
from typing import Any

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.registry.reading import marks
from lianfang.ground.registry.terms import TargetDefinition, Targeted, TargetKind, TargetsSql
from lianfang.ground.territory import queries as territory


def targets_sql(definition: TargetDefinition, *, on: date, since: date | None = None) -> TargetsSql:
    """The households a definition means on that day: those on the list, whoever has been struck left out; or the places
    or buildings there are.

    `since`: it was written on that day, and also means what its areas have become.
    """
    grids = sorted(territory.grids_since(definition.areas, since or on, on))
    if not grids:
        return TargetsSql(f"{_TARGETS} WHERE 1 = 0", ())
    if definition.of is not TargetKind.HOUSEHOLDS:
        there = premises_sql(definition, on=on)
        return TargetsSql(
            f"{_STANDING.format(there=there.sql)} WHERE s.grid_id IN ({marks(grids)})", (*there.params, *grids)
        )
    where, params = f"h.grid_id IN ({marks(grids)}) AND h.status = 'present'", list[Any](grids)
    if definition.dwelling is not None:
        where += " AND h.dwelling_id IN (SELECT d.id FROM registry_dwelling d WHERE d.kind = %s)"
        params.append(definition.dwelling.value)
    if definition.households is not Targeted.ALL:
        compare, day = _born(definition, on)
        meant = _LIVES_THERE.format(compare=compare)
        params.append(day)
        if definition.alone_from is not None and definition.households is Targeted.WITH_AGE_FROM:
            meant = f"({meant} OR (h.people = 1 AND {_LIVES_THERE.format(compare='<=')}))"
            params.append(_years_before(on, _years(definition.alone_from)))
        where += f" AND {meant}"
    return TargetsSql(f"{_TARGETS} WHERE {where}", tuple(params))


_LIVES_THERE = (
    "EXISTS (SELECT 1 FROM registry_resident r WHERE r.household_id = h.id AND r.status = 'present'"
    " AND r.born_on {compare} %s)"
)
_TARGETS = "SELECT h.id AS target_id, h.grid_id, h.area_id, h.walk, h.people FROM registry_household h"
_STANDING = "SELECT s.target_id, s.grid_id, s.area_id, '' AS walk, 0 AS people FROM ({there}) s"
_PLACES = "SELECT p.id AS target_id, p.grid_id, p.area_id FROM registry_place p WHERE NOT p.gone"


def premises_sql(definition: TargetDefinition, *, on: date) -> TargetsSql:
    """Every place of the kinds that are meant, or every building there is on that day, wherever it lies: (target_id,
    grid_id, area_id).
    """
    if definition.of is TargetKind.BUILDINGS:
        return TargetsSql(territory.BUILDINGS_SQL, (on, on))
    if not definition.places:
        return TargetsSql(_PLACES, ())
    kinds = tuple(kind.value for kind in definition.places)
    return TargetsSql(f"{_PLACES} AND p.kind IN ({marks(kinds)})", kinds)


def places_sql(*, struck: bool = False) -> str:
    """Every household (who was struck only if asked for) and its grid as it is now; for those who keep lists of their
    own and must not ask by area, because areas change.
    """
    every = "SELECT h.id AS household_id, h.grid_id FROM registry_household h"
    return every if struck else f"{every} WHERE h.status = 'present'"


def _born(definition: TargetDefinition, on: date) -> tuple[str, date]:
    """Whoever is at least 60 was born on this day 60 years ago or before; at most 6: after this day 7 years ago."""
    years = _years(definition.years)
    if definition.households is Targeted.WITH_AGE_FROM:
        return "<=", _years_before(on, years)
    return ">", _years_before(on, years + 1)


def _years(said: int | None) -> int:
    if said is None or not 0 <= said <= 130:
        raise Problem("registry.target_years", status=422)
    return said


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)
