"""A tree as large as the country's: 620,573 divisions, subdistricts and villages, generated; names mean nothing.

python -m tests.bench.divisions [--units 620573] [--rounds 5]

Asked: it loads in less than 60 s (from rows in memory to the commit, the entry sealed, three tables written), and what
lies below an area is answered in less than 5 ms: of a county, a city and a province, from memory, and of a county from
the closure table. The first question of a process reads the tree into memory; how long that takes stands beside it.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

DAY = date(2025, 12, 1)
NOW = datetime(2025, 12, 1, 8, tzinfo=UTC)
# As many as there are of each below one: provinces, cities, counties, subdistricts, villages.
BELOW = (31, 11, 9, 14, 15)
KINDS = ("division", "division", "division", "subdistrict", "village")


def main() -> None:
    """A database of its own, the tree, the questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=620_573)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        _begin(folder)
        _measure(options.units, options.rounds)


def _begin(folder: str) -> None:
    data = os.path.join(folder, "data")
    os.environ |= {"DJANGO_SETTINGS_MODULE": "lianfang.project.settings", "LIANFANG_DATA": data}
    os.mkdir(data)
    from lianfang.foundation.plumbing import sqlite

    sqlite.use_modern()
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    from lianfang.foundation.plumbing import sealing

    sealing.write_master_key(settings.LIANFANG_MASTER_KEY_FILE)
    for alias in ("default", "plumbing"):
        call_command("migrate", database=alias, verbosity=0)


def _measure(units: int, rounds: int) -> None:
    from lianfang.foundation.kernel.people import THE_HOUSE
    from lianfang.ground.territory import actions, queries
    from tests.bench.figures import Figure, say

    rows = list(_rows(units))
    began = time.perf_counter()
    done = actions.load_tree(rows=rows, on=DAY, by=THE_HOUSE, at=NOW)
    took = time.perf_counter() - began
    load = {"units": done.added, "load": os.getloadavg()[0]}
    say(Figure("a tree of the country's size loads", round(took, 1), "s", 60.0, at_most=True, beside=load))
    began = time.perf_counter()
    top = queries.roots(DAY)[0]
    queries.subtree(top.id, DAY)
    first = time.perf_counter() - began
    city = queries.children(top.id, DAY)[0]
    county = queries.children(city.id, DAY)[0]
    for name, area in (("province", top.id), ("city", city.id), ("county", county.id)):
        _ask(f"below a {name}", lambda area=area: len(queries.subtree(area, DAY)), rounds, first)  # type: ignore[misc]
    _ask("below a county, by the closure table", lambda: _by_sql(county.id), rounds, first)


def _ask(name: str, question: Callable[[], int], rounds: int, first: float) -> None:
    from tests.bench.figures import Figure, say

    took, found = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        found = question()
        took.append(round((time.perf_counter() - began) * 1000, 3))
    beside = {"found": found, "first_s": round(first, 1), "load": os.getloadavg()[0]}
    say(Figure(f"subtree {name}", median(took), "ms", 5.0, at_most=True, rounds=took, beside=beside))


def _by_sql(area: Any) -> int:
    from django.db import connection

    from lianfang.ground.territory import queries

    with connection.cursor() as cursor:
        cursor.execute(queries.areas_under_sql(1), [area, DAY, DAY])
        return len(cursor.fetchall())


def _rows(units: int) -> Iterator[Any]:
    """Level by level, parents first; the last level is as long as is needed."""
    from lianfang.ground.territory.terms import TreeRow

    above: list[str | None] = [None]
    made = 0
    for level, (each, kind) in enumerate(zip(BELOW, KINDS, strict=True)):
        last = level == len(BELOW) - 1
        here: list[str] = []
        wanted = units - made if last else len(above) * each
        for n in range(wanted):
            code = f"{level}{n:07d}"
            here.append(code)
            yield TreeRow(code=code, kind=kind, name=f"第{n}号", parent=above[n * len(above) // wanted])
        made += wanted
        above = list(here)


if __name__ == "__main__":
    main()
