"""What one may be permitted to do about restriction orders, and which roles are.

Who proposes and who signs hold different roles, so that one account with both names is never enough.
"""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "codes.see"  # Read restriction orders of one's areas.
    PROPOSE = "codes.propose_order"  # Propose that one person be restricted.
    SIGN = "codes.sign_order"  # Be the second person, or decline.
    TELL = "codes.tell_person"  # Note that the person was told, or that they appeal.
    END = "codes.end_order"  # End an order before its time. One person suffices.
    ISSUE = "codes.issue_credential"  # Issue a credential to somebody of one's areas, and take one back.
    KEEP_KEYS = "codes.keep_keys"  # Begin to sign with a new key, or withdraw one.
    HEAR_APPEAL = "codes.hear_appeal"  # Decide an appeal against an order one has neither proposed nor signed.


_PROPOSERS = frozenset({Role.TRACER, Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER})
_SIGNERS = frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: _PROPOSERS | _SIGNERS,
    Permission.PROPOSE: _PROPOSERS,
    Permission.SIGN: _SIGNERS,
    Permission.TELL: _PROPOSERS | _SIGNERS | {Role.GRID_LEAD, Role.GRID_WORKER},
    Permission.END: _PROPOSERS | _SIGNERS,
    Permission.HEAR_APPEAL: _SIGNERS,
    Permission.ISSUE: frozenset({Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER, Role.SUBDISTRICT_OFFICER}),
    Permission.KEEP_KEYS: frozenset({Role.SECURITY_ADMIN, Role.SUBDISTRICT_OFFICER}),
}
