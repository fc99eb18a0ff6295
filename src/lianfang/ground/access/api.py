"""HTTP for signing in, accounts, roles, devices, looks and the log. No resident in any of it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import path
from dmr import Body, Path, Query, modify
from dmr.metadata import ResponseSpec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import Instant, local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.plumbing import clock, recovery
from lianfang.foundation.plumbing.wire import Desk, Page, ProblemReply
from lianfang.ground.access import actions, assigning_api, browsers, exports_api, links_api, log, queries, rules
from lianfang.ground.access.models import Account, Grant
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.terms import (
    AccountView,
    DeviceView,
    DisclosureView,
    GrantView,
    Looked,
    Named,
)
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import MAY_ASSIGN

# No text of ours holds a NUL, and PostgreSQL takes none.
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00]*\S[^\x00]*$")]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(max_length=400, pattern=r"^[^\x00]*$")]
Words = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")]
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=200)]


# What comes in


class SignIn(msgspec.Struct, frozen=True):
    """Account name and password."""

    account: Secret
    password: Secret


class NewPassword(msgspec.Struct, frozen=True):
    """The one in use and the one to come."""

    old_password: Secret
    new_password: Secret


class AccountWhere(msgspec.Struct, frozen=True):
    """One account."""

    account_id: UUID


class RoleWhere(msgspec.Struct, frozen=True):
    """One grant."""

    grant_id: UUID


class DeviceWhere(msgspec.Struct, frozen=True):
    """One device."""

    device_id: UUID


class EntryWhere(msgspec.Struct, frozen=True):
    """One entry of the log."""

    record_id: UUID


class GridWhere(msgspec.Struct, frozen=True):
    """One grid."""

    area_id: UUID


class AccountFilter(msgspec.Struct, frozen=True):
    """Which accounts to list."""

    q: Words = ""
    area: UUID | None = None
    closed: bool | None = None
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|display_name|created_at)$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class DeviceFilter(msgspec.Struct, frozen=True):
    """Which devices to list."""

    q: Words = ""
    account: UUID | None = None
    area: UUID | None = None
    revoked: bool | None = None
    clock_odd: bool = False
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|enrolled_at|last_contact_at)$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class LookFilter(msgspec.Struct, frozen=True):
    """Which looks to list."""

    q: Words = ""
    account: UUID | None = None
    area: UUID | None = None
    how: Looked | None = None
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?at$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class LogFilter(msgspec.Struct, frozen=True):
    """Which entries to list: of a kind (or all that begin so), by somebody, after a position."""

    kind: Words = ""
    q: Words = ""
    actor: UUID | None = None
    area: UUID | None = None
    after: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?position$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class RoleFilter(msgspec.Struct, frozen=True):
    """Proposals that wait."""

    page: Number = 1
    page_size: Size = 50


class NewAccount(msgspec.Struct, frozen=True):
    """An account to make. Its password is made here, shown once, and must be changed."""

    name: Short
    display_name: Short
    area: UUID
    with_password: bool = True


class NewRole(msgspec.Struct, frozen=True):
    """A role to give, on an area, from now or later, perhaps until."""

    role: Role
    area: UUID
    starts_at: Instant | None = None
    until: Instant | None = None
    purposes: list[Purpose] | None = None


class Why(msgspec.Struct, frozen=True):
    """A reason, if there is one to say."""

    reason: Reason | None = None


class NewResponsible(msgspec.Struct, frozen=True):
    """Who answers for the grid from now on; null leaves it vacant."""

    account: UUID | None
    until: Instant | None = None


# What goes out


class MyGrant(msgspec.Struct, frozen=True):
    """One role of mine."""

    role: str
    area: Named
    permissions: list[str]
    purposes: list[str]
    until: datetime | None


class Me(msgspec.Struct, frozen=True):
    """Who I am and may be here, and what a form must send along."""

    account: Named
    grants: list[MyGrant]
    must_change_password: bool
    csrf: str
    demo: bool
    reveals_left: int


class Session(msgspec.Struct, frozen=True):
    """Is somebody signed in? And what a form must send along."""

    signed_in: bool
    csrf: str


class Created(msgspec.Struct, frozen=True):
    """A new account with its password, shown this once."""

    id: AccountId
    password: str | None


class Reset(msgspec.Struct, frozen=True):
    """A new password, shown this once."""

    password: str


class EnrolmentCard(msgspec.Struct, frozen=True):
    """What is shown to a phone: a code to scan or to type."""

    code: str
    expires_at: datetime
    address: str
    qr_svg: str


class Sheet(msgspec.Struct, frozen=True):
    """One of the three sheets that somebody has confirmed."""

    member: int
    name: str
    at: datetime
    mine: bool


class Sheets(msgspec.Struct, frozen=True):
    """The recovery shares: when they were made (null: none are on record), how many must confirm theirs, who has."""

    made_at: datetime | None
    needed: int
    confirmed: list[Sheet]


class FirstWords(msgspec.Struct, frozen=True):
    """The first four words of a sheet, never more."""

    words: Annotated[str, msgspec.Meta(max_length=200)]


class GridAnswer(msgspec.Struct, frozen=True):
    """Who answers for the grid now."""

    account: Named | None
    since: datetime | None
    until: datetime | None


# Signing in


class SessionView(Desk):
    """The session of a browser."""

    responses: ClassVar[Any] = [*Desk.responses, ResponseSpec(ProblemReply, status_code=HTTPStatus.TOO_MANY_REQUESTS)]

    def get(self) -> Session:
        """Is somebody signed in? Also gives the cookie that the sign-in form needs."""
        return Session(getattr(self.request, "viewer", None) is not None, get_token(self.request))

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_body: Body[SignIn]) -> Me:
        """Sign in. Five wrong passwords lock the account for a quarter of an hour, for strangers' browsers only."""
        at, request = clock.now(), self.request
        account = actions.check_credentials(
            name=parsed_body.account,
            password=parsed_body.password,
            browser=browsers.key_for(request, queries.account_named(parsed_body.account)),
            address=request.META.get("REMOTE_ADDR"),
        )
        login(request, account, backend=settings.AUTHENTICATION_BACKENDS[-1])
        browsers.remember(request, AccountId(account.id))
        return _me(request, account, at)

    @modify(status_code=HTTPStatus.NO_CONTENT)
    def delete(self) -> None:
        """Sign out."""
        logout(self.request)


