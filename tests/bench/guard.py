"""Has the ledger become slower? The steadiest ratios, shortly, beside those that were recorded.

python -m tests.bench.guard [--record]

A ratio that is 30 % below the recorded one is measured again; when it is so in three of three tries, that is no noise,
and the exit code is 1. Wall rates are never compared, only ratios to a ceiling of the same try. `--record` writes what
it finds to recorded.json: do that when the machine is quiet and the ledger has become faster, or slower on purpose.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import msgspec

from tests.bench import batches, load, replayed
from tests.bench.figures import cpu_seconds, pin
from tests.bench.ingest import LOAD_CORE, SERVER_CORE, Worker, echo, interleaved, phones
from tests.serving import Server

RECORDED = Path(__file__).with_name("recorded.json")
MOST_LOST = 0.30
TRIES = 3
GRIDS, PEOPLE = 6, 24_000
VISITS, TURNS, IN_A_TURN, IN_A_BATCH = 600, 4, 400, 100  # each try

Ratios = dict[str, float]


def main() -> int:
    """Measure; compare or record."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-guard-") as folder:
        server = Server(Path(folder), demo=True)
        server.run("demo", "--grids", str(GRIDS), "--people", str(PEOPLE))
        with server:
            workers = phones(server, GRIDS)
        recording, ceiling, _ = batches.copies(server, None)
        replayed.use(data=recording, keys=server.keys, url="")
        with server, echo() as (echo_port, echo_process):
            pin(os.getpid(), LOAD_CORE)
            pin(server.pid, SERVER_CORE)
            measure = Short(server, workers, replayed.Loop(ceiling), echo_port, echo_process)
            measure.warm()
            return record(measure) if options.record else judge(measure, _recorded())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


def _recorded() -> Ratios:
    return msgspec.json.decode(RECORDED.read_bytes(), type=Ratios)


def record(measure: Callable[[], Ratios]) -> int:
    """The median of as many tries as there would be."""
    tries = [measure() for _ in range(TRIES)]
    found = {name: round(median(each[name] for each in tries), 3) for name in tries[0]}
    RECORDED.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    _say(found=found, tries=tries)
    return 0


def judge(measure: Callable[[], Ratios], recorded: Ratios) -> int:
    """Try until every ratio was once as good as it should be, at most three times."""
    tries: list[Ratios] = []
    while len(tries) < TRIES and (not tries or fallen(recorded, tries)):
        tries.append(measure())
    slower = fallen(recorded, tries)
    _say(recorded=recorded, tries=tries, slower=slower)
    return 1 if slower else 0


def fallen(recorded: Ratios, tries: list[Ratios]) -> list[str]:
    """The ratios that were too low in every try."""
    return [name for name, was in recorded.items() if all(each[name] < was * (1 - MOST_LOST) for each in tries)]


def _say(**found: Ratios | list[Ratios] | list[str] | Mapping[str, float]) -> None:
    print(msgspec.json.encode(found).decode(), flush=True)


class Short:
    """One try."""

    def __init__(
        self, server: Server, workers: list[Worker], ceiling: replayed.Loop, echo_port: int, echo_process: int
    ) -> None:
        self.server, self.workers, self.ceiling = server, workers, ceiling
        self.echo_port, self.echo_process = echo_port, echo_process

    def warm(self) -> None:
        """First look-ups and first keys belong to no try."""
        for turn in batches.turns(self.workers, IN_A_BATCH, 1, records=IN_A_TURN):
            batches.times(self.server, self.ceiling, None, turn)
        self._single(VISITS // 3)

    def __call__(self) -> Ratios:
        turns = list(batches.turns(self.workers, IN_A_BATCH, TURNS, records=IN_A_TURN))
        rounds = [batches.times(self.server, self.ceiling, None, turn) for turn in turns]
        statements, ours = sum(each.statements_cpu for each in rounds), sum(each.first_cpu for each in rounds)
        return {
            "processor of the statements ÷ of visits in batches of 100": round(statements / ours, 3),
            "processor of an echo ÷ of a visit, one a request": self._single(VISITS),
        }

    def _single(self, count: int) -> float:
        visits = interleaved(self.workers)
        requests = [next(visits) for _ in range(count)]
        bare = _cost(self.echo_port, self.echo_process, requests)
        return round(bare / _cost(self.server.port, self.server.pid, requests), 3)


def _cost(port: int, process: int, requests: list[bytes]) -> float:
    before = cpu_seconds(process)
    ran = load.run(port, requests, connections=64)
    assert set(ran.statuses) == {200}, ran.statuses
    return cpu_seconds(process) - before


if __name__ == "__main__":
    sys.exit(main())
