"""What waits for a person to say whether two are one, and what was said: for those who may decide about both."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.plumbing.database import as_instant, as_uuid
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.registry import queries
from lianfang.ground.registry.duplicates import CERTAIN, LIKELY, Sure
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.reading import as_id, count, limits, marks, query
from lianfang.ground.registry.terms import DuplicateView, MergeView, ResidentRow, Slice

_WAITING = (
    "FROM registry_suggestion s JOIN registry_resident one ON one.id = s.one_id"
    " JOIN registry_resident other ON other.id = s.other_id"
    " WHERE NOT EXISTS (SELECT 1 FROM registry_apart a WHERE a.id = s.id)"
)
_MERGED = (
    "FROM registry_merge m JOIN registry_resident one ON one.id = m.kept_id"
    " JOIN registry_aside other ON other.id = m.other_id WHERE m.undone IS NULL"
)


def duplicates(*, viewer: Viewer, area: AreaId | None = None, page: int = 1, page_size: int = 50) -> Slice:
    """Pairs that wait for a person, surest first: those of which the viewer may decide about both."""
    where, params = _both_within(viewer, area)
    sql = f"SELECT s.id, s.bits, s.reasons, s.one_id, s.other_id {_WAITING} AND {where}"
    rows = query(f"{sql} ORDER BY s.bits DESC, s.id LIMIT %s OFFSET %s", [*params, *limits(page, page_size)])
    views = _views(rows, viewer, area)
    return Slice(list(views), count(f"SELECT COUNT(*) {_WAITING} AND {where}", params))


def duplicate(id: UUID, *, viewer: Viewer) -> DuplicateView:
    """One pair; outside one's areas, or once it is decided, it is not there (404)."""
    where, params = _both_within(viewer, None)
    sql = f"SELECT s.id, s.bits, s.reasons, s.one_id, s.other_id {_WAITING} AND {where} AND s.id = %s"
    views = _views(query(sql, [*params, id]), viewer, None)
    if not views:
        raise Problem("access.not_found", status=404)
    return views[0]


def duplicate_count(*, viewer: Viewer) -> int:
    """How many pairs wait where the viewer may decide. Names nobody."""
    where, params = _both_within(viewer, None)
    return count(f"SELECT COUNT(*) {_WAITING} AND {where}", params)


def merges(*, viewer: Viewer, area: AreaId | None = None, page: int = 1, page_size: int = 50) -> Slice:
    """What was merged and can be undone, latest first."""
    where, params = _both_within(viewer, area)
    sql = f"SELECT m.id, m.kept_id, m.other_id, m.account, m.at, m.reason {_MERGED} AND {where}"
    rows = query(f"{sql} ORDER BY m.position DESC, m.id LIMIT %s OFFSET %s", [*params, *limits(page, page_size)])
    people = queries.residents_by_id([as_id(id) for row in rows for id in row[1:3]], viewer=viewer)
    names = accounts.names_of({found for row in rows if (found := as_uuid(row[3]))})
    _disclose("registry.merges", people, viewer, area)
    views = [
        MergeView(
            as_id(id),
            people[as_id(kept)],
            people[as_id(other)],
            names.get(as_uuid(account) or UUID(int=0), ""),
            as_instant(at) or viewer.at,
            reason,
        )
        for id, kept, other, account, at, reason in rows
    ]
    return Slice(list(views), count(f"SELECT COUNT(*) {_MERGED} AND {where}", params))


def _views(rows: Sequence[Sequence[Any]], viewer: Viewer, area: AreaId | None) -> list[DuplicateView]:
    ids = [as_id(id) for row in rows for id in row[3:5]]
    people = queries.residents_by_id(ids, viewer=viewer)
    positions = _positions(ids)
    _disclose("registry.duplicates", people, viewer, area)
    return [
        DuplicateView(
            as_id(id),
            _sure(bits),
            msgspec.json.decode(reasons, type=list[str]),
            people[as_id(one)],
            people[as_id(other)],
            positions[as_id(one)],
            positions[as_id(other)],
        )
        for id, bits, reasons, one, other in rows
    ]


def _sure(bits: float) -> str:
    return Sure.CERTAIN if bits >= CERTAIN else Sure.LIKELY if bits >= LIKELY else Sure.PERHAPS


def _positions(ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = query(f"SELECT id, position FROM registry_resident WHERE id IN ({marks(ids)})", ids)
    return {as_id(id): position for id, position in rows}


def _both_within(viewer: Viewer, area: AreaId | None) -> tuple[str, list[Any]]:
    """Both inside the viewer's areas, and one of them inside the area that was asked for."""
    grids = queries.grids_in(viewer, Permission.SETTLE, None)
    if not grids:
        return "1 = 0", []
    inside = marks(grids)
    where, params = f"one.grid_id IN ({inside}) AND other.grid_id IN ({inside})", [*grids, *grids]
    if area is None:
        return where, params
    asked = queries.grids_in(viewer, Permission.SETTLE, area)
    inside = marks(asked)
    return f"{where} AND (one.grid_id IN ({inside}) OR other.grid_id IN ({inside}))", [*params, *asked, *asked]


def _disclose(what: str, people: dict[UUID, ResidentRow], viewer: Viewer, area: AreaId | None) -> None:
    if people:
        access.disclose(
            viewer=viewer,
            what=what,
            purpose=Purpose.REGISTER_UPKEEP,
            area=area or queries.own_area(viewer, Permission.SETTLE),
            subjects=list(people),
            permission=Permission.SETTLE,
        )
