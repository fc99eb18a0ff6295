"""HTTP for accounts, their roles, and who answers for a grid. No resident in any of it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, modify

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import (
    actions,
    assigning_api,
    devices_api,
    exports_api,
    links_api,
    log_api,
    queries,
    rules,
    sessions_api,
)
from lianfang.ground.access.asking import (
    AccountWhere,
    Number,
    Short,
    Size,
    Why,
    Words,
    account_asked,
    page_of,
    permit,
    slice_of,
)
from lianfang.ground.access.models import Account, Grant
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.terms import AccountView, GrantView, Named
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import MAY_ASSIGN


class RoleWhere(msgspec.Struct, frozen=True):
    """One grant."""

    grant_id: UUID


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


class NewResponsible(msgspec.Struct, frozen=True):
    """Who answers for the grid from now on; null leaves it vacant."""

    account: UUID | None
    until: Instant | None = None


class Created(msgspec.Struct, frozen=True):
    """A new account with its password, shown this once."""

    id: AccountId
    password: str | None


class Reset(msgspec.Struct, frozen=True):
    """A new password, shown this once."""

    password: str


class GridAnswer(msgspec.Struct, frozen=True):
    """Who answers for the grid now."""

    account: Named | None
    since: datetime | None
    until: datetime | None


class Accounts(Desk):
    """The accounts of one's areas, and making one."""

    def get(self, parsed_query: Query[AccountFilter]) -> Page[AccountView]:
        """The accounts of one's areas."""
        wanted, viewer = parsed_query, self.viewer
        area = AreaId(wanted.area) if wanted.area else None
        rows = queries.accounts(viewer=viewer, q=wanted.q, area=area, closed=wanted.closed)
        rows = rows.order_by(wanted.sort or "name", "id")
        found = queries.account_views(list(slice_of(rows, wanted)), at=viewer.at)
        return page_of(found, rows.count(), wanted, viewer)

    def post(self, parsed_body: Body[NewAccount]) -> Created:
        """Make one. The password is answered this once."""
        new, viewer = parsed_body, self.viewer
        permit(viewer, Permission.MANAGE_ACCOUNTS, new.area)
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
        viewer, account = self.viewer, account_asked(self.viewer, parsed_path, Permission.MANAGE_ACCOUNTS)
        actions.close_account(account=account, reason=parsed_body.reason, by=viewer.actor, at=viewer.at)
        return _fresh_account(account, viewer)


class PasswordReset(Desk):
    """A lost password."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[AccountWhere]) -> Reset:
        """A new one, answered this once, to be changed at the next sign-in."""
        viewer, account = self.viewer, account_asked(self.viewer, parsed_path, Permission.MANAGE_ACCOUNTS)
        return Reset(actions.reset_password(account=account, by=viewer.actor, at=viewer.at))


class AccountRoles(Desk):
    """The roles of one account."""

    def post(self, parsed_path: Path[AccountWhere], parsed_body: Body[NewRole]) -> GrantView:
        """Give a role. One that needs two people waits for the second."""
        viewer, new = self.viewer, parsed_body
        permit(viewer, _to_grant(viewer, new.role), new.area)
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
        return page_of(found[start : start + parsed_query.page_size], len(found), parsed_query, self.viewer)


class OneRole(Desk):
    """One role of somebody."""

    @modify(status_code=HTTPStatus.OK)
    def delete(self, parsed_path: Path[RoleWhere]) -> GrantView:
        """End it, from this moment."""
        viewer = self.viewer
        viewer.require(_to_grant(viewer, Role.GRID_WORKER))
        row = queries.grant(parsed_path.grant_id)
        permit(viewer, _to_grant(viewer, Role(row.role)), row.area_id)
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
        permit(viewer, MAY_ASSIGN, grid)
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
        permit(self.viewer, MAY_ASSIGN, grid)
        return queries.workers_of(grid, self.viewer.at)


def _proposal(viewer: Viewer, where: RoleWhere) -> Grant:
    """What waits for a second person, if the viewer may be that person there."""
    viewer.require(Permission.APPROVE_ROLES)
    row = queries.grant(where.grant_id)
    permit(viewer, Permission.APPROVE_ROLES, row.area_id)
    return row


def _to_grant(viewer: Viewer, role: Role) -> str:
    """The permission it takes to give or end this role: officers hand out what is needed in the field."""
    if role in rules.FIELD_ROLES and not viewer.may(Permission.GRANT_ROLES):
        return Permission.GRANT_FIELD_ROLES
    return Permission.GRANT_ROLES


def _fresh_account(account: AccountId, viewer: Viewer) -> AccountView:
    return queries.account_views([Account.objects.get(id=account)], at=viewer.at)[0]


def _grant(id: UUID, viewer: Viewer) -> GrantView:
    return queries.grant_views([queries.grant(id)], at=viewer.at)[0]


urlpatterns = [
    path("accounts", Accounts.as_view(), name="accounts"),
    path("accounts/<uuid:account_id>", OneAccount.as_view(), name="account"),
    path("accounts/<uuid:account_id>/close", CloseAccount.as_view(), name="account-close"),
    path("accounts/<uuid:account_id>/password-reset", PasswordReset.as_view(), name="password-reset"),
    path("accounts/<uuid:account_id>/roles", AccountRoles.as_view(), name="account-roles"),
    path("roles", Roles.as_view(), name="roles"),
    path("roles/<uuid:grant_id>", OneRole.as_view(), name="role"),
    path("roles/<uuid:grant_id>/approve", ApproveRole.as_view(), name="role-approve"),
    path("roles/<uuid:grant_id>/decline", DeclineRole.as_view(), name="role-decline"),
    path("areas/<uuid:area_id>/responsible", ResponsibleFor.as_view(), name="responsible"),
    path("areas/<uuid:area_id>/workers", WorkersFor.as_view(), name="workers"),
    *sessions_api.urlpatterns,
    *devices_api.urlpatterns,
    *log_api.urlpatterns,
    *assigning_api.urlpatterns,
    *links_api.urlpatterns,
    *exports_api.urlpatterns,
]
