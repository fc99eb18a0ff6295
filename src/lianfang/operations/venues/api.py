"""HTTP for venues at the desk: codes with their posters, how often they were shown, warrants of two people."""

from io import BytesIO
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, ResidentId
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of
from lianfang.foundation.plumbing.wire import Desk
from lianfang.operations.venues import actions, paper, queries, warrants
from lianfang.operations.venues.permissions import Permission
from lianfang.operations.venues.terms import (
    PosterPaper,
    VenueCodeRow,
    VenueCodes,
    VenueWarrants,
    VenueWindow,
    WarrantReading,
    WarrantRow,
)

_PDF = "application/pdf"
_TEXT = r"^[^\x00]*$"
Why = Annotated[str, msgspec.Meta(max_length=500, pattern=_TEXT)]


class CodeWhere(msgspec.Struct, frozen=True):
    """One code."""

    venue_code_id: UUID


class WarrantWhere(msgspec.Struct, frozen=True):
    """One warrant."""

    venue_warrant_id: UUID


class VenuesOfArea(msgspec.Struct, frozen=True):
    """Of which area, with all below it."""

    area: UUID


class WindowAsked(msgspec.Struct, frozen=True):
    """From when until when."""

    starts_at: Instant
    ends_at: Instant


class PosterAsked(msgspec.Struct, frozen=True):
    """On what paper."""

    paper: PosterPaper = PosterPaper.A4


class IssueVenueCode(msgspec.Struct, frozen=True):
    """For which registered place, and whom to ask about it, as the poster says."""

    place: UUID
    contact: Annotated[str, msgspec.Meta(max_length=100, pattern=_TEXT)] = ""


class WithdrawVenueCode(msgspec.Struct, frozen=True):
    """Why it counts no more."""

    reason: Annotated[str, msgspec.Meta(max_length=200, pattern=_TEXT)] = ""


class ProposeWarrant(msgspec.Struct, frozen=True):
    """About one place or one case, which hours, and why."""

    starts_at: Instant
    ends_at: Instant
    reason: Why
    place: UUID | None = None
    resident: UUID | None = None


class DeclineWarrant(msgspec.Struct, frozen=True):
    """Why not."""

    reason: Why


class VenueCodeList(Desk):
    """Codes of places."""

    def get(self, parsed_query: Query[VenuesOfArea]) -> VenueCodes:
        """Those of an area and all below it."""
        return queries.codes(area=AreaId(parsed_query.area), viewer=self.viewer)

    def post(self, parsed_body: Body[IssueVenueCode]) -> VenueCodeRow:
        """A code for a place, in place of the one that hung there."""
        viewer, asked = self.viewer, parsed_body
        made = actions.issue_code(place=asked.place, contact=asked.contact, viewer=viewer, at=clock.now())
        return queries.row(id=made.id, viewer=viewer)


class VenueCodeWithdrawal(Desk):
    """Withdrawing a code."""

    def post(self, parsed_path: Path[CodeWhere], parsed_body: Body[WithdrawVenueCode]) -> VenueCodeRow:
        """It counts for nothing any more."""
        id = parsed_path.venue_code_id
        actions.withdraw_code(code=id, viewer=self.viewer, at=clock.now(), reason=parsed_body.reason)
        return queries.row(id=id, viewer=self.viewer)


class VenuePoster(Desk):
    """A code on paper."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[CodeWhere], parsed_query: Query[PosterAsked]) -> FileResponse:
        """A PDF that names nobody: the code, what a scan says and does not say, for how long it is kept."""
        viewer = self.viewer
        code = queries.one_code(id=parsed_path.venue_code_id, viewer=viewer, permission=Permission.ISSUE)
        lang = language_of(self.request.headers.get("Accept-Language", ""))
        pdf = paper.poster(code, paper=parsed_query.paper, viewer=viewer, lang=lang)
        return FileResponse(
            BytesIO(pdf), as_attachment=True, filename=f"{code.name}.pdf", content_type=_PDF, status=200
        )


class VenueVisits(Desk):
    """How often a code was shown."""

    def get(self, parsed_path: Path[CodeWhere], parsed_query: Query[WindowAsked]) -> VenueWindow:
        """By the hour, between two moments. Nobody is named."""
        asked = parsed_query
        return queries.window(
            id=parsed_path.venue_code_id, starts_at=asked.starts_at, ends_at=asked.ends_at, viewer=self.viewer
        )


class WarrantList(Desk):
    """Warrants."""

    def get(self, parsed_query: Query[VenuesOfArea]) -> VenueWarrants:
        """Those of an area and all below it."""
        return warrants.warrants(area=AreaId(parsed_query.area), viewer=self.viewer)

    def post(self, parsed_body: Body[ProposeWarrant]) -> WarrantRow:
        """The first of two people wants to know."""
        viewer, asked = self.viewer, parsed_body
        made = warrants.propose_warrant(
            place=asked.place,
            resident=ResidentId(asked.resident) if asked.resident else None,
            starts_at=asked.starts_at,
            ends_at=asked.ends_at,
            reason=asked.reason,
            viewer=viewer,
            at=clock.now(),
        )
        return warrants.row(id=made.id, viewer=viewer)


class WarrantSignature(Desk):
    """The second signature."""

    def post(self, parsed_path: Path[WarrantWhere]) -> WarrantRow:
        """Another person agrees."""
        id = parsed_path.venue_warrant_id
        warrants.sign_warrant(warrant=id, viewer=self.viewer, at=clock.now())
        return warrants.row(id=id, viewer=self.viewer)


class WarrantRefusal(Desk):
    """No second signature."""

    def post(self, parsed_path: Path[WarrantWhere], parsed_body: Body[DeclineWarrant]) -> WarrantRow:
        """The second person does not agree."""
        id = parsed_path.venue_warrant_id
        warrants.decline_warrant(warrant=id, reason=parsed_body.reason, viewer=self.viewer, at=clock.now())
        return warrants.row(id=id, viewer=self.viewer)


class ReadingOfWarrant(Desk):
    """Reading under a warrant."""

    def post(self, parsed_path: Path[WarrantWhere]) -> WarrantReading:
        """Who it was. Noted before it is answered, for each of them."""
        return warrants.read_warrant(warrant=parsed_path.venue_warrant_id, viewer=self.viewer, at=clock.now())


urlpatterns = [
    path("venue-codes", VenueCodeList.as_view(), name="venue-codes"),
    path("venue-codes/<uuid:venue_code_id>/withdrawal", VenueCodeWithdrawal.as_view(), name="venue-code-withdrawal"),
    path("venue-codes/<uuid:venue_code_id>/poster", VenuePoster.as_view(), name="venue-poster"),
    path("venue-codes/<uuid:venue_code_id>/visits", VenueVisits.as_view(), name="venue-visits"),
    path("venue-warrants", WarrantList.as_view(), name="venue-warrants"),
    path("venue-warrants/<uuid:venue_warrant_id>/signature", WarrantSignature.as_view(), name="warrant-signature"),
    path("venue-warrants/<uuid:venue_warrant_id>/refusal", WarrantRefusal.as_view(), name="warrant-refusal"),
    path("venue-warrants/<uuid:venue_warrant_id>/reading", ReadingOfWarrant.as_view(), name="warrant-reading"),
]
