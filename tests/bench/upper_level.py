"""What filling an upper level's workbook costs: 50 sheets, a row for each of 69 grids, formulas on every sheet.

python -m tests.bench.upper_level [--rounds 5]

Measured is all that happens between asking for the filled workbook of a day and its last byte: the blank out of the
ledger, every number added up as of the position, every cell set, the workbook packed (asked: 5 s or less). Beside it
the look for 3,450 cells in another layout, in which every one of them has moved.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import overview
from tests.bench.as_of import _campaign
from tests.bench.figures import Figure, say
from tests.bench.filled import NOW

SHEETS = 50


def main() -> None:
    """Map, fill, move."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        overview.begin(Path(folder))
        street = overview.street_of_69()
        form = _mapped(street, _campaign(street))
        beside = {"sheets": SHEETS, "cells": len(form.cells)}
        _say("upper_level.fill", _fills(form), options.rounds, beside, asked=5)
        _say("upper_level.moved", _moves(form, street), options.rounds, beside)


def _book(grids: list[str], *, moved: bool = False) -> bytes:
    """A title, a heading, 69 rows of five numbers, a sum; `moved`: with a column put in before."""
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.active)
    for number in range(SHEETS):
        sheet = made.create_sheet(f"表{number + 1}")
        heads = ["序号", "网格", *(["片区"] if moved else []), "应走访", "已完成", "尝试未遇", "剩余", "合计"]
        sheet.append([f"表{number + 1} 日报"])
        sheet.append(heads)
        for row, name in enumerate(grids, 3):
            sheet.append([row - 2, name, *([None] if moved else [])])
            sheet.cell(row, len(heads), f"=SUM(C{row}:F{row})")
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _names(street: Any) -> dict[str, Any]:
    from lianfang.ground.territory import queries as territory

    grids = territory.grids_under(street, NOW.date())
    return {f"{territory.area(territory.lineage(g.id, NOW.date())[-2]).name}{g.name}": g.id for g in grids}


def _mapped(street: Any, campaign: Any) -> Any:
    from lianfang.foundation.kernel.ids import AccountId, new_id
    from lianfang.foundation.kernel.people import Actor
    from lianfang.ground.reports.terms import Audience, SubjectKey
    from lianfang.interop.upper_level_forms import actions
    from lianfang.interop.upper_level_forms.terms import Wanted

    when: dict[str, Any] = {"by": Actor(AccountId(new_id()), name="填表的人"), "at": NOW}
    names = _names(street)
    data = _book(list(names))
    form = actions.take_in(data=data, file_name="表.xlsx", title="表", area=street, audience=Audience.DESK, **when)
    about = SubjectKey("campaigns", campaign.id)
    cells = [
        Wanted(f"表{number + 1}", f"D{row}", about, "done", grid)
        for number in range(SHEETS)
        for row, grid in enumerate(names.values(), 3)
    ]
    return actions.map_cells(form=form.id, cells=cells, seen=1, **when)


def _fills(form: Any) -> Callable[[], None]:
    from lianfang.interop.upper_level_forms import actions

    def fill() -> None:
        data, filled, _ = actions.fill(form, day=NOW.date(), at=NOW)
        assert data and len(filled.values) == len(form.cells)

    return fill


def _moves(form: Any, street: Any) -> Callable[[], None]:
    from lianfang.interop.upper_level_forms import rules, workbook

    other = _book(list(_names(street)), moved=True)

    def move() -> None:
        found, moved, lost = rules.carried_over(form.cells, workbook.read(other))
        assert len(found) == len(moved) == len(form.cells) and not lost

    return move


def _say(
    name: str, work: Callable[[], None], rounds: int, beside: dict[str, Any], *, asked: float | None = None
) -> None:
    work()
    clock, cpu = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        work()
        clock.append(round(time.perf_counter() - began, 3))
        cpu.append(round(time.process_time() - used, 3))
    say(Figure(name, median(clock), "s", asked, at_most=True, rounds=clock, beside=beside | {"cpu_s": median(cpu)}))


if __name__ == "__main__":
    main()
