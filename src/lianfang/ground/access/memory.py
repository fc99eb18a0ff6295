"""What every request asks for, kept in memory: whose a token is, whether its device is revoked, what an account may do.

Only this module uses it. Each is forgotten at the commit that changes it, so a revoked token opens nothing from that
moment.
"""

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


def _token(digest: bytes) -> Held | None:
    row = Token.objects.filter(digest=digest).first()
    return Held(DeviceId(row.device_id), row.expires_at) if row else None


def _device(id: UUID) -> Phone | None:
    row = Device.objects.filter(id=id).first()
    return Phone(DeviceId(row.id), AccountId(row.account_id), row.name, row.revoked_at is not None) if row else None


def _standing(id: UUID) -> Standing | None:
    row = Account.objects.filter(id=id).first()
    if row is None:
        return None
    return Standing(
        account=AccountId(row.id),
        name=row.display_name,
        closed=row.closed_at is not None,
        must_change_password=Password.objects.filter(account_id=id, must_change=True).exists(),
        grants=held_grants(id),
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


TOKENS: Lookups[bytes, Held] = Lookups(_token)
DEVICES: Lookups[UUID, Phone] = Lookups(_device)
ACCOUNTS: Lookups[UUID, Standing] = Lookups(_standing)
