"""The block on the network is itself tested: a guard that silently stopped guarding would be no guard."""

import socket
import threading

import pytest

from tests.network import NoNetwork, is_here


def test_an_address_elsewhere_is_out_of_reach() -> None:
    with socket.socket() as out, pytest.raises(NoNetwork):
        out.connect(("192.0.2.1", 80))


def test_an_address_elsewhere_is_out_of_reach_for_ipv6_and_for_the_quiet_call() -> None:
    with socket.socket(socket.AF_INET6) as out, pytest.raises(NoNetwork):
        out.connect_ex(("2001:db8::1", 80))


def test_a_name_elsewhere_is_not_looked_up() -> None:
    with pytest.raises(NoNetwork):
        socket.create_connection(("registry.example", 443), timeout=1)


def test_this_machine_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=lambda: server.accept()[0].sendall(b"here"))
        answering.start()
        with socket.create_connection(server.getsockname(), timeout=5) as call:
            assert call.recv(4) == b"here"
        answering.join()


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1.2.3", "::1", b"localhost", "lianfang.localhost", None]
)
def test_here_is_here(host: object) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "localhost.example", "10.0.0.1", "2001:db8::1"])
def test_elsewhere_is_not_here(host: str) -> None:
    assert not is_here(host)
