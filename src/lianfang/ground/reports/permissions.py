"""What one may be permitted to do with reports, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "reports.see"  # See, print and download the reports of one's areas.
    DRAFT = "reports.draft"  # Draft a report of one's area, and write its free parts.
    SIGN = "reports.sign"  # Stand for a report by name.
    ISSUE = "reports.issue"  # Issue a signed report.


_OFFICERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _OFFICERS | {Role.GRID_LEAD, Role.DATA_OFFICER},
    Permission.DRAFT: _OFFICERS | {Role.DATA_OFFICER},
    Permission.SIGN: _OFFICERS,
    Permission.ISSUE: _OFFICERS,
}
