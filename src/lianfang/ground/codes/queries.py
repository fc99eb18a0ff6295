"""Restriction orders, and the status that follows for one person. Each look at a person is noted before the answer."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, ResidentId
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.terms import Loader
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.codes import models, rules
from lianfang.ground.codes.credential import verify as verify
from lianfang.ground.codes.credential_terms import LONGEST_TERM, GateTrust, IssuerKey, Revocations
from lianfang.ground.codes.permissions import Permission
from lianfang.ground.codes.projections import sealed_holder, sealed_place
from lianfang.ground.codes.records import CREDENTIAL, ORDER, CredentialRef, ref_of
from lianfang.ground.codes.rules import state_of as state_of
from lianfang.ground.codes.terms import CodeStatus, Evidence, Longest, Order, OrderTerms
from lianfang.ground.policies import queries as policies
from lianfang.ground.policies.terms import InForce
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Words
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory

_HERE = Path(__file__).parent


def order(*, id: UUID, viewer: Viewer) -> Order:
    """One order of the viewer's areas; the look is noted. `access.not_found` (404) when there is none there."""
    found = permitted(id=id, viewer=viewer, permission=Permission.SEE)
    note_look("codes.order", [found.terms.resident], area=found.area, viewer=viewer)
    return found


def orders(*, area: AreaId, viewer: Viewer) -> list[Order]:
    """The orders of an area and all below it, latest first; the look is noted."""
    found = orders_in(area=area, viewer=viewer)
    if found:
        note_look("codes.orders", [each.terms.resident for each in found], area=area, viewer=viewer)
    return found


def orders_in(*, area: AreaId | None, viewer: Viewer) -> list[Order]:
    """The same, of all of one's areas when none is named, for whoever notes the look of what they show."""
    rows = models.Order.objects.order_by("-proposed_at", "id")
    return _opened(within(rows, Permission.SEE, area, viewer))


def within(rows: Any, permission: Permission, area: AreaId | None, viewer: Viewer) -> list[Any]:
    """Rows that lie where the viewer may do this; of those, in one area and all below it, when one is named."""
    on = local_day(viewer.at)
    viewer.require(permission, lineage=territory.lineage(area=area, on=on) if area else ())
    roots = {area} if area else viewer.roots(permission)
    return [row for row in rows if roots.intersection(territory.lineage(area=AreaId(row.area_id), on=on))]


@cache
def longest() -> tuple[Longest, ...]:
    """For how long each measure may be ordered, and since when: dated data with its source."""
    return msgspec.json.decode((_HERE / "longest.json").read_bytes(), type=tuple[Longest, ...])


def status(
    *,
    resident: ResidentId,
    viewer: Viewer,
    code: str,
    facts: Mapping[str, Any] | None = None,
    evidence: Sequence[Evidence] = (),
) -> CodeStatus:
    """What follows for one resident just now, where they live. It is worked out and kept nowhere."""
    place = registry.resident_place(resident, viewer=viewer, permission=Permission.SEE)
    policy = policies.in_force(code=code, area=place.grid, at=viewer.at)
    found = orders_about(resident=place.id)
    drills = posture.drills(ids=[each.terms.incident for each in found])  # an exercise restricts nobody
    counting = [each for each in found if each.terms.incident not in drills]
    note_look("codes.status", [place.id], area=place.grid, viewer=viewer)
    laws = {code: basis.title for code, basis in posture.legal_bases().items()}
    return status_of(facts or {}, counting, evidence, policy, at=viewer.at, laws=laws)


def status_of(
    facts: Mapping[str, Any],
    orders: Sequence[Order],
    evidence: Sequence[Evidence],
    policy: InForce | None,
    *,
    at: datetime,
    laws: Mapping[str, Words] | None = None,
) -> CodeStatus:
    """The same of what is handed in, without a look into any table: same words in, same status out."""
    read = {name: said for each in evidence for name, said in each.facts.items()}
    decision = policies.decide({**facts, **read}, policy, at=at) if policy else None
    return rules.status(orders, evidence, policy, decision, at=at, laws=laws)


def orders_about(*, resident: ResidentId) -> list[Order]:
    """Every order about one person, of incidents not forgotten. For rules and actions: it notes no look."""
    return _opened(models.Order.objects.filter(person__in=hashes_of(resident)).order_by("proposed_at", "id"))


def hashes_of(resident: ResidentId) -> list[bytes]:
    """By which somebody is found in the tables of codes: each incident's key makes its own."""
    hashes = []
    for incident in posture.incidents():
        if incident.forgotten_at is None and (key := keyring.get(incident_key(incident.id))):
            hashes.append(key.search_hash(resident.hex.encode(), field=b"codes.person"))
    return hashes


def gate_trust(*, at: datetime) -> GateTrust:
    """What a gate takes along to verify credentials without a line: keys, and the numbers taken back. It names nobody.

    A key is handed out for as long as something that it signed may live.
    """
    keys = [_key(row) for row in models.IssuerKey.objects.order_by("signs_from", "id")]
    rows = models.Credential.objects.filter(revoked_at__lte=at, until__gt=at)
    revoked = {row.number.hex: row.until for row in rows.order_by("number")}
    alive = [key for key in keys if at < key.signs_until + LONGEST_TERM and not key.withdrawn]
    return GateTrust(tuple(alive), Revocations(at, revoked))


