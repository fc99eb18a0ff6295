"""How fast a roster becomes the register, and how fast people are found in it.

python -m tests.bench.roster [--people 135005] [--rounds 3] [--files xlsx csv] [--db postgres] [--searches 20]
                            [--pairs 10000] [--by COMMAND]

Import, each round on tables that were emptied: the same rows put into the same tables and indexes as ready tuples
(ceiling), then parse, check, match, hash, mask, seal, put aside, publish by one entry, fold (subject), each in a
process of its own, so that memory is its own too. `--by nice` starts each of these by that command, where one
machine is shared. Search: see tests.bench.searches; asked over HTTP as well.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import searches
from tests.bench.figures import Figure, paired, say
from tests.serving import ROOT

NOW = datetime(2025, 12, 10, 8, tzinfo=UTC)
PEOPLE = 135_005
TABLES = ("registry_dwelling", "registry_household", "registry_resident")
MEMORY_ASKED = {"xlsx": 400, "csv": 300}


def main() -> None:
    """Prepare once, then run every measurement in a process of its own."""
    options = _options()
    if options.stage:
        print(json.dumps(STAGES[options.stage](options)))
        return
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder, _database(options.db) as url:
        stages = _Stages(options, folder, url)
        stages.run("prepare", max(options.files, default="csv"))  # a workbook is made of the csv
        for kind in options.files:
            _say_import(kind, options.db, [stages.round(kind, n) for n in range(options.rounds)])
        if options.pairs:
            stages.need_people()
            _say_pairs(options, [stages.run("pairs") for _ in range(options.rounds)])
        if options.searches:
            stages.need_people()
            found = stages.run("search")
            searches.tell(found, options.db, searches.over_http(Path(folder), url, found["asked"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", nargs="*", choices=["xlsx", "csv"], default=["xlsx", "csv"])
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--searches", type=int, default=20, help="how often each is asked in a round")
    parser.add_argument("--pairs", type=int, default=0, help="so many people are looked for among all others")
    parser.add_argument("--by", default="", help="a command that starts each process, such as nice")
    parser.add_argument("--stage", choices=[*STAGES], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


class _Stages:
    """Runs stages, each in a process of its own."""

    def __init__(self, options: argparse.Namespace, folder: str, url: str) -> None:
        own = {"LIANFANG_DATA": f"{folder}/data", "LIANFANG_KEYS": f"{folder}/keys", "LIANFANG_DATABASE_URL": url}
        self._environment = os.environ | own | {"LIANFANG_DEMO": "1", "PYTHONPATH": str(ROOT / "src")}
        self._command = [*options.by.split(), sys.executable, "-m", "tests.bench.roster", "--folder", folder]
        self._command += ["--people", str(options.people), "--searches", str(options.searches)]
        self._command += ["--pairs", str(options.pairs)]
        self._begun = False

    def run(self, stage: str, kind: str = "csv") -> dict[str, Any]:
        command = [*self._command, "--stage", stage, "--files", kind]
        done = subprocess.run(command, env=self._environment, check=True, stdout=subprocess.PIPE, text=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def need_people(self) -> None:
        """A register to look things up in, if no round has left one."""
        if not self._begun:
            self.run("subject")
            self._begun = True

    def round(self, kind: str, n: int) -> dict[str, Any]:
        """Ceiling, subject. The very first needs the subject's rows to make tuples of."""
        if not self._begun:
            self.run("subject", kind)
            self._begun = True
        found = {"ceiling": self.run("ceiling", kind)}
        self.run("empty", kind)  # by another process: emptying fills memory, too
        found["subject"] = self.run("subject", kind)
        print(f"  {kind}, round {n + 1}: {found}", flush=True)
        return found


def _say_import(kind: str, db: str, rounds: list[dict[str, Any]]) -> None:
    ceilings, subjects = ([round["people"] / round["seconds"] for round in each] for each in _both(rounds))
    last = rounds[-1]["subject"]
    beside = {"people_a_second": round(subjects[-1]), "read_s": last["read"], "publish_s": last["publish"]}
    unit = "of ready tuples into the same tables and indexes"
    name = f"import of a roster, {kind}, {db}"
    say(paired(name, ceilings=ceilings, subjects=subjects, unit=unit, asked=0.40, beside=beside))
    most = [float(round["subject"]["memory_mb"]) for round in rounds]
    say(Figure(f"memory of the {name}", max(most), "MB", MEMORY_ASKED[kind], at_most=True, rounds=most))