class MeView(Desk):
    """The one who asks."""

    def get(self) -> Me:
        """Who am I, and what may I do where until when?"""
        get_token(self.request)  # also for whoever is not signed in: the sign-in form needs its cookie
        viewer = self.viewer
        return _me(self.request, Account.objects.get(id=viewer.account), viewer.at)


class MyPassword(Desk):
    """My own password."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_body: Body[NewPassword]) -> Me:
        """Change it. Every other session of mine ends."""
        at, viewer = clock.now(), self.viewer
        in_a_browser = self.request.user.is_authenticated  # asked now: the change ends the session that says so
        actions.change_password(
            account=viewer.account,
            old=parsed_body.old_password,
            new=parsed_body.new_password,
            by=viewer.actor,
            at=at,
        )
        account = Account.objects.get(id=viewer.account)
        if in_a_browser:
            update_session_auth_hash(self.request, account)
        return _me(self.request, account, at)


# Accounts and roles


class Accounts(Desk):
    """The accounts of one's areas, and making one."""

    def get(self, parsed_query: Query[AccountFilter]) -> Page[AccountView]:
        """The accounts of one's areas."""
        wanted, viewer = parsed_query, self.viewer
        area = AreaId(wanted.area) if wanted.area else None
        rows = queries.accounts(viewer=viewer, q=wanted.q, area=area, closed=wanted.closed)
        rows = rows.order_by(wanted.sort or "name", "id")
        found = queries.account_views(list(_slice(rows, wanted)), at=viewer.at)
        return _page(found, rows.count(), wanted, viewer)

    def post(self, parsed_body: Body[NewAccount]) -> Created:
        """Make one. The password is answered this once."""
        new, viewer = parsed_body, self.viewer
        _permit(viewer, Permission.MANAGE_ACCOUNTS, new.area)
        made = actions.create_account(
            name=new.name,
            display_name=new.display_name,
            area=AreaId(new.area),
            with_password=new.with_password,
            by=viewer.actor,
            at=viewer.at,
        )
        return Created(made.account, made.password)


class OneAccount(Desk):
    """One account."""

    def get(self, parsed_path: Path[AccountWhere]) -> AccountView:
        """All that is known of it."""
        return queries.account(AccountId(parsed_path.account_id), viewer=self.viewer)


