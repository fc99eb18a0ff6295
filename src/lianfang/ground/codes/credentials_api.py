"""HTTP for credentials: issue to somebody, print, take back; keys; and what a gate verifies by."""

import binascii
from base64 import urlsafe_b64decode
from datetime import datetime
from enum import StrEnum
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
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import language_of
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.codes import actions, credential_views, paper, queries
from lianfang.ground.codes.credential_terms import (
    Attested,
    CarriedBy,
    Carrier,
    CredentialState,
    GateTrust,
)
from lianfang.ground.codes.credential_views import CredentialRow, KeyRow
from lianfang.ground.codes.issuing import Issued
from lianfang.ground.codes.terms import Plain


class CredentialWhere(msgspec.Struct, frozen=True):
    """One credential, by its number."""

    credential_id: UUID


class HolderWhere(msgspec.Struct, frozen=True):
    """Whose credential."""

    resident_id: UUID


class KeyWhere(msgspec.Struct, frozen=True):
    """One key, by its name."""

    key_id: str


class CredentialFilter(msgspec.Struct, frozen=True):
    """Which credentials to list."""

    area: UUID | None = None
    state: CredentialState | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class AttestedWhat(StrEnum):
    """What a credential can carry. A colour is not among it."""

    TEST = "test"  # a negative test
    VACCINATION = "vaccination"
    RESIDENCE = "residence"  # lives here


class EvidenceGiven(msgspec.Struct, frozen=True):
    """One piece of evidence: what, of when, and until when it may be looked at."""

    what: AttestedWhat
    at: Instant
    until: Instant


class NewCredential(msgspec.Struct, frozen=True):
    """What to put on somebody's phone, their own or their family's. `bound_to`: that phone's public key (65 bytes of
    P-256, uncompressed, in base64url).
    """

    bound_to: Annotated[str, msgspec.Meta(max_length=100)]
    evidence: Annotated[tuple[EvidenceGiven, ...], msgspec.Meta(min_length=1, max_length=10)]
    carried_by: CarriedBy = CarriedBy.SELF


class NewPaperCredential(msgspec.Struct, frozen=True):
    """What to print for somebody, and who will carry it."""

    evidence: Annotated[tuple[EvidenceGiven, ...], msgspec.Meta(min_length=1, max_length=10)]
    carried_by: CarriedBy = CarriedBy.SELF


class CredentialGiven(msgspec.Struct, frozen=True):
    """A credential for a phone. No copy of `text` is kept here."""

    id: UUID
    text: str
    until: datetime


class CredentialReason(msgspec.Struct, frozen=True):
    """Why."""

    reason: Plain


class NewKey(msgspec.Struct, frozen=True):
    """Begin with a new key: in three days, when gates have heard of it, or at once."""

    at_once: bool = False


class Credentials(Desk):
    """Credentials issued on one's areas."""

    def get(self, parsed_query: Query[CredentialFilter]) -> Page[CredentialRow]:
        """The latest first. It names nobody."""
        viewer, asked = self.viewer, parsed_query
        found = credential_views.credentials(
            viewer=viewer,
            area=AreaId(asked.area) if asked.area else None,
            state=asked.state,
            page=asked.page,
            page_size=asked.page_size,
        )
        return Page(found.rows, found.total, asked.page, asked.page_size, viewer.at.isoformat())


class OneCredential(Desk):
    """One credential."""

    def get(self, parsed_path: Path[CredentialWhere]) -> CredentialRow:
        """By its number. It names nobody."""
        queries.issued_to(number=parsed_path.credential_id, viewer=self.viewer)
        return credential_views.one_credential(parsed_path.credential_id, viewer=self.viewer)


class CredentialsOfResident(Desk):
    """One person's credentials, and one more on a phone."""

    def get(self, parsed_path: Path[HolderWhere]) -> list[CredentialRow]:
        """The latest first; the look is noted."""
        return credential_views.credentials_of(ResidentId(parsed_path.resident_id), viewer=self.viewer)

    def post(self, parsed_path: Path[HolderWhere], parsed_body: Body[NewCredential]) -> CredentialGiven:
        """Issue one that moves with the phone it is bound to."""
        new = parsed_body
        carrier = Carrier.OWN_PHONE if new.carried_by is CarriedBy.SELF else Carrier.FAMILY_PHONE
        issued = _issue(self.viewer, parsed_path, new.evidence, carrier, new.carried_by, _point(new.bound_to))
        return CredentialGiven(issued.number, issued.text, issued.until)


