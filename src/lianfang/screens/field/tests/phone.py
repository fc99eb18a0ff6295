"""A phone that speaks to the raw endpoints without a network between."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from lianfang.foundation.plumbing import raw
from lianfang.screens.field.api import ROUTES


class Said(msgspec.Struct):
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


def ask(
    method: str,
    path: str,
    *,
    body: Any = b"",
    token: str = "",
    headers: dict[str, str] | None = None,
    client: str = "127.0.0.1",
) -> Said:
    """One request to a raw route, in pieces of 64 KiB as a server would hand it on."""
    sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return asyncio.run(_sent(method, path, sent, token, headers or {}, client))


def ask_at_once(wanted: Sequence[tuple[str, str]]) -> list[Said]:
    """GET all of these (token, path) in one loop, none waiting for the other."""

    async def all_of_them() -> list[Said]:
        return await asyncio.gather(*(_sent("GET", path, b"", token, {}, "127.0.0.1") for token, path in wanted))

    return asyncio.run(all_of_them())


async def _sent(method: str, path: str, body: bytes, token: str, headers: dict[str, str], client: str) -> Said:
    address, _, query = path.partition("?")
    given = {**({"authorization": f"Bearer {token}"} if token else {}), **headers}
    scope: dict[str, Any] = {
        "method": method,
        "path": address,
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in given.items()],
        "client": (client, 1),
    }
    route = raw.Addresses(ROUTES).find(scope)
    assert route is not None, address
    return await _run(route, scope, body)


async def _run(route: raw.Route, scope: dict[str, Any], body: bytes) -> Said:
    pieces = [body[i : i + 65536] for i in range(0, len(body), 65536)] or [b""]
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await raw.serve(route, scope, receive, send)
    headers = {k.decode(): v.decode("latin-1") for k, v in said[0]["headers"]}
    return Said(said[0]["status"], headers, b"".join(m.get("body", b"") for m in said[1:]))
