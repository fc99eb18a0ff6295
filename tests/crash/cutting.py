"""A line that is cut: hands bytes on between a phone and the server, and tears connections off half-way, by chance.

What is cut on the way up never reached the server whole; what is cut on the way down was stored, and the phone cannot
know. Both ends see a reset, as in a lift.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from random import Random

_RESET_AT_ONCE = struct.pack("ii", 1, 0)
PIECE = 16 * 1024


class CuttingLine:
    """Use it as an async context; `port` is where phones go in. No connection lives for ever: each is cut."""

    def __init__(self, to: int, *, random: Random) -> None:
        self.cuts = 0
        self._to = to
        self._random = random

    async def __aenter__(self) -> "CuttingLine":
        self._door = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = int(self._door.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._door.close()

    async def _carry(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._to)
        up, down = self._drawn()
        ways = [self._pass(phone, to_server, up), self._pass(server, to_phone, down)]
        done, rest = await asyncio.wait([asyncio.create_task(way) for way in ways], return_when="FIRST_COMPLETED")
        for way in rest:
            way.cancel()
        cut = any(way.result() for way in done)
        self.cuts += cut
        for end in (to_phone, to_server):
            _hang_up(end, reset=cut)

    def _drawn(self) -> tuple[int | None, int | None]:
        """After how many bytes this connection ends, on the way up or on the way down."""
        after = int(10 ** self._random.uniform(0, 6))
        return (after, None) if self._random.random() < 0.5 else (None, after)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None) -> bool:
        """Hand on until one side ends; says whether it was cut."""
        with suppress(ConnectionError):
            while piece := await reader.read(PIECE if left is None else min(PIECE, left)):
                writer.write(piece)
                await writer.drain()
                if left is not None and (left := left - len(piece)) <= 0:
                    return True
        return False


def _hang_up(end: asyncio.StreamWriter, *, reset: bool) -> None:
    line = end.get_extra_info("socket")
    if reset and line is not None:
        with suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
        end.transport.abort()
    end.close()
