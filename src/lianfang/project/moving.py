"""From the SQLite files to PostgreSQL, once: copied piece by piece, resumed after a kill, compared whole.

What has been copied is written down in the target, in the transaction that copied it. The source is held alone for as
long as it takes, so nothing is acknowledged that would stay behind, and it is only read.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.apps import apps
from psycopg import sql

from lianfang.foundation.kernel.problems import Problem

ROWS_AT_ONCE = 20_000
_NOT_OURS = ("sqlite_", "django_migrations")
_NOTES = (
    "CREATE TABLE IF NOT EXISTS lianfang_move"
    " (name text PRIMARY KEY, last_row bigint NOT NULL, rows bigint NOT NULL, done boolean NOT NULL)"
)

Say = Callable[[str, int, int], None]  # table, rows done, rows in all


class Table(NamedTuple):
    """A table and the file it stands in; columns as the target has them: name and type."""

    name: str
    file: sqlite3.Connection
    columns: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> int:
        """How many the source has."""
        (count,) = self.file.execute(f'SELECT count(*) FROM "{self.name}"').fetchone()
        return int(count)


class Compared(NamedTuple):
    """What both sides hold of a table."""

    name: str
    rows: int
    there: int
    same: bool


@contextmanager
def held_alone(files: Sequence[Path]) -> Iterator[list[sqlite3.Connection]]:
    """The files, with nobody else at them; `project.server_is_running` (409) while somebody is."""
    with ExitStack() as held:
        opened = []
        for path in files:
            if not path.is_file():
                raise Problem("project.nothing_to_move", folder=str(path.parent))
            file = held.enter_context(closing(sqlite3.connect(path, timeout=1, isolation_level=None)))
            opened.append(file)
            try:
                file.execute("PRAGMA locking_mode=EXCLUSIVE")
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                raise Problem("project.server_is_running", status=409) from None
        yield opened


@contextmanager
def reached(url: str) -> Iterator[psycopg.Connection[Any]]:
    """The target, as whoever owns it; `project.move_broke` when nobody answers there."""
    try:
        target = psycopg.connect(url, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Problem("project.move_broke", said=str(error)) from None
    with target:
        yield target


def is_begun(target: psycopg.Connection[Any]) -> bool:
    """Are there notes of a move that was killed? Its tables are made, and making them again would fill some."""
    there = target.execute("SELECT to_regclass('lianfang_move') IS NOT NULL").fetchone() == (True,)
    begun = there and target.execute("SELECT 1 FROM lianfang_move LIMIT 1").fetchone() is not None
    target.commit()
    return begun


def prepare(url: str) -> None:
    """Make the target's tables with this version's own migrations, in a process that knows only the target."""
    lianfang(url, "upgrade")


def lianfang(url: str, *command: str) -> str:
    """A command of ours on the target; `project.move_broke` when it fails, with what it said."""
    environment = {**os.environ, "LIANFANG_DATABASE_URL": url}
    called = [sys.executable, "-m", "lianfang.project.cli", *command]
    done = subprocess.run(called, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem("project.move_broke", said=(done.stderr or done.stdout).strip()[-600:])
    return done.stdout


def move(files: Sequence[sqlite3.Connection], target: psycopg.Connection[Any], *, again: bool, say: Say) -> None:
    """Copy what is not there yet. `again`: from the beginning."""
    tables = _tables(files, target)
    _begin(tables, target, again=again)
    for table in tables:
        _copy(table, target, say)
    _continue_numbering(tables, target)


def compare(files: Sequence[sqlite3.Connection], target: psycopg.Connection[Any]) -> Iterator[Compared]:
    """Count and hash every table on both sides."""
    for table in _tables(files, target):
        here, there = _digest(_source_rows(table)), _digest(_target_rows(table, target))
        yield Compared(table.name, here[0], there[0], here == there)


def forget_notes(target: psycopg.Connection[Any]) -> None:
    """All of it is there and agrees: from here on the target is a database like any other."""
    target.execute("DROP TABLE lianfang_move")
    target.commit()


def put_away(files: Sequence[Path]) -> list[Path]:
    """Keep the old files, under a name that no server opens. After they were closed, which leaves each in one piece."""
    return [path.rename(path.with_name(f"{path.name}.moved")) for path in files]


def _tables(files: Sequence[sqlite3.Connection], target: psycopg.Connection[Any]) -> list[Table]:
    """Every table of the source, those that others refer to first."""
    there: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in target.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        " ORDER BY table_name, ordinal_position"
    ):
        there.setdefault(name, []).append((column, kind))
    found = {}
    for file in files:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            if not name.startswith(_NOT_OURS):
                if name not in there:
                    raise Problem("project.move_differs", tables=name)
                found[name] = Table(name, file, tuple(there[name]))
    return [found[name] for name in _in_order(set(found))]


def _in_order(names: set[str]) -> list[str]:
    needs: dict[str, set[str]] = {name: set() for name in sorted(names)}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            other = getattr(getattr(field, "remote_field", None), "model", None)
            if getattr(field, "concrete", False) and other is not None and model._meta.db_table in needs:
                needs[model._meta.db_table] |= {other._meta.db_table} & names
    return list(TopologicalSorter(needs).static_order())


def _begin(tables: Sequence[Table], target: psycopg.Connection[Any], *, again: bool) -> None:
    """Note what is to be done, in a target that holds nothing but what its own making put there."""
    target.execute(_NOTES)
    noted = target.execute("SELECT count(*) FROM lianfang_move").fetchone() or (0,)
    if noted[0] and not again:
        return
    entries = target.execute("SELECT count(*) FROM ledger_entry").fetchone() or (0,)
    if entries[0] and not noted[0]:
        raise Problem("project.move_target_is_used", status=409)
    for table in reversed(tables):
        target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
    target.execute("DELETE FROM lianfang_move")
    with target.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO lianfang_move VALUES (%s, -9223372036854775808, 0, false)", [(t.name,) for t in tables]
        )
    target.commit()


def _copy(table: Table, target: psycopg.Connection[Any], say: Say) -> None:
    """Piece by piece; what is copied and how far it goes is one commit."""
    noted = target.execute("SELECT last_row, rows, done FROM lianfang_move WHERE name = %s", (table.name,)).fetchone()
    last, rows, done = noted or (-(2**63), 0, False)
    total = table.rows
    while not done:
        piece = _piece(table, last)
        done = len(piece) < ROWS_AT_ONCE
        last = piece[-1][0] if piece else last
        rows += len(piece)
        with target.cursor() as cursor, cursor.copy(_copy_sql(table)) as copy:
            for _, *values in piece:
                copy.write_row(_converted(table, values, for_hash=False))
        target.execute(
            "UPDATE lianfang_move SET last_row = %s, rows = %s, done = %s WHERE name = %s",
            (last, rows, done, table.name),
        )
        target.commit()
        say(table.name, rows, total)


def _piece(table: Table, after: int) -> list[tuple[Any, ...]]:
    """The rows behind that one, each with its number: the table's own, or its place in a table that numbers none."""
    columns = ", ".join(f'"{name}"' for name, _ in table.columns)
    (numbers_none,) = table.file.execute("SELECT wr FROM pragma_table_list WHERE name = ?", (table.name,)).fetchone()
    if numbers_none:
        keys = table.file.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table.name,))
        order, first = ", ".join(f'"{name}"' for (name,) in keys), max(after, 0)
        rows = table.file.execute(
            f'SELECT {columns} FROM "{table.name}" ORDER BY {order} LIMIT {ROWS_AT_ONCE} OFFSET ?', (first,)
        )
        return [(number, *row) for number, row in enumerate(rows, first + 1)]
    return table.file.execute(
        f'SELECT rowid, {columns} FROM "{table.name}" WHERE rowid > ? ORDER BY rowid LIMIT {ROWS_AT_ONCE}', (after,)
    ).fetchall()


