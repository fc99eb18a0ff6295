"""What one may be permitted to do with campaigns, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "campaigns.see"  # See campaigns and their counts on one's areas.
    OPEN = "campaigns.open"  # Open a campaign on one's area.
    CLOSE = "campaigns.close"  # Close a campaign.
    NAME_REMAINDER = "campaigns.name_remainder"  # See by name who is still to be reached on one's own grids.
    FOLLOW_UP = "campaigns.follow_up"  # See to needs found on the way, on one's own grids.
    GIVE = "campaigns.give_doors"  # Say whose doors they are in a campaign, on one's own areas.
    RECHECK = "campaigns.recheck"  # Look again at visits that others finished on one's own grids.
    SETTLE_FINDING = "campaigns.settle_finding"  # See what was found otherwise, and settle it, on one's own areas.
    CORRECT = "campaigns.correct_task"  # Correct what was recorded of a household on one's own grids.


_WORKERS = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
_OFFICERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _WORKERS | _OFFICERS | {Role.DATA_OFFICER},
    Permission.OPEN: frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER}),
    Permission.CLOSE: frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER}),
    Permission.NAME_REMAINDER: _WORKERS,
    Permission.FOLLOW_UP: _WORKERS | {Role.COMMUNITY_OFFICER},
    Permission.GIVE: _OFFICERS - {Role.COMMAND} | {Role.GRID_LEAD},
    Permission.RECHECK: _WORKERS,
    Permission.SETTLE_FINDING: _OFFICERS,
    Permission.CORRECT: _WORKERS,
}

# The looks at what an incident collects: a difference shows who may take them before it is opened.
LOOKS = (Permission.NAME_REMAINDER,)
