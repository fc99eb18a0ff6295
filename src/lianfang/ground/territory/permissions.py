"""What may be done with areas, and who may."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.territory.terms import MAY_ASSIGN, MAY_CHANGE, MAY_LOAD, MAY_READ


class Permission(StrEnum):
    """Each value is a permission; the comment is its sentence."""

    READ = MAY_READ  # 查看区域、组织和网格责任人。See areas, organisations and who answers for a grid.
    CHANGE = MAY_CHANGE  # 新增、更名、移动、撤销区域。Add, rename, move and end areas.
    LOAD = MAY_LOAD  # 用工作簿导入区域。Load areas from a workbook.
    ASSIGN = MAY_ASSIGN  # 指定网格责任人。Say who answers for a grid.


_STAFF = frozenset(Role) - {Role.RESIDENT}
_OFFICERS = frozenset({Role.SUBDISTRICT_OFFICER, Role.DATA_OFFICER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.READ: _STAFF,
    Permission.CHANGE: _OFFICERS,
    Permission.LOAD: _OFFICERS | {Role.SYSTEM_ADMIN},
    Permission.ASSIGN: _OFFICERS | {Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER},
}
