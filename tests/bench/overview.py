"""What the first page of the desk costs the database when the ledger holds a hundred thousand entries, and a million;
with `--full` ten million.

python -m tests.bench.overview [--entries 100000 --entries 1000000 | --full] [--days 7] [--rounds 200]

A street of 35 communities and 69 grids, three campaigns, a tally row per area and day. Each statement of one overview
is run again by itself, fetch included; the database time is the sum of the medians (asked: 1 ms or less). Beside it
the ceiling of the same run: as many look-ups of a single row by primary key. The slope is that of the logarithms of
page ÷ look-ups: 0 when the page does not grow with the ledger, 1 when it grows as the ledger does.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

from tests.bench import filled
from tests.bench.figures import Figure, say
from tests.bench.filled import NOW

SIZES, FULL = (100_000, 1_000_000), 10_000_000
BLOCKS = 5  # of rounds; the quietest counts, for what others do on the machine only ever adds


def main() -> None:
    """Fill, look, and look again."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        begin(Path(folder))
        street = street_of_69()
        _campaigns(street, options.days)
        times = {}
        for entries in sorted(options.entries or SIZES) + ([FULL] if options.full else []):
            _entries(entries)
            times[entries] = _measure(street, options.rounds)
        if len(times) > 1:
            say(_growth(times))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, action="append")
    parser.add_argument("--full", action="store_true", help="ten million entries as well, some 10 GB")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=200)
    return parser.parse_args()


def begin(folder: Path) -> None:
    from lianfang.foundation.plumbing import sqlite

    sqlite.use_modern()
    (folder / "data").mkdir()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "lianfang.project.settings", "LIANFANG_DATA": str(folder / "data")}
    os.environ.pop("LIANFANG_DATABASE_URL", None)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from lianfang.foundation.plumbing.sealing import write_master_key

    write_master_key(settings.LIANFANG_MASTER_KEY_FILE)
    for database in ("default", "plumbing"):
        call_command("migrate", database=database, verbosity=0)


def street_of_69() -> Any:
    """The street with its grids, a worker for each, and a phone for each worker."""
    from lianfang.foundation.kernel.people import THE_HOUSE
    from lianfang.foundation.kernel.roles import Role
    from lianfang.ground.access import actions as access
    from lianfang.ground.territory import actions as territory
    from lianfang.ground.territory import queries
    from lianfang.ground.territory.terms import TreeRow

    by = {"by": THE_HOUSE, "at": NOW}
    rows = [TreeRow("S", "subdistrict", "莘塍街道")]
    rows += [TreeRow(f"C{n}", "community", f"第{n}社区", "S") for n in range(35)]
    rows += [TreeRow(f"G{n}", "grid", f"第{n}网格", f"C{n % 35}") for n in range(69)]
    territory.load_tree(rows=rows, on=NOW.date() - timedelta(days=30), **by)
    street = queries.root(NOW.date())
    for n, grid in enumerate(queries.grids_under(street, NOW.date())):
        names = {"name": f"grid-{n}", "display_name": f"网格员{n}", "area": grid.id}
        account = access.create_account(**names, with_password=False, **by).account
        access.grant_role(account=account, role=Role.GRID_WORKER, area=grid.id, **by)
        access.assign_grid(grid=grid.id, account=account, **by)
        code = access.issue_enrolment(account=account, **by).code
        access.enrol_device(device_name="手机", at=NOW, code=code)
    return street


