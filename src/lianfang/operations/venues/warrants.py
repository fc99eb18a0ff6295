"""Warrants: two people let themselves look up who was at a place, or near a case; everybody read learns of it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, ResidentId, new_id
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.ledger.actions import turn
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Looked
from lianfang.ground.codes import queries as codes
from lianfang.ground.posture import queries as posture
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import ResidentRow
from lianfang.ground.territory import queries as territory
from lianfang.operations.venues import models, queries, rules, warrant_records
from lianfang.operations.venues.permissions import Permission
from lianfang.operations.venues.projections import sealed_place
from lianfang.operations.venues.terms import (
    PersonThere,
    Seen,
    VenueWarrants,
    Warrant,
    WarrantReading,
    WarrantRow,
    WarrantState,
    WarrantTerms,
)


def warrants(*, area: AreaId, viewer: Viewer) -> VenueWarrants:
    """Those of an area and all below it, the latest first. Whoever is the case of one is noted as looked at."""
    on = local_day(viewer.at)
    viewer.require(Permission.SEE_WARRANTS, lineage=territory.lineage(area, on))
    found = [each for each in _opened(models.Warrant.objects.order_by("-proposed_at", "-id")) if _below(each, area, on)]
    return VenueWarrants(_rows(found, area, viewer), viewer.at)


def row(*, id: UUID, viewer: Viewer) -> WarrantRow:
    """One as the list shows it."""
    found = permitted(id=id, viewer=viewer, permission=Permission.SEE_WARRANTS)
    return _rows([found], found.area, viewer)[0]


def permitted(*, id: UUID, viewer: Viewer, permission: Permission) -> Warrant:
    """One warrant, if the viewer may do this on its area; otherwise it is not there (404)."""
    viewer.require(permission)
    found = next(iter(_opened(models.Warrant.objects.filter(id=id))), None)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(permission, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def propose_warrant(
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    viewer: Viewer,
    at: datetime,
    place: UUID | None = None,
    resident: ResidentId | None = None,
) -> Warrant:
    """The first signature: say about which place or case, which hours, and why. Nothing can be read by it."""
    viewer.require(Permission.PROPOSE)
    area, resident = _asked_about(place, resident, viewer)
    incident = queries.asking(area=area, at=at)
    if incident is None:
        raise Problem("venues.no_incident_asks", status=409)
    terms = WarrantTerms(incident.id, starts_at, ends_at, reason.strip(), place, resident)
    rules.check_proposing(terms, at=at)
    id = new_id()
    with turn(by=viewer.actor, at=at) as ledger:
        body = warrant_records.WarrantProposed(id, area, terms)
        ledger.append(warrant_records.WARRANT_PROPOSED.name, body)
    return permitted(id=id, viewer=viewer, permission=Permission.PROPOSE)


def sign_warrant(*, warrant: UUID, viewer: Viewer, at: datetime) -> Warrant:
    """The second signature: another person agrees. For a day one of the two may read."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = permitted(id=warrant, viewer=viewer, permission=Permission.SIGN)
        rules.check_signing(found, posture.incident(id=found.terms.incident), by=viewer.account, at=at)
        body = warrant_records.WarrantSigned(warrant, found.proposed_by)
        ledger.append(warrant_records.WARRANT_SIGNED.name, body)
    return permitted(id=warrant, viewer=viewer, permission=Permission.SIGN)


def decline_warrant(*, warrant: UUID, reason: str, viewer: Viewer, at: datetime) -> Warrant:
    """The second person does not agree, and says why."""
    if not reason.strip():
        raise Problem("venues.words_missing", status=422)
    with turn(by=viewer.actor, at=at) as ledger:
        found = permitted(id=warrant, viewer=viewer, permission=Permission.SIGN)
        rules.check_signing(found, posture.incident(id=found.terms.incident), by=viewer.account, at=at)
        body = warrant_records.WarrantDeclined(warrant, reason.strip()[:500])
        ledger.append(warrant_records.WARRANT_DECLINED.name, body)
    return permitted(id=warrant, viewer=viewer, permission=Permission.SIGN)


def read_warrant(*, warrant: UUID, viewer: Viewer, at: datetime) -> WarrantReading:
    """Who it was. Written down first: each of them finds this look, with its reason, among the looks at them."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = permitted(id=warrant, viewer=viewer, permission=Permission.SEE_WARRANTS)
        rules.check_reading(found, posture.incident(id=found.terms.incident), by=viewer.account, at=at)
        seen = reached(found, at=at)
        people, elsewhere, unknown = _people(seen, viewer)
        access.disclose(
            viewer=viewer,
            what="venues.warrant",
            purpose=Purpose.INCIDENT_RESPONSE,
            area=found.area,
            subjects=[each.resident for each in people],
            how=Looked.LISTED,
            permission=Permission.SEE_WARRANTS,
            reason=found.terms.reason,
        )
        body = warrant_records.WarrantRead(warrant, len(people), len(seen))
        ledger.append(warrant_records.WARRANT_READ.name, body)
    return WarrantReading(people, len(seen), elsewhere, unknown, viewer.at)


def reached(warrant: Warrant, *, at: datetime) -> list[Seen]:
    """Which visits a warrant reaches: tokens only."""
    terms = warrant.terms
    if terms.place is not None:
        nos = [code.no for code in queries.codes_at(place=terms.place, incident=terms.incident)]
        return queries.visits_of(nos, starts_at=terms.starts_at, ends_at=terms.ends_at, at=at)
    assert terms.resident is not None
    numbers = codes.credentials_of(resident=terms.resident)
    within = {"starts_at": terms.starts_at, "ends_at": terms.ends_at}
    tokens = queries.tokens_of(numbers, incident=terms.incident, **within)
    nos = list(models.Code.objects.filter(incident_id=terms.incident).values_list("no", flat=True))
    return [seen for seen in queries.near_to(tokens, nos=nos, at=at) if terms.starts_at <= seen.at < terms.ends_at]


# --- inside -----------------------------------------------------------------------------------------------------------


def _asked_about(place: UUID | None, resident: ResidentId | None, viewer: Viewer) -> tuple[AreaId, ResidentId | None]:
    """Where the place or the case lies; outside the viewer's areas there is none (404)."""
    if (place is None) is (resident is None):
        raise Problem("venues.one_question", status=422)
    if resident is not None:
        ref = registry.resident_place(resident, viewer=viewer, permission=Permission.PROPOSE)
        return ref.grid, ref.id
    hung = queries.codes_at(place=place) if place else []
    if not hung:
        raise Problem("access.not_found", status=404)
    viewer.require(Permission.PROPOSE, lineage=territory.lineage(hung[0].area, local_day(viewer.at)))
    return hung[0].area, None


