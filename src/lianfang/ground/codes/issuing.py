"""Keys that sign credentials, credentials for residents, and taking one back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lianfang.foundation.kernel.ids import AreaId, ResidentId, new_id
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.actions import turn
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.codes import credential, queries, records
from lianfang.ground.codes.credential_terms import (
    LONGEST_TERM,
    Attested,
    CarriedBy,
    Carrier,
    CredentialHolder,
    IssuerKey,
)
from lianfang.ground.codes.permissions import Permission
from lianfang.ground.posture import queries as posture
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory

SIGNS_FOR = timedelta(days=90)
ANNOUNCED = timedelta(hours=72)  # so long a gate may go on without a line before it must have synced
_ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def rotate_key(*, viewer: Viewer, at: datetime, at_once: bool = False) -> IssuerKey:
    """Sign with a new key: from now on when nothing signs yet, else in three days, so that gates without a line have
    heard of it before they are shown anything it signed. What the one before signed stays good for its own term.

    `at_once`: the one before is not to sign any more, whatever gates have heard.
    """
    area = _whole_district(viewer, at)
    name = f"codes.issuer:{new_id()}"
    with turn(by=viewer.actor, at=at) as ledger:
        signs_from = at if at_once or not queries.signs(at=at) else at + ANNOUNCED
        if signs_from > at and queries.key_waits(at=at):
            raise Problem("codes.key_waits", status=409)
        keyring.ensure(KeyName(name), at=at)
        public = _private(name).public_key()
        made = credential.issuer_key(public, signs_from=signs_from, signs_until=signs_from + SIGNS_FOR)
        body = records.KeyIntroduced(made.id.hex(), name, made.x, made.y, area, made.signs_from, made.signs_until)
        ledger.append(records.KEY_INTRODUCED.name, body)
    return made


def withdraw_key(*, key: bytes, reason: str, viewer: Viewer, at: datetime) -> None:
    """Somebody may have got hold of it: nothing that it ever signed is believed any more."""
    viewer.require(Permission.KEEP_KEYS)
    queries.known_key(key.hex())
    area = _whole_district(viewer, at)
    if not reason.strip():
        raise Problem("codes.words_missing", status=422)
    with turn(by=viewer.actor, at=at) as ledger:
        ledger.append(records.KEY_WITHDRAWN.name, records.KeyWithdrawn(key.hex(), area, reason.strip()[:500]))


def _whole_district(viewer: Viewer, at: datetime) -> AreaId:
    """Keys are the district's: who keeps them does so for all of it."""
    viewer.require(Permission.KEEP_KEYS)
    area = territory.root(local_day(at))
    if not viewer.may(Permission.KEEP_KEYS, lineage=territory.lineage(area=area, on=local_day(at))):
        raise Problem("codes.keys_are_the_districts", status=403)
    return area


class Issued(NamedTuple):
    """A credential as it was made: what no copy stays of here, and what a paper says about it."""

    number: UUID
    text: str
    holder: CredentialHolder
    issuer: str
    evidence: tuple[Attested, ...]
    until: datetime
    area: AreaId


def issue_credential(**given: Any) -> str:
    """The text alone, for whoever hands it on; see `issue`."""
    return issue(**given).text


def issue(
    *,
    resident: ResidentId,
    evidence: Collection[Attested],
    carrier: Carrier,
    viewer: Viewer,
    at: datetime,
    bound_to: bytes | None = None,
    carried_by: CarriedBy = CarriedBy.SELF,
) -> Issued:
    """A credential for one resident, under the open incident where they live. `bound_to`: the public key of the phone
    that will carry it (65 bytes, uncompressed); paper has none.
    """
    place = registry.resident_place(resident, viewer=viewer, permission=Permission.ISSUE)
    here = posture.in_force(area=place.grid, at=at)
    incident = next((each for each in here.incidents if not each.drill), None)
    if incident is None:  # what an exercise signs must pass no gate
        raise Problem("codes.drill_signs_nothing" if here.incidents else "codes.nothing_asks_for_codes", status=409)
    phone = _phone(bound_to, carrier)
    kept = _checked(evidence, at)
    row = registry.residents_by_id([place.id], viewer=viewer)[place.id]
    number, key = new_id(), queries.signing_key(at=at)
    access.disclose(
        viewer=viewer,
        what="codes.credential",
        purpose=Purpose.INCIDENT_RESPONSE,
        area=place.grid,
        subjects=[place.id],
        how=Looked.LISTED,
    )
    holder = CredentialHolder(row.name, row.id_masked[-4:])
    text = credential.issue(
        number=number.bytes,
        issuer=incident.issuer,
        holder=holder,
        carrier=carrier,
        evidence=kept,
        signed_by=_private(key.name),
        at=at,
        bound_to=phone,
    )
    until = datetime.fromtimestamp(max(each.until for each in kept), at.tzinfo)
    with turn(by=viewer.actor, at=at) as ledger:
        body = records.CredentialIssued(number, place.id, incident.id, carrier, until, carried_by)
        ledger.append(records.CREDENTIAL_ISSUED.name, body)
    return Issued(number, text, holder, incident.issuer, kept, until, place.grid)


def revoke_credential(*, number: UUID, reason: str, viewer: Viewer, at: datetime) -> None:
    """Take one back: gates hear of it with their next sync."""
    if not reason.strip():
        raise Problem("codes.words_missing", status=422)
    with turn(by=viewer.actor, at=at) as ledger:
        issued = queries.issued_to(number=number, viewer=viewer)
        body = records.CredentialRevoked(issued.number, reason.strip()[:500])
        ledger.append(records.CREDENTIAL_REVOKED.name, body)


def _checked(evidence: Collection[Attested], at: datetime) -> tuple[Attested, ...]:
    """Something to carry, that happened, is not over, and does not outlive every incident."""
    now, longest = int(at.timestamp()), int((at + LONGEST_TERM).timestamp())
    if not evidence or any(not each.at <= now < each.until <= longest for each in evidence):
        raise Problem("codes.evidence_out_of_term", status=422, days=LONGEST_TERM.days)
    return tuple(evidence)


def _phone(bound_to: bytes | None, carrier: Carrier) -> ec.EllipticCurvePublicKey | None:
    if (bound_to is None) is not (carrier is Carrier.PAPER):
        raise Problem("codes.phone_key_missing", status=422)
    try:
        return (bound_to and ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bound_to)) or None
    except ValueError:
        raise Problem("codes.phone_key_missing", status=422) from None


def _private(name: str) -> ec.EllipticCurvePrivateKey:
    """The private key that belongs to a name in the keyring, which is sealed by the master key and kept with it.

    A scalar from 384 derived bits, as FIPS 186-5 A.2.1 makes one.
    """
    secret = keyring.need(KeyName(name)).secret
    drawn = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"lianfang issuer v1").derive(secret)
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (_ORDER_OF_P256 - 1) + 1, ec.SECP256R1())
