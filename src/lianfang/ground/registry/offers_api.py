"""HTTP for what a second office's list says otherwise."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.registry import offer_actions, offers
from lianfang.ground.registry.jobs import reopen_later, settle_later
from lianfang.ground.registry.models import OffersSettled
from lianfang.ground.registry.offers import OffersOfRoster, OfferView
from lianfang.ground.registry.terms import Field

MOST_AT_ONCE = 200  # decided while somebody waits; more is done by a job
Reason = Annotated[str, msgspec.Meta(max_length=200)]


class OfWhich(msgspec.Struct, frozen=True):
    """One published list."""

    import_id: UUID


class WhichOffers(msgspec.Struct, frozen=True):
    """One column, or all; which page."""

    field: Field | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class Deciding(msgspec.Struct, frozen=True):
    """Take or leave: those named, one column, or all that wait. `expected`: of how many one was told."""

    take: bool
    expected: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    field: Field | None = None
    only: Annotated[list[UUID], msgspec.Meta(max_length=200)] = []
    reason: Reason = ""


class Which(msgspec.Struct, frozen=True):
    """Many decisions made by one act."""

    settled_id: UUID


class Opening(msgspec.Struct, frozen=True):
    """Why they are asked again."""

    reason: Reason = ""


class OffersDecided(msgspec.Struct, frozen=True):
    """The entry, or the job that writes it."""

    id: UUID | None
    job: UUID | None = None


class OffersOfImport(Desk):
    """What a list says otherwise, counted."""

    def get(self, parsed_path: Path[OfWhich]) -> OffersOfRoster:
        """By column, with what was decided many at a time."""
        return offers.offers_of(parsed_path.import_id, viewer=self.viewer)


class OfferList(Desk):
    """The same, one by one."""

    def get(self, parsed_path: Path[OfWhich], parsed_query: Query[WhichOffers]) -> Page[OfferView]:
        """Ours beside theirs, masked, in walking order."""
        asked = parsed_query
        found = offers.offer_rows(
            parsed_path.import_id, viewer=self.viewer, field=asked.field, page=asked.page, page_size=asked.page_size
        )
        return Page(found.rows, found.total, asked.page, asked.page_size, clock.now().isoformat())

    def post(self, parsed_path: Path[OfWhich], parsed_body: Body[Deciding]) -> OffersDecided:
        """Decide about them."""
        asked = parsed_body
        what: dict[str, Any] = {"import_id": parsed_path.import_id, **msgspec.structs.asdict(asked)}
        if asked.expected <= MOST_AT_ONCE:
            return OffersDecided(offer_actions.settle_offers(**what, viewer=self.viewer, at=clock.now()))
        return OffersDecided(None, settle_later(**what, viewer=self.viewer))


class ReopeningOfOffers(Desk):
    """And back."""

    def post(self, parsed_path: Path[Which], parsed_body: Body[Opening]) -> OffersDecided:
        """Ask again about all that one act decided."""
        settled, reason = parsed_path.settled_id, parsed_body.reason
        many = OffersSettled.objects.filter(id=settled, fields__gt=MOST_AT_ONCE, undone=None).exists()
        if many:
            return OffersDecided(None, reopen_later(settled=settled, reason=reason, viewer=self.viewer))
        return OffersDecided(
            offer_actions.reopen_offers(settled=settled, reason=reason, viewer=self.viewer, at=clock.now())
        )


urlpatterns = [
    path("offers/<uuid:import_id>", OffersOfImport.as_view(), name="import-offers"),
    path("offers/<uuid:import_id>/list", OfferList.as_view(), name="import-offer-list"),
    path("offers/<uuid:settled_id>/reopen", ReopeningOfOffers.as_view(), name="offers-reopen"),
]