def _people(seen: Sequence[Seen], viewer: Viewer) -> tuple[list[PersonThere], int, int]:
    """Opens the entries, and with them who was noted; how many are elsewhere, and how many nobody can name."""
    at = {each.position: each.at for each in seen}
    noted = [entry for entry in entries.entries_at(at) if entry.body is not None]
    holders = codes.holders(numbers={entry.body.credential for entry in noted})
    times: dict[ResidentId, list[datetime]] = {}
    for entry in noted:
        if (resident := holders.get(entry.body.credential)) is not None:
            times.setdefault(resident, []).append(at[entry.position])
    rows = registry.residents_by_id(list(times), viewer=viewer)
    on = local_day(viewer.at)
    mine = {
        id: row
        for id, row in rows.items()
        if viewer.may(Permission.SEE_WARRANTS, lineage=territory.lineage(row.grid, on))
    }
    people = sorted((_there(row, times[row.id]) for row in mine.values()), key=lambda one: (one.first_at, one.name))
    return people, len(rows) - len(mine), len(seen) - sum(len(times[id]) for id in map(ResidentId, rows))


def _there(row: ResidentRow, times: Sequence[datetime]) -> PersonThere:
    where = f"{row.place} {row.door}".strip()
    return PersonThere(row.id, row.name, where, row.phone_masked, min(times), max(times), len(times))


def _rows(found: Sequence[Warrant], area: AreaId, viewer: Viewer) -> list[WarrantRow]:
    cases = {each.terms.resident for each in found if each.terms.resident}
    if cases:
        access.disclose(
            viewer=viewer,
            what="venues.warrants",
            purpose=Purpose.INCIDENT_RESPONSE,
            area=area,
            subjects=sorted(cases),
            how=Looked.LISTED,
        )
    people = registry.residents_by_id(sorted(cases), viewer=viewer)
    names = accounts.names_of({by for each in found for by in (each.proposed_by, each.signed_by) if by})
    return [_row(each, _about(each, people), names, viewer.at) for each in found]


def _about(warrant: Warrant, people: dict[UUID, ResidentRow]) -> str:
    terms = warrant.terms
    if terms.resident is not None:
        return people[terms.resident].name if terms.resident in people else ""
    hung = queries.codes_at(place=terms.place) if terms.place else []
    return hung[0].name if hung else ""


def _row(warrant: Warrant, about: str, names: dict[UUID, str], at: datetime) -> WarrantRow:
    state = rules.state_of(warrant, posture.incident(id=warrant.terms.incident), at=at)
    return WarrantRow(
        id=warrant.id,
        state=state,
        about=about,
        starts_at=warrant.terms.starts_at,
        ends_at=warrant.terms.ends_at,
        reason=warrant.terms.reason,
        proposed_by=names.get(warrant.proposed_by, ""),
        proposed_at=warrant.proposed_at,
        signed_by=names.get(warrant.signed_by, "") if warrant.signed_by else "",
        signed_at=warrant.signed_at,
        visits=len(reached(warrant, at=at)) if state is WarrantState.SIGNED else None,
        readings=warrant.readings,
    )


def _below(warrant: Warrant, area: AreaId, on: date) -> bool:
    return area in territory.lineage(warrant.area, on)


def _opened(rows: Iterable[models.Warrant]) -> list[Warrant]:
    """Those that can still be read: of a forgotten incident none can."""
    found = []
    for each in rows:
        with suppress(Problem):
            found.append(_warrant(each))
    return found


def _warrant(row: models.Warrant) -> Warrant:
    key = keyring.need(incident_key(IncidentId(row.incident_id)))
    plain = key.open(bytes(row.terms), about=sealed_place(row.id.hex).encode())
    return Warrant(
        id=row.id,
        area=AreaId(row.area_id),
        terms=msgspec.json.decode(plain, type=WarrantTerms),
        proposed_by=AccountId(row.proposed_by) if row.proposed_by else AccountId(UUID(int=0)),
        proposed_at=row.proposed_at,
        signed_by=AccountId(row.signed_by) if row.signed_by else None,
        signed_at=row.signed_at,
        declined_at=row.declined_at,
        readings=row.readings,
    )
