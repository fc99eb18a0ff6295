"""Reads of access: who somebody is and may be, whose a token is, who looked at whom."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Count, F, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.records import DeviceCount
from lianfang.foundation.ledger.terms import Sender
from lianfang.foundation.plumbing import clock, copies, walls
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import contacts, exports, rules, terms
from lianfang.ground.access.memory import ACCOUNTS, DEVICES, TOKENS, Phone, held_grants
from lianfang.ground.access.models import (
    Account,
    Device,
    DeviceContact,
    DisclosedSubject,
    Disclosure,
    Grant,
    Password,
    ShareConfirmation,
    ShareSet,
)
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.terms import (
    AccountView,
    ConfirmedShare,
    DeviceView,
    DisclosureView,
    GrantState,
    GrantView,
    HeldGrant,
    Looked,
    Named,
    Standing,
)
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import MAY_ASSIGN

exports_waiting = exports.exports_waiting

_role_permissions: dict[str, frozenset[str]] = {}


def install_permissions(held_by: Mapping[Any, frozenset[Role]]) -> None:
    """What each role may do, from every module's HELD_BY. Called by the wiring; the last call counts."""
    by_role: dict[str, set[str]] = {role: set() for role in Role}
    for permission, roles in held_by.items():
        for role in roles:
            by_role[role].add(str(permission))
    _role_permissions.clear()
    _role_permissions.update((role, frozenset(permissions)) for role, permissions in by_role.items())


def permissions_of(role: Role) -> frozenset[str]:
    """What a role may do."""
    return _role_permissions.get(role, frozenset())


def viewer_of(account: AccountId, at: datetime, *, device: DeviceId | None = None) -> Viewer | None:
    """The account as it may look now; None when it is unknown or closed."""
    standing = ACCOUNTS.get(account)
    if standing is None or standing.closed:
        return None
    grants = rules.as_grants(standing.grants, _role_permissions, at=at)
    return Viewer(account=account, name=standing.name, grants=grants, at=at, device=device)


def wall_of(viewer: Viewer | None) -> AbstractContextManager[None]:
    """Behind it the database itself shows nobody outside the viewer's areas; without a viewer, nobody at all."""
    if viewer is None:
        return walls.behind((), local_day(clock.now()))
    return walls.behind({grant.area for grant in viewer.grants}, local_day(viewer.at))


def must_change_password(account: AccountId) -> bool:
    """Does it still have a password that somebody else made?"""
    standing = ACCOUNTS.get(account)
    return standing is not None and standing.must_change_password


def sender_of(token: str, at: datetime) -> Sender | None:
    """The device that hands records in. A revoked device, or one whose account is closed, is told as revoked.

    None for a token nobody issued, and for one that ran out. From memory; right from the commit that changed it.
    """
    copies.catch_up()
    as_of = _as_of()
    phone = _phone(token, at)
    return _as_sender(phone, ACCOUNTS.get(phone.account), at, as_of) if phone else None


def sender_in_memory(token: str, at: datetime) -> Sender | None:
    """The same for a loop that must not wait for a disk; None as well when it would have to be looked up.

    What another process withdrew a moment ago it may not know; whoever stores asks `standing` in the turn.
    """
    as_of = _as_of()
    held = TOKENS.kept(token_digest(token))
    phone = DEVICES.kept(held.device) if held and at < held.expires_at else None
    standing = ACCOUNTS.kept(phone.account) if phone else None
    return _as_sender(phone, standing, at, as_of) if phone and standing else None


def standing(sender: Sender, at: datetime) -> Sender:
    """The same device as it stands now: a record waits between the question whose it is and the turn that stores it."""
    as_of = _as_of()
    if sender.as_of in (as_of, None):
        return sender
    phone = DEVICES.get(sender.device)
    if phone is None:
        return msgspec.structs.replace(sender, areas=frozenset(), revoked=True, as_of=as_of)
    return _as_sender(phone, ACCOUNTS.get(phone.account), at, as_of)


def _as_of() -> int:
    """Moves whenever a device or an account may have changed. Ask first, then look them up."""
    return DEVICES.generation + ACCOUNTS.generation


def _as_sender(phone: Phone, standing: Standing | None, at: datetime, as_of: int) -> Sender:
    if standing is None or standing.closed:
        return Sender(phone.account, phone.id, frozenset(), revoked=True, as_of=as_of)
    may_record = [held for held in standing.grants if Permission.RECORD in _role_permissions.get(held.role, ())]
    areas = frozenset(held.area for held in may_record if rules.in_force(held, at=at))
    return Sender(phone.account, phone.id, areas, revoked=phone.revoked, as_of=as_of)


