"""HTTP for incidents: list, catalogue, renew and close by two, forget by two. Opening is `openings_api`."""

from datetime import datetime
from io import BytesIO
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.moments import Instant, local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import weigh
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import queries as access
from lianfang.ground.posture import actions, openings_api, paper, queries
from lianfang.ground.posture.difference import moved
from lianfang.ground.posture.permissions import Permission
from lianfang.ground.posture.records import Reason
from lianfang.ground.posture.rules import days_left, state_of
from lianfang.ground.posture.terms import (
    Basis,
    Certificate,
    Closing,
    Difference,
    DifferenceMoved,
    ForgettingProposal,
    Incident,
    IncidentState,
    Pack,
    Proposal,
    Step,
    Words,
)
from lianfang.ground.territory import queries as territory


class Where(msgspec.Struct, frozen=True):
    """One incident."""

    incident_id: UUID


class Filter(msgspec.Struct, frozen=True):
    """Which incidents to list."""

    area: UUID | None = None
    state: IncidentState | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class AreaName(msgspec.Struct, frozen=True):
    """An area, by id and name."""

    id: UUID
    name: str


class PackName(msgspec.Struct, frozen=True):
    """A hazard pack, as a list shows it."""

    code: str
    version: int
    title: Words
    retention_days: int


class Renewal(msgspec.Struct, frozen=True):
    """A renewal that waits for its second person."""

    id: UUID
    ends_at: datetime
    reason: str
    proposed_at: datetime
    proposed_by_me: bool


class ClosingWaits(msgspec.Struct, frozen=True):
    """An end before its time that waits for its second person."""

    id: UUID
    reason: str
    proposed_at: datetime
    proposed_by_me: bool


class ForgettingWaits(msgspec.Struct, frozen=True):
    """A forgetting that waits for its second person."""

    id: UUID
    reason: str
    proposed_by: str
    proposed_at: datetime
    proposed_by_me: bool


class Forgetting(msgspec.Struct, frozen=True):
    """What would go and what would stay (or, once it was done, what went and what stayed), and who has signed."""

    due_at: datetime
    due: bool
    forgotten_at: datetime | None
    confirmed_by: str | None
    proposal: ForgettingWaits | None
    entries: dict[str, int]
    waiting: int
    counts: dict[str, int]


class Forget(msgspec.Struct, frozen=True):
    """Without `proposal`: the first signature and why. With it: the second one, by another person."""

    proposal: UUID | None = None
    reason: Reason | None = None


class IncidentRow(msgspec.Struct, frozen=True):
    """An incident as a list shows it."""

    id: UUID
    name: str
    area: AreaName
    basis: Basis | None
    issuer: str
    pack: PackName
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    state: IncidentState
    days_left: int
    drill: bool
    renewal: Renewal | None
    due_at: datetime
    forgetting_waits: bool
    closing: ClosingWaits | None
    longest_days: int


class Catalogue(msgspec.Struct, frozen=True):
    """What an incident can be opened from."""

    legal_bases: list[Basis]
    packs: list[PackName]
    longest_days: int


class Renew(msgspec.Struct, frozen=True):
    """Without `proposal`: the first signature (until when, and why). With it: the second one, by another person, who
    names the mark of the difference they have `seen`.
    """

    proposal: UUID | None = None
    ends_at: Instant | None = None
    reason: Reason | None = None
    seen: str | None = None


class Close(msgspec.Struct, frozen=True):
    """Without `proposal`: the first signature and why. With it: the second one, by another person, with the mark of
    what they have `seen`.
    """

    proposal: UUID | None = None
    reason: Reason | None = None
    seen: str | None = None


class WithdrawProposed(msgspec.Struct, frozen=True):
    """A renewal or a closing that its proposer takes back."""

    proposal: UUID


class About(msgspec.Struct, frozen=True):
    """Which difference: of nothing but standing, of a renewal until then, of closing it now."""

    step: Step = Step.STANDING
    ends_at: Instant | None = None


