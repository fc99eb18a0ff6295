"""Who may open the first page of the desk."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    OVERVIEW = "desk.overview"  # See how far campaigns are on one's areas, and how the house is.
    SETTLE_HELD = "desk.settle_held"  # Count held records of one's areas, or set them aside.

    WORKLOAD = "desk.workload"  # See who has how much to do on one's areas, and what nobody answers for.


HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.OVERVIEW: frozenset(
        {Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER}
        | {Role.GRID_LEAD, Role.GRID_WORKER, Role.DATA_OFFICER, Role.SYSTEM_ADMIN}
    ),
    Permission.WORKLOAD: frozenset(
        {Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER, Role.DATA_OFFICER}
    ),
    Permission.SETTLE_HELD: frozenset({Role.COMMUNITY_OFFICER, Role.SUBDISTRICT_OFFICER, Role.COMMAND}),
}
