"""How fast one thing is looked up on the raw path, beside a bare echo on the same server asked the same way.

python -m tests.bench.look_ups [--people 12000] [--grids 20] [--rounds 5] [--each 3000] [--connections 64]

The state of one task, which says nothing of anybody; and somebody, masked, whose look is committed to the ledger before
the answer leaves. Each by the worker of its own grid, every household and person in turn. Beside each ratio: the
server's processor time for each answer and how many times the echo's it is.
"""

import argparse
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec

from lianfang.demo import staff
from lianfang.demo.phones import FeedPage
from tests.bench import load
from tests.bench.figures import Figure, cpu_seconds, paired, pin, say
from tests.bench.ingest import LOAD_CORE, SERVER_CORE, Leg, echo
from tests.serving import Server

WARM = 300


class Worker(NamedTuple):
    """Whose token it is, and what lies in their grid."""

    token: str
    campaign: str
    households: list[str]
    residents: list[str]


def main() -> None:
    """Load a district, then measure in rounds."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        server = Server(Path(folder), demo=True)
        server.run("demo", "--grids", str(options.grids), "--people", str(options.people))
        with server, echo() as (echo_port, echo_process):
            pin(os.getpid(), LOAD_CORE)
            pin(server.pid, SERVER_CORE)
            workers = phones(server, options.grids)
            bench = Bench(server, (echo_port, echo_process), options)
            say(bench.figure("one task's state ÷ echo", 0.60, interleaved(workers, tasks)))
            looked = entries(server)
            say(bench.figure("one person, the look noted ÷ echo", 0.20, interleaved(workers, people)))
            assert entries(server) - looked == WARM + options.rounds * options.each, "not every look was noted"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--grids", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--each", type=int, default=3000, help="requests in each leg of a round")
    parser.add_argument("--connections", type=int, default=64)
    return parser.parse_args()


class Bench:
    """The two servers that take turns."""

    def __init__(self, server: Server, echo: tuple[int, int], options: argparse.Namespace) -> None:
        self._ours, self._echo, self._options = (server.port, server.pid), echo, options

    def figure(self, name: str, asked: float, requests: Iterator[bytes]) -> Figure:
        """Rounds of echo and subject, each with the same requests."""
        self._leg(self._ours, list(islice(requests, WARM)))
        parts = [list(islice(requests, self._options.each)) for _ in range(self._options.rounds)]
        legs = [(self._leg(self._echo, part), self._leg(self._ours, part)) for part in parts]
        echoes, ours = [echo for echo, _ in legs], [mine for _, mine in legs]
        middle = len(legs) // 2
        beside = {
            "answers_s": round(max(leg.rate for leg in ours)),
            "echo_s": round(max(leg.rate for leg in echoes)),
            "cpu_us": round(sorted(leg.cpu for leg in ours)[middle] * 1e6),
            "cpu_times_echo": round(sorted(mine.cpu / echo.cpu for echo, mine in legs)[middle], 2),
            "p50_ms": ours[-1].ran.at(0.5),
            "p99_ms": ours[-1].ran.at(0.99),
            "load": round(os.getloadavg()[0], 1),
        }
        ceilings, subjects = [leg.rate for leg in echoes], [leg.rate for leg in ours]
        return paired(name, ceilings=ceilings, subjects=subjects, unit="÷ echo", asked=asked, beside=beside)

    def _leg(self, of: tuple[int, int], requests: list[bytes]) -> Leg:
        port, process = of
        before = cpu_seconds(process)
        ran = load.run(port, requests, connections=self._options.connections)
        assert set(ran.statuses) == {200}, ran.statuses
        return Leg(ran.rate, (cpu_seconds(process) - before) / len(requests), ran)


def tasks(worker: Worker) -> Iterator[bytes]:
    """Every household of the grid, again and again."""
    for household in cycle(worker.households):
        yield load.request("GET", f"/api/v1/campaigns/{worker.campaign}/tasks/{household}", token=worker.token)


def people(worker: Worker) -> Iterator[bytes]:
    """Everybody in the grid, again and again."""
    for resident in cycle(worker.residents):
        yield load.request("GET", f"/api/v1/residents/{resident}?purpose=register_upkeep", token=worker.token)


def interleaved(workers: list[Worker], asks: Callable[[Worker], Iterator[bytes]]) -> Iterator[bytes]:
    """From each phone in turn, without end."""
    for phone in cycle([asks(worker) for worker in workers]):
        yield next(phone)


def entries(server: Server) -> int:
    """How many looks the ledger holds."""
    with sqlite3.connect(f"file:{server.data / 'lianfang.sqlite3'}?mode=ro", uri=True) as database:
        looks = "SELECT count(*) FROM access_disclosure WHERE what = 'registry.resident'"
        (count,) = database.execute(looks).fetchone()
    return int(count)


def phones(server: Server, grids: int) -> list[Worker]:
    """Enrol a phone for each grid's worker, and have it load its slice."""
    logins = staff.read_logins(server.data / "demo-accounts.txt")
    with httpx.Client(base_url=server.url, timeout=60) as client:
        return [_phone(client, logins[f"grid-{n:02}"]) for n in range(1, grids + 1)]


def _phone(client: httpx.Client, login: staff.Login) -> Worker:
    asked = {"account": login.account, "password": login.password, "device_name": "bench"}
    token = client.post("/api/v1/tokens", json=asked).raise_for_status().json()["token"]
    worker, after, shape, more = Worker(token, "", [], []), 0, "", True
    while more:
        said = client.get(f"/api/v1/feed?after={after}&shape={shape}", headers={"Authorization": f"Bearer {token}"})
        page = msgspec.json.decode(said.content, type=FeedPage)
        after, shape, more = page.position, page.shape, page.more
        worker.households.extend(str(home.id) for home in page.households)
        worker.residents.extend(str(resident.id) for home in page.households for resident in home.residents)
        worker = worker._replace(campaign=str(page.campaigns[0].id))
    return worker


if __name__ == "__main__":
    main()
