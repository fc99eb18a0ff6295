"""What one may be permitted to do about incidents, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """See each line."""

    SEE = "posture.see"
    """See which incidents and policies are in force on one's areas. 查看应急状态"""
    OPEN = "posture.open_incident"
    """Open an incident on one's area, on a legal basis and for at most 30 days. 启动应急"""
    RENEW = "posture.renew_incident"
    """Propose or co-sign a renewal. 延长应急(两人签)"""
    CLOSE = "posture.close_incident"
    """End an incident before its time. 结束应急"""
    ISSUE_POLICY = "posture.issue_policy"
    """Put a policy in force on one's area. 发布政策"""


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
    Permission.ISSUE_POLICY: _LEADERS,
}
