"""The raw path: endpoints that speak ASGI themselves, for phones.

Django's own ASGI handler was three to six times slower and leaked connections; the record path therefore never enters
Django's request cycle. A route here says its lane, what it reads and what it answers, and stands in the OpenAPI
document like any other.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import cache
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from django.db import close_old_connections

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.lanes import Lane, LaneThreads, entrance
from lianfang.foundation.plumbing.wire import holds_nul, problem_of, problem_reply, promised_size, retry_after

T = TypeVar("T")
JSON = "application/json; charset=utf-8"
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


_HERE = ("127.0.0.1", "::1", "localhost")
_PORT = re.compile(r":\d+$")
_SAID_BY_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip")


@cache
def _spelt(header: str) -> bytes:
    return header.lower().encode()


class Request:
    """What came in. The body is read once, and never past its bound."""

    __slots__ = ("_receive", "client", "headers", "ids", "is_tls", "method", "path", "query")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.is_tls: bool = scope.get("scheme") == "https"
        self.ids: dict[str, str] = scope.get("path_params") or {}
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        asked: bytes = scope["query_string"]
        self.query: dict[str, list[str]] = parse_qs(asked.decode("latin-1")) if asked else {}
        self.client: str = (scope.get("client") or ("", 0))[0]
        self._receive = receive

    @property
    def from_this_machine(self) -> bool:
        """Asked here, of this process, by a name for here: not through a proxy, behind which everybody seems local."""
        called = _PORT.sub("", self.header("host")).strip("[]")
        return self.client in _HERE and called in _HERE and not any(self.header(name) for name in _SAID_BY_PROXIES)

    def header(self, name: str) -> str:
        """A header's value, empty when absent."""
        found = self.headers.get(_spelt(name))
        return found.decode("latin-1") if found else ""

    def bearer(self) -> str:
        """The token of `Authorization: Bearer …`; raises `access.token_unknown` (401) when there is none."""
        scheme, _, token = self.header("authorization").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem("access.token_unknown", status=401)
        return token.strip()

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**53) -> int:
        """A whole number from the query; raises `wire.unreadable` when it is none or out of bounds."""
        given = self.query.get(name)
        if not given:
            return default
        try:
            value = int(given[0])
        except ValueError:
            raise Problem("wire.unreadable", where=name) from None
        if not least <= value <= most:
            raise Problem("wire.unreadable", where=name)
        return value

    def word(self, name: str) -> str:
        """A word from the query, empty when absent."""
        return self.query.get(name, [""])[0]

    def id(self, name: str) -> UUID:
        """What stands in the path in the place of `{name}`."""
        return msgspec.convert(self.ids[name], UUID)

    async def body(self, *, most: int, too_large: Problem) -> bytes:
        """The whole body. Stops reading as soon as it is larger than allowed, whatever the header promised."""
        if self.header("content-encoding").strip().lower() not in ("", "identity"):
            raise Problem("wire.compressed", status=415)
        if promised_size(self.header("content-length")) > most:
            raise too_large
        pieces, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                raise Problem("wire.unreadable", where="connection closed")
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                raise too_large
            pieces.append(piece)
            if not message.get("more_body"):
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class Answer(msgspec.Struct, frozen=True):
    """What goes out."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def reply(body: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A Struct as JSON."""
    return Answer(msgspec.json.encode(body), status, headers=headers)


def read(body: bytes, type: type[T]) -> T:
    """Decode a body; raises `wire.unreadable` (400) saying where reading stopped."""
    if holds_nul(body):
        raise Problem("wire.unreadable", where=r"\u0000")
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Problem("wire.unreadable", where=str(error)) from None


class Route(msgspec.Struct, frozen=True):
    """One raw endpoint, with what the OpenAPI document says about it. `lane` orders it under overload."""

    method: str
    path: str
    handle: Callable[[Request], Awaitable[Answer]]
    summary: str
    lane: Lane
    reads: type | None = None
    answers: type | None = None
    query: tuple[str, ...] = ()
    needs_token: bool = True
    problems: tuple[int, ...] = (400, 401, 503)


