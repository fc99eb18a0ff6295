"""Beside everyday Django on the same server: what our pages cost, and how much faster records get in.

python -m tests.bench.pages [--people 40000] [--grids 20] [--rounds 5]

The first page of the desk for somebody signed in ÷ a view that answers nothing (processor time a request). First visits
of households, one a request ÷ a view that saves one row of the same bodies (64 connections both).
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

from tests.bench import load
from tests.bench.figures import Figure, cpu_seconds, paired, pin, say
from tests.bench.ingest import LOAD_CORE, SERVER_CORE, interleaved, phones, wait_for
from tests.bench.office import desk
from tests.serving import ROOT, Server, free_port

PAGES = ("/api/v1/overview", "/api/v1/campaigns", "/api/v1/residents?page_size=50")
CONNECTIONS, AT_A_DESK = 64, 4


def main() -> None:
    """Load a district, then measure."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as name:
        folder = Path(name)
        server = Server(folder, demo=True)
        server.run("demo", "--grids", str(options.grids), "--people", str(options.people))
        with server, plain(folder) as (port, process):
            pin(os.getpid(), LOAD_CORE)
            pin(server.pid, SERVER_CORE)
            beside = Beside(server, port, process, options)
            for figure in beside.pages():
                say(figure)
            say(beside.rows())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--grids", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--empty", type=int, default=500, help="requests to the empty view, each round")
    parser.add_argument("--page", type=int, default=40, help="requests to each page, each round")
    parser.add_argument("--visits", type=int, default=1000, help="visits, each round")
    parser.add_argument("--rows", type=int, default=300, help="rows the Django view saves, each round")
    return parser.parse_args()


@contextmanager
def plain(folder: Path) -> Iterator[tuple[int, int]]:
    """Everyday Django, running: its port and process."""
    port, own = free_port(), folder / "plain"
    own.mkdir()
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-m", "tests.bench.plain_django", str(own), str(port)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/empty")
        pin(process.pid, SERVER_CORE)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


class Beside:
    """Our server and the plain one, taking turns."""

    def __init__(self, server: Server, port: int, process: int, options: argparse.Namespace) -> None:
        self.server, self.port, self.process, self.options = server, port, process, options

    def pages(self) -> Iterator[Figure]:
        """Processor time of each page ÷ that of the empty view."""
        empty = load.request("GET", "/empty")
        with desk(self.server, "desk") as officer:
            ours = {path: officer.request("GET", path) for path in PAGES}
            for path, one in ours.items():
                yield self._page(path, empty, one)

    def _page(self, path: str, empty: bytes, one: bytes) -> Figure:
        ceilings, subjects = [], []
        self._cost(self.server.port, self.server.pid, one, 20)
        for _ in range(self.options.rounds):
            ceilings.append(self._cost(self.port, self.process, empty, self.options.empty))
            subjects.append(self._cost(self.server.port, self.server.pid, one, self.options.page))
        return paired(
            f"a desk's page, {path.partition('?')[0]}",
            ceilings=ceilings,
            subjects=subjects,
            unit="× the CPU of an empty Django view",
            asked=3,
            at_most=True,
            beside={
                "cpu_ms": round(median(subjects) * 1000, 2),
                "empty_ms": round(median(ceilings) * 1000, 2),
                "load": round(os.getloadavg()[0], 1),
            },
        )

    def _cost(self, port: int, process: int, request: bytes, times: int) -> float:
        before = cpu_seconds(process)
        ran = load.run(port, [request] * times, connections=AT_A_DESK)
        assert set(ran.statuses) == {200}, ran.statuses
        return (cpu_seconds(process) - before) / times

    def rows(self) -> Figure:
        """Visits a second ÷ rows a second that the Django view saves."""
        visits = interleaved(phones(self.server, self.options.grids))
        load.run(self.server.port, list(islice(visits, 300)), connections=CONNECTIONS)
        rows, ours = [], []
        for _ in range(self.options.rounds):
            requests = list(islice(visits, self.options.visits))
            assert len(requests) == self.options.visits, "the district is too small: --people"
            rows.append(_rate(self.port, [_to_the_view(one) for one in requests[: self.options.rows]]))
            ours.append(_rate(self.server.port, requests))
        return paired(
            "a household visit, one a request, beside Django",
            ceilings=rows,
            subjects=ours,
            unit="× a Django view that saves one row",
            asked=8,
            beside={
                "records_s": round(median(ours)),
                "django_s": round(median(rows)),
                "load": round(os.getloadavg()[0], 1),
            },
        )


def _to_the_view(request: bytes) -> bytes:
    return request.replace(b"/api/v1/records", b"/save", 1)


def _rate(port: int, requests: list[bytes]) -> float:
    ran = load.run(port, requests, connections=CONNECTIONS)
    assert set(ran.statuses) == {200}, ran.statuses
    return ran.rate


if __name__ == "__main__":
    main()
