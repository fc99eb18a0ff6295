"""The ceiling of every HTTP figure: a bare ASGI application that reads a body and sends it back, on the same server
with the same settings as ours.
"""

import asyncio
import sys
from typing import Any

import uvicorn
import uvloop

from lianfang.project.management.commands.serve import LISTENING


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer with what was sent."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    server = uvicorn.Server(uvicorn.Config(echo, port=int(sys.argv[1]), lifespan="off", **LISTENING))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve())
