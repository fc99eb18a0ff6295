"""What Django answers from a thread reaches the loop whole, in order, and never all at once when it is long."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lianfang.foundation.plumbing.wsgi import InThreads

SCOPE = {"type": "http", "method": "POST", "path": "/ask", "query_string": b"q=1", "http_version": "1.1", "headers": []}
Answering = Callable[[Any, Any], Iterable[bytes]]


def _sent(app: Answering, *asked: bytes) -> list[dict[str, Any]]:
    """Every message that answers a request whose body comes in these parts."""
    sent: list[dict[str, Any]] = []
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in asked]
    coming.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as threads:
        asyncio.run(InThreads(app, threads)(SCOPE, receive, send))
    return sent


def test_a_page_leaves_as_one_head_and_one_body() -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("201 Created", [("X-Kind", "page")])
        return [environ["PATH_INFO"].encode(), b" ", environ["wsgi.input"].read()]

    head, body = _sent(app, b"one ", b"two")
    assert head == {"type": "http.response.start", "status": 201, "headers": [(b"x-kind", b"page")]}
    assert body == {"type": "http.response.body", "body": b"/ask one two", "more_body": False}


def test_an_answer_without_a_body_has_an_end() -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("204 No Content", [])
        return []

    head, body = _sent(app)
    assert (head["status"], body["body"], body["more_body"]) == (204, b"", False)


def test_a_file_leaves_part_by_part_and_is_closed() -> None:
    part, closed = b"x" * 40_000, []

    def pieces() -> Iterator[bytes]:
        try:
            for _ in range(10):
                yield part
        finally:
            closed.append(True)

    def app(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        return pieces()

    head, *bodies = _sent(app)
    assert head["status"] == 200
    assert b"".join(each["body"] for each in bodies) == part * 10
    assert max(len(each["body"]) for each in bodies) <= 2 * len(part)
    assert [each["more_body"] for each in bodies] == [True] * (len(bodies) - 1) + [False]
    assert closed == [True]


def test_what_breaks_inside_reaches_the_server_and_nothing_was_sent() -> None:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _sent(app)
