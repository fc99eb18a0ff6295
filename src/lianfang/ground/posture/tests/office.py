"""People of an office who speak HTTP, for the tests of whatever has endpoints."""

from datetime import datetime
from typing import Any

import msgspec
from django.test import Client

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.territory.tests.town import NOW


def opened_by_two(first: "Clerk", second: "Clerk", new: dict[str, Any]) -> Any:
    """One proposes, the other looks and agrees: the incident's row."""
    _, proposed = first.post("incidents", new)
    _, shown = second.get(f"incidents/openings/{proposed['id']}")
    _, opened = second.post(f"incidents/openings/{proposed['id']}/confirm", {"seen": shown["now"]["mark"]})
    return second.get(f"incidents/{opened['incident']}")[1]


class Clerk:
    """Somebody signed in, with the clock stopped at the town's now, or at `at`."""

    def __init__(self, name: str, *roles: Role, area: str = "S", at: datetime = NOW) -> None:
        self.at = at
        self.account: AccountId = hire(name, *roles, area=area)
        code = actions.issue_enrolment(account=self.account, by=THE_HOUSE, at=NOW).code
        self._token = actions.enrol_device(device_name="办公室", at=NOW, code=code).token
        self._client = Client()

    def get(self, path: str, **more: Any) -> tuple[int, Any]:
        """Status and answer."""
        return self._ask("GET", path, b"", **more)

    def post(self, path: str, body: Any, **more: Any) -> tuple[int, Any]:
        """The same with a body."""
        return self._ask("POST", path, msgspec.json.encode(body), **more)

    def fetch(self, path: str, body: Any, **more: str) -> Any:
        """A file that is asked for with a body: the answer itself."""
        with clock.stopped_at(self.at):
            return self._client.generic(
                "POST",
                f"/api/v1/{path}",
                msgspec.json.encode(body),
                "application/json",
                headers=self._headers(more) | {"Accept": "application/json"},
            )

    def upload(self, path: str, fields: dict[str, Any], **more: Any) -> tuple[int, Any]:
        """The same with a file."""
        with clock.stopped_at(self.at):
            reply = self._client.post(f"/api/v1/{path}", fields, headers=self._headers(more))
        return reply.status_code, msgspec.json.decode(reply.content)

    def download(self, path: str) -> tuple[int, bytes]:
        """What comes as a file."""
        with clock.stopped_at(self.at):
            reply = self._client.get(f"/api/v1/{path}", headers=self._headers({}))
        return reply.status_code, reply.getvalue()

    def _ask(self, method: str, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        with clock.stopped_at(self.at):
            reply = self._client.generic(
                method, f"/api/v1/{path}", body, "application/json", headers=self._headers(headers)
            )
        return reply.status_code, msgspec.json.decode(reply.content)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", **{k.replace("_", "-"): v for k, v in more.items()}}
