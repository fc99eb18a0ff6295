"""What a record costs when the ledger is full, beside a ledger that is empty.

python -m tests.bench.growth [--entries 1000000 | --full] [--people 24000] [--grids 12] [--rounds 5] [--visits 1000]

Two servers of the same district, one with so many entries more (`--full`: ten million). In each round both get the same
first visits of households, one a request; compared is the server's processor time for each.
"""

import argparse
import os
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path
from statistics import median

from tests.bench import filled, load
from tests.bench.figures import Figure, cpu_seconds, paired, pin, say
from tests.bench.ingest import LOAD_CORE, SERVER_CORE, Worker, interleaved, phones
from tests.serving import Server

CONNECTIONS = 64
FULL = 10_000_000


def main() -> None:
    """Load, copy, fill the copy, measure."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as name:
        empty = Server(Path(name) / "empty", demo=True)
        empty.data.parent.mkdir()
        empty.run("demo", "--grids", str(options.grids), "--people", str(options.people))
        with empty:
            workers = phones(empty, options.grids)
        full = _filled(empty, FULL if options.full else options.entries)
        with empty, full:
            pin(os.getpid(), LOAD_CORE)
            for server in (empty, full):
                pin(server.pid, SERVER_CORE)
            say(_measure(empty, full, workers, options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="ten million entries, some 10 GB")
    parser.add_argument("--people", type=int, default=24_000)
    parser.add_argument("--grids", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--visits", type=int, default=1000, help="visits to each, each round")
    return parser.parse_args()


def _filled(empty: Server, entries: int) -> Server:
    from lianfang.foundation.plumbing import sqlite

    sqlite.use_modern()
    folder = empty.data.parent.with_name("full")
    shutil.copytree(empty.data.parent, folder)
    full = Server(folder, demo=True)
    database = sys.modules["sqlite3"].connect(full.data / "lianfang.sqlite3", isolation_level=None)
    database.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000")
    filled.fill(database.execute, entries)
    database.close()
    return full


def _measure(empty: Server, full: Server, workers: list[Worker], options: argparse.Namespace) -> Figure:
    visits = interleaved(workers)
    warm = list(islice(visits, 300))
    for server in (empty, full):
        _cost(server, warm)
    ceilings, subjects = [], []
    for _ in range(options.rounds):
        requests = list(islice(visits, options.visits))
        assert len(requests) == options.visits, "the district is too small: --people"
        ceilings.append(_cost(empty, requests))
        subjects.append(_cost(full, requests))
    entries = FULL if options.full else options.entries
    return paired(
        f"a household visit at {entries:,} entries",
        ceilings=ceilings,
        subjects=subjects,
        unit="× the CPU at an empty ledger",
        asked=1.3,
        at_most=True,
        beside={
            "cpu_us": round(median(subjects) * 1e6),
            "empty_us": round(median(ceilings) * 1e6),
            "load": round(os.getloadavg()[0], 1),
        },
    )


def _cost(server: Server, requests: list[bytes]) -> float:
    before = cpu_seconds(server.pid)
    ran = load.run(server.port, requests, connections=CONNECTIONS)
    assert set(ran.statuses) == {200}, ran.statuses
    return (cpu_seconds(server.pid) - before) / len(requests)


if __name__ == "__main__":
    main()
