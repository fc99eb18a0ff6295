"""What enters the ledger about accounts, roles, devices and looks at people. Never a secret inside."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.access.terms import Looked
from lianfang.ground.territory.records import AREA
from lianfang.ground.territory.terms import AreaRef

_NOWHERE = UUID(int=0)  # before there is any tree: the first accounts of a district


class AccountCreated(msgspec.Struct, frozen=True):
    """Somebody can be given a password, roles and devices."""

    account: AccountId
    name: str
    display_name: str
    area: AreaId


class AccountClosed(msgspec.Struct, frozen=True):
    """They left. Nothing of theirs opens from then on."""

    account: AccountId
    area: AreaId
    reason: str | None = None


class PasswordChanged(msgspec.Struct, frozen=True):
    """By themselves, or reset by an administrator. Ends every session."""

    account: AccountId
    area: AreaId
    reset: bool = False


class GrantBody(msgspec.Struct, frozen=True):
    """A role on an area and all below it, for purposes, for a time."""

    grant: UUID
    account: AccountId
    role: Role
    area: AreaId
    purposes: tuple[Purpose, ...]
    starts_at: datetime
    ends_at: datetime | None = None


class RoleProposed(msgspec.Struct, frozen=True):
    """One person wants it; it opens nothing yet."""

    grant: GrantBody


class RoleGranted(msgspec.Struct, frozen=True):
    """It holds. `proposed_by` is the other of the two where two are needed."""

    grant: GrantBody
    proposed_by: AccountId | None = None


class RoleDeclined(msgspec.Struct, frozen=True):
    """The second person does not agree."""

    grant: UUID
    account: AccountId
    area: AreaId
    reason: str | None = None


class RoleEnded(msgspec.Struct, frozen=True):
    """It holds no longer."""

    grant: UUID
    account: AccountId
    area: AreaId
    ends_at: datetime
    reason: str | None = None


class EnrolmentIssued(msgspec.Struct, frozen=True):
    """A code was shown that enrols one device within minutes."""

    account: AccountId
    area: AreaId
    expires_at: datetime


class DeviceEnrolled(msgspec.Struct, frozen=True):
    """A phone got a token."""

    device: DeviceId
    account: AccountId
    area: AreaId
    name: str
    by_code: bool


class DeviceRevoked(msgspec.Struct, frozen=True):
    """Its token opens nothing any more."""

    device: DeviceId
    account: AccountId
    area: AreaId
    reason: str | None = None


class PeopleDisclosed(msgspec.Struct, frozen=True):
    """Somebody looked at people: written before the first byte leaves.

    `whole` means everybody in the area (a slice for a phone), so that the subjects need not be listed.
    """

    what: str
    how: Looked
    purpose: Purpose
    area: AreaId
    count: int
    permission: str | None = None
    subjects: tuple[UUID, ...] = ()
    whole: bool = False
    reason: str | None = None


class Look(msgspec.Struct, frozen=True):
    """A look that is about to be noted, and whose."""

    viewer: Viewer
    body: PeopleDisclosed


class ExportAsked(msgspec.Struct, frozen=True):
    """Somebody wants to carry a long list of people away; nothing leaves before another agrees. `query` says which
    list it is, as its module reads it, and names nobody.
    """

    export: UUID
    what: str
    area: AreaId
    rows: int
    reason: str
    permission: str
    query: str = ""


class ExportDecided(msgspec.Struct, frozen=True):
    """The other one agrees, or does not."""

    export: UUID
    area: AreaId
    agreed: bool
    reason: str = ""


class ExportFacts(msgspec.Struct, frozen=True):
    """What may be known of it for ever: which list, how long, what was said to it."""

    export: UUID
    what: str = ""
    rows: int = 0
    agreed: bool | None = None


class SharesMade(msgspec.Struct, frozen=True):
    """Recovery shares were printed. `mark` is what their first words have in common; none of the secret is in it."""

    set: UUID
    mark: int
    area: AreaId


class ShareConfirmed(msgspec.Struct, frozen=True):
    """Somebody showed which sheet of a set they hold."""

    set: UUID
    member: int
    area: AreaId


class SharesFacts(msgspec.Struct, frozen=True):
    """What may be known of shares for ever."""

    set: UUID
    member: int | None = None


class AccountFacts(msgspec.Struct, frozen=True):
    """What may be known for ever: which account, which role or device."""

    account: AccountId
    role: Role | None = None
    grant: UUID | None = None
    device: DeviceId | None = None


class DisclosureFacts(msgspec.Struct, frozen=True):
    """The same of a look: how many, what for; not whom."""

    what: str
    how: Looked
    purpose: Purpose
    count: int


def _about_an_account(heard: Heard, known: Known) -> Accepted | Held:
    body = heard.body
    facts = AccountFacts(account=body.account, grant=getattr(body, "grant", None), device=getattr(body, "device", None))
    return _filed(body.area, known, facts)


def _about_a_grant(heard: Heard, known: Known) -> Accepted | Held:
    grant: GrantBody = heard.body.grant
    return _filed(grant.area, known, AccountFacts(grant.account, grant.role, grant.grant))


def _about_shares(heard: Heard, known: Known) -> Accepted | Held:
    body: SharesMade | ShareConfirmed = heard.body
    return _filed(body.area, known, SharesFacts(body.set, getattr(body, "member", None)))


def _about_exports(heard: Heard, known: Known) -> Accepted | Held:
    body: ExportAsked | ExportDecided = heard.body
    if isinstance(body, ExportAsked):
        return _filed(body.area, known, ExportFacts(body.export, body.what, body.rows))
    return _filed(body.area, known, ExportFacts(body.export, agreed=body.agreed))


def _about_people(heard: Heard, known: Known) -> Accepted | Held:
    body: PeopleDisclosed = heard.body
    facts = DisclosureFacts(body.what, body.how, body.purpose, body.count)
    return _filed(body.area, known, facts, subject=body.subjects[0] if len(body.subjects) == 1 else None)


def _filed(area: UUID, known: Known, facts: msgspec.Struct, *, subject: UUID | None = None) -> Accepted | Held:
    if area == _NOWHERE:
        return Accepted(AreaId(area), REGISTER_KEY, facts)
    found: AreaRef | None = known.get(Reference(AREA, area))
    if found is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=area)
    return Accepted(found.filed_under, REGISTER_KEY, facts, subject=subject)


def _area(body: Any) -> Iterable[Reference]:
    return [Reference(AREA, body.area)]


def _area_of_grant(body: RoleProposed | RoleGranted) -> Iterable[Reference]:
    return [Reference(AREA, body.grant.area)]


_FACTS: dict[Any, type[msgspec.Struct]] = {
    _about_people: DisclosureFacts,
    _about_shares: SharesFacts,
    _about_exports: ExportFacts,
}


def _kind(
    name: str, body: type[msgspec.Struct], accept: Callable[[Heard, Known], Accepted | Held] = _about_an_account
) -> Kind:
    facts = _FACTS.get(accept, AccountFacts)
    wants = _area_of_grant if accept is _about_a_grant else _area
    return Kind(f"access.{name}.v1", body, facts, accept, wants=wants)


KINDS: tuple[Kind, ...] = (
    _kind("account_created", AccountCreated),
    _kind("account_closed", AccountClosed),
    _kind("password_changed", PasswordChanged),
    _kind("role_proposed", RoleProposed, _about_a_grant),
    _kind("role_granted", RoleGranted, _about_a_grant),
    _kind("role_declined", RoleDeclined),
    _kind("role_ended", RoleEnded),
    _kind("enrolment_issued", EnrolmentIssued),
    _kind("device_enrolled", DeviceEnrolled),
    _kind("device_revoked", DeviceRevoked),
    _kind("people_disclosed", PeopleDisclosed, _about_people),
    _kind("export_asked", ExportAsked, _about_exports),
    _kind("export_decided", ExportDecided, _about_exports),
    _kind("shares_made", SharesMade, _about_shares),
    _kind("share_confirmed", ShareConfirmed, _about_shares),
)
