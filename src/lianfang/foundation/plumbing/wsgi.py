"""Django behind the loop: its answer goes out in one piece, unless it is a file.

a2wsgi alone hands over the head, each part of the body and the end one by one, and the thread waits each time until the
loop has taken it. Beside a writer that never rests each wait can cost as much as the page.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextvars import copy_context
from typing import Any

from a2wsgi.wsgi import Body, build_environ

_ENOUGH = 1 << 16  # a body beyond that goes out part by part, as fast as it is taken

Wsgi = Callable[[Any, Any], Iterable[bytes]]


class InThreads:
    """An ASGI application: the WSGI application, run by an executor's threads."""

    def __init__(self, app: Wsgi, executor: Executor) -> None:
        self.app = app
        self.executor = executor

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        answer = _Answer(loop, send)
        environ = build_environ(scope, Body(loop, receive))
        await loop.run_in_executor(self.executor, copy_context().run, answer.work_out, self.app, environ)
        await answer.hand_over(more=False)


class _Answer:
    """What is to be sent, collected in a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Any) -> None:
        self._loop, self._send = loop, send
        self._head: dict[str, Any] | None = None
        self._parts: list[bytes] = []
        self._size = 0

    def work_out(self, app: Wsgi, environ: Any) -> None:
        """Run the application. In a thread."""
        parts = app(environ, self._begin)
        try:
            for part in parts:
                self._keep(part)
        finally:
            getattr(parts, "close", lambda: None)()

    async def hand_over(self, *, more: bool) -> None:
        """Send what was collected. On the loop."""
        head, self._head = self._head, None
        if head is not None:
            await self._send(head)
        body, self._parts, self._size = b"".join(self._parts), [], 0
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _begin(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        lines = [(name.strip().lower().encode("latin1"), value.strip().encode("latin1")) for name, value in headers]
        self._head = {"type": "http.response.start", "status": int(status.split(" ", 1)[0]), "headers": lines}
        return self._keep

    def _keep(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size >= _ENOUGH:
            asyncio.run_coroutine_threadsafe(self.hand_over(more=True), self._loop).result()