def viewer_of_token(token: str, at: datetime) -> Viewer | None:
    """Who looks through this device; None when the token opens nothing (unknown, ran out, revoked, account closed)."""
    copies.catch_up()
    phone = _phone(token, at)
    if phone is None or phone.revoked:
        return None
    return viewer_of(phone.account, at, device=phone.id)


def viewers_of_tokens(tokens: Collection[str], at: datetime) -> dict[str, Viewer | Problem]:
    """Who looks through each of these devices, or why nobody does: `access.device_revoked` or `access.token_unknown`
    (401). What any process decided before this was asked is known.
    """
    copies.catch_up()
    return {token: _viewer_or_why_not(token, at) for token in set(tokens)}


def _viewer_or_why_not(token: str, at: datetime) -> Viewer | Problem:
    phone = _phone(token, at)
    if phone is None:
        return Problem("access.token_unknown", status=401)
    viewer = None if phone.revoked else viewer_of(phone.account, at, device=phone.id)
    return viewer or Problem("access.device_revoked", status=401)


def behind_their_walls(viewers: Sequence[Viewer], look: Callable[[list[int]], None]) -> None:
    """For reads on behalf of several: `look` is called for those who have a wall in common, which is up meanwhile.
    Where there is no second wall, for all at once.
    """
    groups: dict[frozenset[AreaId], list[int]] = {}
    standing = walls.standing()
    for n, viewer in enumerate(viewers):
        groups.setdefault(frozenset(grant.area for grant in viewer.grants if standing), []).append(n)
    for group in groups.values():
        with wall_of(viewers[group[0]]):
            look(group)


def is_revoked(device: DeviceId) -> bool:
    """Is it revoked now? For whoever asked a while ago and is about to act."""
    phone = DEVICES.get(device)
    return phone is None or phone.revoked


def _phone(token: str, at: datetime) -> Phone | None:
    held = TOKENS.get(token_digest(token))
    return DEVICES.get(held.device) if held and at < held.expires_at else None


def token_digest(token: str) -> bytes:
    """What is kept of a token. It is 256 random bits, so a plain hash cannot be searched."""
    return sha256(token.encode(errors="replace")).digest()


def account_named(name: str) -> AccountId | None:
    """The account with this login name."""
    found = Account.objects.filter(name=rules.account_name(name)).values_list("id", flat=True).first()
    return AccountId(found) if found else None


def names_of(accounts: Iterable[UUID]) -> dict[UUID, str]:
    """What accounts are called, for lists. The house itself is nobody's account."""
    known = ((id, ACCOUNTS.get(id)) for id in set(accounts))
    return {id: standing.name for id, standing in known if standing}


def names_of_devices(devices: Iterable[UUID]) -> dict[UUID, str]:
    """What devices are called, for lists."""
    known = ((id, DEVICES.get(id)) for id in set(devices))
    return {id: phone.name for id, phone in known if phone}


def account(id: AccountId, *, viewer: Viewer) -> AccountView:
    """One account, if it lies in the viewer's areas."""
    viewer.require(Permission.SEE_ACCOUNTS)
    row = Account.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    viewer.require(Permission.SEE_ACCOUNTS, lineage=territory.lineage(AreaId(row.area_id), local_day(viewer.at)))
    return _accounts([row], viewer.at)[0]


def accounts(
    *, viewer: Viewer, q: str = "", area: AreaId | None = None, closed: bool | None = None
) -> QuerySet[Account]:
    """The accounts in the viewer's areas, to be paged by the caller and shown by `account_views`."""
    viewer.require(Permission.SEE_ACCOUNTS)
    rows = Account.objects.filter(_seen(viewer, Permission.SEE_ACCOUNTS, area))
    if q:
        rows = rows.filter(Q(name__icontains=rules.account_name(q)) | Q(display_name__icontains=q.strip()))
    return rows if closed is None else rows.filter(closed_at__isnull=not closed)


def assignable(*, viewer: Viewer, q: str = "") -> list[Named]:
    """The accounts that the viewer may give something to answer for: not closed, of their own areas, by name."""
    rows = Account.objects.filter(_seen(viewer, MAY_ASSIGN), closed_at=None, display_name__icontains=q.strip())
    return [Named(id, name) for id, name in rows.order_by("display_name", "id").values_list("id", "display_name")]


