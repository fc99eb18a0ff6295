"""How fast records get in, on the product as it ships, beside a bare echo on the same server with the same bodies.

python -m tests.bench.ingest [--people 40000] [--grids 20] [--rounds 5] [--single 1500] [--connections 64]

A demo district, its server on one core, the load on the other. One request after another on each of many connections:
first visits of households (three people, nothing changed), each sent once; then the smallest record a phone has, the
visit at which nobody was home (one entry, one projection, one area). Ceiling: the echo. Beside each ratio: the server's
CPU per record and how many times the echo's it is. Batches: `python -m tests.bench.batches`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from lianfang.demo import staff
from lianfang.demo.phones import FeedPage
from lianfang.demo.rounds import answers
from lianfang.foundation.kernel.ids import new_id
from tests.bench import load
from tests.bench.figures import Figure, cpu_seconds, paired, pin, say
from tests.serving import ROOT, Server, free_port

SERVER_CORE, LOAD_CORE = 0, 1


class Worker(NamedTuple):
    """A phone that may hand in, and the visits it has not made yet."""

    token: str
    visits: list[bytes]


class Leg(NamedTuple):
    """One run of one round."""

    rate: float
    cpu: float  # seconds of the server for each request
    ran: load.Ran


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
            bench = Bench(server, echo_port, echo_process, options.connections)
            for figure in bench.measure(workers, options):
                say(figure)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--grids", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--single", type=int, default=1500, help="requests of one record, each round")
    parser.add_argument("--small", type=int, default=1000, help="of the smallest record, each round")
    parser.add_argument("--connections", type=int, default=64)
    return parser.parse_args()


class Bench:
    """The two servers that take turns."""

    def __init__(self, server: Server, echo_port: int, echo_process: int, connections: int) -> None:
        self.server, self.echo_port, self.echo_process, self.connections = server, echo_port, echo_process, connections

    def measure(self, workers: list[Worker], options: argparse.Namespace) -> Iterator[Figure]:
        """Both kinds in rounds of echo and subject."""
        self.ours(list(islice(interleaved(workers), 300)))  # warm: first look-ups, first keys
        visits = self._turns(interleaved(workers), options.rounds, options.single)
        yield self._figure("household visit, one a request", 0.25, *visits)
        attempts = self._turns(interleaved(workers, nobody_home), options.rounds, options.small)
        yield self._figure("nobody was home, one a request", 0.35, *attempts)

    def _turns(self, requests: Iterator[bytes], rounds: int, each: int) -> tuple[list[Leg], list[Leg]]:
        echoes, ours = [], []
        for _ in range(rounds):
            part = list(islice(requests, each))
            assert len(part) == each, "the district is too small: --people"
            echoes.append(self.echo(part))
            ours.append(self.ours(part))
        return echoes, ours

    def echo(self, requests: list[bytes]) -> Leg:
        return self._leg(self.echo_port, self.echo_process, requests)

    def ours(self, requests: list[bytes]) -> Leg:
        return self._leg(self.server.port, self.server.pid, requests)

    def _leg(self, port: int, process: int, requests: list[bytes]) -> Leg:
        before = cpu_seconds(process)
        ran = load.run(port, requests, connections=self.connections)
        assert set(ran.statuses) == {200}, ran.statuses
        return Leg(ran.rate, (cpu_seconds(process) - before) / len(requests), ran)

    def _figure(self, name: str, asked: float, echoes: list[Leg], ours: list[Leg]) -> Figure:
        cpu = sorted(leg.cpu for leg in ours)[len(ours) // 2]
        times = sorted(o.cpu / e.cpu for o, e in zip(ours, echoes, strict=True))[len(ours) // 2]
        beside = {
            "records_s": round(max(leg.rate for leg in ours)),
            "cpu_us": round(cpu * 1e6),
            "cpu_times_echo": round(times, 2),
            "p50_ms": ours[-1].ran.at(0.5),
            "p99_ms": ours[-1].ran.at(0.99),
            "load": round(os.getloadavg()[0], 1),
        }
        return paired(
            name,
            ceilings=[leg.rate for leg in echoes],
            subjects=[leg.rate for leg in ours],
            unit="÷ echo",
            asked=asked,
            beside=beside,
        )


def batch(visits: list[bytes], token: str) -> bytes:
    """Several records as one request."""
    return load.request("POST", "/api/v1/records", b'{"records":[' + b",".join(visits) + b"]}", token)


def nobody_home(visit: bytes) -> bytes:
    """The same door, and nobody opened."""
    record = msgspec.json.decode(visit)
    task = record["body"]["task"] | {"outcome": "nobody_home"}
    return msgspec.json.encode(record | {"body": {"task": task}})


def as_it_is(visit: bytes) -> bytes:
    """Somebody did."""
    return visit


def interleaved(workers: list[Worker], said: Callable[[bytes], bytes] = as_it_is) -> Iterator[bytes]:
    """Single-record requests, from each phone in turn, as a street would send them."""
    while any(worker.visits for worker in workers):
        for worker in workers:
            if worker.visits:
                yield batch([said(worker.visits.pop())], worker.token)


def phones(server: Server, grids: int) -> list[Worker]:
    """Enrol a phone for each grid's worker by its password, and write a visit for every household of its slice."""
    logins = staff.read_logins(server.data / "demo-accounts.txt")
    with httpx.Client(base_url=server.url, timeout=60) as client:
        return [_phone(client, logins[f"grid-{n:02}"]) for n in range(1, grids + 1)]


def _phone(client: httpx.Client, login: staff.Login) -> Worker:
    asked = {"account": login.account, "password": login.password, "device_name": "bench"}
    enrolled = client.post("/api/v1/tokens", json=asked)
    assert enrolled.status_code == 201, enrolled.text
    token = enrolled.json()["token"]
    visits: list[bytes] = []
    after, shape, more = 0, "", True
    while more:
        said = client.get(f"/api/v1/feed?after={after}&shape={shape}", headers={"Authorization": f"Bearer {token}"})
        page = msgspec.json.decode(said.content, type=FeedPage)
        after, shape, more = page.position, page.shape, page.more
        campaign = page.campaigns[0]
        visits += [_visit(campaign, household, n) for n, household in enumerate(page.households)]
    return Worker(token, visits)


def _visit(campaign: Any, household: Any, n: int) -> bytes:
    task = {"campaign": campaign.id, "target": household.id, "occasion": campaign.occasion, "outcome": "done"}
    body = {
        "task": task,
        "present": [resident.id for resident in household.residents],
        "answers": answers(campaign.form.questions),
        "exceptions": [],
        "people": len(household.residents),
    }
    record = {"id": str(new_id()), "kind": "screening.household_visited.v1", "at": datetime.now(UTC), "n": n + 1}
    return msgspec.json.encode(record | {"body": body})


def wait_for(url: str) -> None:
    """Until somebody answers there."""
    for _ in range(100):
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(url)


@contextmanager
def echo() -> Iterator[tuple[int, int]]:
    """The bare echo, running."""
    port = free_port()
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.echo", str(port)], env=environment, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        pin(process.pid, SERVER_CORE)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
