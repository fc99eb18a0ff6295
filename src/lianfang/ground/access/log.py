"""The log as auditors read it, with names beside ids; and the picture of an address."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import segno
from django.db.models.expressions import RawSQL

from lianfang.foundation.kernel.ids import AccountId, AreaId, RecordId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.ground.access import queries
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.terms import Named
from lianfang.ground.territory import queries as territory


class EntryRow(msgspec.Struct, frozen=True):
    """One entry: what happened, when, where, through whom. Never what was said about whom."""

    position: int
    id: RecordId
    kind: str
    at: datetime
    received_at: datetime
    area: Named
    actor: Named | None
    device: Named | None
    flags: list[str]
    facts: dict[str, Any]


def page(
    *,
    viewer: Viewer,
    kind: str,
    actor: AccountId | None,
    area: AreaId | None,
    after: int,
    offset: int,
    limit: int,
) -> tuple[list[EntryRow], int]:
    """One page of the entries of the viewer's areas, latest first, and how many there are."""
    viewer.require(Permission.SEE_AUDIT)
    areas = _areas(viewer, area)
    found, total = ledger.entries_page(areas=areas, kind=kind, actor=actor, after=after, offset=offset, limit=limit)
    return _rows(found), total


def entry(record: UUID, *, viewer: Viewer) -> EntryRow:
    """One entry, if it lies in the viewer's areas."""
    viewer.require(Permission.SEE_AUDIT)
    found = ledger.entry_view(record)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(Permission.SEE_AUDIT, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return _rows([found])[0]


def qr_svg(text: str) -> str:
    """A QR code to be shown on a screen. (`make_qr`: the library's `make` draws Micro QR, which phones cannot read.)"""
    svg: str = segno.make_qr(text, error="m").svg_inline(scale=6, border=4, dark="#000000", light="#ffffff")
    # Shown as a picture of its own, it needs its name space.
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) if "xmlns" not in svg else svg


def _areas(viewer: Viewer, within: AreaId | None) -> RawSQL | None:
    """Where to look; None is everywhere, for whoever may see it from the top."""
    on = local_day(viewer.at)
    roots = set(viewer.roots(Permission.SEE_AUDIT))
    if within is not None:
        viewer.require(Permission.SEE_AUDIT, lineage=territory.lineage(within, on))
        roots = {within}
    if within is None and roots >= {top.id for top in territory.roots(on)}:
        return None
    return RawSQL(territory.areas_under_sql(len(roots)), (*roots, on, on))


def _rows(found: list[ledger.EntryView]) -> list[EntryRow]:
    accounts = queries.names_of(each.actor for each in found if each.actor)
    devices = queries.names_of_devices(each.device for each in found if each.device)
    return [
        EntryRow(
            position=each.position,
            id=each.id,
            kind=each.kind,
            at=each.at,
            received_at=each.received_at,
            area=queries.named_area(each.area),
            actor=Named(each.actor, accounts.get(each.actor, "")) if each.actor else None,
            device=Named(each.device, devices.get(each.device, "")) if each.device else None,
            flags=each.flags,
            facts=each.facts,
        )
        for each in found
    ]