def account_views(rows: Sequence[Account], *, at: datetime) -> list[AccountView]:
    """Accounts as lists show them."""
    return _accounts(rows, at)


def grant(id: UUID) -> Grant:
    """One grant, whoever holds it."""
    row = Grant.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return row


def waiting_grants(*, viewer: Viewer) -> list[GrantView]:
    """The proposals in the viewer's areas that wait for a second person."""
    viewer.require(Permission.APPROVE_ROLES)
    rows = Grant.objects.filter(_seen(viewer, Permission.APPROVE_ROLES), state=GrantState.PROPOSED)
    return grant_views(rows.order_by("starts_at", "id"), at=viewer.at)


def grant_views(rows: Iterable[Grant], *, at: datetime) -> list[GrantView]:
    """Grants as lists show them."""
    rows = list(rows)
    names = names_of(row.account_id for row in rows)
    return [
        GrantView(
            id=row.id,
            account=Named(row.account_id, names.get(row.account_id, "")),
            role=Role(row.role),
            area=named_area(row.area_id),
            purposes=[p for p in row.purposes.split(",") if p],
            starts_at=row.starts_at,
            until=row.ends_at,
            state=GrantState(row.state),
            proposed_by=AccountId(row.proposed_by) if row.proposed_by else None,
            in_force=_in_force(row, at),
        )
        for row in rows
    ]


def workers_of(grid: AreaId, at: datetime) -> list[Named]:
    """The accounts that may be made accountable for a grid: they hold a field role there now."""
    lineage = territory.lineage(grid, local_day(at))
    rows = Grant.objects.filter(state=GrantState.GRANTED, role__in=rules.FIELD_ROLES, area_id__in=lineage)
    held = {row.account_id for row in rows if _in_force(row, at)}
    return [Named(id, name) for id, name in sorted(names_of(held).items(), key=lambda pair: pair[1])]


def holders(*, permission: str, lineage: Sequence[AreaId], at: datetime) -> list[Named]:
    """The accounts that may do something on the last area of `lineage` just now, by name."""
    roles = [role for role in Role if permission in permissions_of(role)]
    rows = Grant.objects.filter(state=GrantState.GRANTED, role__in=roles, area_id__in=lineage)
    held = {row.account_id for row in rows if _in_force(row, at)}
    return [Named(id, name) for id, name in sorted(names_of(held).items(), key=lambda pair: (pair[1], pair[0]))]


def field_grants(account: AccountId, grid: AreaId, at: datetime) -> list[HeldGrant]:
    """By what an account may work in a grid at an instant."""
    lineage = territory.lineage(grid, local_day(at))
    held = [g for g in held_grants(account) if g.role in rules.FIELD_ROLES and g.area in lineage]
    return [g for g in held if g.starts_at <= at and (g.ends_at is None or at < g.ends_at)]


def carried_by(account: AccountId, at: datetime) -> list[AreaId]:
    """The areas whose lists an account may carry on a phone at an instant."""
    held = [g for g in held_grants(account) if g.role in (Role.GRID_WORKER, Role.GRID_LEAD)]
    return [g.area for g in held if g.starts_at <= at and (g.ends_at is None or at < g.ends_at)]


def those_who_may(permission: str, *, area: AreaId, at: datetime) -> list[Named]:
    """The accounts that may do something on an area, on one above it, or somewhere below it; by name."""
    on = local_day(at)
    near = {*territory.lineage(area, on), *territory.subtree(area, on)}
    roles = [role for role in Role if permission in permissions_of(role)]
    held = {
        row.account_id
        for row in Grant.objects.filter(state=GrantState.GRANTED, role__in=roles)
        if row.area_id in near and _in_force(row, at)
    }
    named = sorted(names_of(held).items(), key=lambda pair: (pair[1], pair[0]))
    return [Named(id, name) for id, name in named]


