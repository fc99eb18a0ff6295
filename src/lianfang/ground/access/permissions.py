"""What may be done with accounts, roles, devices and the log, and who may. None of it shows a resident."""

from enum import StrEnum

from lianfang.foundation.kernel.roles import Role


class Permission(StrEnum):
    """The sentences stand in the locale files under the same codes."""

    RECORD = "access.record"  # hand in records from a device
    DISCLOSURES_OF_RESIDENT = "access.who_looked"  # who looked at one resident's record
    SEE_ACCOUNTS = "access.see_accounts"
    MANAGE_ACCOUNTS = "access.manage_accounts"  # create, close, reset passwords
    ENROL = "access.enrol"  # enrolment codes; revoke devices
    SEE_DEVICES = "access.see_devices"
    GRANT_FIELD_ROLES = "access.grant_field_roles"  # grid workers and the like, in one's own area
    GRANT_ROLES = "access.grant_roles"  # any role; administrators with a second person
    APPROVE_ROLES = "access.approve_roles"  # be that second person
    SEE_AUDIT = "access.see_audit"  # the log, never content
    AGREE_EXPORT = "access.agree_export"  # be the second person of a long list of people that leaves
    CONFIRM_SHARE = "access.confirm_share"  # show that one holds a recovery share; see who has


_OFFICERS = frozenset({Role.COMMUNITY_OFFICER, Role.SECTOR_OFFICER, Role.SUBDISTRICT_OFFICER})
_IN_THE_FIELD = frozenset({Role.GRID_WORKER, Role.GRID_LEAD, Role.VOLUNTEER, Role.SAMPLER})

HELD_BY: dict[Permission, frozenset[Role]] = {
    Permission.RECORD: _OFFICERS | _IN_THE_FIELD,
    Permission.DISCLOSURES_OF_RESIDENT: frozenset({Role.DATA_OFFICER}),
    Permission.SEE_ACCOUNTS: _OFFICERS | {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
    Permission.MANAGE_ACCOUNTS: frozenset({Role.SYSTEM_ADMIN, Role.SUBDISTRICT_OFFICER}),
    Permission.ENROL: _OFFICERS | {Role.SYSTEM_ADMIN},
    Permission.SEE_DEVICES: _OFFICERS | {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
    Permission.GRANT_FIELD_ROLES: _OFFICERS,
    Permission.GRANT_ROLES: frozenset({Role.SECURITY_ADMIN}),
    Permission.APPROVE_ROLES: frozenset({Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN}),
    Permission.SEE_AUDIT: frozenset({Role.AUDIT_ADMIN}),
    Permission.AGREE_EXPORT: _OFFICERS | {Role.DATA_OFFICER},
    Permission.CONFIRM_SHARE: frozenset({Role.COMMAND, Role.SUBDISTRICT_OFFICER, Role.DATA_OFFICER}),
}
