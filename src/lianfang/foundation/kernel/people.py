"""Who acts and who looks. Built by `access`; everybody above only reads them."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId
from lianfang.foundation.kernel.moments import Window
from lianfang.foundation.kernel.problems import Problem


class Actor(msgspec.Struct, frozen=True):
    """Whose act or record it is. Both are None for what the house does by itself (a clock, a journey)."""

    account: AccountId | None = None
    device: DeviceId | None = None
    name: str = ""


THE_HOUSE = Actor(name="lianfang")


class Grant(msgspec.Struct, frozen=True):
    """One role held on one area and all below it, for some purposes, for a time."""

    role: str
    area: AreaId
    permissions: frozenset[str]
    purposes: frozenset[str]
    window: Window = Window()


class Viewer(msgspec.Struct, frozen=True):
    """Who looks, and what they may look at, at the moment the request came in."""

    account: AccountId
    name: str
    grants: tuple[Grant, ...]
    at: datetime
    device: DeviceId | None = None

    @property
    def actor(self) -> Actor:
        """The same person as the one who acts."""
        return Actor(account=self.account, device=self.device, name=self.name)

    def roots(self, permission: str) -> frozenset[AreaId]:
        """The areas on which, with all below them, this is permitted now."""
        return frozenset(g.area for g in self.grants if permission in g.permissions and g.window.holds(self.at))

    def may(self, permission: str, *, lineage: Collection[AreaId] = ()) -> bool:
        """Is it permitted on the area whose ancestors and self are `lineage`? Without a lineage: anywhere at all?"""
        roots = self.roots(permission)
        return bool(roots if not lineage else roots.intersection(lineage))

    def require(self, permission: str, *, lineage: Collection[AreaId] = ()) -> None:
        """Raise `access.not_permitted` (403) unless permitted. Outside one's areas answers the same as not existing
        at all (404).
        """
        if not self.may(permission):
            raise Problem("access.not_permitted", status=403, permission=str(permission))
        if lineage and not self.may(permission, lineage=lineage):
            raise Problem("access.not_found", status=404)

    def refused(self, permission: str, *, lineage: Collection[AreaId] = ()) -> Problem | None:
        """The Problem that `require` would raise, for whoever answers several at once."""
        try:
            self.require(permission, lineage=lineage)
        except Problem as problem:
            return problem
        return None
