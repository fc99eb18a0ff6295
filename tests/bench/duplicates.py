"""Who is found twice, against the labelled set: precision and recall of "the same person".

`python -m tests.bench.duplicates [SEED …]`. The set was written by somebody who had not seen the matcher, and its seeds
were chosen after the matcher was done.
"""

import sys
from datetime import date
from time import perf_counter
from typing import Any

from lianfang.ground.registry import duplicates
from tests.bench.labelled_people import Row, labelled, score

SEEDS = (20261122, 7041)
ON = date(2026, 11, 22)


def main(seeds: list[int]) -> None:
    """Each seed is another town with two lists."""
    for seed in seeds:
        town = labelled(seed)
        arriving, existing = [_as_asked(row) for row in town.arriving], [_as_asked(row) for row in town.existing]
        began = perf_counter()
        found = duplicates.suggest(arriving, existing, on=ON)
        seconds = perf_counter() - began
        new = {row["id"] for row in arriving}
        pairs = [(one, other) if one in new else (other, one) for one, other, _ in found]
        mark = score(pairs, town.truth)
        print(f"{seed}: precision {mark.precision:.3f} recall {mark.recall:.3f} {len(pairs):,} pairs {seconds:.1f} s")


def _as_asked(row: Row) -> dict[str, Any]:
    door = f"{row.door.building}{row.door.entrance}{row.door.room}" if row.door else None
    return {
        "id": row.key, "name": row.name, "sex": row.sex or None, "document": row.number or None,
        "born_on": row.born or None, "phone": row.phone or None, "door": door,
    }  # fmt: skip


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [*SEEDS])
