"""HTTP for who looked at whom, and for the log."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Path, Query

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import log, queries
from lianfang.ground.access.asking import Number, Size, Words, page_of, slice_of
from lianfang.ground.access.terms import DisclosureView, Looked


class EntryWhere(msgspec.Struct, frozen=True):
    """One entry of the log."""

    record_id: UUID


class LookFilter(msgspec.Struct, frozen=True):
    """Which looks to list."""

    q: Words = ""
    account: UUID | None = None
    area: UUID | None = None
    how: Looked | None = None
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?at$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class LogFilter(msgspec.Struct, frozen=True):
    """Which entries to list: of a kind (or all that begin so), by somebody, after a position."""

    kind: Words = ""
    q: Words = ""
    actor: UUID | None = None
    area: UUID | None = None
    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?position$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class Disclosures(Desk):
    """Who looked at people."""

    def get(self, parsed_query: Query[LookFilter]) -> Page[DisclosureView]:
        """The looks of one's areas, latest first: who, when, what for, how many; never at whom."""
        wanted, viewer = parsed_query, self.viewer
        rows = queries.disclosures(
            viewer=viewer,
            account=AccountId(wanted.account) if wanted.account else None,
            how=wanted.how,
            area=AreaId(wanted.area) if wanted.area else None,
            q=wanted.q,
        ).order_by("position" if wanted.sort == "at" else "-position")
        return page_of(queries.disclosure_views(slice_of(rows, wanted)), rows.count(), wanted, viewer)


class Log(Desk):
    """Everything that was done."""

    def get(self, parsed_query: Query[LogFilter]) -> Page[log.EntryRow]:
        """The entries of one's areas, latest first: what, when, where, through whom; never what was said about whom."""
        wanted, viewer = parsed_query, self.viewer
        rows, total = log.page(
            viewer=viewer,
            kind=wanted.kind or wanted.q.strip(),
            actor=AccountId(wanted.actor) if wanted.actor else None,
            area=AreaId(wanted.area) if wanted.area else None,
            after=wanted.after,
            offset=(wanted.page - 1) * wanted.page_size,
            limit=wanted.page_size,
        )
        return page_of(rows, total, wanted, viewer)


class OneEntry(Desk):
    """One entry of the log."""

    def get(self, parsed_path: Path[EntryWhere]) -> log.EntryRow:
        """What, when, where, through whom."""
        return log.entry(parsed_path.record_id, viewer=self.viewer)


urlpatterns = [
    path("disclosures", Disclosures.as_view(), name="disclosures"),
    path("audit", Log.as_view(), name="audit"),
    path("audit/<uuid:record_id>", OneEntry.as_view(), name="entry"),
]
