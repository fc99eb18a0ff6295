"""What every request asks for, kept in memory: whose a token is, whether its device is revoked, what an account may do.

Only this module uses it. Each is forgotten at the commit that changes it, so a revoked token opens nothing from that
moment.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing.copies import Lookups
from lianfang.ground.access.models import Account, Device, Grant, Password, Token
from lianfang.ground.access.terms import GrantState, HeldGrant, Standing


class Held(msgspec.Struct, frozen=True):
    """A token: it belongs to one device for ever."""

    device: DeviceId
    expires_at: datetime


class Phone(msgspec.Struct, frozen=True):
    """A device, and whether it was revoked."""

    id: DeviceId
    account: AccountId
    name: str
    revoked: bool


def _tokens(digests: Collection[bytes]) -> dict[bytes, Held]:
    rows = Token.objects.filter(digest__in=digests)
    return {bytes(row.digest): Held(DeviceId(row.device_id), row.expires_at) for row in rows}


def _devices(ids: Collection[UUID]) -> dict[UUID, Phone]:
    return {row.id: _phone(row) for row in Device.objects.filter(id__in=ids)}


def _phone(row: Device) -> Phone:
    return Phone(DeviceId(row.id), AccountId(row.account_id), row.name, row.revoked_at is not None)


def _standings(ids: Collection[UUID]) -> dict[UUID, Standing]:
    return {row.id: _standing(row) for row in Account.objects.filter(id__in=ids)}


def _standing(row: Account) -> Standing:
    password = Password.objects.filter(account_id=row.id).first()
    return Standing(
        account=AccountId(row.id),
        name=row.display_name,
        closed=row.closed_at is not None,
        must_change_password=password is not None and password.must_change,
        grants=held_grants(row.id),
        session_hash=row.session_hash(password),
    )


def held_grants(account: UUID) -> tuple[HeldGrant, ...]:
    """Every grant of an account that was agreed on, whenever it holds."""
    rows = Grant.objects.filter(account_id=account, state=GrantState.GRANTED).order_by("starts_at", "id")
    return tuple(
        HeldGrant(
            id=row.id,
            role=Role(row.role),
            area=AreaId(row.area_id),
            purposes=frozenset(row.purposes.split(",")) - {""},
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in rows
    )


TOKENS: Lookups[bytes, Held] = Lookups("access.tokens", _tokens)
DEVICES: Lookups[UUID, Phone] = Lookups("access.devices", _devices)
ACCOUNTS: Lookups[UUID, Standing] = Lookups("access.accounts", _standings)