def _say_pairs(options: argparse.Namespace, rounds: list[dict[str, Any]]) -> None:
    name = f"pairs for {options.pairs:,} new people against {options.people:,}, {options.db}"
    seconds = [float(round["seconds"]) for round in rounds]
    beside = {"pairs": rounds[-1]["pairs"], "cpu": rounds[-1]["cpu"]}
    say(Figure(name, sorted(seconds)[len(seconds) // 2], "s", 20, at_most=True, rounds=seconds, beside=beside))


def _both(rounds: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield [round["ceiling"] for round in rounds]
    yield [round["subject"] for round in rounds]


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    from tests import postgres

    server = postgres.start()
    try:
        yield server.url
    finally:
        server.stop()


def _django() -> None:
    from lianfang.foundation.plumbing import sqlite

    sqlite.use_modern()
    os.environ["DJANGO_SETTINGS_MODULE"] = "lianfang.project.settings"
    import django

    django.setup()


def _file(options: argparse.Namespace) -> Path:
    return Path(options.folder) / f"roster.{options.files[0]}"


# --- stages ----------------------------------------------------------------------------------------------------------


def prepare(options: argparse.Namespace) -> dict[str, Any]:
    """The demo district's areas in a database, and its roster as a desk would send it."""
    (Path(options.folder) / "data").mkdir(exist_ok=True)
    _django()
    from django.conf import settings
    from django.core.management import call_command

    from lianfang.demo.district import plan
    from lianfang.demo.setting_up import load_areas
    from lianfang.demo.workbooks import write_roster
    from lianfang.foundation.plumbing import clock
    from lianfang.foundation.plumbing.sealing import write_master_key

    write_master_key(settings.LIANFANG_MASTER_KEY_FILE)
    call_command("migrate", verbosity=0)
    call_command("migrate", database="plumbing", verbosity=0)
    district = plan() if options.people == PEOPLE else plan(people=options.people)
    table = Path(options.folder) / "roster.csv"
    with clock.stopped_at(NOW):
        written = write_roster(district, table)
        load_areas(written, Path(options.folder) / "areas.csv", say=lambda what, done, total: None)
    if "xlsx" in options.files:
        _write_as_excel_does(table, table.with_suffix(".xlsx"))
    return {"people": written.people}


def _write_as_excel_does(table: Path, path: Path) -> None:
    """The same rows as a workbook, with the table of shared strings that Excel and WPS write."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_urls": False})
    sheet = book.add_worksheet("人口底册")
    with open(table, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell)
    book.close()


def subject(options: argparse.Namespace) -> dict[str, Any]:
    """From the file to the register."""
    _django()
    from lianfang.foundation.kernel.people import THE_HOUSE
    from lianfang.foundation.plumbing import clock
    from lianfang.ground.registry import actions, queries
    from lianfang.ground.territory import queries as territory

    path = _file(options)
    roots = [area.id for area in territory.roots(NOW.date())]
    started, cpu = time.perf_counter(), _cpu()
    with Memory() as memory, clock.stopped_at(NOW):
        id = actions.begin_import(path=path, file_name=path.name, roots=roots, by=THE_HOUSE, at=NOW, keep_file=False)
        actions.read_import(import_id=id, path=path)
        read = time.perf_counter()
        actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)
    done = time.perf_counter()
    view = queries.import_view(id, viewer=None, findings=3)
    assert view.residents == options.people, view
    found = {"people": options.people, "seconds": round(done - started, 2)}
    found |= {"read": round(read - started, 2), "publish": round(done - read, 2)}
    return found | {"cpu": round(_cpu() - cpu, 2), "memory_mb": memory.most, "bad": view.bad, "warned": view.warned}


def ceiling(options: argparse.Namespace) -> dict[str, Any]:
    """The rows that the import left behind, put back as ready tuples in one transaction."""
    _django()
    from django.db import connection, transaction

    ready = {table: _rows(table) for table in TABLES}
    _empty()
    started, cpu = time.perf_counter(), _cpu()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, rows) in ready.items():
            marks = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            for start in range(0, len(rows), 2000):
                cursor.executemany(sql, rows[start : start + 2000])
    found = {"people": options.people, "seconds": round(time.perf_counter() - started, 2)}
    return found | {"cpu": round(_cpu() - cpu, 2), "rows": sum(len(rows) for _, rows in ready.values())}


def _rows(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """In the order they went in, and as the plain values a driver is quickest with."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        columns = [column[0] for column in cursor.description]
        return columns, [tuple(_plain(value) for value in row) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    return (
        str(value)
        if hasattr(value, "isoformat") or (hasattr(value, "hex") and not isinstance(value, bytes | float))
        else value
    )


def empty(options: argparse.Namespace) -> dict[str, Any]:
    """See _empty."""
    _django()
    _empty()
    return {}


def _empty() -> None:
    """As before any roster: the ledger keeps its areas, everything about people goes."""
    from django.db import connection, transaction

    from lianfang.foundation.plumbing import walls
    from lianfang.ground.registry.projections import TABLES as FOLDED

    with walls.owner_at_work(), transaction.atomic(), connection.cursor() as cursor:
        for table in (*FOLDED, "registry_import", "registry_importchunk"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("DELETE FROM ledger_attachment")
        cursor.execute("SELECT min(position) FROM ledger_entry WHERE kind LIKE 'registry.%%'", [])
        (first,) = cursor.fetchone()
        if first is not None:
            cursor.execute("DELETE FROM ledger_entry WHERE position >= %s", [first])
            cursor.execute("DELETE FROM ledger_batch WHERE last >= %s", [first])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def pairs(options: argparse.Namespace) -> dict[str, Any]:
    """So many, spread over the register, as if they had just come."""
    _django()
    from lianfang.ground.registry import pairing

    everybody = pairing.waiting()
    new = everybody[:: max(1, len(everybody) // options.pairs)][: options.pairs]
    started, cpu = time.perf_counter(), _cpu()
    found = pairing.suggest(new)
    return {"seconds": round(time.perf_counter() - started, 2), "cpu": round(_cpu() - cpu, 2), "pairs": len(found)}


def search(options: argparse.Namespace) -> dict[str, Any]:
    """See tests.bench.searches."""
    _django()
    return searches.measure(options.searches)


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class Memory:
    """The most that this process and its children held together at one time, in MB."""

    def __init__(self) -> None:
        self.most = 0
        self._main = threading.get_native_id()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            children = Path(f"/proc/self/task/{self._main}/children").read_text().split()
            self.most = max(self.most, sum(_resident_kb(pid) for pid in ("self", *children)) >> 10)


def _resident_kb(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


STAGES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "prepare": prepare,
    "empty": empty,
    "ceiling": ceiling,
    "subject": subject,
    "pairs": pairs,
    "search": search,
}

if __name__ == "__main__":
    main()