def _copy_sql(table: Table) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in table.columns)
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)


def _continue_numbering(tables: Sequence[Table], target: psycopg.Connection[Any]) -> None:
    numbered = target.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND is_identity = 'YES'"
    ).fetchall()
    for name, column in numbered:
        target.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, {}), coalesce((SELECT max({}) FROM {}), 0) + 1, false)"
            ).format(sql.Literal(name), sql.Literal(column), sql.Identifier(column), sql.Identifier(name))
        )
    target.commit()


def _source_rows(table: Table) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name, _ in table.columns)
    for row in table.file.execute(f'SELECT {columns} FROM "{table.name}"'):
        yield _converted(table, row, for_hash=True)


def _target_rows(table: Table, target: psycopg.Connection[Any]) -> Iterator[tuple[Any, ...]]:
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in table.columns)
    with target.cursor(name="compared") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table.name)))
        for row in cursor:
            yield tuple(_plain(value) for value in row)


def _digest(rows: Iterator[tuple[Any, ...]]) -> tuple[int, int]:
    """How many, and a sum of hashes that does not depend on their order."""
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).digest())
    return count, total % 2**256


def _converted(table: Table, values: Sequence[Any], *, for_hash: bool) -> tuple[Any, ...]:
    read = (
        None if value is None else _READ.get(kind, _as_it_is)(value)
        for value, (_, kind) in zip(values, table.columns, strict=True)
    )
    return tuple(_plain(value) for value in read) if for_hash else tuple(_sent(value) for value in read)


def _as_it_is(value: Any) -> Any:
    return value


def _instant(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# From what SQLite keeps to what PostgreSQL's type means.
_READ: dict[str, Callable[[Any], Any]] = {
    "uuid": lambda value: UUID(value),
    "timestamp with time zone": _instant,
    "date": date.fromisoformat,
    "boolean": bool,
    "bytea": bytes,
    "jsonb": json.loads,
    "double precision": float,
}


def _plain(value: Any) -> Any:
    """Spelt alike on both sides."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case memoryview():
            return bytes(value)
        case dict() | list():
            return json.dumps(value, sort_keys=True)
    return value


def _sent(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
