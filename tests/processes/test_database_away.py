"""PostgreSQL goes away and comes back: everybody is told so in a sentence, nothing breaks, and it heals by itself."""

import time
from pathlib import Path

import httpx
import pytest

from tests import postgres
from tests.processes.conftest import Caller
from tests.processes.test_two_processes import found, grid_of, until
from tests.serving import Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.postgres_only("an SQLite file does not go away; a full disk is tested with the crash proofs"),
]


def test_while_the_database_is_away_every_answer_says_so_and_afterwards_all_goes_on(district: Path) -> None:
    with Server(district, demo=True) as server:
        phone = Caller(server, "grid-01")
        grid, said = grid_of(phone, server), {}
        record = found(grid, 1)

        def meanwhile() -> None:
            said["records"] = phone.post(server, "records", {"records": [record]})
            for path in ("feed", "me", "households", "campaigns"):
                said[path] = phone.get(server, path)
            said["readyz"] = httpx.get(f"{server.url}/readyz", timeout=30)
            assert httpx.get(f"{server.url}/healthz").status_code == 200

        postgres.away(meanwhile)
        back = time.monotonic()
        assert {path: answer.status_code for path, answer in said.items()} == dict.fromkeys(said, 503)
        assert all(int(answer.headers["retry-after"]) > 0 for answer in said.values())
        assert {answer.json()["code"] for answer in said.values()} <= {"wire.database_away", "ledger.cannot_store"}
        until(lambda: phone.post(server, "records", {"records": [record]}).status_code == 200, seconds=15)
        reply = phone.post(server, "records", {"records": [record, found(grid, 2)]}).json()
        assert [receipt["fate"] for receipt in reply["receipts"]] == ["already_held", "stored"]
        assert phone.get(server, "feed").status_code == phone.get(server, "me").status_code == 200
        assert time.monotonic() - back < 30
