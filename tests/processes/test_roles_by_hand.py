"""Where the server's login may not make roles, an administrator runs what is printed; before that nothing starts."""

from pathlib import Path

import pytest

from tests import postgres
from tests.serving import DidNotStart, Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.postgres_only("SQLite has no roles"),
]


def test_without_roles_the_server_does_not_start_and_what_is_printed_makes_them(tmp_path: Path) -> None:
    server = Server(tmp_path, demo=True)
    server.database_url = postgres.database_for("clerk")
    server.run("demo", "--grids", "1", "--people", "60")
    with pytest.raises(DidNotStart, match=r"project\.roles_missing"):
        server.start()
    postgres.as_administrator(server.database_url, server.run("db", "roles"))
    server.run("upgrade")  # renews what the roles may do, without making them
    with server:
        assert "row-level security are in force" in server.run("db", "roles", "--apply")
