"""Roles and purposes: what an account may be, and what it may look for. Words only; who holds what is `access`'s
business.

They stand here because every module names them beside its permissions, and some of those lie below `access`.
"""

from enum import StrEnum


class Role(StrEnum):
    """What an account is on an area. Held by dated grants, never by a column of the account."""

    RESIDENT = "resident"  # 居民
    GRID_WORKER = "grid_worker"  # 网格员
    GRID_LEAD = "grid_lead"  # 网格长
    COMMUNITY_OFFICER = "community_officer"  # 社区干部
    SECTOR_OFFICER = "sector_officer"  # 工作片干部
    SUBDISTRICT_OFFICER = "subdistrict_officer"  # 街道干部
    COMMAND = "command"  # 指挥中心
    HOTLINE_OPERATOR = "hotline_operator"  # 热线话务员
    VOLUNTEER = "volunteer"  # 志愿者
    SAMPLER = "sampler"  # 采样员
    TRACER = "tracer"  # 流调员
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员
    DATA_OFFICER = "data_officer"  # 数据管理员


class Purpose(StrEnum):
    """What a look at people is for. A look outside the purposes of one's grants is refused (PIPL art. 6)."""

    REGISTER_UPKEEP = "register_upkeep"  # 底册维护
    INCIDENT_RESPONSE = "incident_response"  # 应急处置
    CARE = "care"  # 关爱帮扶
    AUDIT = "audit"  # 审计
    OPERATIONS = "operations"  # 系统运行


# 三员分立 (GB/T 22239): three administrators who check each other, and none of whom sees people.
SEPARATED_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
