"""Needs found on the way: who sees to them, until when, and what is still open. A simple list."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, HouseholdId
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.terms import Loader
from lianfang.foundation.plumbing.database import as_instant, as_uuid, query
from lianfang.ground.access import queries as accounts
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.need_records import (
    NEED,
    NEED_ASSIGNED,
    NEED_SETTLED,
    SORT_OF,
    HowSettled,
    NeedAssigned,
    NeedRef,
    NeedSettled,
    NeedSort,
    NeedWord,
)
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory


class NeedRow(msgspec.Struct, frozen=True):
    """A need as the list shows it: where, what, who sees to it, until when. Nobody's name but a colleague's."""

    id: UUID
    household: HouseholdId
    grid: AreaId
    sort: NeedSort
    word: NeedWord
    found_at: datetime
    due_on: date
    owner: AccountId | None
    settled_at: datetime | None
    how: HowSettled | None


class Needs(msgspec.Struct, frozen=True):
    """A page of needs, and how many there are."""

    rows: list[NeedRow]
    total: int


# Where the household lies now; what was found in a grid that is no more is found where its door went.
_FROM = f"FROM campaigns_need n LEFT JOIN ({registry.places_sql(struck=True)}) p ON p.household_id = n.household_id"
_GRID = "coalesce(p.grid_id, n.grid_id)"
_COLUMNS = f"n.id, n.household_id, {_GRID}, n.word, n.found_at, n.due_on, n.owner_id, n.settled_at, n.how"


def needs(*, viewer: Viewer, settled: bool = False, page: int = 1, page_size: int = 50) -> Needs:
    """What was found on the viewer's own grids and is open, soonest due first; or what is settled, latest first."""
    viewer.require(Permission.FOLLOW_UP)
    grids = territory.grid_ids(viewer.roots(Permission.FOLLOW_UP), local_day(viewer.at))
    if not grids:
        return Needs([], 0)
    where = f"{_GRID} IN ({', '.join(['%s'] * len(grids))}) AND n.settled_at IS {'NOT ' if settled else ''}NULL"
    order = "n.settled_at DESC, n.id" if settled else "n.due_on, n.found_at, n.id"
    ids = query(f"SELECT n.id {_FROM} WHERE {where} ORDER BY {order}", list(grids))
    wanted = [_id(id) for (id,) in ids[(page - 1) * page_size : page * page_size]]
    return Needs(_rows(wanted), len(ids))


def need(*, id: UUID, viewer: Viewer) -> NeedRow:
    """One of them; outside one's own grids, as where there is none, `access.not_found` (404)."""
    viewer.require(Permission.FOLLOW_UP)
    found = next(iter(_rows([id])), None)
    if found is None or not viewer.may(
        Permission.FOLLOW_UP, lineage=territory.lineage(found.grid, local_day(viewer.at))
    ):
        raise Problem("access.not_found", status=404)
    return found


def assign(*, need: UUID, owner: AccountId, due_on: date, viewer: Viewer) -> NeedRow:
    """Say who sees to it, and until when: somebody who works on that grid."""
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        found = _open(need, viewer)
        if not accounts.field_grants(owner, found.grid, viewer.at):
            raise Problem("access.not_a_worker_here", status=422)
        if due_on < local_day(viewer.at):
            raise Problem("campaigns.due_in_the_past", status=422)
        turn.append(NEED_ASSIGNED.name, NeedAssigned(need, owner, due_on))
    return _rows([need])[0]


def settle(*, need: UUID, how: HowSettled, viewer: Viewer) -> NeedRow:
    """Say that it is seen to, and how."""
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        _open(need, viewer)
        turn.append(NEED_SETTLED.name, NeedSettled(need, how))
    return _rows([need])[0]


def _open(id: UUID, viewer: Viewer) -> NeedRow:
    found = need(id=id, viewer=viewer)
    if found.settled_at is not None:
        raise Problem("campaigns.need_settled_already", status=409)
    return found


def _rows(ids: Sequence[UUID]) -> list[NeedRow]:
    """In the order asked for."""
    marks = ", ".join(["%s"] * len(ids))
    found = query(f"SELECT {_COLUMNS} {_FROM} WHERE n.id IN ({marks})", ids) if ids else []
    rows = {row.id: row for row in map(_row, found)}
    return [rows[id] for id in ids if id in rows]


def _row(row: tuple[Any, ...]) -> NeedRow:
    id, home, grid, word, found_at, due_on, owner, settled_at, how = row
    return NeedRow(
        id=_id(id),
        household=HouseholdId(_id(home)),
        grid=AreaId(_id(grid)),
        sort=SORT_OF[NeedWord(word)],
        word=NeedWord(word),
        found_at=_instant(found_at),
        due_on=due_on,
        owner=AccountId(_id(owner)) if owner else None,
        settled_at=as_instant(settled_at),
        how=HowSettled(how) if how else None,
    )


def _id(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


def _instant(value: Any) -> datetime:
    found = as_instant(value)
    assert found is not None
    return found


def _load(ids: Sequence[UUID]) -> dict[UUID, NeedRef]:
    rows = models.Need.objects.in_bulk(list(ids)).values()
    return {
        row.id: NeedRef(row.id, HouseholdId(row.household_id), AreaId(row.grid_id), KeyName(row.key_name))
        for row in rows
    }


LOADERS = (Loader(NEED, _load),)
