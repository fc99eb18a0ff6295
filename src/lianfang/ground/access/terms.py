"""The words of access. Pure. Roles and purposes stand in the kernel and are handed on here."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId
from lianfang.foundation.kernel.roles import SEPARATED_ROLES, Purpose, Role

__all__ = [
    "SEPARATED_ROLES",
    "AccountView",
    "ConfirmedShare",
    "Created",
    "DeviceView",
    "DisclosureView",
    "Enrolled",
    "Enrolment",
    "GrantState",
    "GrantView",
    "Looked",
    "Named",
    "Purpose",
    "Role",
    "ShareSet",
    "Standing",
]


class GrantState(StrEnum):
    """How far a grant has come."""

    PROPOSED = "proposed"  # waits for a second person
    GRANTED = "granted"
    DECLINED = "declined"


class Looked(StrEnum):
    """How people were looked at."""

    LISTED = "listed"  # a page of a list, masked
    DOWNLOADED = "downloaded"  # a slice onto a phone
    REVEALED = "revealed"  # one value of one person, unmasked, with a reason
    EXPORTED = "exported"  # a file


class Named(msgspec.Struct, frozen=True):
    """Something with its name, as lists show it."""

    id: UUID
    name: str


class HeldGrant(msgspec.Struct, frozen=True):
    """A grant as kept in memory: the role decides the permissions when a Viewer is built."""

    id: UUID
    role: Role
    area: AreaId
    purposes: frozenset[str]
    starts_at: datetime
    ends_at: datetime | None


class Standing(msgspec.Struct, frozen=True):
    """All that decides what an account may do."""

    account: AccountId
    name: str
    closed: bool
    must_change_password: bool
    grants: tuple[HeldGrant, ...]
    session_hash: str  # what a session of theirs carries, or it has ended


class Created(msgspec.Struct, frozen=True):
    """A new account, and the password made for it (shown once, never kept)."""

    account: AccountId
    password: str | None


class Enrolment(msgspec.Struct, frozen=True):
    """A single-use code that enrols one device."""

    code: str
    expires_at: datetime


class Enrolled(msgspec.Struct, frozen=True):
    """Answer to `POST /api/v1/tokens`. The token is shown once and kept as a hash."""

    token: str
    expires_at: datetime
    device: Named
    account: Named
    cache_hours: int


class GrantView(msgspec.Struct, frozen=True):
    """A grant as lists show it."""

    id: UUID
    account: Named
    role: Role
    area: Named
    purposes: list[str]
    starts_at: datetime
    until: datetime | None
    state: GrantState
    proposed_by: AccountId | None
    in_force: bool


class AccountView(msgspec.Struct, frozen=True):
    """An account as lists show it."""

    id: AccountId
    name: str
    display_name: str
    area: Named
    created_at: datetime
    closed_at: datetime | None
    must_change_password: bool
    roles: list[GrantView]
    devices: int


class DeviceView(msgspec.Struct, frozen=True):
    """A device as lists show it, with what tells whether it still works."""

    id: DeviceId
    name: str
    account: Named
    enrolled_at: datetime
    revoked_at: datetime | None
    last_contact_at: datetime | None
    clock_offset_s: float | None
    stored: int
    held: int
    highest_n: int


class DisclosureView(msgspec.Struct, frozen=True):
    """One look at people: who, when, what for, how many; never whom (that is asked person by person)."""

    id: UUID
    at: datetime
    account: Named
    how: Looked
    what: str
    purpose: str
    area: Named | None
    count: int
    reason: str | None


class ConfirmedShare(msgspec.Struct, frozen=True):
    """A sheet that somebody has shown to hold: which of the set, who, when."""

    member: int
    account: Named
    at: datetime


class ShareSet(msgspec.Struct, frozen=True):
    """The recovery shares that count, and whose are confirmed. `mark` is what their first words have in common."""

    id: UUID
    mark: int
    made_at: datetime
    confirmed: tuple[ConfirmedShare, ...]
