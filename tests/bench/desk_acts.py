"""Acts at desks while as many records come in as can: how long an act takes, and what the records lose by it.

python -m tests.bench.desk_acts [--people 40000] [--grids 20] [--rounds 5] [--visits 1500]

Each round: first visits of households over 64 connections, alone; then as many again while somebody's telephone number
is corrected twenty times a second, each when it is due, whether the one before has been answered or not.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median

import msgspec
import uvloop

from tests.bench import load
from tests.bench.figures import Figure, cpu_seconds, paired, say
from tests.bench.ingest import interleaved, phones
from tests.bench.office import Desk, desk
from tests.bench.overload import SATURATING, side_by_side
from tests.serving import Server

A_SECOND = 20


def main() -> None:
    """Load a district, then measure."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        server = Server(Path(folder), demo=True)
        server.run("demo", "--grids", str(options.grids), "--people", str(options.people))
        with server, desk(server, "desk") as officer:
            side_by_side(server)
            acts = corrections(officer)
            for figure in measure(server, acts, interleaved(phones(server, options.grids)), options):
                say(figure)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--grids", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--visits", type=int, default=1200, help="visits in each half of a round")
    return parser.parse_args()


def corrections(officer: Desk) -> Iterator[bytes]:
    """A new telephone number for one resident after another."""
    for page in count(1):
        for number, one in enumerate(officer.reads(f"/api/v1/residents?page_size=200&page={page}")["rows"]):
            said = {"field": "phone", "base_version": 0, "value": f"139{page:04}{number:04}"}
            yield officer.request("PATCH", f"/api/v1/residents/{one['id']}", msgspec.json.encode(said))


def measure(
    server: Server, acts: Iterator[bytes], visits: Iterator[bytes], options: argparse.Namespace
) -> Iterator[Figure]:
    """Both figures."""
    load.run(server.port, list(islice(visits, 200)), connections=SATURATING)  # warm
    before = cpu_seconds(server.pid)
    quiet = load.run(server.port, list(islice(acts, 100)), connections=1)
    each = (cpu_seconds(server.pid) - before) / 100
    alone, beside, latencies, turned_away = [], [], [], 0
    ready = iter(list(islice(acts, 400 * options.rounds)))
    for _ in range(options.rounds):
        alone.append(load.run(server.port, list(islice(visits, options.visits)), connections=SATURATING).rate)
        rate, took, away = uvloop.run(_together(server.port, list(islice(visits, options.visits)), ready))
        beside.append(rate)
        latencies += took
        turned_away += away
    told = {
        "acts": len(latencies),
        "turned_away": turned_away,
        "p50_ms": round(median(latencies) * 1000, 1),
        "alone_p50_ms": quiet.at(0.5),
        "alone_slowest_ms": quiet.at(1),
        "load": round(os.getloadavg()[0], 1),
    }
    slowest = round(max(latencies) * 1000, 1)
    yield Figure("an act at a desk beside saturating visits, slowest", slowest, "ms", 100, at_most=True, beside=told)
    yield paired(
        "visits beside 20 acts a second",
        ceilings=alone,
        subjects=beside,
        unit="÷ visits alone",
        asked=0.9,
        beside={"records_s": round(median(alone)), "cpu_ms_of_an_act": round(each * 1000, 1)},
    )


async def _together(port: int, requests: list[bytes], acts: Iterator[bytes]) -> tuple[float, list[float], int]:
    """Visits a second; how long the acts that were let in took; how many were told to come back."""
    running = [asyncio.create_task(load.over(port, requests, connections=SATURATING))]
    loop = asyncio.get_running_loop()
    began, due = loop.time(), []
    while not running[0].done():
        due.append(asyncio.create_task(load.over(port, [next(acts)], connections=1)))
        await asyncio.wait(running, timeout=max(0.0, began + len(due) / A_SECOND - loop.time()))
    done = await asyncio.gather(*due)
    assert all(set(one.statuses) <= {200, 503} for one in done), [one.statuses for one in done]
    visits = running[0].result()
    assert set(visits.statuses) == {200}, visits.statuses
    served = [one.latencies[0] for one in done if 200 in one.statuses]
    return visits.rate, served, len(done) - len(served)


if __name__ == "__main__":
    main()
