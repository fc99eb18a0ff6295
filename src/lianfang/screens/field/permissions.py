"""What a phone may ask for."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """One sentence each."""

    CARRY = "field.carry"  # 把自己网格的名单带在手机上 / carry the list of one's own grids on a phone


HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.CARRY: frozenset({Role.GRID_WORKER, Role.GRID_LEAD}),
}