def _campaigns(street: Any, days: int) -> None:
    """Three campaigns, with a tally row for every area and day and a curve for every hour."""
    from django.db import connection

    from lianfang.foundation.kernel.people import THE_HOUSE
    from lianfang.ground.campaigns import actions as campaigns
    from lianfang.ground.forms import actions as forms
    from lianfang.ground.posture import actions as posture
    from lianfang.ground.territory import queries as territory

    by = {"by": THE_HOUSE, "at": NOW}
    place = {"area": street, "basis": "public_health_emergencies", "issuer": "莘塍街道"}
    pack = next(iter(_packs()))
    ends_at = NOW + timedelta(days=20)
    incident = posture.open_incident(name="排查", pack=pack, ends_at=ends_at, drill=True, **place, **by)
    form = forms.publish_pack_forms(incident=incident.id, **by)[0]
    today = NOW.date()
    span = {"starts_on": today, "ends_on": today + timedelta(days=9)}
    opened = [
        campaigns.open_campaign(name=f"排查{n}", area=street, form=form.id, incident=incident.id, **span, **by)
        for n in range(3)
    ]
    areas = sorted(territory.subtree(street, today))
    dates = [today - timedelta(days=n) for n in range(days)]
    tallies = [(c.id, area, day, 640, 3, 5, 40, 30, 120, 1900, 1) for c in opened for area in areas for day in dates]
    hours = [(c.id, h, area, d, 9, 27) for c in opened for area in areas for d in dates for h in range(7, 22)]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO campaigns_tally VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", tallies)
        cursor.executemany("INSERT INTO campaigns_hour VALUES (%s, %s, %s, %s, %s, %s)", hours)


def _packs() -> Any:
    from lianfang.ground.posture import queries

    return queries.packs()


def _entries(wanted: int) -> None:
    from django.db import connection

    connection.ensure_connection()
    filled.fill(connection.connection.execute, wanted)
    connection.connection.commit()


def _measure(street: Any, rounds: int) -> tuple[float, float]:
    from lianfang.foundation.kernel.ids import AccountId, new_id
    from lianfang.foundation.kernel.people import Viewer
    from lianfang.screens.desk import queries

    viewer = Viewer(AccountId(new_id()), "chief", (), NOW)

    def look() -> Any:
        return queries.overview(area=street, campaign=None, viewer=viewer)

    shown = look()
    assert len(shown.rows) == 35 and shown.totals.listed > 0 and shown.position >= 1000, "an empty page proves nothing"
    with _noted() as statements:
        look()  # who answers for which grid is remembered for some seconds, as between two looks of one desk
    times = {index: _median(statement, rounds) for index, statement in enumerate(statements)}
    for index, (sql, _) in enumerate(statements):
        print(f"{times[index] * 1000:7.3f} ms  {sql[:150]}")
    total, ceiling = sum(times.values()), len(statements) * _median(_by_key(), rounds)
    started = time.perf_counter()
    for _ in range(20):
        look()
    whole = (time.perf_counter() - started) / 20
    beside = {
        "entries": shown.position,
        "statements": len(statements),
        "as_many_look_ups_by_key_ms": round(ceiling * 1000, 2),
        "times_that": round(total / ceiling, 1),
        "whole_page_ms": round(whole * 1000, 1),
    }
    name = f"overview at {shown.position:,} entries"
    say(Figure(name, round(total * 1000, 2), "ms of database time", 1.0, at_most=True, beside=beside))
    return total, ceiling


def _growth(times: dict[int, tuple[float, float]]) -> Figure:
    sizes, ratios = [math.log(n) for n in times], [math.log(total / ceiling) for total, ceiling in times.values()]
    slope = linear_regression(sizes, ratios).slope
    told = {f"{n:,}": f"{total * 1000:.3f} ÷ {ceiling * 1000:.3f} ms" for n, (total, ceiling) in times.items()}
    told |= {"load": f"{os.getloadavg()[0]:.1f}"}
    return Figure("overview, how it grows", round(slope, 3), "log-log slope", 0.05, at_most=True, beside=told)


@contextmanager
def _noted() -> Iterator[list[tuple[str, Any]]]:
    from django.db import connection

    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _median(statement: tuple[str, Any], rounds: int) -> float:
    from django.db import connection

    def once() -> float:
        started = time.perf_counter()
        cursor.execute(*statement)
        cursor.fetchall()
        return time.perf_counter() - started

    with connection.cursor() as cursor:
        return min(median(once() for _ in range(rounds // BLOCKS)) for _ in range(BLOCKS))


def _by_key() -> tuple[str, Any]:
    return "SELECT position FROM ledger_entry WHERE position = %s", [1000]


if __name__ == "__main__":
    main()