class CloseAccount(Desk):
    """The end of an account."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[AccountWhere], parsed_body: Body[Why]) -> AccountView:
        """They left: nothing of theirs opens from this moment."""
        viewer, account = self.viewer, _account(self.viewer, parsed_path, Permission.MANAGE_ACCOUNTS)
        actions.close_account(account=account, reason=parsed_body.reason, by=viewer.actor, at=viewer.at)
        return _fresh_account(account, viewer)


class PasswordReset(Desk):
    """A lost password."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[AccountWhere]) -> Reset:
        """A new one, answered this once, to be changed at the next sign-in."""
        viewer, account = self.viewer, _account(self.viewer, parsed_path, Permission.MANAGE_ACCOUNTS)
        return Reset(actions.reset_password(account=account, by=viewer.actor, at=viewer.at))


class AccountRoles(Desk):
    """The roles of one account."""

    def post(self, parsed_path: Path[AccountWhere], parsed_body: Body[NewRole]) -> GrantView:
        """Give a role. One that needs two people waits for the second."""
        viewer, new = self.viewer, parsed_body
        _permit(viewer, _to_grant(viewer, new.role), new.area)
        grant = actions.grant_role(
            account=AccountId(parsed_path.account_id),
            role=new.role,
            area=AreaId(new.area),
            purposes=new.purposes,
            starts_at=new.starts_at,
            ends_at=new.until,
            by=viewer.actor,
            at=viewer.at,
        )
        return _grant(grant, viewer)


class Roles(Desk):
    """Roles that wait."""

    def get(self, parsed_query: Query[RoleFilter]) -> Page[GrantView]:
        """The proposals of one's areas that wait for a second person."""
        found = queries.waiting_grants(viewer=self.viewer)
        start = (parsed_query.page - 1) * parsed_query.page_size
        return _page(found[start : start + parsed_query.page_size], len(found), parsed_query, self.viewer)


class OneRole(Desk):
    """One role of somebody."""

    @modify(status_code=HTTPStatus.OK)
    def delete(self, parsed_path: Path[RoleWhere]) -> GrantView:
        """End it, from this moment."""
        viewer = self.viewer
        viewer.require(_to_grant(viewer, Role.GRID_WORKER))
        row = queries.grant(parsed_path.grant_id)
        _permit(viewer, _to_grant(viewer, Role(row.role)), row.area_id)
        actions.end_role(grant=row.id, by=viewer.actor, at=viewer.at)
        return _grant(row.id, viewer)


class ApproveRole(Desk):
    """The second of two."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[RoleWhere]) -> GrantView:
        """Agree to what another proposed."""
        viewer, row = self.viewer, _proposal(self.viewer, parsed_path)
        actions.approve_role(grant=row.id, by=viewer.actor, at=viewer.at)
        return _grant(row.id, viewer)


class DeclineRole(Desk):
    """The second of two, who does not agree."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[RoleWhere], parsed_body: Body[Why]) -> GrantView:
        """Decline what another proposed."""
        viewer, row = self.viewer, _proposal(self.viewer, parsed_path)
        actions.decline_role(grant=row.id, reason=parsed_body.reason, by=viewer.actor, at=viewer.at)
        return _grant(row.id, viewer)


class ResponsibleFor(Desk):
    """Who answers for a grid. (Of areas; here, because it takes accounts.)"""

    def put(self, parsed_path: Path[GridWhere], parsed_body: Body[NewResponsible]) -> GridAnswer:
        """Put somebody in charge from now on, or leave the grid vacant."""
        viewer, grid = self.viewer, AreaId(parsed_path.area_id)
        _permit(viewer, MAY_ASSIGN, grid)
        account = AccountId(parsed_body.account) if parsed_body.account else None
        actions.assign_grid(grid=grid, account=account, ends_at=parsed_body.until, by=viewer.actor, at=viewer.at)
        found = territory.responsible(grid, viewer.at)
        if found is None:
            return GridAnswer(None, None, None)
        return GridAnswer(Named(found.account, found.name), found.starts_at, found.ends_at)


class WorkersFor(Desk):
    """Who may answer for a grid."""

    def get(self, parsed_path: Path[GridWhere]) -> list[Named]:
        """The accounts that hold a field role there now."""
        grid = AreaId(parsed_path.area_id)
        _permit(self.viewer, MAY_ASSIGN, grid)
        return queries.workers_of(grid, self.viewer.at)


# Devices


class EnrolmentView(Desk):
    """Joining a phone."""

    def post(self, parsed_path: Path[AccountWhere]) -> EnrolmentCard:
        """A code for one phone of this account, good once, for ten minutes."""
        viewer, account = self.viewer, _account(self.viewer, parsed_path, Permission.ENROL)
        made = actions.issue_enrolment(account=account, by=viewer.actor, at=viewer.at)
        address = self.request.build_absolute_uri(f"/m/enrol#code={made.code}")
        return EnrolmentCard(made.code, made.expires_at, address, log.qr_svg(address))


