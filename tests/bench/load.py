"""A load generator: many kept-alive connections, each sending its next ready-made request when it has its answer.

It is as thin as Python allows, because it shares the machine with what it measures.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter
from typing import NamedTuple

import uvloop


class Ran(NamedTuple):
    """What a run came to. Seconds of wall time; latencies in seconds, sorted; answers by status."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]
    bodies: list[bytes]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def at(self, share: float) -> float:
        """A latency's percentile, in milliseconds."""
        return round(self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1000, 2)


def request(
    method: str, path: str, body: bytes = b"", token: str = "", kind: str = "application/json", more: str = ""
) -> bytes:
    """A request's bytes; `more` are whole header lines."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}{more}Content-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run(port: int, requests: Sequence[bytes], *, connections: int, keep_bodies: bool = False) -> Ran:
    """Send all of them over so many connections; each is sent once, in no promised order."""
    lines = min(connections, len(requests))
    return uvloop.run(over(port, requests, connections=lines, keep_bodies=keep_bodies))


async def over(
    port: int,
    requests: Iterable[bytes],
    *,
    connections: int,
    keep_bodies: bool = False,
    pause: Callable[[int], float] = lambda status: 0,
) -> Ran:
    """The same, inside a running loop; `pause` says for how many seconds a connection rests after such a status."""
    ran = Ran(0, [], {}, [])
    waiting = iter(requests)
    loop = asyncio.get_running_loop()
    lines = [
        await loop.create_connection(lambda: _Line(waiting, ran, keep_bodies, pause), "127.0.0.1", port)
        for _ in range(connections)
    ]
    began = perf_counter()
    for _, line in lines:
        line.next()
    await asyncio.gather(*(line.done for _, line in lines))
    seconds = perf_counter() - began
    for transport, _ in lines:
        transport.close()
    return Ran(seconds, sorted(ran.latencies), ran.statuses, ran.bodies)


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, waiting: Iterator[bytes], ran: Ran, keep_bodies: bool, pause: Callable[[int], float]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting, self._ran, self._keep, self._pause = waiting, ran, keep_bodies, pause
        self._heard = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError("the server hung up"))

    def next(self) -> None:
        """Send the next request, or be done."""
        waits = next(self._waiting, None)
        if waits is None:
            self.done.set_result(None)
            return
        self._sent_at = perf_counter()
        self._transport.write(waits)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, split, rest = self._heard.partition(b"\r\n\r\n")
        if not split or not _is_whole(head.lower(), rest):
            return
        self._heard = b""
        self._ran.latencies.append(perf_counter() - self._sent_at)
        status = int(head[9:12])
        self._ran.statuses[status] = self._ran.statuses.get(status, 0) + 1
        if self._keep:
            self._ran.bodies.append(rest)
        if pause := self._pause(status):
            asyncio.get_running_loop().call_later(pause, self.next)
        else:
            self.next()


def _is_whole(head: bytes, body: bytes) -> bool:
    at = head.find(b"content-length:")
    if at >= 0:
        return len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])
    return b"chunked" not in head or body.endswith(b"0\r\n\r\n")  # Django's answers come in chunks
