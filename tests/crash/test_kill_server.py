"""Acknowledged means kept: a server killed again and again in the middle of a sweep misses nothing it acknowledged.

This kills the process, not the power.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from lianfang.demo import staff
from lianfang.demo.connection import Connection
from lianfang.demo.desk import Desk
from lianfang.demo.drill import Drill, Plan, Played
from lianfang.demo.office import DeskOffice
from tests.serving import Server

pytestmark = [pytest.mark.server, pytest.mark.slow]

RECORDS_BETWEEN_KILLS = 15


@pytest.fixture(scope="module")
def newcomers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two grids, loaded as any district is."""
    server = Server(tmp_path_factory.mktemp("newcomers"), demo=True)
    server.run("demo", "--grids", "2", "--people", "2400")
    yield server
    shutil.rmtree(server.data)


def test_whatever_was_acknowledged_before_a_kill_is_there_after_it(
    newcomers: Server, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    cycles = size(20, 1000)
    with newcomers:
        played, kills = asyncio.run(_sweep_while_it_is_killed(newcomers, cycles))
    assert kills >= cycles
    assert played.log.strange == []
    acknowledged = {UUID(id).hex for phone in played.phones for id in phone.acknowledged}
    assert len(acknowledged) > cycles * RECORDS_BETWEEN_KILLS / 2
    lost = acknowledged - _kept(newcomers)
    proof(
        "P1",
        "kill -9 of the server in the middle of a sweep",
        size=kills,
        acknowledged=len(acknowledged),
        lost=len(lost),
    )
    assert lost == set()
    assert "链条相符" in newcomers.run("ledger", "verify")
    newcomers.run("ledger", "rebuild")


async def _sweep_while_it_is_killed(server: Server, cycles: int) -> tuple[Played, int]:
    logins = staff.read_logins(server.data / "demo-accounts.txt")
    plan = Plan(port=server.port, workers=("grid-01", "grid-02"), loses_a_phone=False, batch=10)
    office = DeskOffice(
        desk=await _desk(server, logins["desk"]),
        command=await _desk(server, logins["command"]),
        today=datetime.now(UTC).date(),
    )
    drill = WhileTheServerIsUp(plan, office, now=lambda: datetime.now(UTC))
    killer = asyncio.create_task(_kill_and_start(server, drill, cycles))
    played = await drill.play()
    return played, await asyncio.wait_for(killer, timeout=120 + 10 * cycles)


class WhileTheServerIsUp(Drill):
    """Workers stand still while the server is down, so that there is something to send in every one of its lives."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.server_is_up = asyncio.Event()
        self.server_is_up.set()

    async def pace(self) -> None:
        await self.server_is_up.wait()
        await super().pace()
        await asyncio.sleep(0.002)


async def _desk(server: Server, login: staff.Login) -> Desk:
    desk = Desk(Connection("127.0.0.1", server.port))
    await desk.sign_in(login.account, login.password)
    return desk


async def _kill_and_start(server: Server, drill: "WhileTheServerIsUp", cycles: int) -> int:
    """Kill at any moment while records are on their way, start again, let some through."""
    chance, kills = Random("kill"), 0
    for _ in range(cycles):
        wanted = drill.log.records + RECORDS_BETWEEN_KILLS
        while drill.log.records < wanted:
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.uniform(0, 0.02))
        drill.server_is_up.clear()
        server.kill()
        kills += 1
        await asyncio.to_thread(server.start)
        drill.server_is_up.set()
    return kills


def _kept(server: Server) -> set[str]:
    rows = "SELECT record_id FROM ledger_entry UNION SELECT record_id FROM ledger_heldrecord"
    if server.database_url:
        with psycopg.connect(server.database_url) as database:
            return {id.hex for (id,) in database.execute(rows)}
    with closing(sqlite3.connect(server.data / "lianfang.sqlite3")) as file:
        return {id for (id,) in file.execute(rows)}