class DifferenceShown(msgspec.Struct, frozen=True):
    """A difference as things stand now; `moved`: how it is another than when it was proposed."""

    now: Difference
    moved: DifferenceMoved | None = None


class Incidents(openings_api.ProposeOpening):
    """Incidents on one's areas, and proposing one."""

    def get(self, parsed_query: Query[Filter]) -> Page[IncidentRow]:
        """Incidents on one's own areas, above and below them, latest first."""
        self.viewer.require(Permission.SEE)
        now, wanted = clock.now(), parsed_query
        found = [i for i in queries.incidents() if _concerns(i, self.viewer, wanted.area)]
        if wanted.state is not None:
            found = [i for i in found if state_of(i, at=now) == wanted.state]
        start = (wanted.page - 1) * wanted.page_size
        rows = _rows(found[start : start + wanted.page_size], self.viewer, now)
        return Page(rows, len(found), wanted.page, wanted.page_size, now.isoformat())


class CatalogueOfIncidents(Desk):
    """Legal bases and packs to choose from."""

    def get(self) -> Catalogue:
        """Legal bases in force today, and the hazard packs."""
        self.viewer.require(Permission.SEE)
        today = local_day(clock.now())
        bases = [b for b in queries.legal_bases().values() if b.holds(today)]
        longest = queries.span(on=today).longest_days
        return Catalogue(bases, [_pack(p) for p in queries.packs().values()], longest)


class OneIncident(Desk):
    """One incident."""

    def get(self, parsed_path: Path[Where]) -> IncidentRow:
        """The incident, if it concerns one's areas."""
        now = clock.now()
        found = _seen(parsed_path, self.viewer)
        return _rows([found], self.viewer, now)[0]


class RenewIncident(Desk):
    """The two signatures of a renewal."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Renew]) -> IncidentRow:
        """Propose, or agree to what another person proposed."""
        now, by = clock.now(), self.viewer.actor
        found = _permitted(parsed_path, self.viewer, Permission.RENEW, now)
        if parsed_body.proposal is not None:
            waiting = queries.proposal(id=parsed_body.proposal)
            if waiting.incident != found.id:
                raise Problem("posture.proposal_unknown", status=404)
            actions.renew_incident(proposal=parsed_body.proposal, seen=parsed_body.seen, by=by, at=now)
        else:
            ends_at, reason = parsed_body.ends_at or found.ends_at, parsed_body.reason or ""
            actions.propose_renewal(incident=found.id, ends_at=ends_at, reason=reason, by=by, at=now)
        return _rows([queries.incident(id=found.id)], self.viewer, now)[0]


class CloseIncident(Desk):
    """The two signatures of an end before its time."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Close]) -> IncidentRow:
        """Propose, or agree to what another person proposed: then it ends now."""
        now, by = clock.now(), self.viewer.actor
        found = _permitted(parsed_path, self.viewer, Permission.CLOSE, now)
        if parsed_body.proposal is None:
            actions.propose_closing(incident=found.id, reason=parsed_body.reason or "", by=by, at=now)
        else:
            if queries.closing(id=parsed_body.proposal).incident != found.id:
                raise Problem("posture.proposal_unknown", status=404)
            actions.confirm_closing(closing=parsed_body.proposal, seen=parsed_body.seen, by=by, at=now)
        return _rows([queries.incident(id=found.id)], self.viewer, now)[0]


class WithdrawProposal(Desk):
    """Whoever proposed it thinks better of it."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[WithdrawProposed]) -> IncidentRow:
        """Take back a renewal or a closing that nobody signed yet."""
        now = clock.now()
        found = _permitted(parsed_path, self.viewer, Permission.RENEW, now)
        if queries.waiting(id=parsed_body.proposal).incident != found.id:
            raise Problem("posture.proposal_unknown", status=404)
        actions.withdraw(proposal=parsed_body.proposal, by=self.viewer.actor, at=now)
        return _rows([found], self.viewer, now)[0]


class DifferenceOfIncident(Desk):
    """What is otherwise because of it."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[About]) -> DifferenceShown:
        """What stands because of it, what would go on, or what would end; and what has changed since the proposal."""
        now, found, step = clock.now(), _seen(parsed_path, self.viewer), parsed_query.step
        waiting: Proposal | Closing | None = None
        if step is Step.RENEWING:
            waiting = queries.open_proposals(incidents=[found.id]).get(found.id)
        if step is Step.CLOSING:
            waiting = queries.closings(incidents=[found.id]).get(found.id)
        until = parsed_query.ends_at or (waiting.ends_at if isinstance(waiting, Proposal) else None)
        until = until if step is Step.RENEWING else None
        seen = queries.difference_of(incident=found, step=step, at=now, ends_at=until)
        return DifferenceShown(seen, moved(waiting.shown, seen) if waiting else None)


