"""The drill at the desk.

The few requests of people in offices that a drill needs, with session and CSRF like a browser.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from lianfang.demo.connection import Connection, Reply, asked_to_wait

PATIENCE = 120.0  # seconds that somebody at a desk waits for a page while everybody's phone comes first


class DeskRefusedError(Exception):
    """The desk said no; the text says to what, with its code."""


class Desk:
    """One signed-in person."""

    def __init__(self, connection: Connection, *, patience: float = PATIENCE) -> None:
        self._connection, self._patience = connection, patience
        self._cookies: dict[str, str] = {}

    async def sign_in(self, account: str, password: str) -> Any:
        """Open the log-in page, which brings the CSRF cookie, then name and password."""
        await self._request("GET", "/api/v1/me")
        return await self.post("/api/v1/session", {"account": account, "password": password})

    async def get(self, path: str) -> Any:
        """Read."""
        return await self._speak("GET", path)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Act."""
        return await self._speak("POST", path, msgspec.json.encode(body))

    async def _speak(self, method: str, path: str, body: bytes = b"") -> Any:
        reply, waited = await self._request(method, path, body), 0.0
        while (wait := asked_to_wait(reply)) is not None and waited < self._patience:
            await asyncio.sleep(wait)
            reply, waited = await self._request(method, path, body), waited + wait
        if reply.status >= 400:
            raise DeskRefusedError(f"{method} {path}: {reply.status} {reply.body[:300].decode(errors='replace')}")
        return reply.json() if reply.body else None

    async def _request(self, method: str, path: str, body: bytes = b"") -> Reply:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers["X-CSRFToken"] = self._cookies.get("csrftoken", "")
        reply = await self._connection.request(method, path, body=body, headers=headers)
        for line in reply.headers.get("set-cookie", "").split("\n"):
            name, _, rest = line.partition("=")
            if rest:
                self._cookies[name] = rest.split(";")[0]
        return reply

    def hang_up(self) -> None:
        """Close the connection."""
        self._connection.close()
