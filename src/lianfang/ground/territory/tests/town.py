"""A small town for the tests of territory and of whatever stands on it."""

from datetime import UTC, date, datetime

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.ground.territory import actions, queries
from lianfang.ground.territory.terms import TreeLoaded, TreeRow

FIRST_DAY = date(2021, 12, 1)
TODAY = date(2021, 12, 10)
NOW = datetime(2021, 12, 10, 8, 0, tzinfo=UTC)


def row(code: str, kind: str, name: str, parent: str | None = None, **more: object) -> TreeRow:
    """One line of a tree to load."""
    return TreeRow(code=code, kind=kind, name=name, parent=parent, **more)  # type: ignore[arg-type]


ROWS = (
    row("S", "subdistrict", "莘塍街道"),
    row("P1", "sector", "东片", "S"),
    row("C1", "community", "明镜社区", "P1"),
    row("G1", "grid", "第1网格", "C1", walk=1),
    row("G2", "grid", "第2网格", "C1", walk=2),
    row("B1", "building", "1幢", "G1", walk=1),
    row("U1", "entrance", "1单元", "B1", walk=1),
    row("C2", "community", "中塘社区", "S"),
    row("E1", "estate", "中塘河小区", "C2"),
    row("G3", "grid", "第3网格", "E1"),
)


def load(rows: tuple[TreeRow, ...] = ROWS, *, on: date = FIRST_DAY) -> TreeLoaded:
    """Load the town."""
    return actions.load_tree(rows=rows, on=on, by=THE_HOUSE, at=NOW)


def id_of(code: str, *, on: date = TODAY) -> AreaId:
    """The id of an area by its code."""
    found = queries.find_by_path(code, on=on)
    assert found is not None, f"no area {code} on {on}"
    return found.id


def path(code: str, on: date) -> list[str]:
    """The codes from the root down to an area, as they stood on a day."""
    return [queries.area_on(each, on).code or "" for each in queries.lineage(id_of(code), on)]
