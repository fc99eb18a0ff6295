"""P1. Acknowledged means kept: whatever process is killed in the middle of the work, the receipts given before it hold.

Two phones hand in without a pause and an office adds buildings. The server, and on PostgreSQL a process of the
database or the whole of it, is killed at any moment, again and again. This kills processes, not the power.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests import postgres
from tests.crash.cluster import Cluster
from tests.crash.lives import Lives
from tests.crash.street import Found, Street, compare

pytestmark = [pytest.mark.server, pytest.mark.slow]

RECORDS_BETWEEN_KILLS = 9
HEALED = Found(acknowledged=0, lost=0, twice=0, counts_differ=0)


def test_killing_the_server_loses_nothing_it_acknowledged_and_counts_nothing_twice(
    folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    cycles = size(150, 1000)
    with Lives(folder) as server:
        street = _a_day_of_kills(server, [lambda: _kill_and_start(server)] * cycles)
        found = compare(street, lambda sql: _rows(server.data, sql))
        proof("P1", "kill -9 of the server, SQLite", size=cycles, acts=len(street.acts), **found._asdict())
        assert found.acknowledged > cycles
        assert found._replace(acknowledged=0) == HEALED
        assert _is_whole(server)


def test_killing_the_server_or_postgresql_loses_nothing_and_counts_nothing_twice(
    folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    cycles = size(60, 1000)
    try:
        cluster = Cluster(folder)
    except postgres.NotInstalled as missing:
        pytest.skip(str(missing))
    with cluster, Lives(folder, database_url=cluster.url) as server:
        ways = {
            "server": lambda: _kill_and_start(server),
            "backend": lambda: _kill_a_backend(cluster),
            "postmaster": lambda: _kill_the_database(cluster),
        }
        drawn = Random("kill").choices(list(ways), weights=[12, 6, 2], k=cycles)
        street = _a_day_of_kills(server, [ways[way] for way in drawn])
        found = compare(street, cluster.read)
        kills = {way: drawn.count(way) for way in ways}
        what = "kill -9 of the server, of a PostgreSQL backend, of the postmaster"
        proof("P1", what, size=cycles, **kills, acts=len(street.acts), **found._asdict())
        assert found.acknowledged > cycles
        assert found._replace(acknowledged=0) == HEALED
        assert _is_whole(server)


def _a_day_of_kills(server: Lives, kills: list[Callable[[], None]]) -> Street:
    """Everybody works; each kill comes at any moment after some more was acknowledged."""
    chance = Random("moments")
    server.run("demo", "--grids", "2", "--people", "600")
    server.start()
    with Street(server) as street:
        for number, kill in enumerate(kills):
            street.wait_for(RECORDS_BETWEEN_KILLS, acts=number % 10 == 0)
            time.sleep(chance.uniform(0, 0.02))
            kill()
        street.wait_for(RECORDS_BETWEEN_KILLS, acts=1)
    server.kill()
    return street


def _kill_and_start(server: Lives) -> None:
    server.kill()
    server.start()


def _kill_a_backend(cluster: Cluster) -> None:
    assert cluster.kill_a_backend(Random().randrange(8))


def _kill_the_database(cluster: Cluster) -> None:
    cluster.kill()
    cluster.start()


def _is_whole(server: Lives) -> bool:
    """The chain holds, and every table is as its entries say."""
    return "链条相符" in server.run("ledger", "verify") and "完全一致" in server.run("ledger", "rebuild")


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        return database.execute(sql).fetchall()
