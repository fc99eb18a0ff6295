"""The figures an office set for its register, folded and read: by which it is judged, and how many homes to expect."""

from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.ground.registry.quality import Figures
from lianfang.ground.registry.reading import as_day, as_id, in_parts, marks, query
from lianfang.ground.registry.upkeep_records import HomesExpected, UpkeepAgreed

_SHIPPED = Path(__file__).with_name("upkeep.json")
_AGREED = (
    "INSERT INTO registry_upkeep (id, area_id, from_on, stale_months, oldest_years, issuer, position)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_EXPECTED = (
    "INSERT INTO registry_expected (id, area_id, homes, source, counted_on, position)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)


class Expectation(msgspec.Struct, frozen=True):
    """How many homes there should be, by whose count, of which day."""

    homes: int
    source: str
    counted_on: date


def agree(entry: Entry, fold: Fold) -> None:
    """Keep what was agreed beside all that was agreed before."""
    body: UpkeepAgreed = entry.body
    figures = (body.stale_months, body.oldest_years, body.issuer)
    fold.execute(_AGREED, (entry.id, body.area, body.from_on, *figures, entry.position))


def expect(entry: Entry, fold: Fold) -> None:
    """The same of a count."""
    body: HomesExpected = entry.body
    row = (entry.id, body.area, body.homes, body.source, body.counted_on, entry.position)
    fold.execute(_EXPECTED, row)


def figures_in(lineage: Collection[AreaId], on: date) -> Figures:
    """What holds on a day: the nearest area's word, of that the latest; else what the house came with."""
    near = {area: n for n, area in enumerate(lineage)}
    rows = query(
        "SELECT area_id, from_on, position, stale_months, oldest_years, issuer FROM registry_upkeep"
        f" WHERE area_id IN ({marks(list(lineage))}) AND from_on <= %s",
        [*lineage, on],
    )
    if not rows:
        return max((each for each in _shipped() if each.from_on <= on), key=lambda each: each.from_on)
    _, from_on, _, months, years, issuer = max(rows, key=lambda row: (near[AreaId(as_id(row[0]))], str(row[1]), row[2]))
    return Figures(months, years, issuer, as_day(from_on))


def expected_in(areas: Collection[AreaId], on: date) -> dict[AreaId, Expectation]:
    """The latest count of each of these areas, as far as somebody handed one in."""
    sql = "SELECT area_id, homes, source, counted_on, position FROM registry_expected WHERE area_id IN ({ids})"
    rows = [row for row in in_parts(sql, list(areas)) if as_day(row[3]) <= on]
    return {
        AreaId(as_id(area)): Expectation(homes, source, as_day(counted_on))
        for area, homes, source, counted_on, _ in sorted(rows, key=lambda row: (str(row[3]), row[4]))
    }


@cache
def _shipped() -> list[Figures]:
    return msgspec.json.decode(_SHIPPED.read_bytes(), type=list[Figures])
