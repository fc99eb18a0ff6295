"""Records a golden set, at each release; README.md says how. No test."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from lianfang.demo.connection import Reply
from lianfang.demo.phones import Log, Phone
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.tests import village
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.screens.field.tests.conftest import town  # noqa: F401 - a fixture
from lianfang.screens.field.tests.phone import ask
from tests.crash.district import find_a_home
from tests.crash.golden.town import (
    Expected,
    Sent,
    World,
    a_secret,
    acts,
    make_again,
    read,
    set_server_key,
    sums,
    write,
)
from tests.crash.test_golden import CLIENTS, empty_server, handed_in  # noqa: F401 - a fixture

ROUND = NOW + timedelta(hours=1)


@pytest.fixture
def folder(repository: Path) -> Iterator[Path]:
    folder = repository / os.environ["LIANFANG_GOLDEN"]
    folder.mkdir(parents=True)
    with clock.stopped_at(ROUND):
        yield folder


def test_record_a_golden_set(town: None, folder: Path, repository: Path) -> None:  # noqa: F811
    secret = a_secret(f"golden {folder.name}".encode())
    set_server_key(secret, at=NOW)
    worker = hire("grid-01", Role.GRID_WORKER, area="G1")
    for _ in range(6):
        village.a_household("G1")
    campaign = village.a_campaign()
    code = access.issue_enrolment(account=worker, by=THE_HOUSE, at=ROUND).code
    made = acts()[:-1]  # the last of them is that code, good for ten minutes of that day
    phone = Line(code)
    drill = asyncio.run(a_day_with_the_drill(phone))
    feed = ask("GET", "/api/v1/feed?after=0&shape=", token=phone.token).body
    key = ask("GET", "/api/v1/server-key").body
    world = World(NOW, worker, id_of("S"), campaign.id, secret, made, msgspec.Raw(feed), msgspec.Raw(key))
    write(folder, "world.json", world)
    write(folder, "drill.json", drill)
    a_day_with_the_web_client(folder, repository / "web")


class Line:
    """The drill's connection, straight into the server's routes; keeps what was handed in."""

    def __init__(self, code: str) -> None:
        self.code, self.token = code, ""
        self.sent: list[Sent] = []

    async def request(self, method: str, path: str, *, body: bytes = b"", headers: Any = None, **_: Any) -> Reply:
        """As Connection's."""
        said = await asyncio.to_thread(lambda: ask(method, path, body=body, headers=headers))
        if path == "/api/v1/tokens":
            self.token = said.json()["token"]
        if path == "/api/v1/records":
            kept = {name: value for name, value in headers.items() if name != "Authorization"}
            self.sent.append(Sent(path, kept, body.decode()))
        return Reply(said.status, said.headers, said.body)


async def a_day_with_the_drill(line: Line) -> list[Sent]:
    """A household found and visited, a visit again, sealed ones, a wrong clock, all of it shuffled, and once more."""
    phone = Phone(worker="grid-01", connection=line, log=Log(), random=Random("golden"))  # type: ignore[arg-type]
    await phone.enrol(line.code)
    await phone.sync()
    (sheet,) = phone.campaigns
    find_a_home(phone, sheet, people=2, at=ROUND)
    await phone.send()
    for hours in (0, 9, -87_600):
        phone.clock_off = timedelta(hours=hours)
        find_a_home(phone, sheet, people=3, at=ROUND)
    await phone.send(sealed=True, most=2)
    phone.shuffle_outbox()
    await phone.drain()
    await phone.send_again()
    return line.sent


def a_day_with_the_web_client(folder: Path, web: Path) -> None:
    """The field app's own outbox, in Node."""
    environment = {**os.environ, "LIANFANG_GOLDEN": str(folder)}
    subprocess.run(["npx", "vitest", "run", "tests/golden.test.ts"], cwd=web, env=environment, check=True)


@pytest.mark.parametrize("client", CLIENTS)
def test_note_what_comes_of_it(empty_server: None, repository: Path, client: str) -> None:  # noqa: F811
    """Look at it: from now on it must come to this for ever."""
    folder = repository / os.environ["LIANFANG_GOLDEN"]
    world, sent = read(folder, "world.json", World), read(folder, f"{client}.json", list[Sent])
    make_again(world)
    with clock.stopped_at(world.now + timedelta(hours=3)):
        expected = Expected(handed_in(world, sent), sums(world))
    noted = read(folder, "expected.json", dict[str, Expected]) if (folder / "expected.json").exists() else {}
    write(folder, "expected.json", noted | {client: expected})
