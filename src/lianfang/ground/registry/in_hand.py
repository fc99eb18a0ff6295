"""What somebody who leaves has in hand elsewhere: a port. The register knows no campaign; who does tells it what there
is on each grid, and passes it on in the same act as everything else.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.people import Viewer


class InHand(msgspec.Struct, frozen=True):
    """On one grid: open doors that are theirs, hours they promised, needs they see to."""

    grid: AreaId
    doors: int
    appointments: int
    needs: int


class PassOn(Protocol):
    """Passes all of it on."""

    def __call__(
        self,
        *,
        account: AccountId,
        to: Mapping[AreaId, AccountId | None],
        on: date,
        reason: str,
        note: str | None,
        viewer: Viewer,
    ) -> None:
        """Grid by grid; None: to whoever works there."""


Look = Callable[[AccountId, datetime], list[InHand]]
_port: list[tuple[Look, PassOn]] = []


def install_in_hand(look: Look, pass_on: PassOn) -> None:
    """Wire it; done once by the project."""
    _port[:] = [(look, pass_on)]


def in_hand(account: AccountId, at: datetime) -> list[InHand]:
    """What somebody has in hand."""
    return [each for look, _ in _port for each in look(account, at)]


def pass_on(
    *,
    account: AccountId,
    to: Mapping[AreaId, AccountId | None],
    on: date,
    reason: str,
    note: str | None,
    viewer: Viewer,
) -> None:
    """Pass it on."""
    for _, pass_all_on in _port:
        pass_all_on(account=account, to=to, on=on, reason=reason, note=note, viewer=viewer)
