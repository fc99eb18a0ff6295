"""HTTP for signing in, for oneself, and for one's sheet of the recovery shares."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

import msgspec
from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import path
from dmr import Body, modify
from dmr.metadata import ResponseSpec

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, recovery
from lianfang.foundation.plumbing.wire import Desk, ProblemReply
from lianfang.ground.access import actions, browsers, queries
from lianfang.ground.access.asking import Secret
from lianfang.ground.access.models import Account
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.terms import Named


class SignIn(msgspec.Struct, frozen=True):
    """Account name and password."""

    account: Secret
    password: Secret


class NewPassword(msgspec.Struct, frozen=True):
    """The one in use and the one to come."""

    old_password: Secret
    new_password: Secret


class FirstWords(msgspec.Struct, frozen=True):
    """The first four words of a sheet, never more."""

    words: Annotated[str, msgspec.Meta(max_length=200)]


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


def _sheets(viewer: Viewer) -> Sheets:
    current = queries.share_set()
    shown = [
        Sheet(one.member, one.account.name, one.at, one.account.id == viewer.account)
        for one in (current.confirmed if current else ())
    ]
    return Sheets(current.made_at if current else None, recovery.NEEDED, shown)


urlpatterns = [
    path("session", SessionView.as_view(), name="session"),
    path("me", MeView.as_view(), name="me"),
    path("me/password", MyPassword.as_view(), name="my-password"),
    path("recovery-shares", RecoveryShares.as_view(), name="recovery-shares"),
]