def signing_key(*, at: datetime) -> models.IssuerKey:
    """The key that signs just now; `codes.no_key` (409) when there is none."""
    rows = models.IssuerKey.objects.filter(signs_from__lte=at, signs_until__gt=at, withdrawn_at=None)
    found = rows.order_by("-signs_from").first()
    if found is None:
        raise Problem("codes.no_key", status=409)
    return found


def signs(*, at: datetime) -> bool:
    """Does any key sign just now?"""
    return models.IssuerKey.objects.filter(signs_from__lte=at, signs_until__gt=at, withdrawn_at=None).exists()


def key_waits(*, at: datetime) -> bool:
    """Does one stand ready that has not begun to sign?"""
    return models.IssuerKey.objects.filter(signs_from__gt=at, withdrawn_at=None).exists()


def known_key(id: str) -> models.IssuerKey:
    """One key by its name; `access.not_found` (404) when there is none."""
    found = models.IssuerKey.objects.filter(id=id).first()
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def issued_to(*, number: UUID, viewer: Viewer) -> CredentialRef:
    """A credential of the viewer's areas; otherwise it is not there (404)."""
    viewer.require(Permission.ISSUE)
    found = _load_credentials([number]).get(number)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(Permission.ISSUE, lineage=territory.lineage(area=found.area, on=local_day(viewer.at)))
    return found


def credentials_of(*, resident: ResidentId) -> list[UUID]:
    """The numbers of what one person was ever given. For actions under a warrant of two: it notes no look."""
    found = models.Credential.objects.filter(person__in=hashes_of(resident))
    return list(found.order_by("number").values_list("number", flat=True))


def holders(*, numbers: Collection[UUID]) -> dict[UUID, ResidentId]:
    """To whom credentials were issued, as far as their incidents are remembered. For actions under a warrant of two,
    which disclose what they show: it notes no look.
    """
    found = {}
    for row in models.Credential.objects.filter(number__in=list(numbers)):
        key = keyring.get(incident_key(IncidentId(row.incident_id)))
        if key is not None and row.resident:
            plain = key.open(bytes(row.resident), about=sealed_holder(row.number.hex).encode())
            found[row.number] = ResidentId(UUID(bytes=plain))
    return found


def _key(row: models.IssuerKey) -> IssuerKey:
    withdrawn = row.withdrawn_at is not None
    return IssuerKey(bytes.fromhex(row.id), bytes(row.x), bytes(row.y), row.signs_from, row.signs_until, withdrawn)


def _load_credentials(ids: Sequence[UUID]) -> Mapping[UUID, CredentialRef]:
    rows = models.Credential.objects.filter(number__in=list(ids))
    return {row.number: CredentialRef(row.number, AreaId(row.area_id), IncidentId(row.incident_id)) for row in rows}


def permitted(*, id: UUID, viewer: Viewer, permission: Permission) -> Order:
    """One order, if the viewer may do this on its area; otherwise it is not there (404). It notes no look."""
    viewer.require(permission)
    found = next(iter(_opened(models.Order.objects.filter(id=id))), None)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(permission, lineage=territory.lineage(area=found.area, on=local_day(viewer.at)))
    return found


def _opened(rows: Any) -> list[Order]:
    """Those that can still be read: of a forgotten incident none can."""
    found = []
    for row in rows:
        with suppress(Problem):
            found.append(_order(row))
    return found


def _order(row: models.Order) -> Order:
    key = keyring.get(incident_key(IncidentId(row.incident_id)))
    if key is None:
        raise Problem("access.not_found", status=404)
    plain = key.open(bytes(row.terms), about=sealed_place(row.id.hex).encode())
    return Order(
        id=row.id,
        area=AreaId(row.area_id),
        terms=msgspec.json.decode(plain, type=OrderTerms),
        proposed_by=AccountId(row.proposed_by) if row.proposed_by else AccountId(UUID(int=0)),
        proposed_at=row.proposed_at,
        signed_by=AccountId(row.signed_by) if row.signed_by else None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        declined_at=row.declined_at,
        told_at=row.told_at,
        ended_at=row.ended_at,
        appealed_at=row.appealed_at,
        appeal_decided_at=row.appeal_decided_at,
    )


def note_look(what: str, people: Sequence[UUID], *, area: AreaId, viewer: Viewer) -> None:
    """Somebody is about to see these people, for the incident's sake."""
    access.disclose(
        viewer=viewer, what=what, purpose=Purpose.INCIDENT_RESPONSE, area=area, subjects=people, how=Looked.LISTED
    )


def _load(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {each.id: ref_of(each) for each in _opened(models.Order.objects.filter(id__in=list(ids)))}


LOADERS = (Loader(ORDER, _load), Loader(CREDENTIAL, _load_credentials))