def can_fill(area: AreaId, at: datetime, *, without: AccountId | None = None) -> tuple[AreaId, list[Named]] | None:
    """Who is to see to a vacancy: those who may say who answers for what, on the nearest area above that has any.

    The area and the accounts, by name; None when nobody does up to the top.
    """
    above = territory.lineage(area, local_day(at))[:-1]
    roles = [role for role in Role if MAY_ASSIGN in permissions_of(role)]
    held: dict[UUID, set[UUID]] = {}
    for row in Grant.objects.filter(state=GrantState.GRANTED, role__in=roles, area_id__in=above):
        if _in_force(row, at) and row.account_id != without:
            held.setdefault(row.area_id, set()).add(row.account_id)
    nearest = next((each for each in reversed(above) if each in held), None)
    if nearest is None:
        return None
    named = sorted(names_of(held[nearest]).items(), key=lambda pair: (pair[1], pair[0]))
    return nearest, [Named(id, name) for id, name in named]


def devices(
    *,
    viewer: Viewer,
    account: AccountId | None = None,
    area: AreaId | None = None,
    q: str = "",
    revoked: bool | None = None,
    clock_odd: bool = False,
) -> QuerySet[Device]:
    """The devices of accounts in the viewer's areas, to be paged by the caller and shown by `device_views`."""
    viewer.require(Permission.SEE_DEVICES)
    owners = Account.objects.filter(_seen(viewer, Permission.SEE_DEVICES, area))
    rows = Device.objects.filter(account_id__in=owners.values("id"))
    if q.strip():
        named = owners.filter(Q(name__icontains=rules.account_name(q)) | Q(display_name__icontains=q.strip()))
        rows = rows.filter(Q(name__icontains=q.strip()) | Q(account_id__in=named.values("id")))
    rows = rows.filter(account_id=account) if account else rows
    rows = rows if revoked is None else rows.filter(revoked_at__isnull=not revoked)
    return rows.filter(_with_odd_clocks()) if clock_odd else rows


def _with_odd_clocks() -> Q:
    return Q(id__in=contacts.with_odd_clocks(), revoked_at=None)


def odd_clocks() -> int:
    """How many phones in use have a clock that is off, wherever they are: as many as the list of such devices shows."""
    return sum(not is_revoked(DeviceId(device)) for device in contacts.with_odd_clocks())


def by_last_contact(sort: str) -> list[OrderBy]:
    """How to order devices by when they were last heard of; those never heard of come last."""
    at = Subquery(DeviceContact.objects.filter(device_id=OuterRef("id")).values("at")[:1])
    return [OrderBy(at, descending=sort.startswith("-"), nulls_last=True), OrderBy(F("id"))]