class Addresses:
    """Finds the route of a request. `{name}` in a route's path is the place of an id."""

    def __init__(self, routes: Iterable[Route]) -> None:
        routes = list(routes)
        self._plain = {(route.method, route.path): route for route in routes if "{" not in route.path}
        with_ids = [route for route in routes if "{" in route.path]
        self._with_ids = [(route, re.compile(_ID_IN_PATH.sub(_AN_ID, route.path))) for route in with_ids]

    def find(self, scope: MutableMapping[str, Any]) -> Route | None:
        """The route, and into the scope the ids that stand in the path; None for an address that is none of ours."""
        method, path = scope["method"], scope["path"]
        if route := self._plain.get((method, path)):
            return route
        for route, pattern in self._with_ids:
            if route.method == method and (found := pattern.fullmatch(path)):
                scope["path_params"] = found.groupdict()
                return route
        return None


_ID_IN_PATH = re.compile(r"{(\w+)}")
_AN_ID = r"(?P<\1>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"


async def serve(route: Route, scope: Scope, receive: Receive, send: Send) -> None:
    """Run a route; a problem becomes its sentence, anything else `wire.broken`, never a torn connection."""
    request = Request(scope, receive)
    try:
        with entrance.let_in(route.lane):
            answer = await route.handle(request)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        answer = problem_answer(problem, request.header("accept-language"))
    await send_answer(answer, send)


def problem_answer(problem: Problem, accept_language: str = "") -> Answer:
    """A problem as it goes out; 503 says when to come back, not for everybody at the same moment."""
    headers: tuple[tuple[str, str], ...] = ()
    if problem.status in (503, 507):
        headers = (("retry-after", retry_after()),)
    elif problem.code == "access.device_revoked":
        headers = (("lianfang-wipe", "people"),)
    return reply(problem_reply(problem, accept_language=accept_language), status=problem.status, headers=headers)


async def send_answer(answer: Answer, send: Send) -> None:
    """One start, one body."""
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        _NO_STORE,
        _NO_SNIFFING,
    ]
    if answer.headers:
        headers += [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


_NO_STORE, _NO_SNIFFING = (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")

# Reads that need the database run here; the loop itself never waits for a disk.
readers = LaneThreads(8, name="raw-reads")
entrance.watch(readers.waited)


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work beside the loop. A connection that broke is replaced, as Django does between requests."""

    def fresh() -> T:
        close_old_connections()
        return work()

    return await asyncio.get_running_loop().run_in_executor(readers, fresh)


class Mailbox:
    """Brings results from other threads to the loop: one wake-up for as many as have come meanwhile.

    A future of its own for each, as `asyncio.wrap_future` does it, wakes the loop once for every request.
    """

    _here: ClassVar["Mailbox | None"] = None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._come: deque[tuple[asyncio.Future[Any], Any]] = deque()
        self._called = False

    @classmethod
    def here(cls) -> "Mailbox":
        """That of the running loop."""
        loop = asyncio.get_running_loop()
        if cls._here is None or cls._here._loop is not loop:
            cls._here = cls(loop)
        return cls._here

    def expect(self) -> tuple["asyncio.Future[Any]", Callable[[Any], None]]:
        """A future, and what sets it from any thread; an exception is raised where the future is awaited."""
        future: asyncio.Future[Any] = self._loop.create_future()
        return future, lambda outcome: self._put(future, outcome)

    def _put(self, future: "asyncio.Future[Any]", outcome: Any) -> None:
        # First in, then call: whoever is just being delivered to sees it, or is called again.
        self._come.append((future, outcome))
        if not self._called:
            self._called = True
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._called = False
        while self._come:
            future, outcome = self._come.popleft()
            if future.done():  # its client has hung up
                continue
            future.set_exception(outcome) if isinstance(outcome, BaseException) else future.set_result(outcome)
