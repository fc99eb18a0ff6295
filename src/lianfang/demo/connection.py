"""The drill's side of HTTP: one kept-alive connection per phone, as thin as it can be.

A client library would cost more time than the server it measures, and none of them can hang up between sending and
hearing.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

import msgspec

NOT_NOW = (429, 502, 503, 507)


class Reply(msgspec.Struct, frozen=True):
    """What came back. Header names are in lower case; a header sent twice keeps its values one per line."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read as JSON."""
        return msgspec.json.decode(self.body)


class HungUpError(ConnectionError):
    """The connection ended before the reply was complete: nobody knows whether it was stored."""


def asked_to_wait(reply: Reply) -> float | None:
    """For how many seconds, when the answer is "not now"; None also where something may have been done already."""
    if reply.status not in NOT_NOW or b'"wire.perhaps_saved"' in reply.body:
        return None
    return float(reply.headers.get("retry-after", 1))


class Connection:
    """One connection to the server; opened on need, opened again after it broke."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        hang_up: bool = False,
    ) -> Reply:
        """Send and hear. With `hang_up` the connection is cut once all is sent, before the reply is read."""
        fresh = self._streams is None
        try:
            return await self._once(method, path, body, headers or {}, hang_up)
        except (ConnectionError, asyncio.IncompleteReadError) as broken:
            self.close()
            if fresh or hang_up:
                raise HungUpError(str(broken)) from broken
        # The server had closed a connection that lay idle. That tells nothing about this request: send it on a new one.
        return await self._again(method, path, body, headers or {})

    async def _again(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            return await self._once(method, path, body, headers, False)
        except (ConnectionError, asyncio.IncompleteReadError) as broken:
            self.close()
            raise HungUpError(str(broken)) from broken

    async def _once(self, method: str, path: str, body: bytes, headers: Mapping[str, str], hang_up: bool) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls, limit=1 << 20)
        reader, writer = self._streams
        fields = {"Host": f"{self._host}:{self._port}", "Content-Length": str(len(body)), **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        if hang_up:
            raise ConnectionAbortedError("hung up on purpose")
        return await self._read(reader)

    async def _read(self, reader: asyncio.StreamReader) -> Reply:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")[:-2]
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            key = name.lower()
            headers[key] = f"{headers[key]}\n{value.strip()}" if key in headers else value.strip()
        reply = Reply(int(first.split()[1]), headers, await _body(reader, headers))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    pieces = []
    while size := int((await reader.readuntil(b"\n")).split(b";")[0], 16):  # a reply that breaks off is none
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(pieces)
