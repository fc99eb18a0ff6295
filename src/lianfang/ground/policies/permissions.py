"""What one may be permitted to do about decision tables, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "policies.see"  # Read the decision tables in force on one's areas, and try facts on them.
    PUT_IN_FORCE = "policies.put_in_force"  # Put a decision table in force on one's area from a day on.


_LEADERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER})
_STAFF = _LEADERS | {
    Role.SECTOR_OFFICER,
    Role.COMMUNITY_OFFICER,
    Role.GRID_LEAD,
    Role.GRID_WORKER,
    Role.VOLUNTEER,
    Role.SAMPLER,
    Role.TRACER,
    Role.HOTLINE_OPERATOR,
    Role.DATA_OFFICER,
    Role.AUDIT_ADMIN,
}

HELD_BY: dict[Permission, frozenset[Role]] = {Permission.SEE: _STAFF, Permission.PUT_IN_FORCE: _LEADERS}
