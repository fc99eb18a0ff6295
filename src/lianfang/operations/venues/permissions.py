"""What one may be permitted to do about venues, and which roles are.

Who proposes and who signs a warrant hold different roles, so that one account with both names is never enough.
"""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "venues.see"  # See the codes of one's areas and how often they were shown.
    ISSUE = "venues.issue"  # Issue, print and withdraw codes of places in one's areas.
    SEE_WARRANTS = "venues.see_warrants"  # See the warrants of one's areas, and read under one's own.
    PROPOSE = "venues.propose_warrant"  # Propose to look up who was at a place, or near a case.
    SIGN = "venues.sign_warrant"  # Be the second person, or decline.


_OFFICERS = frozenset({Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER, Role.SUBDISTRICT_OFFICER})
_PROPOSERS = frozenset({Role.TRACER, Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER})
_SIGNERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _OFFICERS | {Role.GRID_WORKER, Role.GRID_LEAD, Role.COMMAND, Role.DATA_OFFICER},
    Permission.ISSUE: _OFFICERS,
    Permission.SEE_WARRANTS: _PROPOSERS | _SIGNERS,
    Permission.PROPOSE: _PROPOSERS,
    Permission.SIGN: _SIGNERS,
}
