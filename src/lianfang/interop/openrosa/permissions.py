"""What one may be permitted to do about OpenRosa devices, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    ENROL = "openrosa.enrol"  # Give somebody's phone a user name and a password for ODK Collect.


HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.ENROL: frozenset(
        {Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER, Role.SUBDISTRICT_OFFICER, Role.SYSTEM_ADMIN}
    ),
}
