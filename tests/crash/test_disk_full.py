"""P15. A disk that is full, or that may not be written: said honestly, nothing acknowledged, nothing damaged, and over
by itself as soon as there is room again.

The server's data stand on a small disk of the test's own, which is filled and emptied while everybody works.
"""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.crash import alone
from tests.crash.lives import Lives
from tests.crash.street import Street, compare

pytestmark = [pytest.mark.server, pytest.mark.slow]

PATIENCE = 60.0
REFUSALS_PER_PHONE = 5


def test_a_full_disk_is_said_and_heals_by_itself(
    size: Callable[[int, int], int], proof: Callable[..., None], skipped: Callable[..., None]
) -> None:
    if why := alone.cannot():
        skipped("P15", "disk full", why)
    found = alone.run(fill_the_disk, times=size(5, 50))
    proof("P15", "disk full under the running server, then room again", size=found.pop("times"), **found)
    _nothing_is_amiss(found)
    assert {200, 507} <= {*found["statuses"]} <= {200, 503, 507}  # 503: a disk that fills is also slow
    assert found["ready_when_full"] == 0


def test_files_that_may_not_be_written_are_said_and_heal_by_themselves(
    size: Callable[[int, int], int], proof: Callable[..., None], skipped: Callable[..., None]
) -> None:
    if why := alone.cannot_loop("mkfs.ext4", "chattr"):
        skipped("P15", "files read-only", why)
    found = alone.run(forbid_writing, times=size(5, 50))
    proof("P15", "database files read-only under the running server, then not", size=found.pop("times"), **found)
    _nothing_is_amiss(found)
    assert found["statuses"] == [200, 503]
    assert found["ready_when_full"] == 0


def _nothing_is_amiss(found: dict[str, Any]) -> None:
    assert (found["lost"], found["twice"], found["counts_differ"]) == (0, 0, 0)
    assert (found["restarts"], found["damaged"], found["verified"]) == (0, 0, True)


def fill_the_disk(*, place: Path, times: int) -> dict[str, Any]:
    """Runs alone: ballast takes what room there is."""
    with alone.small_disk(place, megabytes=48) as disk:
        ballast = disk / "ballast"
        return _suffer(Lives(disk, log=place / "server.log"), times, lambda: _fill(ballast), ballast.unlink)


def forbid_writing(*, place: Path, times: int) -> dict[str, Any]:
    """Runs alone: the database and its log are made immutable, on a file system that refuses that of open files too."""
    server = Lives(alone.Disk(place, "ext4").folder, log=place / "server.log")
    files = [server.data / f"lianfang.sqlite3{end}" for end in ("", "-wal")]
    return _suffer(server, times, lambda: _chattr("+i", files), lambda: _chattr("-i", files))


def _suffer(server: Lives, times: int, ail: Callable[[], object], heal: Callable[[], object]) -> dict[str, Any]:
    ready = 0
    with server:
        server.run("demo", "--grids", "2", "--people", "300")
        server.start()
        first = server.pid
        with Street(server) as street, httpx.Client() as client:
            for _ in range(times):
                street.wait_for(20, acts=1, seconds=PATIENCE)
                ail()
                _until_everybody_was_refused(street)
                ready += server.can_store(client)
                heal()
            street.wait_for(20, acts=2, seconds=PATIENCE)
            healed = server.can_store(client)
        restarts = int(server.pid != first or server.ended is not None or not healed)
        server.kill()
        found = compare(street, lambda sql: _rows(server.data, sql))
        verified = "链条相符" in server.run("ledger", "verify") and "完全一致" in server.run("ledger", "rebuild")
        damaged = int(_rows(server.data, "PRAGMA integrity_check") != [("ok",)])
        statuses = sorted({status for phone in street.phones for status in phone.statuses})
        return {
            "times": times, "restarts": restarts, "damaged": damaged, "ready_when_full": ready, "statuses": statuses,
            **found._asdict(), "acts": len(street.acts), "verified": verified,
        }  # fmt: skip


def _until_everybody_was_refused(street: Street) -> None:
    """Each phone several times, and the office once."""

    def refused() -> list[int]:
        return [sum(n for status, n in phone.statuses.items() if status != 200) for phone in street.phones]

    before, deadline, office = refused(), time.monotonic() + PATIENCE, street.refused_acts
    while any(now < was + REFUSALS_PER_PHONE for now, was in zip(refused(), before, strict=True)):
        assert time.monotonic() < deadline, "records are still taken"
        time.sleep(0.01)
    while street.refused_acts == office:
        assert time.monotonic() < deadline, "the office is still served"
        time.sleep(0.01)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for piece in (1 << 20, 1 << 12):
            try:
                while True:
                    os.write(file.fileno(), bytes(piece))
            except OSError:
                continue


def _chattr(flag: str, files: list[Path]) -> None:
    subprocess.run(["chattr", flag, *map(str, files)], check=True)


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        return database.execute(sql).fetchall()
