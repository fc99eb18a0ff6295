"""A ceiling that says nothing for itself: the very statements the ledger ran, run again with ready tuples on a copy of
the database as it was before.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

from tests.bench.figures import CORES

ENTRY = "INSERT INTO ledger_entry "


class Statement(NamedTuple):
    """One statement and what it was given; `many`: a row for each time."""

    sql: str
    params: Sequence[Any]
    many: bool


def use(*, data: Path, keys: Path, url: str) -> None:
    """Let this process be a lianfang on that folder and database."""
    from lianfang.foundation.plumbing import sqlite

    sqlite.use_modern()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "lianfang.project.settings", "LIANFANG_DEMO": "1"}
    os.environ |= {"LIANFANG_DATA": str(data), "LIANFANG_KEYS": str(keys), "LIANFANG_DATABASE_URL": url}
    import django

    django.setup()


def recorded(token: str, records: Sequence[bytes]) -> list[Statement]:
    """Hand the records in, in this process, and answer every statement of the transaction that took them."""
    from django.db import connection

    from lianfang.foundation.ledger import actions as ledger
    from lianfang.foundation.plumbing import clock
    from lianfang.ground.access import queries as access

    sender = access.sender_of(token, clock.now())
    assert sender is not None
    statements: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            statements.append(Statement(sql, list(params or ()), many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        reply = ledger.hand_in(records, sender=sender, received_at=clock.now())
    assert {receipt.fate for receipt in reply.receipts} == {"stored"}, reply.receipts[:3]
    return statements


class Loop:
    """A connection to a copy, as the product would open it, and no product."""

    def __init__(self, copy: Path | str) -> None:
        self._file = isinstance(copy, Path)
        self._database = _sqlite(copy) if isinstance(copy, Path) else _postgres(copy)

    def run(self, commits: Sequence[Sequence[Statement]]) -> float:
        """Each list of statements as one commit; the seconds all of them took."""
        began = perf_counter()
        for statements in commits:
            self._commit(statements)
        return perf_counter() - began

    def ready(self, statements: Iterable[Statement]) -> list[Statement]:
        """The same statements with everything in the form the driver takes as it is."""
        return [_ready(statement) if self._file else statement for statement in statements]

    def _commit(self, statements: Sequence[Statement]) -> None:
        cursor = self._database.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self._file else "BEGIN")
        for sql, params, many in statements:
            cursor.executemany(sql, params) if many else cursor.execute(sql, params)
            if cursor.description is not None and not many:
                cursor.fetchall()
        cursor.execute("COMMIT")


def entries_only(commits: Iterable[Iterable[Statement]]) -> Statement:
    """The entries of several commits as one statement of many rows: the plainest loop there is."""
    found = [s for statements in commits for s in statements if s.sql.startswith(ENTRY)]
    return Statement(found[0].sql, [row for s in found for row in (s.params if s.many else [s.params])], True)


def _ready(statement: Statement) -> Statement:
    sql = statement.sql.replace("%%", "\0").replace("%s", "?").replace("\0", "%")
    if statement.many:
        return Statement(sql, [tuple(map(_native, row)) for row in statement.params], True)
    return Statement(sql, tuple(map(_native, statement.params)), False)


def _native(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return str(value) if isinstance(value, str) or hasattr(value, "isoformat") else value


def _sqlite(file: Path) -> Any:
    from lianfang.foundation.plumbing.database import settings_for

    assert sys.modules["sqlite3"].__name__ == "pysqlite3", "the modern one, as the product"
    options = settings_for(url="", data=file.parent)["default"]["OPTIONS"]
    database = sys.modules["sqlite3"].connect(file, isolation_level=None, cached_statements=256)
    database.executescript(options["init_command"])
    return database


def _postgres(url: str) -> Any:
    import psycopg

    return psycopg.connect(url, autocommit=True)


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """This thread on that core for the block: the loop runs where the server runs, while the server does nothing."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORES[core % len(CORES)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
