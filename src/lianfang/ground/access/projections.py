"""Folds accounts, grants, devices and looks. Folding an entry twice is folding it once."""

from collections.abc import Sequence
from uuid import UUID

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.access.memory import ACCOUNTS, DEVICES
from lianfang.ground.access.records import (
    AccountClosed,
    AccountCreated,
    DeviceEnrolled,
    DeviceRevoked,
    ExportAsked,
    ExportDecided,
    GrantBody,
    PasswordChanged,
    PeopleDisclosed,
    RoleDeclined,
    RoleEnded,
    RoleGranted,
    RoleProposed,
    ShareConfirmed,
    SharesMade,
)

# What ends every session from before it: the greatest position that touched the account.
_TOUCH = (
    "UPDATE access_account SET changed_at_position ="
    " CASE WHEN changed_at_position > %s THEN changed_at_position ELSE %s END WHERE id = %s"
)
_GRANT = (
    "INSERT INTO access_grant"
    " (id, account_id, role, area_id, purposes, starts_at, ends_at, state, proposed_by, decided_by)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def _fold_accounts(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case AccountCreated() as body:
                fold.execute(
                    "INSERT INTO access_account"
                    " (id, name, display_name, area_id, created_at, closed_at, changed_at_position)"
                    " VALUES (%s, %s, %s, %s, %s, NULL, %s) ON CONFLICT (id) DO NOTHING",
                    [body.account, body.name, body.display_name, body.area, entry.received_at, entry.position],
                )
                ACCOUNTS.changed(body.account)
            case AccountClosed() as body:
                fold.execute(
                    "UPDATE access_account SET closed_at = %s WHERE id = %s", [entry.received_at, body.account]
                )
                _touch(fold, entry, body.account)
            case PasswordChanged() as body:
                _touch(fold, entry, body.account)


def _fold_grants(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case RoleProposed(grant=grant):
                row = [*_row(grant), "proposed", entry.actor, None]
                fold.execute(f"{_GRANT} ON CONFLICT (id) DO NOTHING", row)
            case RoleGranted(grant=grant, proposed_by=proposed_by):
                row = [*_row(grant), "granted", proposed_by, entry.actor]
                again = "state = excluded.state, proposed_by = excluded.proposed_by, decided_by = excluded.decided_by"
                fold.execute(f"{_GRANT} ON CONFLICT (id) DO UPDATE SET {again}", row)
                _touch(fold, entry, grant.account)
            case RoleDeclined() as body:
                fold.execute(
                    "UPDATE access_grant SET state = 'declined', decided_by = %s WHERE id = %s AND state = 'proposed'",
                    [entry.actor, body.grant],
                )
            case RoleEnded() as body:
                fold.execute("UPDATE access_grant SET ends_at = %s WHERE id = %s", [body.ends_at, body.grant])
                _touch(fold, entry, body.account)


def _row(grant: GrantBody) -> list[object]:
    return [
        *(grant.grant, grant.account, grant.role, grant.area, ",".join(sorted(grant.purposes))),
        *(grant.starts_at, grant.ends_at),
    ]


def _touch(fold: Fold, entry: Entry, account: UUID) -> None:
    fold.execute(_TOUCH, [entry.position, entry.position, account])
    ACCOUNTS.changed(account)


def _fold_devices(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case DeviceEnrolled() as body:
                fold.execute(
                    "INSERT INTO access_device (id, account_id, name, enrolled_at, revoked_at, revoked_because)"
                    " VALUES (%s, %s, %s, %s, NULL, NULL) ON CONFLICT (id) DO NOTHING",
                    [body.device, body.account, body.name, entry.received_at],
                )
                DEVICES.changed(body.device)
            case DeviceRevoked() as body:
                fold.execute(
                    "UPDATE access_device SET revoked_at = %s, revoked_because = %s WHERE id = %s",
                    [entry.received_at, body.reason, body.device],
                )
                DEVICES.changed(body.device)


def _fold_disclosures(entries: Sequence[Entry], fold: Fold) -> None:
    looks = [(entry, entry.body) for entry in entries if isinstance(entry.body, PeopleDisclosed)]
    fold.executemany(
        "INSERT INTO access_disclosure (id, position, at, day, account_id, device_id, what, how, purpose, permission,"
        " area_id, count, whole, reason) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (id) DO NOTHING",
        [
            (
                *(entry.id, entry.position, entry.received_at, entry.day, entry.actor or UUID(int=0), entry.device),
                *(body.what, body.how, body.purpose, body.permission, body.area, body.count, body.whole, body.reason),
            )
            for entry, body in looks
        ],
    )
    fold.executemany(
        "INSERT INTO access_disclosedsubject (subject, disclosure_id) VALUES (%s, %s)"
        " ON CONFLICT (subject, disclosure_id) DO NOTHING",
        [
            (fold.search_hash(REGISTER_KEY, str(subject), field="subject"), entry.id)
            for entry, body in looks
            for subject in body.subjects
        ],
    )


def _fold_shares(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case SharesMade() as body:
                fold.execute(
                    "INSERT INTO access_shareset (id, position, made_at, mark) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT (id) DO NOTHING",
                    [body.set, entry.position, entry.received_at, body.mark],
                )
            case ShareConfirmed() as body:
                fold.execute(
                    "INSERT INTO access_shareconfirmation (id, set_id, member, account_id, at)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                    [entry.id, body.set, body.member, entry.actor, entry.received_at],
                )


def _fold_exports(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case ExportAsked() as body:
                fold.execute(
                    "INSERT INTO access_export (id, what, area_id, rows, reason, permission, query, asked_by, asked_at,"
                    " said) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT (id) DO NOTHING",
                    [
                        *(body.export, body.what, body.area, body.rows, body.reason, body.permission, body.query),
                        *(entry.actor, entry.received_at),
                    ],
                )
            case ExportDecided() as body:
                fold.execute(
                    "UPDATE access_export SET decided_by = %s, decided_at = %s, agreed = %s, said = %s WHERE id = %s",
                    [entry.actor, entry.received_at, body.agreed, body.reason, body.export],
                )


def _kinds(*names: str) -> frozenset[str]:
    return frozenset(f"access.{name}.v1" for name in names)


PROJECTIONS: tuple[Projection, ...] = (
    Projection(
        "access.accounts",
        _fold_accounts,
        ("access_account",),
        kinds=_kinds("account_created", "account_closed", "password_changed"),
    ),
    Projection(
        "access.grants",
        _fold_grants,
        ("access_grant",),
        kinds=_kinds("role_proposed", "role_granted", "role_declined", "role_ended"),
    ),
    Projection("access.devices", _fold_devices, ("access_device",), kinds=_kinds("device_enrolled", "device_revoked")),
    Projection(
        "access.disclosures",
        _fold_disclosures,
        ("access_disclosure", "access_disclosedsubject"),
        kinds=_kinds("people_disclosed"),
    ),
    Projection("access.exports", _fold_exports, ("access_export",), kinds=_kinds("export_asked", "export_decided")),
    Projection(
        "access.shares",
        _fold_shares,
        ("access_shareset", "access_shareconfirmation"),
        kinds=_kinds("shares_made", "share_confirmed"),
    ),
)
