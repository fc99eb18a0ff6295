"""What the ledger adds to its own statements when whole batches come in.

python -m tests.bench.batches [--db sqlite|postgres] [--batch 100 --batch 1000] [--rounds 5] [--people 40000]

A demo district is served as it ships, and its database copied. A turn is some 1,000 first visits of households, each
batch inside one grid. In each round: the statements that such batches make the ledger run, again with ready tuples on
the copy, a commit for each batch (the ceiling); the same entries alone, 1,000 in one commit; the batches to the server
over HTTP; and the batches to the server once more.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench import load, replayed
from tests.bench.figures import Figure, cpu_seconds, paired, pin, say
from tests.bench.ingest import LOAD_CORE, SERVER_CORE, Worker, batch, phones
from tests.crash.cluster import Cluster
from tests.serving import Server

IN_A_TURN = 1000
CONNECTIONS = 2  # the next batch is read while the one before is written


class Turn(NamedTuple):
    """Batches as the server gets them, and the statements that store them."""

    requests: list[bytes]
    commits: list[list[replayed.Statement]]


class Times(NamedTuple):
    """Seconds of one round; `…_cpu` are the processor's."""

    statements: float
    statements_cpu: float
    entries: float
    first: float
    again: float
    first_cpu: float
    again_cpu: float


def main() -> None:
    """Load, copy, record, measure."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        os.chmod(folder, 0o755)
        cluster = stack.enter_context(Cluster(folder)) if options.db == "postgres" else None
        server = Server(folder, demo=True, database=cluster.url if cluster else "")
        server.run("demo", "--grids", str(options.grids), "--people", str(options.people))
        with server:
            workers = phones(server, options.grids)
        recording, ceiling, entries = copies(server, cluster)
        replayed.use(data=recording, keys=server.keys, url=cluster.twin("recording") if cluster else "")
        recorded = {
            size: list(turns(workers, size, 1 + options.rounds)) for size in sorted(options.batch, reverse=True)
        }
        with server:
            pin(os.getpid(), LOAD_CORE)
            pin(server.pid, SERVER_CORE)
            loops = replayed.Loop(ceiling), replayed.Loop(entries)
            for size, those in recorded.items():
                _warm, *rounds = [times(server, *loops, turn) for turn in those]
                for figure in _figures(options.db, size, rounds):
                    say(figure)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--grids", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, action="append", default=None)
    options = parser.parse_args()
    options.batch = options.batch or [100, 1000]
    return options


def copies(server: Server, cluster: Cluster | None) -> tuple[Path, Path | str, Path | str]:
    """A folder to record on, and the database twice more."""
    folders = [server.data.parent / name / server.data.name for name in ("recording", "ceiling", "entries")]
    for folder in folders:
        shutil.copytree(server.data, folder)
    if cluster:
        return folders[0], cluster.twin("ceiling"), cluster.twin("entries")
    return folders[0], folders[1] / "lianfang.sqlite3", folders[2] / "lianfang.sqlite3"


def turns(workers: list[Worker], size: int, rounds: int, *, records: int = IN_A_TURN) -> Iterator[Turn]:
    """As many turns of batches of that size, recorded."""
    for _ in range(rounds):
        requests, commits = [], []
        for _ in range(max(1, records // size)):
            worker = max(workers, key=lambda one: len(one.visits))
            assert len(worker.visits) >= size, "the district is too small: --people"
            part = [worker.visits.pop() for _ in range(size)]
            requests.append(batch(part, worker.token))
            commits.append(replayed.recorded(worker.token, part))
        yield Turn(requests, commits)


def times(server: Server, statements: replayed.Loop, entries: replayed.Loop | None, turn: Turn) -> Times:
    """One round; without a copy for it, the entries are not written alone."""
    commits = [statements.ready(commit) for commit in turn.commits]
    plain = statements.ready([replayed.entries_only(turn.commits)])
    with replayed.on_core(SERVER_CORE):
        began = time.process_time()
        replay = statements.run(commits)
        own_cpu = time.process_time() - began
        alone = entries.run([plain]) if entries else 0.0
    first, first_cpu = _sent(server, turn.requests, b"stored")
    again, again_cpu = _sent(server, turn.requests, b"already_held")
    return Times(replay, own_cpu, alone, first, again, first_cpu, again_cpu)


def _sent(server: Server, requests: list[bytes], fate: bytes) -> tuple[float, float]:
    before = cpu_seconds(server.pid)
    ran = load.run(server.port, requests, connections=CONNECTIONS, keep_bodies=True)
    assert set(ran.statuses) == {200}, ran.statuses
    assert all(body.count(b'"fate"') == body.count(b'"fate":"%s"' % fate) for body in ran.bodies), ran.bodies[0][:500]
    return ran.seconds, cpu_seconds(server.pid) - before


def _figures(db: str, size: int, rounds: list[Times]) -> Iterator[Figure]:
    records = max(1, IN_A_TURN // size) * size
    beside = {
        "records_s": round(median(records / each.first for each in rounds)),
        "ceiling_s": round(median(records / each.statements for each in rounds)),
        "entries_alone_s": round(median(records / each.entries for each in rounds)),
        "cpu_us": round(median(each.first_cpu for each in rounds) / records * 1e6),
        "ceiling_cpu_us": round(median(each.statements_cpu for each in rounds) / records * 1e6),
        "load": round(os.getloadavg()[0], 1),
    }
    first = [1 / each.first for each in rounds]
    name = f"visits in batches of {size}, {db}"
    own = [1 / each.statements for each in rounds]
    yield paired(name, ceilings=own, subjects=first, unit="÷ the same statements", asked=0.5, beside=beside)
    plain = [1 / each.entries for each in rounds]
    yield paired(f"{name}, plainly", ceilings=plain, subjects=first, unit="÷ entries alone, n=1000", asked=0.3)
    yield paired(
        f"{name}, again",
        ceilings=[each.first for each in rounds],
        subjects=[each.again for each in rounds],
        unit="÷ the first sending",
        asked=0.5,
        at_most=True,
        beside={"by_cpu": round(median(each.again_cpu / each.first_cpu for each in rounds), 3)},
    )


if __name__ == "__main__":
    sys.exit(main())
