"""What can be done to accounts, roles and devices, and the note that is made before anybody looks at people."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, RecordId, new_id
from lianfang.foundation.kernel.moments import Window, local_day
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import recovery
from lianfang.ground.access import assigning, contacts, exports, lockout, queries, rules
from lianfang.ground.access.memory import ACCOUNTS, held_grants
from lianfang.ground.access.models import Account, Device, EnrolmentCode, Grant, Password, Token
from lianfang.ground.access.records import (
    AccountClosed,
    AccountCreated,
    DeviceEnrolled,
    DeviceRevoked,
    EnrolmentIssued,
    GrantBody,
    Look,
    PasswordChanged,
    PeopleDisclosed,
    RoleDeclined,
    RoleEnded,
    RoleGranted,
    RoleProposed,
    ShareConfirmed,
    SharesMade,
)
from lianfang.ground.access.terms import Created, Enrolled, Enrolment, GrantState, Looked, Named
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas

note_contact = contacts.note
appoint = assigning.appoint
assign_grid = assigning.assign_grid
hand_over = assigning.hand_over
make_contact = assigning.make_contact
report_in = assigning.report_in
ask_export = exports.ask_export
agreed_export = exports.agreed_export

_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else


# Accounts


def create_account(
    *,
    name: str,
    display_name: str,
    area: AreaId,
    by: Actor,
    at: datetime,
    password: str | None = None,
    must_change: bool = True,
    with_password: bool = True,
) -> Created:
    """An account of an area, that may do nothing until it is granted a role.

    Its password is made here unless given, must be changed at the first sign-in unless that is waived, and is answered
    once. `with_password=False` makes an account that only ever signs in by a device's code.
    """
    name = rules.account_name(name)
    with ledger.turn(by=by, at=at) as turn:
        if Account.objects.filter(name=name).exists():
            raise Problem("access.name_taken", status=409, name=name)
        if not name or not display_name.strip():
            raise Problem("access.name_missing", status=422)
        _refuse_unknown_area(area)
        account = AccountId(new_id())
        made = (password or new_password()) if with_password else None
        if made is not None:
            _keep_password(account, made, must_change=must_change, at=at)
        turn.append("access.account_created.v1", AccountCreated(account, name, display_name.strip(), area))
        return Created(account, made)


def close_account(*, account: AccountId, by: Actor, at: datetime, reason: str | None = None) -> None:
    """They left: no sign-in, no token, no role, no grid from this moment, no post from this day; nor any planned."""
    with ledger.turn(by=by, at=at) as turn:
        row = _account(account)
        if row.closed_at is not None:
            return
        for grant in _open_grants(account, at):
            end_role(grant=grant.id, by=by, at=at, reason=reason)
        for device in Device.objects.filter(account_id=account, revoked_at=None):
            revoke_device(device=DeviceId(device.id), by=by, at=at, reason=reason)
        territory.end_responsibilities_of(account=account, by=by, at=at, reason=reason)
        territory.end_posts_and_links_of(account, local_day(at), by=by, at=at, reason=reason)
        turn.append("access.account_closed.v1", AccountClosed(account, AreaId(row.area_id), reason))


def change_password(*, account: AccountId, old: str, new: str, by: Actor, at: datetime) -> None:
    """By themselves, knowing the old one. Every session ends, this one too unless it is renewed."""
    row = _account(account)
    kept = Password.objects.filter(account_id=account).first()
    if kept is None or not check_password(old, kept.encoded):
        raise Problem("access.wrong_password", status=403)
    if old == new:
        raise Problem("access.password_unchanged", status=422)
    _refuse_weak(new, row)
    with ledger.turn(by=by, at=at) as turn:
        _keep_password(account, new, must_change=False, at=at)
        turn.append("access.password_changed.v1", PasswordChanged(account, AreaId(row.area_id)))


def reset_password(*, account: AccountId, by: Actor, at: datetime) -> str:
    """Lost password: a new one, answered once, to be changed at the next sign-in. Every session ends."""
    row = _account(account)
    with ledger.turn(by=by, at=at) as turn:
        made = new_password()
        _keep_password(account, made, must_change=True, at=at)
        turn.append("access.password_changed.v1", PasswordChanged(account, AreaId(row.area_id), reset=True))
        return made


def check_credentials(*, name: str, password: str, browser: str | None = None, address: str | None = None) -> Account:
    """The account whose password this is. Raises `access.wrong_password` (401) or `access.locked_out` (429).

    Who tries wrong passwords locks out the account for browsers it has not signed in from before (`browser` is None),
    or for that one browser; never an address that many share, and never those who are in already.
    """
    return lockout.authenticate(rules.account_name(name), password, browser=browser, address=address)


def new_password() -> str:
    """Twelve letters and digits in threes, to be read aloud and typed once: 59 bits."""
    letters = "".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(12))
    return "-".join(letters[i : i + 3] for i in range(0, 12, 3))


# Roles


def grant_role(
    *,
    account: AccountId,
    role: Role,
    area: AreaId,
    by: Actor,
    at: datetime,
    purposes: Iterable[Purpose] | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> UUID:
    """A role on an area and all below it. One that needs two people is proposed, and holds once another approves.

    The house itself (no account) grants at once: that is how a district begins.
    """
    starts_at = starts_at or at
    with ledger.turn(by=by, at=at) as turn:
        _refuse_impossible(account, role, area, Window(starts_at, ends_at), by)
        wanted = rules.purposes_of(role) if purposes is None else frozenset(purposes) & rules.purposes_of(role)
        body = GrantBody(new_id(), account, role, area, tuple(sorted(wanted)), starts_at, ends_at)
        if rules.needs_two(role) and by.account is not None:
            turn.append("access.role_proposed.v1", RoleProposed(body))
        else:
            turn.append("access.role_granted.v1", RoleGranted(body))
        return body.grant


def approve_role(*, grant: UUID, by: Actor, at: datetime) -> None:
    """The second person agrees: never the one who proposed it, never the one who gets it."""
    with ledger.turn(by=by, at=at) as turn:
        row = _proposal(grant)
        if by.account is None or by.account in (row.proposed_by, row.account_id):
            raise Problem("access.needs_another_person", status=403)
        window = Window(max(row.starts_at, at), row.ends_at)
        _refuse_impossible(AccountId(row.account_id), Role(row.role), AreaId(row.area_id), window, by)
        turn.append("access.role_granted.v1", RoleGranted(_body(row), _proposer(row)))


def decline_role(*, grant: UUID, by: Actor, at: datetime, reason: str | None = None) -> None:
    """The second person does not agree."""
    with ledger.turn(by=by, at=at) as turn:
        row = _proposal(grant)
        body = RoleDeclined(grant, AccountId(row.account_id), AreaId(row.area_id), reason)
        turn.append("access.role_declined.v1", body)


def end_role(*, grant: UUID, by: Actor, at: datetime, reason: str | None = None) -> None:
    """It holds no longer, from this moment. Grids they answered for by it are vacant; their sessions end."""
    with ledger.turn(by=by, at=at) as turn:
        row = Grant.objects.filter(id=grant, state=GrantState.GRANTED).first()
        if row is None:
            raise Problem("access.not_found", status=404)
        if row.ends_at is not None and row.ends_at <= at:
            return
        account = AccountId(row.account_id)
        turn.append("access.role_ended.v1", RoleEnded(grant, account, AreaId(row.area_id), at, reason))
        _leave_grids(account, by=by, at=at, reason=reason)


# Devices


def issue_enrolment(*, account: AccountId, by: Actor, at: datetime) -> Enrolment:
    """A code that enrols one device of this account, once, within ten minutes. Only its hash is kept."""
    row = _account(account)
    if row.closed_at is not None:
        raise Problem("access.account_closed", status=409)
    code = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH))
    expires_at = at + rules.ENROLMENT_LASTS
    with ledger.turn(by=by, at=at) as turn:
        EnrolmentCode.objects.filter(expires_at__lt=at).delete()
        EnrolmentCode.objects.create(digest=_code_digest(code), account_id=account, expires_at=expires_at)
        turn.append("access.enrolment_issued.v1", EnrolmentIssued(account, AreaId(row.area_id), expires_at))
    return Enrolment(f"{code[:5]}-{code[5:]}", expires_at)


def enrol_device(
    *,
    device_name: str,
    at: datetime,
    code: str | None = None,
    account: str | None = None,
    password: str | None = None,
    address: str | None = None,
) -> Enrolled:
    """`POST /api/v1/tokens`: a token for a device, for a code from the desk or for account and password."""
    if code is not None:
        return _enrol(_account_of_code(code, at), device_name, at, code=code)
    found = check_credentials(name=account or "", password=password or "", address=address)
    if queries.must_change_password(AccountId(found.id)):
        raise Problem("access.password_must_be_changed", status=403)
    return _enrol(found, device_name, at)


def revoke_device(*, device: DeviceId, by: Actor, at: datetime, reason: str | None = None) -> None:
    """Lost, stolen, handed back: its token opens nothing from this moment. What it hands in after that is held."""
    with ledger.turn(by=by, at=at) as turn:
        row = Device.objects.filter(id=device).first()
        if row is None:
            raise Problem("access.not_found", status=404)
        if row.revoked_at is not None:
            return
        owner = _account(AccountId(row.account_id))
        body = DeviceRevoked(
            device, AccountId(owner.id), AreaId(owner.area_id), (reason or "").replace("\0", "")[:200] or None
        )
        turn.append("access.device_revoked.v1", body)


# Looks at people


def disclose(
    *,
    viewer: Viewer,
    what: str,
    purpose: Purpose,
    area: AreaId | None = None,
    subjects: Sequence[UUID] = (),
    count: int | None = None,
    how: Looked = Looked.LISTED,
    permission: str | None = None,
    whole: bool = False,
    reason: str | None = None,
) -> RecordId:
    """Note that people are about to be looked at; call it before the first byte leaves.

    One call per page, per downloaded slice, per revealed value. `what` names the query; `whole` says that it is
    everybody of the area, so that nobody need be listed. A purpose outside the viewer's grants is refused, and so is
    a reason that is none (None: nobody was asked for one).
    """
    if reason is not None and not rules.says_why(reason):
        raise Problem("access.reason_missing", status=422)
    where = area or areas.root(local_day(viewer.at))
    _refuse_purpose(viewer, purpose, where)
    body = PeopleDisclosed(
        what=what,
        how=how,
        purpose=purpose,
        area=where,
        count=len(subjects) if count is None else count,
        permission=permission,
        subjects=() if whole else tuple(subjects),
        whole=whole,
        reason=reason,
    )
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        return turn.append("access.people_disclosed.v1", body).id


def disclose_together(looks: Sequence[Look], *, at: datetime) -> list[RecordId | Problem]:
    """The same for several viewers at once: each a look of its own, all in one commit, which has happened when this
    returns. Who may not look, or whose phone was withdrawn meanwhile, is answered with the problem, and is not noted.
    """
    with ledger.shared_turn(at=at) as turn:
        refused = [_why_not(look) for look in looks]
        acts = [
            ledger.Act("access.people_disclosed.v1", look.body, look.viewer.actor)
            for look, problem in zip(looks, refused, strict=True)
            if problem is None
        ]
        noted = iter(turn.append_many(acts))
        return [problem or next(noted) for problem in refused]


def _why_not(look: Look) -> Problem | None:
    if look.viewer.device and queries.is_revoked(look.viewer.device):
        return Problem("access.device_revoked", status=401)
    try:
        _refuse_purpose(look.viewer, look.body.purpose, look.body.area)
    except Problem as problem:
        return problem
    return None


def reveal(
    *, viewer: Viewer, subject: UUID, field: str, area: AreaId, purpose: Purpose, permission: str, reason: str
) -> RecordId:
    """Note that one value of one person is about to be shown unmasked: with a reason, and so many times a day."""
    viewer.require(permission, lineage=areas.lineage(area, local_day(viewer.at)))
    if not rules.says_why(reason):
        raise Problem("access.reason_missing", status=422)
    with ledger.turn(by=viewer.actor, at=viewer.at):
        if queries.reveals_left(viewer=viewer) <= 0:
            most = rules.reveals_a_day(local_day(viewer.at))
            raise Problem("access.reveals_used_up", status=429, most=most)
        return disclose(
            viewer=viewer,
            what=field,
            purpose=purpose,
            area=area,
            subjects=[subject],
            how=Looked.REVEALED,
            permission=permission,
            reason=reason.strip()[:400],
        )


def _refuse_purpose(viewer: Viewer, purpose: Purpose, area: AreaId) -> None:
    lineage = areas.lineage(area, local_day(viewer.at))
    if not any(purpose in grant.purposes and grant.area in lineage for grant in viewer.grants):
        raise Problem("access.purpose_not_granted", status=403, purpose=purpose)


def _account(id: AccountId) -> Account:
    row = Account.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return row


def _keep_password(account: AccountId, password: str, *, must_change: bool, at: datetime) -> None:
    kept = {"encoded": make_password(password), "must_change": must_change, "changed_at": at}
    Password.objects.update_or_create(account_id=account, defaults=kept)
    ACCOUNTS.changed(account)


def _refuse_weak(password: str, account: Account) -> None:
    try:
        validate_password(password, user=account)
    except ValidationError as error:
        codes = [str(each.code) for each in error.error_list]
        raise Problem("access.password_too_weak", status=422, why=codes) from None


def _refuse_unknown_area(area: AreaId) -> None:
    found = areas.find(area)
    if found is None and area.int != 0:
        raise Problem("territory.area_not_found", status=404)
    if found is not None and found.valid_to is not None:
        raise Problem("territory.area_not_found", status=404)


def _refuse_impossible(account: AccountId, role: Role, area: AreaId, window: Window, by: Actor) -> None:
    if window.end is not None and window.start is not None and window.end <= window.start:
        raise Problem("access.ends_before_it_starts", status=422)
    if _account(account).closed_at is not None:
        raise Problem("access.account_closed", status=409)
    if by.account == account:
        raise Problem("access.not_to_oneself", status=403)
    _refuse_unknown_area(area)
    excluded = rules.excluded_by(role, window, held_grants(account))
    if excluded is not None:
        raise Problem("access.roles_exclude_each_other", status=409, role=role, other=excluded)


def _proposal(grant: UUID) -> Grant:
    row = Grant.objects.filter(id=grant).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    if row.state != GrantState.PROPOSED:
        raise Problem("access.already_decided", status=409)
    return row


def _proposer(row: Grant) -> AccountId | None:
    return AccountId(row.proposed_by) if row.proposed_by else None


def _body(row: Grant) -> GrantBody:
    return GrantBody(
        grant=row.id,
        account=AccountId(row.account_id),
        role=Role(row.role),
        area=AreaId(row.area_id),
        purposes=tuple(Purpose(p) for p in row.purposes.split(",") if p),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


# Recovery shares


def note_shares(*, mark: int, by: Actor, at: datetime) -> None:
    """New sheets were printed: from now on these count, and nobody has confirmed theirs."""
    with ledger.turn(by=by, at=at) as turn:
        turn.append("access.shares_made.v1", SharesMade(new_id(), mark, areas.root(local_day(at))))


def confirm_share(*, words: str, by: Actor, at: datetime) -> None:
    """Somebody types the first four words of their sheet. What is kept is which of the three it is."""
    if by.account is None:
        raise Problem("access.not_signed_in", status=401)
    said = recovery.opening_of(words)
    with ledger.turn(by=by, at=at) as turn:
        current = queries.share_set()
        rules.check_share(current=current, mark=said.set, member=said.member, made=recovery.MADE, by=by.account)
        assert current is not None  # the rule has just said so
        body = ShareConfirmed(current.id, said.member, areas.root(local_day(at)))
        turn.append("access.share_confirmed.v1", body)


def _open_grants(account: AccountId, at: datetime) -> Iterable[Grant]:
    return Grant.objects.filter(account_id=account, state=GrantState.GRANTED).exclude(ends_at__lte=at)


def _leave_grids(account: AccountId, *, by: Actor, at: datetime, reason: str | None) -> None:
    """Whatever they answer for without a role that lets them work there."""
    for grid in areas.grids_of(account, at):
        current = areas.responsible(grid, at)
        if current and not queries.field_grants(account, grid, at):
            territory.end_responsible(assignment=current.assignment, ends_at=at, by=by, at=at, reason=reason)


def _code_digest(code: str) -> bytes:
    return sha256(b"enrolment/" + rules.enrolment_code(code).encode(errors="replace")).digest()


def _account_of_code(code: str, at: datetime) -> Account:
    row = EnrolmentCode.objects.filter(digest=_code_digest(code)).first()
    if row is None or row.used_at is not None or row.expires_at <= at:
        raise Problem("access.code_unknown", status=401)
    return _account(AccountId(row.account_id))


def _enrol(account: Account, device_name: str, at: datetime, *, code: str | None = None) -> Enrolled:
    if account.closed_at is not None:
        raise Problem("access.wrong_password", status=401)
    device, token = DeviceId(new_id()), secrets.token_urlsafe(32)
    name = device_name.replace("\0", "").strip()[:80] or "?"
    expires_at = at + rules.TOKEN_LASTS
    by = Actor(account=AccountId(account.id), device=device, name=account.display_name)
    with ledger.turn(by=by, at=at) as turn:
        if code is not None and not _use_up(code, at):
            raise Problem("access.code_unknown", status=401)
        Token.objects.create(digest=queries.token_digest(token), device_id=device, issued_at=at, expires_at=expires_at)
        body = DeviceEnrolled(device, AccountId(account.id), AreaId(account.area_id), name, by_code=code is not None)
        turn.append("access.device_enrolled.v1", body)
    return Enrolled(token, expires_at, Named(device, name), Named(account.id, account.display_name), rules.CACHE_HOURS)


def _use_up(code: str, at: datetime) -> bool:
    """Of two who hold the same code at once, one gets in."""
    return EnrolmentCode.objects.filter(digest=_code_digest(code), used_at=None).update(used_at=at) == 1
