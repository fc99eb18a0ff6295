"""What one may be permitted to do with upper levels' tables, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "upper_level_forms.see"  # See upper levels' tables of one's areas, filled or not.
    MAP = "upper_level_forms.map"  # Take in an upper level's table and say what its cells hold.
    ISSUE = "upper_level_forms.issue"  # Issue a filled table.


_OFFICERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _OFFICERS | {Role.DATA_OFFICER},
    Permission.MAP: _OFFICERS | {Role.DATA_OFFICER},
    Permission.ISSUE: _OFFICERS,
}