class Devices(Desk):
    """The phones of one's areas."""

    def get(self, parsed_query: Query[DeviceFilter]) -> Page[DeviceView]:
        """The phones of one's areas, and whether they are alive."""
        wanted, viewer = parsed_query, self.viewer
        rows = queries.devices(
            viewer=viewer,
            account=AccountId(wanted.account) if wanted.account else None,
            area=AreaId(wanted.area) if wanted.area else None,
            q=wanted.q,
            revoked=wanted.revoked,
            clock_odd=wanted.clock_odd,
        ).order_by(*_device_order(wanted.sort))
        return _page(queries.device_views(_slice(rows, wanted)), rows.count(), wanted, viewer)


class OneDevice(Desk):
    """One phone."""

    def get(self, parsed_path: Path[DeviceWhere]) -> DeviceView:
        """All that is known of it."""
        return _device(parsed_path, self.viewer)


class RevokeDevice(Desk):
    """A lost phone."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[DeviceWhere], parsed_body: Body[Why]) -> DeviceView:
        """Its token opens nothing from this moment."""
        self.viewer.require(Permission.ENROL)
        viewer, row = self.viewer, _device(parsed_path, self.viewer)
        _account(viewer, AccountWhere(row.account.id), Permission.ENROL)
        actions.revoke_device(device=row.id, reason=parsed_body.reason, by=viewer.actor, at=viewer.at)
        return _device(parsed_path, viewer)


# Looks and the log


class Disclosures(Desk):
    """Who looked at people."""

    def get(self, parsed_query: Query[LookFilter]) -> Page[DisclosureView]:
        """The looks of one's areas, latest first: who, when, what for, how many; never at whom."""
        wanted, viewer = parsed_query, self.viewer
        rows = queries.disclosures(
            viewer=viewer,
            account=AccountId(wanted.account) if wanted.account else None,
            how=wanted.how,
            area=AreaId(wanted.area) if wanted.area else None,
            q=wanted.q,
        ).order_by("position" if wanted.sort == "at" else "-position")
        return _page(queries.disclosure_views(_slice(rows, wanted)), rows.count(), wanted, viewer)


class Log(Desk):
    """Everything that was done."""

    def get(self, parsed_query: Query[LogFilter]) -> Page[log.EntryRow]:
        """The entries of one's areas, latest first: what, when, where, through whom; never what was said about whom."""
        wanted, viewer = parsed_query, self.viewer
        rows, total = log.page(
            viewer=viewer,
            kind=wanted.kind or wanted.q.strip(),
            actor=AccountId(wanted.actor) if wanted.actor else None,
            area=AreaId(wanted.area) if wanted.area else None,
            after=wanted.after,
            offset=(wanted.page - 1) * wanted.page_size,
            limit=wanted.page_size,
        )
        return _page(rows, total, wanted, viewer)


class OneEntry(Desk):
    """One entry of the log."""

    def get(self, parsed_path: Path[EntryWhere]) -> log.EntryRow:
        """What, when, where, through whom."""
        return log.entry(parsed_path.record_id, viewer=self.viewer)


def _me(request: HttpRequest, account: Account, at: datetime) -> Me:
    viewer = queries.viewer_of(AccountId(account.id), at)
    if viewer is None:
        raise Problem("access.not_signed_in", status=401)
    return Me(
        account=Named(account.id, account.display_name),
        grants=[
            MyGrant(
                role=grant.role,
                area=queries.named_area(grant.area),
                permissions=sorted(grant.permissions),
                purposes=sorted(grant.purposes),
                until=grant.window.end,
            )
            for grant in viewer.grants
        ],
        must_change_password=queries.must_change_password(viewer.account),
        csrf=get_token(request),
        demo=settings.LIANFANG_DEMO,
        reveals_left=queries.reveals_left(viewer=viewer),
    )


def _permit(viewer: Viewer, permission: str, area: UUID) -> None:
    viewer.require(permission, lineage=territory.lineage(AreaId(area), local_day(viewer.at)))


def _proposal(viewer: Viewer, where: RoleWhere) -> Grant:
    """What waits for a second person, if the viewer may be that person there."""
    viewer.require(Permission.APPROVE_ROLES)
    row = queries.grant(where.grant_id)
    _permit(viewer, Permission.APPROVE_ROLES, row.area_id)
    return row


