"""Somebody signed in at a desk, as ready-made requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from lianfang.demo import staff
from tests.bench import load
from tests.serving import Server


class Desk:
    """One session; its requests can be sent as often as one likes."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def reads(self, path: str) -> Any:
        """What is there."""
        answer = self._client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The bytes of a request in this session."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        token = self._client.cookies["csrftoken"]
        more = f"Cookie: {cookies}\r\nX-CSRFToken: {token}\r\nAccept: application/json\r\n"
        return load.request(method, path, body, more=more)


@contextmanager
def desk(server: Server, account: str) -> Iterator[Desk]:
    """Signed in as that person of the demo district."""
    login = staff.read_logins(server.data / "demo-accounts.txt")[account]
    with httpx.Client(base_url=server.url, timeout=60) as client:
        client.get("/api/v1/me")
        answer = client.post(
            "/api/v1/session",
            json={"account": login.account, "password": login.password},
            headers={"X-CSRFToken": client.cookies["csrftoken"]},
        )
        assert answer.status_code < 300, answer.text
        yield Desk(client)
