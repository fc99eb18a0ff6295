"""What can be done with a list's differences at a desk: take them or leave them, and open them again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, RecordId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.registry import imports, offers
from lianfang.ground.registry import records as said
from lianfang.ground.registry.models import Import, OffersSettled, Roster
from lianfang.ground.registry.offers import Waiting
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.reading import as_id, in_parts, query, versions_in
from lianfang.ground.registry.terms import Field
from lianfang.ground.territory import queries as territory

_IN_A_PIECE = 2000


def settle_offers(
    *,
    import_id: UUID,
    take: bool,
    expected: int,
    viewer: Viewer,
    at: datetime,
    field: Field | None = None,
    only: Collection[UUID] = (),
    reason: str = "",
    record: RecordId | None = None,
) -> RecordId:
    """Take what a list offers, or leave all as it stands: those named, one column, or everything that waits.

    `expected` is how many the person was told of: if there are others by now, they look again. `record` is given by a
    job, which may be killed and begin again.
    """
    with ledger.turn(by=viewer.actor, at=at) as turn:
        if record is not None and OffersSettled.objects.filter(id=record).exists():
            return record
        roster = offers.roster_of(import_id, viewer=viewer)
        found = _meant(roster, viewer, field, only, expected)
        people = _people(found)
        _refuse_alone(import_id, people if take else 0, viewer)
        body = said.OffersSettled(
            import_id=import_id, area=AreaId(roster.area_id), take=take, fields=len(found), people=people, field=field,
            reason=reason[:200],
        )  # fmt: skip
        pieces = _pieces(found, take=take)
        id = record or RecordId(new_id())
        return turn.append("registry.offers_settled.v1", body, id=id, attachments=pieces).id


def refuse_moved_on(*, import_id: UUID, take: bool, expected: int, field: Field | None, viewer: Viewer) -> None:
    """What would be refused in the turn, said before a job is made of it."""
    found = _meant(offers.roster_of(import_id, viewer=viewer), viewer, field, (), expected)
    _refuse_alone(import_id, _people(found) if take else 0, viewer)


def _meant(roster: Roster, viewer: Viewer, field: Field | None, only: Collection[UUID], expected: int) -> list[Waiting]:
    found = offers.waiting(roster, viewer=viewer, field=field)
    found = [each for each in found if each.id in only] if only else found
    if not found or len(found) != expected:
        raise Problem("registry.offers_moved_on", status=409, now=len(found))
    return found


def _people(found: Sequence[Waiting]) -> int:
    return len({each.subject for each in found})


def reopen_offers(*, settled: UUID, viewer: Viewer, at: datetime, reason: str = "") -> RecordId:
    """Ask again about all that one act decided. Where somebody has written since, it stays decided, and is counted."""
    viewer.require(Permission.SETTLE)
    with ledger.turn(by=viewer.actor, at=at) as turn:
        row = OffersSettled.objects.filter(id=settled).first()
        if row is None:
            raise Problem("access.not_found", status=404)
        for grid in _grids_of(settled):
            viewer.require(Permission.SETTLE, lineage=territory.lineage(grid, local_day(at)))
        if row.undone is not None:
            raise Problem("registry.offers_open_again", status=409)
        area = AreaId(Roster.objects.get(id=row.import_id).area_id)
        body = said.OffersReopened(settled=settled, import_id=row.import_id, area=area, reason=reason[:200])
        return turn.append("registry.offers_reopened.v1", body).id


def _refuse_alone(import_id: UUID, people: int, viewer: Viewer) -> None:
    """Whoever loads a list does not alone decide about very many people by taking its word, now or later."""
    loaded_by = Import.objects.filter(id=import_id).values_list("by", flat=True).first()
    if people > imports.MOST_ALONE and loaded_by in (viewer.account, None):
        raise Problem("registry.offers_need_another", status=409, people=people, most=imports.MOST_ALONE)


def _pieces(found: Sequence[Waiting], *, take: bool) -> list[bytes]:
    versions = _versions(sorted({each.subject for each in found}))
    decided = [_decided(each, versions[each.subject], take) for each in found]
    parts = (decided[start : start + _IN_A_PIECE] for start in range(0, len(decided), _IN_A_PIECE))
    return [msgspec.msgpack.encode(part) for part in parts]


def _decided(each: Waiting, versions: dict[str, int], take: bool) -> said.OfferSettled:
    """Settled is what was shown side by side; what a third hand says is asked by itself."""
    ours, theirs = offers.both(each)
    kept = theirs if take else ours
    base = versions.get(each.field, 0)
    return said.OfferSettled(each.subject, each.household, each.field, kept.id, [ours.id, theirs.id], base)


def _versions(ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    rows = in_parts("SELECT id, versions FROM registry_resident WHERE id IN ({ids})", ids)
    return {as_id(id): versions_in(text) for id, text in rows}


def _grids_of(settled: UUID) -> list[AreaId]:
    rows = query(
        "SELECT DISTINCT h.grid_id FROM registry_edit e JOIN registry_household h ON h.id = e.household_id"
        " WHERE e.record = %s",
        [settled],
    )
    return [AreaId(as_id(grid)) for (grid,) in rows]
