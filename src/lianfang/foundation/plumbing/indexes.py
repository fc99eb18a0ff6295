"""Indexes that are built once behind many rows, instead of being moved by every one of them 先入库后建索引.

A row finds its place in each index of its table. Where the rows are many, most of those places lie on pages that have
left the cache again; built afterwards, an index is sorted once and written from end to end. Only on SQLite, where
making an index belongs to the transaction and to whoever writes; the tables' owner on PostgreSQL is somebody else.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

from lianfang.foundation.plumbing.database import Driver, marks

_CACHE_WHILE_SORTING = 16_384  # KiB: the library sorts in memory, and needs what the pages of the rows would fill


@contextmanager
def built_behind(names: Collection[str]) -> Iterator[None]:
    """Inside a transaction: for this block these indexes are not there, and behind it they are as they were.

    Nobody else sees it: until the commit readers have the database as it was, and if the block fails there is none.
    """
    made_by = _taken_away(names) if names and connection.vendor == "sqlite" else []
    yield
    if made_by:
        _make(made_by)


def _taken_away(names: Collection[str]) -> list[str]:
    """How each of them is made. None at all while somebody on this connection still reads: SQLite refuses to drop."""
    driver = Driver()
    spelt, values = marks(sorted(names))
    sql = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name IN ({spelt}) ORDER BY name"
    found = driver.run(sql, values).fetchall()
    try:
        for name, _ in found:
            driver.run(f'DROP INDEX "{name}"')
    except connection.Database.OperationalError as error:  # type: ignore[attr-defined]
        if "locked" not in str(error):
            raise
        return []
    return [made_by for _, made_by in found]


def _make(indexes: Collection[str]) -> None:
    driver = Driver()
    (cache,) = driver.run("PRAGMA cache_size").fetchone()
    driver.run(f"PRAGMA cache_size = -{_CACHE_WHILE_SORTING}")
    try:
        for sql in indexes:
            driver.run(sql)
    finally:
        driver.run(f"PRAGMA cache_size = {int(cache)}")