def area_of_account(id: AccountId) -> AreaId:
    """The area that an account belongs to; `access.not_found` (404) when there is no such account."""
    row = Account.objects.filter(id=id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return AreaId(row.area_id)


def device_views(rows: Iterable[Device]) -> list[DeviceView]:
    """Devices as lists show them."""
    rows = list(rows)
    ids = [DeviceId(row.id) for row in rows]
    names, heard, counts = names_of(r.account_id for r in rows), contacts.last(ids), ledger.device_counts(ids)
    return [_device_view(row, names, heard, counts) for row in rows]


def last_contacts(accounts: Iterable[AccountId]) -> dict[AccountId, datetime]:
    """When each account was last heard of through any of its devices."""
    of = {row.id: AccountId(row.account_id) for row in Device.objects.filter(account_id__in=list(accounts))}
    found: dict[AccountId, datetime] = {}
    for device, contact in contacts.last(list(of)).items():
        found[of[device]] = max(contact.at, found.get(of[device], contact.at))
    return found


def disclosures(
    *,
    viewer: Viewer,
    account: AccountId | None = None,
    how: Looked | None = None,
    area: AreaId | None = None,
    q: str = "",
) -> QuerySet[Disclosure]:
    """The looks at people in the viewer's areas, latest first: who, when, what for, how many; never whom."""
    viewer.require(Permission.SEE_AUDIT)
    rows = Disclosure.objects.filter(_seen(viewer, Permission.SEE_AUDIT, area)).order_by("-position")
    rows = rows.filter(account_id=account) if account else rows
    if q.strip():
        named = Account.objects.filter(Q(name__icontains=rules.account_name(q)) | Q(display_name__icontains=q.strip()))
        rows = rows.filter(account_id__in=named.values("id"))
    return rows.filter(how=how) if how else rows


def who_looked(*, resident: UUID, area: AreaId, viewer: Viewer) -> list[DisclosureView]:
    """Every look at this person, latest first: by name in a list or alone, or with everybody of their area."""
    lineage = territory.lineage(area, local_day(viewer.at))
    viewer.require(Permission.DISCLOSURES_OF_RESIDENT, lineage=lineage)
    digest = keyring.need(REGISTER_KEY).search_hash(str(resident).encode(), field=b"subject")
    ids = DisclosedSubject.objects.filter(subject=digest).values("disclosure_id")
    rows = Disclosure.objects.filter(Q(id__in=ids) | Q(whole=True, area_id__in=lineage))
    return disclosure_views(rows.order_by("-position"))


def disclosure_views(rows: Iterable[Disclosure]) -> list[DisclosureView]:
    """Looks as lists show them."""
    rows = list(rows)
    names = names_of(row.account_id for row in rows)
    return [
        DisclosureView(
            id=row.id,
            at=row.at,
            account=Named(row.account_id, names.get(row.account_id, "")),
            how=Looked(row.how),
            what=row.what,
            purpose=row.purpose,
            area=named_area(row.area_id),
            count=row.count,
            reason=row.reason,
        )
        for row in rows
    ]


def reveals_left(*, viewer: Viewer) -> int:
    """How many values the viewer may still reveal today."""
    today = local_day(viewer.at)
    done = Disclosure.objects.filter(account_id=viewer.account, day=today, how=Looked.REVEALED).count()
    return max(rules.reveals_a_day(today) - done, 0)


def _seen(viewer: Viewer, permission: str, within: AreaId | None = None) -> Q:
    """Rows whose area lies at or below the viewer's roots (below one area, if asked), as things stand today."""
    on = local_day(viewer.at)
    roots: list[AreaId] = sorted(viewer.roots(permission))
    if within is not None:
        viewer.require(permission, lineage=territory.lineage(within, on))
        roots = [within]
    if not roots:
        return Q(pk=None)
    below = RawSQL(territory.areas_under_sql(len(roots)), (*roots, on, on))
    return Q(area_id__in=below) | Q(area_id__in=roots)


def _accounts(rows: Sequence[Account], at: datetime) -> list[AccountView]:
    ids = [row.id for row in rows]
    grants: dict[UUID, list[GrantView]] = {}
    for view in grant_views(Grant.objects.filter(account_id__in=ids).order_by("starts_at", "id"), at=at):
        grants.setdefault(view.account.id, []).append(view)
    counted = Device.objects.filter(account_id__in=ids, revoked_at=None).values("account_id").annotate(n=Count("id"))
    devices = {each["account_id"]: each["n"] for each in counted}
    fresh = set(Password.objects.filter(account_id__in=ids, must_change=True).values_list("account_id", flat=True))
    return [
        AccountView(
            id=AccountId(row.id),
            name=row.name,
            display_name=row.display_name,
            area=named_area(row.area_id),
            created_at=row.created_at,
            closed_at=row.closed_at,
            must_change_password=row.id in fresh,
            roles=grants.get(row.id, []),
            devices=devices.get(row.id, 0),
        )
        for row in rows
    ]


def _in_force(row: Grant, at: datetime) -> bool:
    return row.state == GrantState.GRANTED and row.starts_at <= at and (row.ends_at is None or at < row.ends_at)


def share_set() -> terms.ShareSet | None:
    """The recovery shares made last, and who has confirmed theirs; a sheet of somebody who left waits for another."""
    made = ShareSet.objects.order_by("-position").first()
    if made is None:
        return None
    rows = ShareConfirmation.objects.filter(set_id=made.id).order_by("at", "id")
    held = [(row, ACCOUNTS.get(AccountId(row.account_id))) for row in rows]
    confirmed = [
        ConfirmedShare(row.member, Named(row.account_id, who.name), row.at)
        for row, who in held
        if who and not who.closed
    ]
    return terms.ShareSet(made.id, made.mark, made.made_at, tuple(confirmed))


def named_area(id: UUID) -> Named:
    """An area by id and name."""
    found = territory.find(AreaId(id))
    return Named(id, found.name if found else "")


def _device_view(
    row: Device, names: dict[UUID, str], heard: Mapping[UUID, contacts.Contact], counts: Mapping[DeviceId, DeviceCount]
) -> DeviceView:
    contact, count = heard.get(row.id), counts.get(DeviceId(row.id), DeviceCount(0, 0, 0))
    return DeviceView(
        id=DeviceId(row.id),
        name=row.name,
        account=Named(row.account_id, names.get(row.account_id, "")),
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        last_contact_at=contact.at if contact else None,
        clock_offset_s=contact.clock_offset_s if contact else None,
        stored=count.stored,
        held=count.held,
        highest_n=count.highest_n,
    )
