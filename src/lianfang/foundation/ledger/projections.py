"""Puts kept counts back: what a rebuild can no longer add up from bodies stands in `ledger.counted`."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.ledger.records import COUNTED, Counted, CountedTable
from lianfang.foundation.ledger.terms import Entry, Fold, Projection


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """Whatever stood there was folded without what is erased; it gives way to the counts as they were."""
    for entry in entries:
        body: Counted | None = entry.body
        for table, rows in zip(body.tables if body else (), fold.attachments(entry), strict=True):
            _put_back(table, rows, fold)


def _put_back(table: CountedTable, rows: bytes, fold: Fold) -> None:
    for id in table.ids:
        fold.execute(f"DELETE FROM {table.table} WHERE {table.column} = %s", [id])
    marks = ", ".join(["%s"] * len(table.columns))
    fold.executemany(
        f"INSERT INTO {table.table} ({', '.join(table.columns)}) VALUES ({marks})", _as_stored(table.columns, rows)
    )


def _as_stored(columns: Sequence[str], rows: bytes) -> Iterator[list[Any]]:
    ids = [name.endswith("_id") for name in columns]
    for row in msgspec.json.decode(rows, type=list[list[Any]]):
        yield [UUID(value) if is_id else value for value, is_id in zip(row, ids, strict=True)]


PROJECTIONS = (Projection(name="ledger.counted", apply=apply, tables=(), kinds=frozenset({COUNTED.name})),)
