"""What a number of then costs: a street's counts as of a position in a ledger of a million entries, and its report.

python -m tests.bench.as_of [--entries 1000000] [--days 7] [--rounds 3]

A street of 35 communities and 69 grids. Every entry is a visit that came in a commit of its own and moved its grid's
tally: the worst there is (of a phone's batch all visits of a day are one move). Measured are a recount of every measure
of every grid as of the end and as of half-way (asked: 10 s or less), and the report of that street, composed and made
into Word, PDF and Excel (asked: 3 s or less for 69 grids). Nothing is kept in memory between two rounds but what SQLite
keeps by itself; the processor's time stands beside the clock's, for what others do on the machine only ever adds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import filled, overview
from tests.bench.figures import Figure, say
from tests.bench.filled import NOW

# Two of three visits finish a household, the third finds nobody at home; of each, three people.
_MOVES = (
    "WITH RECURSIVE c(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM c WHERE n < ?)"
    " INSERT INTO campaigns_moved (campaign_id, position, no, day, lineage, listed, found, struck, done, attempted,"
    " people, people_due, disputed)"
    " SELECT ?, c.n, 0, date(?, '-' || (c.n % ?) || ' days'), g.lineage, 1, 0, 0, c.n % 3 > 0, c.n % 3 = 0, 3, 3, 0"
    " FROM c JOIN bench_grid g ON g.no = c.n % ?"
)


def main() -> None:
    """Fill, count, report."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        overview.begin(Path(folder))
        street = overview.street_of_69()
        campaign = _campaign(street)
        head = _filled(campaign, street, options)
        for name, position in (("head", head), ("half_way", head // 2)):
            _say(f"as_of.recount_{name}", _recounted(campaign, position), options, asked=10)
        _say("as_of.report", _reported(street), options, asked=3)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _campaign(street: Any) -> Any:
    from lianfang.foundation.kernel.people import THE_HOUSE
    from lianfang.ground.campaigns import actions as campaigns
    from lianfang.ground.forms import actions as forms
    from lianfang.ground.posture import actions as posture

    by = {"by": THE_HOUSE, "at": NOW}
    place = {"area": street, "basis": "public_health_emergencies", "issuer": "莘塍街道"}
    ends_at = NOW + timedelta(days=20)
    incident = posture.open_incident(name="排查", pack="household_sweep", ends_at=ends_at, **place, **by)
    form = forms.publish_pack_forms(incident=incident.id, **by)[0]
    span = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=9)}
    return campaigns.open_campaign(name="排查", area=street, form=form.id, incident=incident.id, **span, **by)


def _filled(campaign: Any, street: Any, options: argparse.Namespace) -> int:
    """The head: so many entries, and a move for each of them that is a visit."""
    from django.db import connection

    from lianfang.foundation.ledger import queries as ledger
    from lianfang.foundation.ledger.folding import lineage_text
    from lianfang.ground.territory import queries as territory

    connection.ensure_connection()
    execute = connection.connection.execute
    first, today = ledger.head() + 1, NOW.date()
    filled.fill(execute, options.entries)
    grids = [lineage_text(territory.lineage(g.id, today)) for g in territory.grids_under(street, today)]
    execute("CREATE TEMP TABLE bench_grid (no INTEGER PRIMARY KEY, lineage TEXT)")
    connection.connection.executemany("INSERT INTO bench_grid VALUES (?, ?)", list(enumerate(grids)))
    execute(_MOVES, (first, options.entries, campaign.id.hex, str(today), options.days, len(grids)))
    return ledger.head()


def _recounted(campaign: Any, position: int) -> Callable[[], None]:
    from lianfang.foundation.ledger import queries as ledger
    from lianfang.ground.campaigns.measures import COVERAGE

    def count() -> None:
        found = ledger.counted_at(COVERAGE, keys={"campaign_id": campaign.id}, position=position)
        assert len({one.lineage for one in found}) == 69

    return count


def _reported(street: Any) -> Callable[[], None]:
    """From its counts to the last byte of the third file; drafted once, for that is an act and no reading."""
    from lianfang.foundation.kernel.ids import AccountId, new_id
    from lianfang.foundation.kernel.people import Actor
    from lianfang.ground.reports import actions, queries
    from lianfang.ground.reports.paper import rendered
    from lianfang.ground.reports.terms import Format

    by = Actor(AccountId(new_id()), name="写报表的人")
    draft = actions.draft_report(area=street, day=NOW.date(), cut_off=NOW, by=by, at=NOW)
    assert sum(place.is_grid for place in draft.basis.places) == 69

    def report() -> None:
        document = queries.read(draft)
        assert all(rendered(draft, document, format, by=by.name, at=NOW) for format in Format)

    return report


def _say(name: str, work: Callable[[], None], options: argparse.Namespace, *, asked: float) -> None:
    work()  # once for the fonts, the templates and the pages of the file
    clock, cpu = [], []
    for _ in range(options.rounds):
        began, used = time.perf_counter(), time.process_time()
        work()
        clock.append(round(time.perf_counter() - began, 3))
        cpu.append(round(time.process_time() - used, 3))
    beside = {"entries": options.entries, "cpu_s": median(cpu)}
    say(Figure(name, median(clock), "s", asked, at_most=True, rounds=clock, beside=beside))


if __name__ == "__main__":
    main()