class PaperCredential(Desk):
    """One more, on paper."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def post(self, parsed_path: Path[HolderWhere], parsed_body: Body[NewPaperCredential]) -> FileResponse:
        """A PDF. It is the only copy: a lost one is taken back, and another issued."""
        new, viewer = parsed_body, self.viewer
        issued = _issue(viewer, parsed_path, new.evidence, Carrier.PAPER, new.carried_by, None)
        lang = language_of(self.request.headers.get("Accept-Language", ""))
        pdf = paper.paper_credential(issued, carried_by=new.carried_by, viewer=viewer, lang=lang)
        name = f"{issued.number.hex[-12:]}.pdf"
        return FileResponse(BytesIO(pdf), as_attachment=True, filename=name, content_type="application/pdf", status=200)


class RevokeCredential(Desk):
    """Taking one back."""

    def post(self, parsed_path: Path[CredentialWhere], parsed_body: Body[CredentialReason]) -> CredentialRow:
        """Gates hear of it with their next sync."""
        viewer, number = self.viewer, parsed_path.credential_id
        actions.revoke_credential(number=number, reason=parsed_body.reason, viewer=viewer, at=viewer.at)
        return credential_views.one_credential(number, viewer=viewer)


class Keys(Desk):
    """Keys that credentials are signed and believed by. All that is shown is public."""

    def get(self) -> list[KeyRow]:
        """The latest first."""
        return credential_views.keys(at=self.viewer.at)

    def post(self, parsed_body: Body[NewKey]) -> list[KeyRow]:
        """Begin with a new one."""
        viewer = self.viewer
        actions.rotate_key(viewer=viewer, at=viewer.at, at_once=parsed_body.at_once)
        return credential_views.keys(at=viewer.at)


class WithdrawKey(Desk):
    """A key that somebody else may hold."""

    def post(self, parsed_path: Path[KeyWhere], parsed_body: Body[CredentialReason]) -> list[KeyRow]:
        """Nothing that it ever signed is believed any more."""
        viewer = self.viewer
        actions.withdraw_key(key=_key(parsed_path.key_id), reason=parsed_body.reason, viewer=viewer, at=viewer.at)
        return credential_views.keys(at=viewer.at)


class TrustOfGates(Desk):
    """What a gate verifies by without a line."""

    def get(self) -> GateTrust:
        """Keys, and the numbers taken back, each until it would have ended anyway. It names nobody."""
        return queries.gate_trust(at=self.viewer.at)


def _issue(
    viewer: Viewer,
    where: HolderWhere,
    evidence: tuple[EvidenceGiven, ...],
    carrier: Carrier,
    carried_by: CarriedBy,
    bound_to: bytes | None,
) -> Issued:
    return actions.issue(
        resident=ResidentId(where.resident_id),
        evidence=[Attested(e.what.value, int(e.at.timestamp()), int(e.until.timestamp())) for e in evidence],
        carrier=carrier,
        carried_by=carried_by,
        bound_to=bound_to,
        viewer=viewer,
        at=viewer.at,
    )


def _point(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Problem("codes.phone_key_missing", status=422) from None


def _key(name: str) -> bytes:
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""


urlpatterns = [
    path("credentials", Credentials.as_view(), name="credentials"),
    path("credentials/keys", Keys.as_view(), name="credential-keys"),
    path("credentials/keys/<str:key_id>/withdraw", WithdrawKey.as_view(), name="credential-key-withdraw"),
    path("credentials/<uuid:credential_id>", OneCredential.as_view(), name="credential"),
    path("credentials/<uuid:credential_id>/revoke", RevokeCredential.as_view(), name="credential-revoke"),
    path("residents/<uuid:resident_id>/credentials", CredentialsOfResident.as_view(), name="resident-credentials"),
    path("residents/<uuid:resident_id>/credentials/paper", PaperCredential.as_view(), name="resident-credential-paper"),
    path("gate-trust", TrustOfGates.as_view(), name="gate-trust"),
]
