"""What only a real server on a real socket can be asked: too much, broken off, of a length that is a lie."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lianfang.demo import staff
from tests.contract.sentences import assert_clear
from tests.serving import Server

pytestmark = [pytest.mark.server, pytest.mark.slow]

MEGABYTE = 1 << 20
UPLOAD = 300 * MEGABYTE
MOST_GROWTH = 48 * MEGABYTE  # of the server while it is sent six times as much


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One small grid."""
    server = Server(tmp_path_factory.mktemp("flood"), demo=True)
    server.run("demo", "--grids", "1", "--people", "60")
    with server:
        yield server


@pytest.fixture(scope="module")
def token(server: Server) -> Callable[[str], str]:
    """The token of somebody's device."""
    logins = staff.read_logins(server.data / "demo-accounts.txt")

    def given(account: str) -> str:
        asked = {"account": account, "password": logins[account].password, "device_name": "flood"}
        answer = httpx.post(f"{server.url}/api/v1/tokens", json=asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    return given


def peak(server: Server) -> int:
    """The most memory the server has ever held."""
    status = Path(f"/proc/{server.pid}/status")
    if not status.is_file():
        pytest.skip("needs /proc")
    return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def zeros(size: int, *, around: tuple[bytes, bytes] = (b"", b"")) -> Iterator[bytes]:
    """A body in pieces, so that this process does not hold it either."""
    yield around[0]
    for _ in range(size // MEGABYTE):
        yield b" " * MEGABYTE
    yield around[1]


def assert_refused(answer: httpx.Response, english: httpx.Response, status: int, code: str) -> None:
    """A sentence in both languages."""
    assert (
        (answer.status_code, answer.json()["code"]) == (english.status_code, english.json()["code"]) == (status, code)
    )
    assert_clear(answer.json()["message"], english.json()["message"])


def still_stores(server: Server) -> bool:
    """Whoever comes next is served."""
    return httpx.get(f"{server.url}/readyz").status_code == 200 and '"level": "error"' not in server.said


PART = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\nPK\x03\x04',
    b"\r\n--x--\r\n",
)


@pytest.mark.parametrize(
    ("path", "account", "code"),
    [
        ("imports", "desk", "tables.too_large"),
        ("areas/workbook", "desk", "tables.too_large"),
        ("campaigns", "desk", "wire.too_large"),
        ("records", "grid-01", "ledger.batch_too_large"),
        ("tokens", "grid-01", "wire.too_large"),
    ],
)
def test_300_megabytes_are_turned_away_unread(
    server: Server, token: Callable[[str], str], path: str, account: str, code: str
) -> None:
    before, is_form = peak(server), "tables" in code
    headers = {"Authorization": f"Bearer {token(account)}", "Content-Length": str(UPLOAD + len(b"".join(PART)))}
    headers["Content-Type"] = "multipart/form-data; boundary=x" if is_form else "application/json"
    answers = [
        httpx.post(
            f"{server.url}/api/v1/{path}",
            content=zeros(UPLOAD, around=PART),
            headers=headers | {"Accept-Language": language},
            timeout=60,
        )
        for language in ("zh", "en")
    ]
    assert_refused(*answers, 413, code)
    assert peak(server) - before < MOST_GROWTH
    assert not any((server.data / "imports").glob("*"))
    assert still_stores(server)


def test_a_body_without_a_length_is_read_no_further_than_the_bound(server: Server, token: Callable[[str], str]) -> None:
    before, headers = peak(server), {"Authorization": f"Bearer {token('grid-01')}"}
    answers = [
        httpx.post(
            f"{server.url}/api/v1/records",
            content=zeros(UPLOAD),
            headers=headers | {"Accept-Language": language},
            timeout=60,
        )
        for language in ("zh", "en")
    ]
    assert_refused(*answers, 413, "ledger.batch_too_large")
    assert peak(server) - before < MOST_GROWTH
    answer = httpx.post(f"{server.url}/api/v1/imports", content=zeros(MEGABYTE), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (411, "wire.length_missing")
    assert still_stores(server)


def half_sent(server: Server, path: str, token: str, body: bytes, *, promised: int, kind: str) -> None:
    """A connection that ends in the middle of its body, as in a lift."""
    head = (
        f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {promised}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(head.encode() + body)
        time.sleep(0.2)  # the server has begun to read


@pytest.mark.parametrize("kept", [0, 10, 60])
def test_a_batch_that_breaks_off_leaves_nothing_and_comes_whole_the_next_time(
    server: Server, token: Callable[[str], str], kept: int
) -> None:
    phone = token("grid-01")
    record = {
        "id": f"018d0000-0000-7000-8000-0000000000{kept:02x}",
        "kind": "not.known.v1",
        "at": "2021-12-10T08:00:00Z",
    }
    body = httpx.Request("POST", server.url, json={"records": [record | {"body": {}}]}).content
    half_sent(server, "records", phone, body[:kept], promised=len(body), kind="application/json")
    again = httpx.post(f"{server.url}/api/v1/records", content=body, headers={"Authorization": f"Bearer {phone}"})
    assert again.json()["receipts"][0]["code"] == "ledger.newer_kind"
    assert again.json()["device"] == {"stored": 0, "held": 1, "highest_n": 0}
    assert still_stores(server)


def test_an_upload_that_breaks_off_leaves_no_import_and_no_file(server: Server, token: Callable[[str], str]) -> None:
    desk = token("desk")
    body = b"".join(zeros(3 * MEGABYTE, around=PART))
    for kept in (0, 50, 2 * MEGABYTE):
        kind = "multipart/form-data; boundary=x"
        half_sent(server, "imports", desk, body[:kept], promised=len(body), kind=kind)
    ours = httpx.get(f"{server.url}/api/v1/imports", headers={"Authorization": f"Bearer {desk}"}).json()
    assert [each["file_name"] for each in ours["rows"]].count("a.xlsx") == 0
    assert not any((server.data / "imports").glob("*"))
    assert still_stores(server)


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(64),
        b"POST /api/v1/records HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"GET /api/v1/feed?after=" + b"9" * 60_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"%ff%00../" * 100 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["version", "TLS", "negative", "two lengths", "long", "dots"],
)
def test_what_is_no_http_or_hardly_any_harms_nobody(server: Server, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
        heard: Any = line.recv(65536)
    assert b" 500 " not in heard[:20]
    assert still_stores(server)
