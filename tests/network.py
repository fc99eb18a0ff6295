"""Tests reach this machine and nothing else. A test that needs the internet would fail on the day it matters."""

import socket
from ipaddress import ip_address
from typing import Any

_NAMES_OF_THIS_MACHINE = {"localhost", "", None}


class NoNetwork(OSError):
    """A test tried to leave this machine."""


def close_the_way_out() -> None:
    """From now on a socket of this process connects to loopback or to a file, and to nothing beyond."""
    if getattr(socket.socket.connect, "guarded", False):
        return
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _stay_here(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _stay_here(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if not is_here(host):
            raise NoNetwork(f"a test asked for the address of {host}")
        return look_up(host, *rest, **options)

    guarded_connect.guarded = True  # type: ignore[attr-defined]
    socket.socket.connect = guarded_connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = guarded_look_up


def is_here(host: Any) -> bool:
    """Is this host the machine we are on?"""
    name = host.decode() if isinstance(host, bytes) else host
    if name in _NAMES_OF_THIS_MACHINE or str(name).endswith(".localhost"):
        return True
    try:
        address = ip_address(str(name))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _stay_here(family: int, address: Any) -> None:
    if family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
        raise NoNetwork(f"a test tried to connect to {address[0]}")
