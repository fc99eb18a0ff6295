"""The desk page of held records 搁置: what waits, why, for how long, and what a person decided about it.

A row never says what the record says: whoever decides sees kind, reason, device and sender, and asks the sender.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import queries as access
from lianfang.ground.territory import queries as territory
from lianfang.screens.desk.permissions import Permission


class HeldRow(msgspec.Struct, frozen=True):
    """One held record, in words."""

    id: UUID
    kind: str
    why: str
    why_in_words: str
    received_at: datetime
    sender: str | None
    device: str | None
    area: str | None


class Which(msgspec.Struct, frozen=True):
    """The held record in the address."""

    held_id: UUID


class Decision(msgspec.Struct, frozen=True):
    """Count it or set it aside, and why."""

    accept: bool
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


class HeldList(Desk):
    """What waits to be worked off, oldest first."""

    def get(self) -> Page[HeldRow]:
        """Those of one's own areas; what lies nowhere yet is seen by whoever answers for everything."""
        viewer = self.viewer
        viewer.require(Permission.SETTLE_HELD)
        language = language_of(self.request.headers.get("Accept-Language", ""))
        rows = _rows([held for held in entries.held_open() if _may_see(viewer, held)], language)
        return Page(rows, len(rows), 1, max(len(rows), 1), clock.now().isoformat())


class HeldSettle(Desk):
    """A person decides about one of them."""

    def post(self, parsed_path: Path[Which], parsed_body: Body[Decision]) -> HeldRow:
        """Count it, vouching for its place and its device, or set it aside. Both leave an entry with the reason."""
        viewer = self.viewer
        viewer.require(Permission.SETTLE_HELD)
        held = next((h for h in entries.held_open() if h.id == parsed_path.held_id), None)
        if held is None or not _may_see(viewer, held):
            raise Problem("access.not_found", status=404)
        ledger.settle_held(
            held.id,
            accept=parsed_body.accept,
            reason=parsed_body.reason,
            area=held.area or territory.root(local_day(viewer.at)),
            by=viewer.actor,
            at=clock.now(),
        )
        return _rows([held], language_of(self.request.headers.get("Accept-Language", "")))[0]


def _may_see(viewer: Viewer, held: entries.HeldView) -> bool:
    on = local_day(viewer.at)
    area = held.area or territory.root(on)
    return viewer.may(Permission.SETTLE_HELD, lineage=territory.lineage(area, on))


def _rows(held: Sequence[entries.HeldView], language: str) -> list[HeldRow]:
    senders = access.names_of(row.account for row in held if row.account)
    devices = access.names_of_devices(row.device for row in held if row.device)
    return [
        HeldRow(
            id=row.id,
            kind=row.kind,
            why=row.why,
            why_in_words=sentence(row.why, language),
            received_at=row.received_at,
            sender=senders.get(row.account) if row.account else None,
            device=devices.get(row.device) if row.device else None,
            area=territory.area(row.area).path_name if row.area else None,
        )
        for row in held
    ]


urlpatterns = [
    path("held", HeldList.as_view(), name="held"),
    path("held/<uuid:held_id>/settle", HeldSettle.as_view(), name="held-settle"),
]
