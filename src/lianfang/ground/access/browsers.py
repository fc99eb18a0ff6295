"""Which browser tries a password: told apart by a cookie that it gets when it first signs in, not by its address.

The cookie holds a random key and the accounts that have signed in from this browser, signed by the server. It opens
nothing.
"""

import secrets

import msgspec
from django.http import HttpRequest

from lianfang.foundation.kernel.ids import AccountId

COOKIE = "lianfang_browser"
_SALT = "access.browser"
_MOST_ACCOUNTS = 12  # an office's shared machine
_LASTS = 400 * 24 * 3600
_REMEMBER = "_lianfang_browser"


class Browser(msgspec.Struct, frozen=True):
    """What the cookie holds."""

    key: str
    accounts: tuple[str, ...] = ()


def key_for(request: HttpRequest, account: AccountId | None) -> str | None:
    """The browser's key if this account has signed in from it before; None for a stranger's."""
    browser = _read(request)
    return browser.key if browser and account and account.hex in browser.accounts else None


def remember(request: HttpRequest, account: AccountId) -> None:
    """From now on this browser counts by itself for this account; the middleware sends the cookie along."""
    browser = _read(request) or Browser(secrets.token_urlsafe(16))
    accounts = (account.hex, *(each for each in browser.accounts if each != account.hex))[:_MOST_ACCOUNTS]
    request.META[_REMEMBER] = Browser(browser.key, accounts)


def cookie(request: HttpRequest) -> dict[str, object] | None:
    """What `set_signed_cookie` is to be called with, if this request signed somebody in."""
    browser = request.META.get(_REMEMBER)
    if browser is None:
        return None
    return {
        "key": COOKIE,
        "value": msgspec.json.encode(browser).decode(),
        "salt": _SALT,
        "max_age": _LASTS,
        "httponly": True,
        "samesite": "Strict",
        "secure": request.is_secure(),
        "path": "/api/v1/session",
    }


def _read(request: HttpRequest) -> Browser | None:
    kept = request.get_signed_cookie(COOKIE, default="", salt=_SALT)
    try:
        return msgspec.json.decode(kept, type=Browser) if kept else None
    except msgspec.DecodeError:
        return None
