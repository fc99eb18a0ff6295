"""Wrong passwords: who is locked out, and who is not (django-axes keeps the count, in the database beside).

Grid workers share one address behind an office router, so an address is never locked. What is locked is an account for
one browser: each browser that has signed in to it before counts by itself, and all others count together. So whoever
guesses a colleague's password locks out strangers for a quarter of an hour, and not the colleague at their own desk.
"""

from django.contrib.auth import authenticate as django_authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.access.models import Account

_STRANGERS = "browsers this account has not signed in from"


def authenticate(name: str, password: str, *, browser: str | None, address: str | None) -> Account:
    """See actions.check_credentials."""
    request = _attempt(browser, address)
    account = django_authenticate(request, username=name, password=password)
    if isinstance(account, Account):
        user_logged_in.send(sender=Account, request=request, user=account)  # forgets the wrong tries of this browser
        return account
    if getattr(request, "axes_locked_out", False):
        raise Problem("access.locked_out", status=429)
    raise Problem("access.wrong_password", status=401)


def _attempt(browser: str | None, address: str | None) -> HttpRequest:
    """A sign-in as axes wants it. It counts by user name and user agent; the agent it sees is the browser's key."""
    request = HttpRequest()
    request.method = "POST"
    request.META = {
        "HTTP_USER_AGENT": browser or _STRANGERS,
        "REMOTE_ADDR": address,
        "PATH_INFO": "",
        "HTTP_ACCEPT": "",
    }
    return request
