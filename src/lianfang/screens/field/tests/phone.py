"""A phone that speaks to the raw endpoints without a network between."""

import asyncio
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
    address, _, query = path.partition("?")
    route = next(r for r in ROUTES if (r.method, r.path) == (method, address))
    given = {**({"authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    scope = {
        "method": method,
        "path": address,
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in given.items()],
        "client": (client, 1),
    }
    return asyncio.run(_run(route, scope, body if isinstance(body, bytes) else msgspec.json.encode(body)))


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