class ForgettingOfIncident(Desk):
    """What forgetting takes and leaves, and its two signatures."""

    def get(self, parsed_path: Path[Where]) -> Forgetting:
        """What would go, what would stay, whose signature is missing."""
        now = clock.now()
        return _forgetting(_permitted(parsed_path, self.viewer, Permission.FORGET, now), self.viewer, now)

    def post(self, parsed_path: Path[Where], parsed_body: Body[Forget]) -> Forgetting:
        """Propose, or agree to what another person proposed: then it is done, and nobody can undo it."""
        now, by = clock.now(), self.viewer.actor
        found = _permitted(parsed_path, self.viewer, Permission.FORGET, now)
        if parsed_body.proposal is None:
            actions.propose_forgetting(incident=found.id, reason=parsed_body.reason or "", by=by, at=now)
        else:
            if queries.forgetting_proposal(id=parsed_body.proposal).incident != found.id:
                raise Problem("posture.forgetting_unknown", status=404)
            actions.forget_incident(proposal=parsed_body.proposal, by=by, at=now)
        return _forgetting(queries.incident(id=found.id), self.viewer, now)


class CertificateOfIncident(Desk):
    """Proof of a forgetting, for machines."""

    def get(self, parsed_path: Path[Where]) -> Certificate:
        """The certificate, made from the ledger."""
        return queries.certificate(incident=_seen(parsed_path, self.viewer))


class CertificatePaper(Desk):
    """The same for people."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[Where]) -> FileResponse:
        """A PDF in the reader's language."""
        found = queries.certificate(incident=_seen(parsed_path, self.viewer))
        pdf = paper.certificate(found, lang=language_of(self.request.headers.get("Accept-Language", "")))
        return FileResponse(
            BytesIO(pdf), as_attachment=True, filename=f"{found.name}.pdf", content_type="application/pdf", status=200
        )


def _forgetting(incident: Incident, viewer: Viewer, now: datetime) -> Forgetting:
    waiting = queries.forgetting_proposals(incidents=[incident.id]).get(incident.id)
    done = queries.certificate(incident=incident) if incident.forgotten_at else None
    weighed = weigh(incident_key(incident.id), area=incident.area) if done is None else None
    return Forgetting(
        due_at=incident.due_at,
        due=now >= incident.due_at,
        forgotten_at=incident.forgotten_at,
        confirmed_by=done.confirmed_by.name if done else None,
        proposal=_waits(waiting, viewer) if waiting and not done else None,
        entries=done.entries_gone if done else weighed.entries if weighed else {},
        waiting=done.waiting_gone if done else weighed.waiting if weighed else 0,
        counts=done.counts_kept if done else weighed.totals if weighed else {},
    )


def _waits(waiting: ForgettingProposal, viewer: Viewer) -> ForgettingWaits:
    name = access.names_of([waiting.proposed_by]).get(waiting.proposed_by, "")
    mine = waiting.proposed_by == viewer.account
    return ForgettingWaits(waiting.id, waiting.reason, name, waiting.proposed_at, mine)


def _seen(where: Where, viewer: Viewer) -> Incident:
    viewer.require(Permission.SEE)
    found = queries.incident(id=IncidentId(where.incident_id))
    if not _concerns(found, viewer, None):
        raise Problem("access.not_found", status=404)
    return found


