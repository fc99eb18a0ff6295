"""Who works in the demo district.

One worker per grid, officers, command, desk, administrators. Names by lot, passwords by chance.

The names are the same for the same seed; passwords are made on each machine, shown to whoever sets it up, and kept
nowhere else than in one file that only its owner can read.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import msgspec

from lianfang.demo.district import SUBDISTRICT, District
from lianfang.demo.people import a_name
from lianfang.foundation.kernel.roles import Role

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when copied by hand


STEWARDS = 12  # in as many grids somebody answers for a few households


class Post(msgspec.Struct, frozen=True):
    """An account of the demo.

    Whose, and what they are where. `area` is the name of a grid, community, sector or the whole.
    """

    account: str
    name: str
    roles: tuple[Role, ...]
    area: str
    answers_for: str | None = None  # the grid


class Login(msgspec.Struct, frozen=True):
    """A line of the file of accounts."""

    account: str
    password: str
    name: str
    what: str


def posts(district: District) -> list[Post]:
    """Everybody with an account, the most useful first."""
    draw = Random(f"{district.seed}/staff")
    return [
        Post(account, a_name(draw), roles, area, answers_for) for account, roles, area, answers_for in _places(district)
    ]


def _places(district: District) -> Iterator[tuple[str, tuple[Role, ...], str, str | None]]:
    whole = SUBDISTRICT
    yield "command", (Role.COMMAND,), whole, None
    yield "desk", (Role.SUBDISTRICT_OFFICER, Role.DATA_OFFICER), whole, None
    yield "admin", (Role.SYSTEM_ADMIN,), whole, None
    yield "security", (Role.SECURITY_ADMIN,), whole, None
    yield "audit", (Role.AUDIT_ADMIN,), whole, None
    for number, grid in enumerate(district.grids, start=1):
        yield f"grid-{number:02d}", (Role.GRID_WORKER,), grid.name, grid.name
    for number, community in enumerate(district.communities, start=1):
        yield f"community-{number:02d}", (Role.COMMUNITY_OFFICER, Role.GRID_LEAD), community.name, None
    for number, sector in enumerate(district.sectors, start=1):
        yield f"sector-{number}", (Role.SECTOR_OFFICER,), sector, None
    for number, grid in enumerate(district.grids[:STEWARDS], start=1):
        yield f"steward-{number:02d}", (Role.VOLUNTEER,), grid.name, None


def a_password() -> str:
    """Sixty bits, in three groups that can be read out over a telephone."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))


def write_logins(path: Path, logins: Iterable[Login]) -> None:
    """For the owner of this machine alone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{one.account:<14}{one.password:<18}{one.name}  {one.what}\n" for one in logins)


def read_logins(path: Path) -> dict[str, Login]:
    """The accounts of this machine, by account name."""
    lines = (line.split(maxsplit=3) for line in path.read_text(encoding="utf-8").splitlines())
    return {account: Login(account, password, name, what) for account, password, name, what in lines}
