"""P7. An upgrade that is killed half-way is gone on with; one that fails leaves everything as it was.

The next version is this one with three migrations more, which touch every entry (tests/crash/next_version).
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests import postgres
from tests.crash.cluster import Cluster
from tests.crash.lives import Lives
from tests.crash.street import Street

pytestmark = [pytest.mark.server, pytest.mark.slow]

NEXT = {"DJANGO_SETTINGS_MODULE": "tests.crash.next_version.settings"}
KILLS_EACH = 4
VISITS = 3000
Read = Callable[[str], list[tuple[Any, ...]]]


class District:
    """A district of the version before, of which fresh copies are upgraded."""

    def __init__(self, folder: Path, cluster: Cluster | None = None) -> None:
        self.cluster, self._folder, self._number = cluster, folder, 0
        self._first = Lives(folder / "first", database_url=cluster.url if cluster else "")
        (folder / "first").mkdir()
        self._first.run("demo", "--grids", "2", "--people", "600")
        with self._first:
            self._first.start()
            with Street(self._first, batch=100, acts=False) as street:
                street.wait_for(VISITS)
        self.entries = self._read_of(self._first)("SELECT record_id FROM ledger_entry ORDER BY position")

    def fresh(self, **also: str) -> tuple[Lives, Read]:
        """Another copy of it, in the hands of the next version, and how to read its tables."""
        self._number += 1
        folder, url = self._folder / str(self._number), ""
        shutil.copytree(self._folder / "first", folder)
        if self.cluster:
            url = self.cluster.twin(f"twin{self._number}")
        lives = Lives(folder, database_url=url, **NEXT, **also)
        return lives, self._read_of(lives)

    def _read_of(self, lives: Lives) -> Read:
        if self.cluster:
            cluster, url = self.cluster, lives.environment["LIANFANG_DATABASE_URL"]
            return lambda sql: cluster.read(sql, url=url)
        return lambda sql: _rows(lives.data, sql)


@pytest.fixture(params=["sqlite", "postgresql"])
def district(request: pytest.FixtureRequest, folder: Path) -> Iterator[District]:
    if request.param == "sqlite":
        yield District(folder)
        return
    try:
        cluster = Cluster(folder)
    except postgres.NotInstalled as missing:
        pytest.skip(str(missing))
    with cluster:
        yield District(folder, cluster)


def test_an_upgrade_killed_half_way_is_gone_on_with(
    district: District, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    upgrades, chance, kills, lasts = size(5, 50), Random("upgrade"), 0, 0.0
    for number in range(upgrades + 1):
        lives, read = district.fresh()
        with lives:
            lives.be_ready()
            for _ in range(KILLS_EACH if number else 0):  # the first shows how long one lasts
                lives.begin("upgrade")
                time.sleep(chance.uniform(0.1, 0.6) * lasts)
                lives.kill()
                kills += lives.ended == -9
            began = time.monotonic()
            lives.begin("upgrade")
            assert lives.wait_for_the_end(120) == 0, lives.said[-3000:]
            lasts = lasts or time.monotonic() - began
            _is_the_next_version(lives, read, district.entries)
            shutil.rmtree(lives.data.parent)
    what = f"upgrade killed half-way and gone on with, {'PostgreSQL' if district.cluster else 'SQLite'}"
    proof("P7", what, size=kills, upgrades=upgrades, entries=len(district.entries), lost=0, done_twice=0)
    assert kills >= upgrades


def test_an_upgrade_that_fails_leaves_everything_as_it_was(district: District, proof: Callable[..., None]) -> None:
    lives, read = district.fresh(NEXT_VERSION_FAILS="1")
    if district.cluster:
        lives.run("db", "roles", "--apply")  # roles are named after the database, and this one is a copy
    tables = _tables(read, district)
    with lives:
        lives.begin("upgrade")
        assert lives.wait_for_the_end(120) == 1
    assert "upgrade.put_back" in lives.said
    assert read("SELECT record_id FROM ledger_entry ORDER BY position") == district.entries
    assert _tables(read, district) == tables
    assert not (lives.data / "upgrade.json").exists()
    before = Lives(lives.data.parent, database_url=lives.environment["LIANFANG_DATABASE_URL"])
    assert "链条相符" in before.run("ledger", "verify")
    with before:
        before.start()
    what = f"upgrade that fails is put back, {'PostgreSQL' if district.cluster else 'SQLite'}"
    proof("P7", what, size=1, entries=len(district.entries), lost=0)


def _is_the_next_version(lives: Lives, read: Read, entries: list[tuple[Any, ...]]) -> None:
    """Every entry there, each touched by each migration once, and the server starts."""
    assert read("SELECT record_id FROM ledger_entry ORDER BY position") == entries
    assert read("SELECT DISTINCT next_word FROM ledger_entry") == [("x",)]
    assert read("SELECT COUNT(*) FROM next_thing") == [(len(entries),)]
    assert not (lives.data / "upgrade.json").exists()
    lives.start()
    lives.kill()


def _tables(read: Read, district: District) -> list[str]:
    if district.cluster:
        named = "SELECT table_name || '.' || column_name FROM information_schema.columns"
        columns = read(f"{named} WHERE table_schema = 'public' ORDER BY 1")
        return [name for (name,) in columns]
    return [str(row) for row in read("SELECT name, sql FROM sqlite_master ORDER BY name")]


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        return database.execute(sql).fetchall()
