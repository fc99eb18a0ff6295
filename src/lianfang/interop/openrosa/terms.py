"""The words of OpenRosa: a device's login, an instance as it was read, a form that cannot be expressed. Pure."""

from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, DeviceId


class NewLogin(msgspec.Struct, frozen=True):
    """What is typed into ODK Collect, answered once."""

    path: str
    name: str
    password: str


class LoginOf(msgspec.Struct, frozen=True):
    """Whose login it is."""

    device: DeviceId
    account: AccountId


class Instance(msgspec.Struct, frozen=True):
    """A filled form: which one, in which version, its own id, when it was finished, and what stands in it."""

    form: str
    version: str
    id: UUID
    at: str
    fields: dict[str, Any]


class InexpressibleError(ValueError):
    """An expression means something that XPath cannot say with the same meaning. `what`: which part of it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
