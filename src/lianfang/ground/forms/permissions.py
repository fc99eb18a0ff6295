"""What one may be permitted to do with forms, and which roles are."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    SEE = "forms.see"  # Read the forms published for one's areas.
    PUBLISH = "forms.publish"  # Publish a form for one's area.


HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.SEE: frozenset(
        {Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.SECTOR_OFFICER, Role.COMMUNITY_OFFICER}
        | {Role.GRID_LEAD, Role.GRID_WORKER, Role.DATA_OFFICER}
    ),
    Permission.PUBLISH: frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.DATA_OFFICER}),
}
