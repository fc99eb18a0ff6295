"""What one may be permitted to see of an incident's numbers, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "screening.see_board"  # See the numbers of an incident's pack on one's areas.
    CALL_ROLL = "screening.call_roll"  # See by name who is left of a roll call on one's own grids.

    PRINT_LIST = "screening.print_list"  # Print a walking list of one's own grids.
    ENTER_LIST = "screening.enter_list"  # Type in what was written on a walking list.
    FOLLOW_FINDINGS = "screening.follow_findings"  # See by door what was found on one's own grids and is to be fixed.


_WORKERS = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
_OFFICERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _WORKERS | _OFFICERS | {Role.DATA_OFFICER},
    Permission.CALL_ROLL: _WORKERS,
    Permission.PRINT_LIST: _WORKERS,
    Permission.ENTER_LIST: _WORKERS | {Role.COMMUNITY_OFFICER},
    Permission.FOLLOW_FINDINGS: _WORKERS | {Role.COMMUNITY_OFFICER},
}

# The looks at what an incident collects: a difference shows who may take them before it is opened.
LOOKS = (Permission.SEE, Permission.CALL_ROLL, Permission.PRINT_LIST, Permission.FOLLOW_FINDINGS)