def _permitted(where: Where, viewer: Viewer, permission: Permission, now: datetime) -> Incident:
    viewer.require(permission)
    found = queries.incident(id=IncidentId(where.incident_id))
    viewer.require(permission, lineage=territory.lineage(area=found.area, on=local_day(now)))
    return found


def _concerns(incident: Incident, viewer: Viewer, area: UUID | None) -> bool:
    """On one of the viewer's areas, or above or below one; and so of `area`, when one is asked for."""
    on = local_day(viewer.at)
    up = set(territory.lineage(area=incident.area, on=on))

    def near(other: AreaId) -> bool:
        return other in up or incident.area in territory.lineage(area=other, on=on)

    return any(map(near, viewer.roots(Permission.SEE))) and (area is None or near(AreaId(area)))


def _rows(found: list[Incident], viewer: Viewer, now: datetime) -> list[IncidentRow]:
    ids = [i.id for i in found]
    renewals, forgetting = queries.open_proposals(incidents=ids), queries.forgetting_proposals(incidents=ids)
    closings = queries.closings(incidents=ids)
    waits = {i.id: (renewals.get(i.id), closings.get(i.id)) for i in found if now < i.over_at}
    return [_row(i, waits.get(i.id, (None, None)), i.id in forgetting, viewer, now) for i in found]


Waits = tuple[Proposal | None, Closing | None]


def _row(incident: Incident, waits: Waits, forgetting: bool, viewer: Viewer, now: datetime) -> IncidentRow:
    renewal, closing = waits
    return IncidentRow(
        id=incident.id,
        name=incident.name,
        area=AreaName(incident.area, territory.area(area_id=incident.area).name),
        basis=queries.legal_bases().get(incident.basis),
        issuer=incident.issuer,
        pack=_pack(incident.pack),
        starts_at=incident.starts_at,
        ends_at=incident.ends_at,
        closed_at=incident.closed_at,
        state=state_of(incident, at=now),
        days_left=days_left(incident, at=now),
        drill=incident.drill,
        renewal=_renewal(renewal, viewer) if renewal and incident.is_open(now) else None,
        due_at=incident.due_at,
        forgetting_waits=forgetting and incident.forgotten_at is None,
        closing=_closing(closing, viewer) if closing else None,
        longest_days=queries.longest(on=local_day(now), basis=incident.basis, pack=incident.pack).days,
    )


def _renewal(waiting: Proposal, viewer: Viewer) -> Renewal:
    mine = waiting.proposed_by == viewer.account
    return Renewal(waiting.id, waiting.ends_at, waiting.reason, waiting.proposed_at, mine)


def _closing(waiting: Closing, viewer: Viewer) -> ClosingWaits:
    return ClosingWaits(waiting.id, waiting.reason, waiting.proposed_at, waiting.proposed_by == viewer.account)


def _pack(pack: Pack) -> PackName:
    return PackName(pack.code, pack.version, pack.title, pack.retention_days)


urlpatterns = [
    *openings_api.urlpatterns,
    path("incidents", Incidents.as_view(), name="incidents"),
    path("incidents/catalogue", CatalogueOfIncidents.as_view(), name="incidents-catalogue"),
    path("incidents/<uuid:incident_id>", OneIncident.as_view(), name="incident"),
    path("incidents/<uuid:incident_id>/renew", RenewIncident.as_view(), name="incident-renew"),
    path("incidents/<uuid:incident_id>/forgetting", ForgettingOfIncident.as_view(), name="incident-forgetting"),
    path("incidents/<uuid:incident_id>/certificate", CertificateOfIncident.as_view(), name="incident-certificate"),
    path("incidents/<uuid:incident_id>/certificate.pdf", CertificatePaper.as_view(), name="incident-paper"),
    path("incidents/<uuid:incident_id>/close", CloseIncident.as_view(), name="incident-close"),
    path("incidents/<uuid:incident_id>/withdraw", WithdrawProposal.as_view(), name="incident-withdraw"),
    path("incidents/<uuid:incident_id>/difference", DifferenceOfIncident.as_view(), name="incident-difference"),
]
