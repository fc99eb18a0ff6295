"""What one may be permitted to do about duty, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "duty.see"  # See who is on duty and on call on one's areas.
    PLAN = "duty.plan"  # Open stations and put people on shifts.
    STAND = "duty.stand"  # Come on and go off duty on one's own shifts.


_OFFICERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER})
_FIELD = frozenset({Role.GRID_LEAD, Role.GRID_WORKER, Role.VOLUNTEER, Role.SAMPLER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _OFFICERS | _FIELD,
    Permission.PLAN: _OFFICERS,
    Permission.STAND: _OFFICERS | _FIELD,
}
