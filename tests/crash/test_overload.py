"""When ten times as many come as can be served, a person at a gate is served, and what was acknowledged is kept.

Whoever cannot be served is told when to come back; nobody is left hanging.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from lianfang.foundation.plumbing.lanes import Lane
from tests.bench.ingest import phones
from tests.bench.overload import VISITS_IN_A_BATCH, Fared, rush
from tests.serving import Server

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_in_a_rush_gates_go_first_and_nothing_acknowledged_is_lost(
    tmp_path: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    grids = size(6, 20)
    server = Server(tmp_path, demo=True)
    server.run("demo", "--grids", str(grids), "--people", str(grids * 2000))
    with server:
        fared = rush(server, phones(server, grids))
        assert httpx.get(f"{server.url}/readyz", timeout=5).status_code == 200
    acknowledged = fared[Lane.SAVE].served + fared[Lane.UPLOAD].served * VISITS_IN_A_BATCH
    stored = _visits(server.data)
    proof(
        "P19",
        "ten times as many as can be served, all at once",
        size=sum(each.served + each.turned_away for each in fared.values()),
        acknowledged=acknowledged,
        lost=acknowledged - stored,
        **{f"{lane.name.lower()} turned away": f"{each.share_turned_away:.0%}" for lane, each in fared.items()},
    )
    assert stored == acknowledged > 0
    assert fared[Lane.GATE].turned_away == 0
    assert sum(each.turned_away for each in fared.values()) > 0, "this was no rush"
    assert _share(fared, Lane.SAVE) <= _share(fared, Lane.DASHBOARD)


def _share(fared: dict[Lane, Fared], lane: Lane) -> float:
    return fared[lane].share_turned_away


def _visits(data: Path) -> int:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM ledger_entry WHERE kind = 'screening.household_visited.v1'"
        ).fetchone()
    return int(count)
