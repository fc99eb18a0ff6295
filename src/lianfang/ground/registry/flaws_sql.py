"""The flaws of quality.py as conditions, so that a whole district is asked at once, and counted grid by grid."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry.listing import Scope
from lianfang.ground.registry.quality import CARDS, Figures, Flaw, months_before
from lianfang.ground.registry.reading import as_id, marks, query
from lianfang.ground.registry.search import Where
from lianfang.ground.registry.visits import visits_since

PEOPLE, HOMES = "registry_resident r", "registry_household h"
_IN_ANOTHER_HOME = (
    "r.id_hash IN (SELECT t.id_hash FROM registry_resident t WHERE t.id_hash IS NOT NULL GROUP BY t.id_hash"
    " HAVING COUNT(*) > 1) AND EXISTS (SELECT 1 FROM registry_resident o WHERE o.id_hash = r.id_hash"
    " AND o.status = 'present' AND o.household_id <> r.household_id AND o.grid_id IN ({grids}))"
)
_CARD = f"r.document_kind IN ({', '.join(repr(kind.value) for kind in sorted(CARDS))})"
_READS = f"{_CARD} AND substr(r.id_says, 1, 1)"


class Cut(NamedTuple):
    """Some of the register: people or homes, by a condition."""

    table: str
    sql: str
    params: list[Any]
    of_others: bool = False  # people of other grids have a say in it

    @property
    def of_people(self) -> bool:
        """Of people, or of homes?"""
        return self.table == PEOPLE

    @property
    def where(self) -> Where:
        """Of those who are on the list."""
        return Where(f"r.status = 'present' AND {self.sql}" if self.of_people else self.sql, self.params)


def cuts(figures: Figures, on: date, grids: Sequence[AreaId]) -> dict[Flaw, Cut]:
    """Every flaw of homes and people on a day. `grids` are all that the viewer may know of: a number that stands in two
    homes is pointed out to whoever may look into both.
    """
    oldest, since = months_before(on, 12 * figures.oldest_years), months_before(on, figures.stale_months)
    met, empty = visits_since(since)
    here = "h.status = 'present'"
    return {
        Flaw.NOBODY_KNOWN: Cut(HOMES, f"{here} AND h.people = 0 AND NOT ({empty[0]})", empty[1]),
        Flaw.NAME_MISSING: Cut(PEOPLE, "r.name = ''", []),
        Flaw.BIRTHDAY_MISSING: Cut(PEOPLE, "r.born_on IS NULL", []),
        Flaw.PHONE_MISSING: Cut(HOMES, f"{here} AND h.people > 0 AND h.phones = 0", []),
        Flaw.BORN_IN_FUTURE: Cut(PEOPLE, "r.born_on > %s", [on]),
        Flaw.TOO_OLD: Cut(PEOPLE, "r.born_on <= %s", [oldest]),
        Flaw.ID_WRONG: Cut(PEOPLE, f"{_READS} = '?'", []),
        Flaw.BIRTHDAY_DIFFERS: Cut(
            PEOPLE, f"{_READS} <> '?' AND substr(r.id_says, 1, 10) <> CAST(r.born_on AS VARCHAR(10))", []
        ),
        Flaw.SEX_DIFFERS: Cut(
            PEOPLE,
            f"{_READS} <> '?' AND r.sex IS NOT NULL AND substr(r.id_says, 11) <> UPPER(substr(r.sex, 1, 1))",
            [],
        ),
        Flaw.ID_TWICE: Cut(PEOPLE, _IN_ANOTHER_HOME.format(grids=marks(grids)), list(grids), of_others=True),
        Flaw.SAID_EMPTY: Cut(HOMES, f"{here} AND h.people > 0 AND {empty[0]}", empty[1]),
        Flaw.STRUCK_WITH_PEOPLE: Cut(HOMES, "h.status = 'struck' AND h.people > 0", []),
        Flaw.NOT_CONFIRMED: Cut(HOMES, f"{here} AND h.confirmed_on < %s AND NOT ({met[0]})", [since, *met[1]]),
        Flaw.NO_DWELLING: Cut(HOMES, "NOT EXISTS (SELECT 1 FROM registry_dwelling d WHERE d.id = h.dwelling_id)", []),
    }


def counted(these: Mapping[Any, Cut], scope: Scope) -> dict[AreaId, dict[Any, int]]:
    """How many of each, grid by grid: people in one pass over the grids that changed since, homes in another."""
    found: dict[AreaId, dict[Any, int]] = {}
    people = {name: cut for name, cut in these.items() if cut.of_people and not cut.of_others}
    homes = {name: cut for name, cut in these.items() if not cut.of_people}
    for grid, counts in _people(people, scope) if people else ():
        found[grid] = dict(counts)
    for grid, counts in _pass(homes, HOMES, scope) if homes else ():
        found.setdefault(grid, {}).update(counts)
    for name, cut in these.items():
        for grid, n in _of_others(cut, scope) if cut.of_others else ():
            found.setdefault(grid, {})[name] = n
    return found


def _pass(these: Mapping[Any, Cut], table: str, scope: Scope) -> Iterator[tuple[AreaId, dict[Any, int]]]:
    letter = table[-1]
    sums = ", ".join(f"SUM(CASE WHEN {cut.where.sql} THEN 1 ELSE 0 END)" for cut in these.values())
    where, params = scope.of(letter, Where("", []))
    sql = f"SELECT {letter}.grid_id, {sums} FROM {table} WHERE {where} GROUP BY {letter}.grid_id"
    for grid, *numbers in query(sql, [*(p for cut in these.values() for p in cut.params), *params]):
        yield AreaId(as_id(grid)), {name: int(n) for name, n in zip(these, numbers, strict=True) if n}


def _of_others(cut: Cut, scope: Scope) -> Iterator[tuple[AreaId, int]]:
    """What depends on people of other grids is asked by itself, from the few that stand twice."""
    where, params = scope.of("r", cut.where)
    for grid, n in query(f"SELECT r.grid_id, COUNT(*) FROM {PEOPLE} WHERE {where} GROUP BY r.grid_id", params):
        yield AreaId(as_id(grid)), int(n)


# A grid's people count as they did while nothing in it changed: whoever edits, adds, strikes, moves or takes back
# somebody moves the last position of its homes, or how many it holds. Homes are counted anew each time: visits, which
# the register does not see, have a say in them.
_Stamp = tuple[int, int, int]
_known: dict[tuple[AreaId, str], tuple[_Stamp, dict[Any, int]]] = {}
_MOST_KNOWN = 20_000
_STAMPS = (
    "SELECT c.grid_id, c.households, c.residents,"
    " (SELECT MAX(h.position) FROM registry_household h WHERE h.grid_id = c.grid_id) FROM registry_gridcount c"
)


def _people(these: Mapping[Any, Cut], scope: Scope) -> Iterator[tuple[AreaId, dict[Any, int]]]:
    what = repr(sorted((str(name), cut.sql, cut.params) for name, cut in these.items()))
    stamps = {AreaId(as_id(grid)): (homes, people, last or 0) for grid, homes, people, last in query(_STAMPS, [])}
    stale = [grid for grid in scope.grids if _known.get((grid, what), (None, {}))[0] != stamps.get(grid)]
    if stale:
        _learn(stale, stamps, what, dict(_pass(these, PEOPLE, Scope(stale))))
    for grid in scope.grids:
        yield grid, _known[grid, what][1]


def _learn(
    grids: Sequence[AreaId], stamps: Mapping[AreaId, _Stamp], what: str, counts: Mapping[AreaId, dict[Any, int]]
) -> None:
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    for grid in grids:
        _known[grid, what] = stamps[grid], counts.get(grid, {})


_HEAD = (
    "(SELECT o.id FROM registry_resident o WHERE o.household_id = h.id AND o.status = 'present'"
    " ORDER BY CASE WHEN o.relation = 'head' THEN 0 ELSE 1 END, o.id LIMIT 1)"
)
_COLUMNS = "SELECT h.id, h.grid_id, h.door, h.confirmed_on, r.id, r.name"


def rows_in(cut: Cut, grid: AreaId, *, most: int, skip: int) -> list[tuple[Any, ...]]:
    """A stretch of a cut in one grid, in walking order: (home, grid, door, confirmed on, person, name). Of a home the
    person is whoever stands first in it, if anybody does.
    """
    if cut.of_people:
        sql = f"{_COLUMNS} FROM {PEOPLE} JOIN {HOMES} ON h.id = r.household_id WHERE r.grid_id = %s AND {cut.where.sql}"
    else:
        sql = f"{_COLUMNS} FROM {HOMES} LEFT JOIN {PEOPLE} ON r.id = {_HEAD} WHERE h.grid_id = %s AND {cut.where.sql}"
    return query(f"{sql} ORDER BY h.walk, h.id, r.id LIMIT %s OFFSET %s", [grid, *cut.params, most, skip])
