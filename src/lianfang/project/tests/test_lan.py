"""Phones over TLS by name: what the authority vouches for, what it refuses, and what the install page hands out."""

import asyncio
import socket
import ssl
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509

from lianfang.project import lan

NOW = datetime.now(UTC).replace(microsecond=0)  # TLS compares with the real clock, so these tests do too
HOME = "192.168.1.20"


@pytest.fixture
def authority(tmp_path: Path) -> lan.Pair:
    return lan.authority_for([HOME], folder=tmp_path, at=NOW)


@pytest.fixture
def server(authority: lan.Pair, tmp_path: Path) -> lan.Pair:
    return lan.certificate_for([HOME, "127.0.0.1"], authority=authority, folder=tmp_path, at=NOW)


@pytest.mark.parametrize("name", ["lianfang.local", "localhost", "127.0.0.1", HOME])
def test_a_phone_with_the_authority_reaches_the_server_by_name(
    authority: lan.Pair, server: lan.Pair, name: str
) -> None:
    with _serving(server) as port:
        assert _page(port, name, trusting=authority) == b"kept"


def test_a_name_the_certificate_does_not_bear_is_refused(authority: lan.Pair, server: lan.Pair) -> None:
    with _serving(server) as port, pytest.raises(ssl.SSLCertVerificationError, match=r"lianfang\.example"):
        _page(port, "lianfang.example", trusting=authority)


def test_a_phone_without_the_authority_refuses_the_server(server: lan.Pair, tmp_path: Path) -> None:
    another = lan.authority_for([HOME], folder=tmp_path / "another", at=NOW)
    with _serving(server) as port, pytest.raises(ssl.SSLCertVerificationError):
        _page(port, "lianfang.local", trusting=another)


def test_the_authority_cannot_vouch_for_the_rest_of_the_web(
    authority: lan.Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with its key in hand: a certificate for a public name is refused by whoever trusts the authority."""
    monkeypatch.setattr(lan, "NAMES", ("bank.example",))
    forged = lan.certificate_for(["127.0.0.1"], authority=authority, folder=tmp_path / "forged", at=NOW)
    with _serving(forged) as port, pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        _page(port, "bank.example", trusting=authority)


def test_an_office_network_with_public_numbers_gets_an_authority_for_its_own_address(tmp_path: Path) -> None:
    odd = lan.authority_for(["203.0.113.7"], folder=tmp_path, at=NOW)
    server = lan.certificate_for(["203.0.113.7"], authority=odd, folder=tmp_path, at=NOW)
    with _serving(server) as port:
        assert _page(port, "203.0.113.7", trusting=odd) == b"kept"


def test_a_second_start_keeps_what_phones_have_installed(authority: lan.Pair, server: lan.Pair, tmp_path: Path) -> None:
    before = (authority.read(), server.read())
    later = NOW + timedelta(days=300)
    again = lan.authority_for([HOME], folder=tmp_path, at=later)
    assert (again.read(), lan.certificate_for([HOME], authority=again, folder=tmp_path, at=later).read()) == before


def test_a_certificate_near_its_end_is_renewed_under_the_same_authority(
    authority: lan.Pair, server: lan.Pair, tmp_path: Path
) -> None:
    before, later = server.read(), NOW + timedelta(days=380)
    renewed = lan.certificate_for([HOME], authority=authority, folder=tmp_path, at=later).read()
    assert renewed.serial_number != before.serial_number
    assert renewed.not_valid_after_utc - later == lan.CERTIFICATE_LASTS
    renewed.verify_directly_issued_by(authority.read())


def test_a_new_address_gets_a_new_certificate(authority: lan.Pair, server: lan.Pair, tmp_path: Path) -> None:
    before = server.read()
    moved = lan.certificate_for(["192.168.1.21"], authority=authority, folder=tmp_path, at=NOW)
    assert moved.read() != before
    with _serving(moved) as port:
        assert _page(port, "192.168.1.21", trusting=authority) == b"kept"


def test_a_new_authority_makes_the_old_certificate_worthless_and_it_is_replaced(
    server: lan.Pair, tmp_path: Path
) -> None:
    newer = lan.authority_for([HOME], folder=tmp_path / "newer", at=NOW)
    replaced = lan.certificate_for([HOME], authority=newer, folder=tmp_path, at=NOW)
    with _serving(replaced) as port:
        assert _page(port, "lianfang.local", trusting=newer) == b"kept"


def test_the_keys_are_ours_alone_to_read(authority: lan.Pair, server: lan.Pair) -> None:
    assert [stat.S_IMODE(pair.key.stat().st_mode) for pair in (authority, server)] == [0o400, 0o400]


def test_the_install_page_hands_out_the_authority_and_never_its_key(authority: lan.Pair, server: lan.Pair) -> None:
    page = lan.install_page(_doors(authority, server))
    status, kind, body = _asked(page, "/lianfang.crt")
    assert (status, kind) == (200, b"application/x-x509-ca-cert")
    assert x509.load_der_x509_certificate(body) == authority.read()
    _, _, html = _asked(page, "/")
    assert lan.fingerprint(authority.read()) in html.decode()
    assert f"https://{HOME}:8443/m/" in html.decode()
    assert "$" not in html.decode()
    assert _asked(page, "/authority.key")[0] == 302


def test_the_terminal_shows_a_code_that_reads_as_the_install_address(authority: lan.Pair, server: lan.Pair) -> None:
    """The blocks drawn are the modules of the code: light where the terminal draws, dark where it does not."""
    import segno

    shown = lan.announcement(_doors(authority, server)).splitlines()
    wanted = [list(row) for row in segno.make_qr(f"http://{HOME}:8080/").matrix_iter(border=2)]
    drawn = [half for line in shown[: (len(wanted) + 1) // 2] for half in _halves(line[2:])]
    assert drawn[: len(wanted)] == wanted


def _halves(line: str) -> list[list[int]]:
    pairs = [{"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}[shape] for shape in line]
    return [list(half) for half in zip(*pairs, strict=True)]


def _doors(authority: lan.Pair, server: lan.Pair) -> lan.Doors:
    return lan.Doors(address=HOME, https_port=8443, install_port=8080, authority=authority, server=server)


def _asked(application: lan.Application, path: str) -> tuple[int, bytes, bytes]:
    said: list[dict] = []

    async def send(message: dict) -> None:
        said.append(message)

    asyncio.run(application({"type": "http", "path": path}, None, send))  # type: ignore[arg-type]
    return said[0]["status"], dict(said[0]["headers"])[b"content-type"], said[1]["body"]


async def _kept(scope: dict, receive: object, send: lan.Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"kept"})


@contextmanager
def _serving(pair: lan.Pair) -> Iterator[int]:
    """The real server, with this certificate, on a free port."""
    config = uvicorn.Config(
        _kept,
        port=0,
        lifespan="off",
        log_level="critical",
        ssl_certfile=str(pair.certificate),
        ssl_keyfile=str(pair.key),
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def _page(port: int, name: str, *, trusting: lan.Pair) -> bytes:
    """What a phone reads when it asks for `name`, whatever address that name leads to."""
    context = ssl.create_default_context(cafile=str(trusting.certificate))
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=name) as call,
    ):
        call.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: call.recv(4096), b"")).rpartition(b"\r\n\r\n")[2]
