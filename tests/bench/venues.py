"""Who was at a place, and who was near a case, among a million visits or ten: tokens only; then resolving, apart.

python -m tests.bench.venues [--visits 1000000] [--codes 2000] [--cases 300] [--read 300]

Visits of fourteen days, ten for each person, places by Zipf's law, tokens made by each day's key. Asked: an hour at a
place within 1 ms, everybody near one case in fourteen days within 5 ms, both of the database's time; beside it the
product's whole functions, and the tokens of a case that are made first. Resolving opens the sealed entries of so many
visits and is paid for each person: real records, real credentials, a warrant of two.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from tests.bench import overview
from tests.bench.figures import Figure, say

PER_PERSON = 10
_INSERT = "INSERT INTO venues_visit (code_no, at, position, token) VALUES (?, ?, ?, ?)"
_RANGE = "SELECT at, token, position FROM venues_visit WHERE code_no = ? AND at >= ? AND at < ?"
_TOKENS = "SELECT code_no, at FROM venues_visit WHERE token IN ({})"


def main() -> None:
    """Fill, ask, read."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        overview.begin(Path(folder))
        from lianfang.operations.venues.tests.market import Market

        market = Market()
        people = [UUID(int=0xA000000 + n) for n in range(options.visits // PER_PERSON)]
        began = time.perf_counter()
        _fill(market, people, options)
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        dice = random.Random(7)
        _windows(dice, options)
        _cases(market, dice.sample(people, options.cases), options)
        _resolving(market, options.read)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--codes", type=int, help="one for each 500 visits, unless said")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--read", type=int, default=300, help="people in the warrant that is read")
    options = parser.parse_args()
    options.codes = options.codes or max(options.visits // 500, 10)
    return options


def _days() -> list[date]:
    from lianfang.ground.territory.tests.town import NOW

    return [(NOW - timedelta(days=back)).date() for back in range(14, 0, -1)]


def _fill(market: Any, people: Sequence[UUID], options: argparse.Namespace) -> None:
    from django.db import connection, transaction

    from lianfang.foundation.plumbing.sealing import keyring
    from lianfang.ground.territory.tests.town import NOW
    from lianfang.operations.venues import rules

    weights = list(accumulate(1 / rank for rank in range(1, options.codes + 1)))
    dice, position, days = random.Random(6), 1_000_000, _days()
    connection.ensure_connection()
    for day in days:
        key = keyring.ensure(rules.visit_key(market.incident.id, day), at=NOW)
        rows = list(_rows_of(day, key, people, weights, options.visits // len(days), dice, position))
        position += len(rows)
        with transaction.atomic():
            connection.connection.executemany(_INSERT, rows)
    connection.connection.execute("ANALYZE")


def _rows_of(
    day: date, key: Any, people: Sequence[UUID], weights: list[float], count: int, dice: random.Random, first: int
) -> Iterator[tuple[int, int, int, bytes]]:
    """Between seven in the morning and ten at night, as they come: by time."""
    from lianfang.operations.venues import rules
    from lianfang.operations.venues.projections import TOKEN_FIELD

    opens, field = rules.seconds_of(day) + 7 * 3600, TOKEN_FIELD.encode()
    codes = dice.choices(range(1, len(weights) + 1), cum_weights=weights, k=count)
    who = dice.choices(people, k=count)
    times = sorted(dice.choices(range(15 * 3600), k=count))
    for n, (code, person, second) in enumerate(zip(codes, who, times, strict=True)):
        at = opens + second
        said = rules.token_text(hour=at // 3600, credential=person).encode()
        yield code, at, first + n, key.search_hash(said, field=field)[:16]


def _windows(dice: random.Random, options: argparse.Namespace) -> None:
    """An hour at a place: as often as not one of the busiest."""
    from lianfang.ground.territory.tests.town import NOW
    from lianfang.operations.venues import queries, rules

    bare, whole, found = [], [], []
    for n in range(300):
        no = dice.randint(1, 20) if n % 2 else dice.randint(1, options.codes)
        begins = rules.seconds_of(dice.choice(_days())) + dice.randint(8, 20) * 3600
        took, rows = _timed(lambda no=no, since=begins: _fetch(_RANGE, (no, since, since + 3600)))
        bare.append(took)
        hour = {"starts_at": _at(begins), "ends_at": _at(begins + 3600)}
        took, seen = _timed(lambda no=no, hour=hour: queries.visits_of([no], **hour, at=NOW))
        assert len(seen) == len(rows)
        whole.append(took)
        found.append(len(rows))
    _say("venues.place_window", bare, 1.0, options, whole=whole, answer=found)


def _cases(market: Any, cases: Sequence[UUID], options: argparse.Namespace) -> None:
    from lianfang.ground.territory.tests.town import NOW
    from lianfang.operations.venues import queries

    within = {"starts_at": NOW - timedelta(days=14), "ends_at": NOW, "incident": market.incident.id}
    nos, bare, whole, made, found = range(1, options.codes + 1), [], [], [], []
    for case in cases:
        took, tokens = _timed(lambda case=case: queries.tokens_of([case], **within))
        made.append(took)
        took, rows = _timed(lambda tokens=tokens: _near(tokens))
        bare.append(took)
        took, seen = _timed(lambda tokens=tokens: queries.near_to(tokens, nos=nos, at=NOW))
        assert {each.position for each in seen} <= rows
        whole.append(took)
        found.append(len(seen))
    _say("venues.near_one_case", bare, 5.0, options, whole=whole, answer=found, tokens_made=made)


def _near(tokens: Sequence[bytes]) -> set[int]:
    """The same statements without the product around them."""
    where = _fetch(_TOKENS.format(", ".join("?" * len(tokens))), tokens)
    return {row[2] for no, at in where for row in _fetch(_RANGE, (no, at - 900, at + 901))}


def _fetch(sql: str, params: Sequence[Any]) -> list[Any]:
    from django.db import connection

    return list(connection.connection.execute(sql, params).fetchall())


def _resolving(market: Any, count: int) -> None:
    """A warrant of two over real entries: opened, told to each, shown."""
    from lianfang.ground.territory.tests.town import NOW
    from lianfang.operations.venues import warrants
    from lianfang.operations.venues.tests.market import ResidentId, hand_in, publish

    people = [ResidentId(UUID(int=0xB000000 + n)) for n in range(count)]
    publish(((id, f"赵{n}") for n, id in enumerate(people)), household=0x6002)
    numbers = [market.credential(person) for person in people]
    late = NOW - timedelta(minutes=1)
    hand_in(*(market.visit(number, at=late - timedelta(seconds=n)) for n, number in enumerate(numbers)))
    when = {"starts_at": late - timedelta(hours=2), "ends_at": NOW, "reason": "找出同时在场的人,逐个通知"}
    waits = warrants.propose_warrant(place=market.place, viewer=market.sees(market.tracer), at=NOW, **when)
    warrants.sign_warrant(warrant=waits.id, viewer=market.sees(market.command), at=NOW)
    reads = [
        _timed(lambda: warrants.read_warrant(warrant=waits.id, viewer=market.sees(market.tracer), at=NOW))
        for _ in range(5)
    ]
    assert all(len(reading.people) == count for _, reading in reads)
    times = [round(took * 1000, 1) for took, _ in reads]
    each = round(median(times) / count, 3)
    say(Figure("venues.resolving", median(times), "ms", rounds=times, beside={"people": count, "ms_a_person": each}))


def _at(seconds: int) -> datetime:
    from datetime import UTC

    return datetime.fromtimestamp(seconds, UTC)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def _say(name: str, bare: list[float], asked: float, options: argparse.Namespace, **more: list[float]) -> None:
    """The middle counts; the twentieth slowest and the slowest stand beside it."""
    ms = [round(took * 1000, 4) for took in bare]
    beside: dict[str, Any] = {"visits": options.visits, "p95_ms": round(quantiles(ms, n=20)[-1], 3), "max_ms": max(ms)}
    answers = more.pop("answer")
    beside |= {"answer": median(answers), "answer_max": max(answers)}
    beside |= {f"{what}_ms": round(median(each) * 1000, 3) for what, each in more.items()}
    say(Figure(name, round(median(ms), 3), "ms", asked, at_most=True, beside=beside))


if __name__ == "__main__":
    main()