def _to_grant(viewer: Viewer, role: Role) -> str:
    """The permission it takes to give or end this role: officers hand out what is needed in the field."""
    if role in rules.FIELD_ROLES and not viewer.may(Permission.GRANT_ROLES):
        return Permission.GRANT_FIELD_ROLES
    return Permission.GRANT_ROLES


def _account(viewer: Viewer, where: AccountWhere, permission: str) -> AccountId:
    """The account, if the viewer may do that to it where it belongs."""
    viewer.require(permission)
    area = queries.area_of_account(AccountId(where.account_id))
    _permit(viewer, permission, area)
    return AccountId(where.account_id)


def _fresh_account(account: AccountId, viewer: Viewer) -> AccountView:
    return queries.account_views([Account.objects.get(id=account)], at=viewer.at)[0]


def _grant(id: UUID, viewer: Viewer) -> GrantView:
    return queries.grant_views([queries.grant(id)], at=viewer.at)[0]


def _device(where: DeviceWhere, viewer: Viewer) -> DeviceView:
    row = queries.devices(viewer=viewer).filter(id=where.device_id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return queries.device_views([row])[0]


def _device_order(sort: str) -> list[Any]:
    return queries.by_last_contact(sort) if "last_contact_at" in sort else [sort or "name", "id"]


def _slice(rows: Any, wanted: Any) -> Any:
    start = (wanted.page - 1) * wanted.page_size
    return rows[start : start + wanted.page_size]


class RecoveryShares(Desk):
    """The recovery shares of the master key, and showing that one holds one."""

    def get(self) -> Sheets:
        """Who has confirmed theirs?"""
        self.viewer.require(Permission.CONFIRM_SHARE)
        return _sheets(self.viewer)

    def post(self, parsed_body: Body[FirstWords]) -> Sheets:
        """Type the first four words of one's sheet. They are neither kept nor logged."""
        viewer = self.viewer
        viewer.require(Permission.CONFIRM_SHARE)
        actions.confirm_share(words=parsed_body.words, by=viewer.actor, at=viewer.at)
        return _sheets(viewer)


def _sheets(viewer: Viewer) -> Sheets:
    current = queries.share_set()
    shown = [
        Sheet(one.member, one.account.name, one.at, one.account.id == viewer.account)
        for one in (current.confirmed if current else ())
    ]
    return Sheets(current.made_at if current else None, recovery.NEEDED, shown)


def _page(rows: list[Any], total: int, wanted: Any, viewer: Viewer) -> Page[Any]:
    return Page(rows, total, wanted.page, wanted.page_size, viewer.at.isoformat())


urlpatterns = [
    path("session", SessionView.as_view(), name="session"),
    path("me", MeView.as_view(), name="me"),
    path("me/password", MyPassword.as_view(), name="my-password"),
    path("accounts", Accounts.as_view(), name="accounts"),
    path("accounts/<uuid:account_id>", OneAccount.as_view(), name="account"),
    path("accounts/<uuid:account_id>/close", CloseAccount.as_view(), name="account-close"),
    path("accounts/<uuid:account_id>/password-reset", PasswordReset.as_view(), name="password-reset"),
    path("accounts/<uuid:account_id>/roles", AccountRoles.as_view(), name="account-roles"),
    path("accounts/<uuid:account_id>/enrolment", EnrolmentView.as_view(), name="enrolment"),
    path("roles", Roles.as_view(), name="roles"),
    path("roles/<uuid:grant_id>", OneRole.as_view(), name="role"),
    path("roles/<uuid:grant_id>/approve", ApproveRole.as_view(), name="role-approve"),
    path("roles/<uuid:grant_id>/decline", DeclineRole.as_view(), name="role-decline"),
    path("areas/<uuid:area_id>/responsible", ResponsibleFor.as_view(), name="responsible"),
    path("areas/<uuid:area_id>/workers", WorkersFor.as_view(), name="workers"),
    path("devices", Devices.as_view(), name="devices"),
    path("devices/<uuid:device_id>", OneDevice.as_view(), name="device"),
    path("devices/<uuid:device_id>/revoke", RevokeDevice.as_view(), name="device-revoke"),
    path("disclosures", Disclosures.as_view(), name="disclosures"),
    path("recovery-shares", RecoveryShares.as_view(), name="recovery-shares"),
    path("audit", Log.as_view(), name="audit"),
    path("audit/<uuid:record_id>", OneEntry.as_view(), name="entry"),
    *assigning_api.urlpatterns,
    *links_api.urlpatterns,
    *exports_api.urlpatterns,
]
