"""A district moves from its files to PostgreSQL: killed on the way, resumed, compared, and at work there."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.processes.conftest import Caller
from tests.processes.test_two_processes import found, grid_of
from tests.serving import Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.postgres_only("it is where the move goes to"),
]
FILES = ("lianfang.sqlite3", "plumbing.sqlite3")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two grids in files, with a phone enrolled and a visit made."""
    server = on_files(tmp_path_factory.mktemp("old"))
    server.run("demo", "--grids", "2", "--people", "300")
    with server:
        phone = Caller(server, "grid-01")
        phone.post(server, "records", {"records": [found(grid_of(phone, server), 1)]})
    return server.data.parent


@pytest.fixture
def here(old: Path, tmp_path: Path) -> Iterator[Server]:
    """A copy of it for each test."""
    shutil.copytree(old, tmp_path, dirs_exist_ok=True)
    yield on_files(tmp_path)


def on_files(folder: Path) -> Server:
    server = Server(folder, demo=True)
    server.database_url = ""
    return server


def names(server: Server) -> list[str]:
    found = {path.name for path in server.data.glob("*.sqlite3*")}
    return sorted(name for name in found if not name.endswith(("-wal", "-shm")))


def copied(url: str) -> list[str]:
    with psycopg.connect(url) as target:
        try:
            return [name for (name,) in target.execute("SELECT name FROM lianfang_move WHERE done")]
        except psycopg.errors.UndefinedTable:
            return []


def kill_in_between(here: Server, url: str, *, after: int) -> None:
    moving = subprocess.Popen(here.command("db", "move", url), env=here.environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(copied(url)) < after:
        assert moving.poll() is None and time.monotonic() < deadline
    moving.kill()
    moving.wait()


def test_a_move_that_was_killed_goes_on_and_the_server_works_on_the_other_side(here: Server) -> None:
    url = postgres.database_of(here.data)
    kill_in_between(here, url, after=5)
    done = copied(url)
    assert len(done) >= 5 and names(here) == list(FILES)
    said = here.run("db", "move", url)
    assert "链条相符" in said and "✗" not in said
    assert names(here) == [f"{name}.moved" for name in FILES]
    there = Server(here.data.parent, demo=True)
    assert "链条相符" in there.run("ledger", "verify")
    assert "完全一致" in there.run("ledger", "rebuild")
    with there:
        phone = Caller(there, "grid-02")
        reply = phone.post(there, "records", {"records": [found(grid_of(phone, there), 1)]}).json()
        assert [receipt["fate"] for receipt in reply["receipts"]] == ["stored"]
        assert phone.get(there, "me").status_code == 200


def test_a_row_that_differs_on_the_other_side_is_named_and_the_old_files_stay_in_force(here: Server) -> None:
    url = postgres.database_of(here.data)
    kill_in_between(here, url, after=30)
    with psycopg.connect(url) as target:
        target.execute("UPDATE access_account SET display_name = '改了' WHERE name = 'desk'")
    with pytest.raises(AssertionError, match=r"access_account[\s\S]*project\.move_differs"):
        here.run("db", "move", url)
    assert names(here) == list(FILES)
    assert "✓" in here.run("db", "move", url, "--again")


def test_a_move_is_refused_while_a_server_runs_and_into_a_database_that_is_used(here: Server, district: Path) -> None:
    with here, pytest.raises(AssertionError, match=r"project\.server_is_running"):
        here.run("db", "move", postgres.database_of(here.data))
    with pytest.raises(AssertionError, match=r"project\.move_target_is_used"):
        here.run("db", "move", Server(district, demo=True).database_url)
    assert names(here) == list(FILES)
