"""Who looks: put on every request before any view runs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, copies
from lianfang.foundation.plumbing.wire import plain_problem
from lianfang.ground.access import browsers, queries, sessions

_BEARER = "Bearer "
# All that is open to somebody whose password was made by somebody else.
_BEFORE_A_NEW_PASSWORD = ("/api/v1/me", "/api/v1/me/password", "/api/v1/session")


class ViewerMiddleware:
    """Sets `request.viewer` from a session or a device's token; None when there is neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """See the class docstring."""
        viewer = _viewer(request)
        request.viewer = viewer  # type: ignore[attr-defined]
        if viewer is not None and viewer.device is None and _must_change_first(request, viewer):
            return plain_problem(request, Problem("access.password_must_be_changed", status=403))
        with queries.wall_of(viewer):
            response = self.get_response(request)
        cookie = browsers.cookie(request)
        if cookie is not None:
            response.set_signed_cookie(**cookie)  # type: ignore[arg-type]
        return response


def _viewer(request: HttpRequest) -> Viewer | None:
    at = clock.now()
    header = request.headers.get("Authorization", "")
    if header.startswith(_BEARER):
        # No cookie opens anything here, so no other site can make a browser send it.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return queries.viewer_of_token(header.removeprefix(_BEARER).strip(), at)
    copies.catch_up()
    account = sessions.holder(request)
    return queries.viewer_of(account, at) if account else None


def _must_change_first(request: HttpRequest, viewer: Viewer) -> bool:
    return (
        request.path.startswith("/api/")
        and request.path not in _BEFORE_A_NEW_PASSWORD
        and queries.must_change_password(viewer.account)
    )
