"""What visits say of homes: a port. The register knows no campaign; who does tells it by two conditions on `h.id`."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple


class Visits(NamedTuple):
    """Conditions on a household `h`, each with its parameters."""

    met: tuple[str, list[Any]]  # somebody was met there since that day
    empty: tuple[str, list[Any]]  # the last visit since that day found it empty or moved out of


SinceThen = Callable[[date], Visits]
NO_VISITS = Visits(("1 = 0", []), ("1 = 0", []))
_port: list[SinceThen] = [lambda since: NO_VISITS]


def install_visits(since: SinceThen) -> None:
    """Wire it; done once by the project."""
    _port[:] = [since]


def visits_since(since: date) -> Visits:
    """What has been heard at doors since that day."""
    return _port[0](since)
