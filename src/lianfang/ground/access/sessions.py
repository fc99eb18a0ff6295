"""Sessions of browsers, as Django keeps them; what every request asks of them costs one statement.

Whose a session is, and whether it still holds, is asked of the account as it stands in memory.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connections, router
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lianfang.foundation.kernel.ids import AccountId
from lianfang.ground.access.memory import ACCOUNTS
from lianfang.ground.access.models import Account

_LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own, read by plain SQL."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when there is none any more."""
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(_LOAD, (self.session_key, timezone.now()))
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return dict(_opened(row[0]))


@lru_cache(maxsize=4096)
def _opened(signed: str) -> dict[str, Any]:
    """What is signed says for ever the same, so its signature is checked once."""
    return db.SessionStore().decode(signed)


def holder(request: HttpRequest) -> AccountId | None:
    """Whose session it is. One that does not hold any more is handed to Django, which ends it."""
    held = request.session.get(SESSION_KEY)
    if held is None:
        return None
    standing = ACCOUNTS.get(UUID(held))
    carried = request.session.get(HASH_SESSION_KEY, "")
    if standing and not standing.closed and constant_time_compare(carried, standing.session_hash):
        return standing.account
    return AccountId(request.user.id) if isinstance(request.user, Account) else None
