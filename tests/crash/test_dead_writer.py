"""The one thread that writes dies of a fault: nobody waits for ever, readyz says so, and it lives again by itself."""

import itertools
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.crash.lives import Lives
from tests.crash.street import LONGEST_WAIT_FOR_A_REPLY, Street, compare

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_a_writer_that_dies_is_missed_at_once_and_replaced(
    folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    times, missed = size(20, 200), 0
    with Lives(folder) as server:
        server.run("demo", "--grids", "2", "--people", "300")
        server.start()
        assert _says_so_when_asked(server)
        with Street(server, acts=False) as street:
            for _ in range(times):
                street.wait_for(9, seconds=LONGEST_WAIT_FOR_A_REPLY)
                server.signal(signal.SIGUSR1)
                time.sleep(0.05)
            street.wait_for(9)
        missed = sum(phone.statuses.get(503, 0) for phone in street.phones)
        waited = max(_longest_silence(phone.asked) for phone in street.phones)
        assert server.ended is None
        server.kill()
        found = compare(street, lambda sql: _rows(server.data, sql))
        seen = {"answered_503": missed, "longest_silence_s": round(waited, 1), **found._asdict()}
        proof("P15", "the writer's thread dies while phones hand in", size=times, **seen)
        assert (found.lost, found.twice, found.counts_differ) == (0, 0, 0)
        assert missed > 0 and waited < LONGEST_WAIT_FOR_A_REPLY
        assert "链条相符" in server.run("ledger", "verify")


def _says_so_when_asked(server: Lives) -> bool:
    """Nobody hands in: readyz is the first to notice, says 503 once, and the next one hears that it is well again."""
    server.signal(signal.SIGUSR1)
    heard = []
    with httpx.Client() as client:
        for _ in range(100):
            heard.append(client.get(f"{server.url}/readyz").status_code)
            if heard[-2:] == [503, 200]:
                return True
            time.sleep(0.05)
    return False


def _longest_silence(asked: list[float]) -> float:
    return max(after - before for before, after in itertools.pairwise(asked))


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        return database.execute(sql).fetchall()
