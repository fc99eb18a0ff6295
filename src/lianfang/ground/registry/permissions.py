"""What may be done with the register, and who may. Administrators of the system see nobody (三员分立)."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    READ = "registry.read"  # lists and search inside one's areas, masked
    DOWNLOAD = "registry.download"  # one's own grids onto a phone
    REVEAL = "registry.reveal"  # one value of one person, with a reason
    CHANGE = "registry.change"  # edit a field
    SETTLE = "registry.settle"  # decide where two hands disagree
    STEWARD = "registry.steward"  # look at the households one was named steward of, and report what has changed
    IMPORT = "registry.import"  # load a roster and have it checked
    PUBLISH = "registry.publish"  # make it count, take it back
    UPKEEP = "registry.upkeep"  # say how many homes to expect, and when the register is out of date


_IN_THE_GRID = frozenset({Role.GRID_WORKER, Role.GRID_LEAD})
_OFFICERS = frozenset({Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER, Role.SUBDISTRICT_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.READ: _IN_THE_GRID | _OFFICERS | {Role.DATA_OFFICER},
    Permission.DOWNLOAD: _IN_THE_GRID | {Role.COMMUNITY_OFFICER},
    Permission.REVEAL: _IN_THE_GRID | _OFFICERS | {Role.DATA_OFFICER},
    Permission.CHANGE: _IN_THE_GRID | _OFFICERS | {Role.DATA_OFFICER},
    Permission.SETTLE: _OFFICERS | {Role.GRID_LEAD, Role.DATA_OFFICER},
    Permission.STEWARD: _IN_THE_GRID | {Role.VOLUNTEER},
    Permission.IMPORT: _OFFICERS | {Role.DATA_OFFICER},
    Permission.PUBLISH: _OFFICERS | {Role.DATA_OFFICER},
    Permission.UPKEEP: _OFFICERS | {Role.DATA_OFFICER},
}
