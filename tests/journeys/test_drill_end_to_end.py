"""Two grids from an empty folder to the last door, over HTTP, with all the bad luck, counted three times."""

from pathlib import Path

import pytest

from tests.serving import Server

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_a_sweep_of_two_grids_ends_with_phones_server_and_entries_agreeing(tmp_path: Path) -> None:
    server = Server(tmp_path, demo=True)
    assert "✓" in server.run("demo", "--grids", "2", "--people", "1500")
    assert "already" in server.run("demo", "--grids", "2", "--people", "1500")
    with server:
        said = server.run("drill", "sweep", "--devices", "2", "--seconds", "0", "--port", str(server.port))
        assert "✓ 三处数目一致" in said and "of 1,500 people listed" in said
        again = server.run("drill", "sweep", "--devices", "2", "--seconds", "0", "--port", str(server.port))
        assert "✓ 三处数目一致" in again
    assert "链条相符" in server.run("ledger", "verify")
    server.run("ledger", "rebuild")


@pytest.mark.sqlite_only("copies of a PostgreSQL are made by its own tools")
def test_a_copy_made_during_a_sweep_is_restored_elsewhere(tmp_path: Path) -> None:
    server = Server(tmp_path, demo=True)
    server.run("demo", "--grids", "2", "--people", "600")
    with server:
        server.run("drill", "sweep", "--devices", "2", "--seconds", "0", "--port", str(server.port))
        server.run("backup")
    there = Server(tmp_path / "elsewhere", demo=True)
    there.keys.mkdir(parents=True)
    key = there.data.name + ".master.key"
    (there.keys / key).write_bytes((server.keys / key).read_bytes())
    (copy,) = (server.data.parent / "backups").iterdir()
    there.run("restore", str(copy))
    assert "链条相符" in there.run("ledger", "verify")
    with there:
        pass
