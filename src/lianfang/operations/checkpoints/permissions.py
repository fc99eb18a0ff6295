"""What one may be permitted to do about gates, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "checkpoints.see"  # See the gates of one's areas and what was counted there.
    SET_UP = "checkpoints.set_up"  # Set up and close gates on one's areas.
    STAND = "checkpoints.stand"  # Stand at the gates of one's areas with a phone.
    DECIDE = "checkpoints.decide"  # Decide otherwise than the policy says, with a reason.


_OFFICERS = frozenset({Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER, Role.SUBDISTRICT_OFFICER})
_AT_THE_GATE = frozenset({Role.GRID_WORKER, Role.GRID_LEAD, Role.VOLUNTEER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _OFFICERS | _AT_THE_GATE | {Role.COMMAND, Role.DATA_OFFICER},
    Permission.SET_UP: _OFFICERS | {Role.COMMAND},
    Permission.STAND: _AT_THE_GATE | {Role.COMMUNITY_OFFICER},
    Permission.DECIDE: _OFFICERS | {Role.GRID_LEAD},
}
