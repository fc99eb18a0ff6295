"""HTTP for opening an incident: what it would change, the first signature, the second one, and taking it back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import Instant, local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.access import queries as access
from lianfang.ground.posture import actions, queries
from lianfang.ground.posture.difference import moved
from lianfang.ground.posture.permissions import Permission
from lianfang.ground.posture.records import Text
from lianfang.ground.posture.terms import Difference, DifferenceMoved, IncidentDraft, Opening, Words
from lianfang.ground.territory import queries as territory


class NewIncident(msgspec.Struct, frozen=True):
    """An incident to open. Without `starts_at` it begins when the second person agrees."""

    name: Text
    area: UUID
    basis: Text
    pack: Text
    issuer: Text
    ends_at: Instant
    starts_at: Instant | None = None
    drill: bool = False
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""

    @property
    def wanted(self) -> IncidentDraft:
        """In the module's own words."""
        about = (self.name, AreaId(self.area), self.basis, self.pack, self.issuer)
        return IncidentDraft(*about, self.ends_at, self.starts_at, self.drill)


class WhichOpening(msgspec.Struct, frozen=True):
    """One proposal."""

    opening_id: UUID


class AgreeToOpening(msgspec.Struct, frozen=True):
    """The second signature: the mark of the difference that stood on the screen."""

    seen: str


class OpeningRow(msgspec.Struct, frozen=True):
    """An opening that waits for its second person; `incident`: what came of it."""

    id: UUID
    name: str
    area: UUID
    area_name: str
    basis: Words | None
    pack: Words | None
    issuer: str
    starts_at: datetime | None
    ends_at: datetime
    drill: bool
    reason: str
    proposed_by: str
    proposed_at: datetime
    proposed_by_me: bool
    waits: bool
    incident: UUID | None


class OpeningShown(msgspec.Struct, frozen=True):
    """The proposal, what it would change as things stand now, and what of that is new since it was made."""

    opening: OpeningRow
    now: Difference
    moved: DifferenceMoved


class ProposeOpening(Desk):
    """The first signature; the list of incidents is at the same address."""

    def post(self, parsed_body: Body[NewIncident]) -> OpeningRow:
        """Propose an incident. It opens when another person agrees."""
        now, wanted = clock.now(), parsed_body.wanted
        _may_open(wanted, self.viewer, now)
        by = self.viewer.actor
        return _row(actions.propose_opening(wanted=wanted, reason=parsed_body.reason, by=by, at=now), self.viewer, now)


class DifferenceOfOpening(Desk):
    """Before anything is proposed."""

    def post(self, parsed_body: Body[NewIncident]) -> Difference:
        """What opening it would change. Writes nothing."""
        now, wanted = clock.now(), parsed_body.wanted
        _may_open(wanted, self.viewer, now)
        return queries.difference_of_opening(wanted=wanted, at=now)


class Openings(Desk):
    """What waits for a second person."""

    def get(self) -> list[OpeningRow]:
        """The openings that wait on one's areas, latest first."""
        self.viewer.require(Permission.OPEN)
        now, on = clock.now(), local_day(clock.now())
        mine = set(self.viewer.roots(Permission.OPEN))
        waiting = queries.openings(at=now)
        return [
            _row(one, self.viewer, now) for one in waiting if mine & {*territory.lineage(area=one.wanted.area, on=on)}
        ]


class OneOpening(Desk):
    """One that waits, or waited."""

    def get(self, parsed_path: Path[WhichOpening]) -> OpeningShown:
        """With what it would change now."""
        now = clock.now()
        found = _permitted(parsed_path, self.viewer, now)
        seen = queries.difference_of_opening(wanted=found.wanted, at=now)
        return OpeningShown(_row(found, self.viewer, now), seen, moved(found.shown, seen))


class ConfirmOpening(Desk):
    """The second signature."""

    def post(self, parsed_path: Path[WhichOpening], parsed_body: Body[AgreeToOpening]) -> OpeningRow:
        """Agree, and it opens. `posture.look_again` (409) when something has changed since one looked."""
        now = clock.now()
        found = _permitted(parsed_path, self.viewer, now)
        actions.confirm_opening(opening=found.id, seen=parsed_body.seen, by=self.viewer.actor, at=now)
        return _row(queries.opening(id=found.id), self.viewer, now)


class WithdrawOpening(Desk):
    """Whoever proposed it thinks better of it."""

    def post(self, parsed_path: Path[WhichOpening]) -> OpeningRow:
        """Take it back."""
        now = clock.now()
        found = _permitted(parsed_path, self.viewer, now)
        actions.withdraw_opening(opening=found.id, by=self.viewer.actor, at=now)
        return _row(queries.opening(id=found.id), self.viewer, now)


def _may_open(wanted: IncidentDraft, viewer: Viewer, now: datetime) -> None:
    viewer.require(Permission.OPEN)
    viewer.require(Permission.OPEN, lineage=territory.lineage(area=wanted.area, on=local_day(now)))


def _permitted(where: WhichOpening, viewer: Viewer, now: datetime) -> Opening:
    viewer.require(Permission.OPEN)
    found = queries.opening(id=where.opening_id)
    viewer.require(Permission.OPEN, lineage=territory.lineage(area=found.wanted.area, on=local_day(now)))
    return found


def _row(found: Opening, viewer: Viewer, now: datetime) -> OpeningRow:
    wanted = found.wanted
    basis, pack = queries.legal_bases().get(wanted.basis), queries.packs().get(wanted.pack)
    return OpeningRow(
        id=found.id,
        name=wanted.name,
        area=wanted.area,
        area_name=territory.area(area_id=wanted.area).name,
        basis=basis.title if basis else None,
        pack=pack.title if pack else None,
        issuer=wanted.issuer,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        drill=wanted.drill,
        reason=found.reason,
        proposed_by=access.names_of([found.proposed_by]).get(found.proposed_by, ""),
        proposed_at=found.proposed_at,
        proposed_by_me=found.proposed_by == viewer.account,
        waits=queries.waits(found, at=now),
        incident=found.incident,
    )


urlpatterns = [
    path("incidents/difference", DifferenceOfOpening.as_view(), name="incidents-difference"),
    path("incidents/openings", Openings.as_view(), name="openings"),
    path("incidents/openings/<uuid:opening_id>", OneOpening.as_view(), name="opening"),
    path("incidents/openings/<uuid:opening_id>/confirm", ConfirmOpening.as_view(), name="opening-confirm"),
    path("incidents/openings/<uuid:opening_id>/withdraw", WithdrawOpening.as_view(), name="opening-withdraw"),
]
