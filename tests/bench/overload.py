"""What is left of the speed when far more come than can be served, and who is served then.

python -m tests.bench.overload [--people 40000] [--grids 20] [--rounds 5] [--single 800]

Goodput: first visits over 64 connections (which saturate), then over 256 in the same round; answers of 200 count. Rush:
everybody at once on ten times the connections: people at gates (a read), visits saved one by one, phones emptying
their outboxes in batches, screens, and how each lane fared.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import uvloop

from lianfang.foundation.plumbing.lanes import Lane
from tests.bench import load
from tests.bench.figures import Figure, paired, pin, say
from tests.bench.ingest import LOAD_CORE, SERVER_CORE, Worker, batch, interleaved, phones
from tests.serving import Server

SATURATING = 64
VISITS_IN_A_BATCH = 100
PAUSE = 1.0  # seconds until a phone comes back that was asked to: sooner, one lull would use up all its visits
LOOKS_EVERY = 0.1  # seconds in which a gate or a screen asks
LANES = (Lane.GATE, Lane.SAVE, Lane.UPLOAD, Lane.DASHBOARD)


class Fared(NamedTuple):
    """How one lane's requests fared in a rush."""

    served: int
    turned_away: int
    p99_ms: float

    @property
    def share_turned_away(self) -> float:
        return self.turned_away / (self.served + self.turned_away)


def main() -> None:
    """Load a district, then measure."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        server = Server(Path(folder), demo=True)
        server.run("demo", "--grids", str(options.grids), "--people", str(options.people))
        with server:
            side_by_side(server)
            workers = phones(server, options.grids)
            say(goodput(server, interleaved(workers[::2]), rounds=options.rounds, single=options.single))
            say(recovery(server, interleaved(workers[::2])))
            for figure in told(rush(server, workers[1::2])):
                say(figure)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--grids", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--single", type=int, default=1000, help="visits in each half of a round")
    return parser.parse_args()


def side_by_side(server: Server) -> None:
    """The server on one core, the load on the other."""
    pin(os.getpid(), LOAD_CORE)
    pin(server.pid, SERVER_CORE)


def goodput(server: Server, visits: Iterator[bytes], *, rounds: int, single: int) -> Figure:
    """Four times the saturating load ÷ the saturating load."""
    load.run(server.port, list(islice(visits, 100)), connections=SATURATING)  # warm
    once, four_times = [], []
    for _ in range(rounds):
        once.append(_good(server, list(islice(visits, single)), SATURATING))
        four_times.append(_good(server, list(islice(visits, single)), 4 * SATURATING))
    return paired(
        "goodput at four times the saturating load",
        ceilings=once,
        subjects=four_times,
        unit="÷ goodput at the saturating load",
        asked=0.75,
        beside={"records_s": round(max(four_times))},
    )


def _good(server: Server, requests: list[bytes], connections: int) -> float:
    ran = load.run(server.port, requests, connections=connections)
    assert set(ran.statuses) <= {200, 503}, ran.statuses
    return ran.statuses[200] / ran.seconds


def recovery(server: Server, visits: Iterator[bytes]) -> Figure:
    """Seconds from the end of an overload to the first visit answered as on a quiet day."""
    load.run(server.port, list(islice(visits, 1500)), connections=1500)
    began = time.perf_counter()
    while load.run(server.port, [next(visits)], connections=1).at(0.5) > 100:
        pass
    return Figure("recovery after an overload", round(time.perf_counter() - began, 2), "s", 2.0, at_most=True)


def rush(server: Server, workers: list[Worker]) -> dict[Lane, Fared]:
    """Everybody at once, until every visit was saved or turned away; how each lane fared."""
    half = len(workers) // 2
    saves = list(interleaved(workers[:half]))[:3000]
    backlogs = [
        batch([worker.visits.pop() for _ in range(VISITS_IN_A_BATCH)], worker.token)
        for worker in workers[half:]
        for _ in range(len(worker.visits) // VISITS_IN_A_BATCH)
    ]
    ran = uvloop.run(_together(server.port, saves, backlogs))
    return {lane: Fared(one.statuses.get(200, 0), one.statuses.get(503, 0), one.at(0.99)) for lane, one in ran.items()}


async def _together(port: int, saves: list[bytes], backlogs: list[bytes]) -> dict[Lane, load.Ran]:
    saving = asyncio.Event()

    def while_they_save(request: bytes) -> Iterator[bytes]:
        while not saving.is_set():
            yield request

    async def save() -> load.Ran:
        try:
            return await load.over(port, saves, connections=10 * SATURATING, pause=_comes_back)
        finally:
            saving.set()

    gate = load.over(port, while_they_save(load.request("GET", "/readyz")), connections=4, pause=_looks)
    screens = load.over(port, while_they_save(load.request("GET", "/metrics")), connections=8, pause=_looks)
    uploads = load.over(port, backlogs, connections=8, pause=_comes_back)
    return dict(zip(LANES, await asyncio.gather(gate, save(), uploads, screens), strict=True))


def _comes_back(status: int) -> float:
    return PAUSE if status == 503 else 0.0


def _looks(status: int) -> float:
    return LOOKS_EVERY


def told(fared: dict[Lane, Fared]) -> Iterator[Figure]:
    """How saves fared, with the other lanes beside it."""
    beside = {
        lane.name.lower(): f"{each.served} / {each.turned_away} / {each.p99_ms:.0f} ms" for lane, each in fared.items()
    }
    save = fared[Lane.SAVE]
    yield Figure("a visit saved in a rush of ten times the load, p99", save.p99_ms, "ms", 1000, True, beside=beside)


if __name__ == "__main__":
    main()
