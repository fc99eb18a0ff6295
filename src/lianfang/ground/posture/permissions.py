"""What one may be permitted to do about incidents, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "posture.see"  # See which incidents and policies are in force on one's areas.
    OPEN = "posture.open_incident"  # Open an incident on one's area, on a legal basis and for at most 30 days.
    RENEW = "posture.renew_incident"  # Propose or co-sign a renewal.
    CLOSE = "posture.close_incident"  # End an incident before its time.
    FORGET = "posture.forget_incident"  # Propose that an incident be forgotten, or be the second who agrees.
    ISSUE_POLICY = "posture.issue_policy"  # Put a policy in force on one's area.


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

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _STAFF,
    Permission.OPEN: _LEADERS,
    Permission.RENEW: _LEADERS,
    Permission.CLOSE: _LEADERS,
    Permission.FORGET: _LEADERS | {Role.DATA_OFFICER},
    Permission.ISSUE_POLICY: _LEADERS,
}
