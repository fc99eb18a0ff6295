"""P1b. Acknowledged means kept, also when the power goes: whatever had a receipt before the cut is there after it.

A process that is killed leaves its unsynced pages to the kernel, so that test passes on a database that syncs nothing.
Here the file system itself is shut down under the running server (the ioctl that XFS and ext4 have for testing
their own recovery): what was not synced is gone. Only receipts that came before the cut began are counted.
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
from tests.crash import alone
from tests.crash.cluster import Cluster
from tests.crash.lives import Lives
from tests.crash.street import Street, compare

pytestmark = [pytest.mark.server, pytest.mark.slow]

RECORDS_BETWEEN_CUTS = 30


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_power_cut_takes_nothing_that_sqlite_acknowledged(
    kind: str, size: Callable[[int, int], int], proof: Callable[..., None], skipped: Callable[..., None]
) -> None:
    what = f"power cut under SQLite on {kind}"
    if why := alone.cannot_loop(f"mkfs.{kind}"):
        skipped("P1b", what, why)
    found = alone.run(cut_power_under_sqlite, kind=kind, cuts=size(20, 500))
    proof("P1b", what, size=found.pop("cuts"), **found)
    assert (found["lost"], found["twice"], found["counts_differ"], found["verified"]) == (0, 0, 0, True)


def test_a_power_cut_takes_nothing_that_postgresql_acknowledged(
    size: Callable[[int, int], int], proof: Callable[..., None], skipped: Callable[..., None]
) -> None:
    what = "power cut under PostgreSQL on xfs"
    try:
        postgres._binaries()
    except postgres.NotInstalled as missing:
        skipped("P1b", what, str(missing))
    if why := alone.cannot_loop("mkfs.xfs"):
        skipped("P1b", what, why)
    found = alone.run(cut_power_under_postgresql, cuts=size(15, 300))
    proof("P1b", what, size=found.pop("cuts"), **found)
    assert (found["lost"], found["twice"], found["counts_differ"], found["verified"]) == (0, 0, 0, True)


def cut_power_under_sqlite(*, place: Path, kind: str, cuts: int) -> dict[str, Any]:
    """Runs alone: data and keys stand on a disk whose power is cut while everybody works."""
    disk = alone.Disk(place, kind)
    with Lives(disk.folder, log=place / "server.log") as server:
        server.run("demo", "--grids", "2", "--people", "600")
        day = Day(server, disk, cuts, before=lambda: None, after=lambda: None)
        street, kept = day.play()
        return _found(server, cuts, street, kept, lambda sql: _rows(server.data, sql))


def cut_power_under_postgresql(*, place: Path, cuts: int) -> dict[str, Any]:
    """Runs alone: the whole of PostgreSQL, its log of changes too, stands on a disk whose power is cut."""
    disk = alone.Disk(place, "xfs", megabytes=600)
    cluster = Cluster(disk.folder, sockets=place / "sockets")
    with cluster, Lives(place, database_url=cluster.url) as server:
        server.run("demo", "--grids", "2", "--people", "600")
        street, kept = Day(server, disk, cuts, before=cluster.kill, after=cluster.start).play()
        return _found(server, cuts, street, kept, cluster.read)


class Day:
    """Work, cut, start again, so many times. `before` and `after`: what else stands on that disk."""

    def __init__(
        self, server: Lives, disk: alone.Disk, cuts: int, *, before: Callable[[], None], after: Callable[[], None]
    ) -> None:
        self._server, self._disk, self._cuts = server, disk, cuts
        self._before, self._after = before, after
        self._chance = Random("cuts")

    def play(self) -> tuple[Street, set[str]]:
        """The street, and what it was told before a cut began or after the power was back."""
        self._server.start()
        away: list[tuple[float, float]] = []
        with Street(self._server, batch=3) as street:
            for number in range(self._cuts):
                street.wait_for(RECORDS_BETWEEN_CUTS, acts=number % 5 == 0)
                time.sleep(self._chance.uniform(0, 0.02))
                away.append(self._cut())
            street.wait_for(RECORDS_BETWEEN_CUTS, acts=1)
        self._server.kill()
        told = street.moments()
        return street, {id for id, at in told if not any(since <= at <= until for since, until in away)}

    def _cut(self) -> tuple[float, float]:
        began = time.perf_counter()
        self._disk.cut_power()
        self._server.kill()
        self._before()
        self._disk.restore_power()
        self._after()
        ended = time.perf_counter()
        self._server.start()
        return began, ended


def _found(server: Lives, cuts: int, street: Street, kept: set[str], read: Any) -> dict[str, Any]:
    found = compare(street, read, acknowledged=kept)
    verified = "链条相符" in server.run("ledger", "verify") and "完全一致" in server.run("ledger", "rebuild")
    return {"cuts": cuts, **found._asdict(), "acts": len(street.acts), "verified": verified}


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        return database.execute(sql).fetchall()
