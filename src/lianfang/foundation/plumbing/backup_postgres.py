"""A copy of a PostgreSQL: every table by COPY, under one snapshot, into one file; read back by COPY into tables that
the migrations of that day make anew.

Not pg_dump: it must be as new as the server, is often not on the machine where lianfang runs, and would write the data
keys, which have to stand apart, into the middle of the dump. The price: what is not in a migration (a role, a setting,
an index made by hand) is not in a copy.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import msgspec
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import walls
from lianfang.foundation.plumbing.backup_parts import Beside, KeptKey, Look, Say, key_times

FILE, _CONTENTS = "lianfang.tables.zip", "contents.json"
_KEYS, _MIGRATIONS = "plumbing_datakey", MigrationRecorder.Migration._meta.db_table
_AT_ONCE = 1 << 20
# Without row_security=off a policy would silently leave rows out of a copy; with it the database refuses instead.
_ONE_MOMENT = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL row_security = off",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL datestyle = 'ISO'",
)


class Table(msgspec.Struct, frozen=True):
    """One table of a copy."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Contents(msgspec.Struct, frozen=True):
    """What the file holds, and which migrations had made its tables."""

    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


class Tables:
    """See Holding in backup_parts.py."""

    def size(self) -> int:
        """See Holding. Indexes are not copied and text is packed, so this is more than enough."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

    def copy_into(self, folder: Path, *, look: Look, say: Say) -> Beside:
        """See Holding."""
        with _snapshot() as live, _archive(folder / FILE) as archive:
            sizes = _sizes(live)
            told, tables = _Told(say, sum(sizes.values())), []
            for name, size in sizes.items():
                tables.append(_copy_out(live, name, archive, told))
                told.finished(size)
            applied = tuple(live.execute(f"SELECT app, name FROM {_MIGRATIONS} ORDER BY id").fetchall())
            archive.writestr(_CONTENTS, msgspec.json.encode(Contents(applied, tuple(tables))))
            keys = live.execute(f"SELECT name, wrapped, created_at, destroyed_at FROM {_KEYS}").fetchall()
            return Beside([_kept(*row) for row in keys], look(live))

    def refuse_what_is_there(self, data: Path, files: list[str]) -> None:
        """See Holding."""
        if files != [FILE]:
            raise Problem("backup.of_another_database")
        if connection.introspection.table_names():
            raise Problem("backup.database_in_the_way", database=str(connection.settings_dict["NAME"]))

    def put_back(self, source: Path, files: list[str], data: Path, *, beside: Beside, look: Look, say: Say) -> None:
        """See Holding. One transaction: tables, rows, keys, and the look at them."""
        with ZipFile(source / FILE) as archive:
            contents = msgspec.json.decode(archive.read(_CONTENTS), type=Contents)
            told = _Told(say, sum(info.file_size for info in archive.infolist()))
            with transaction.atomic():
                _make_tables(contents)
                with connection.cursor() as cursor:
                    for table in contents.tables:
                        _copy_in(cursor, table, archive, told)
                        told.finished(archive.getinfo(table.name).file_size)
                    _number_on(cursor)
                    cursor.executemany(
                        f"INSERT INTO {_KEYS} (name, wrapped, created_at, destroyed_at) VALUES (%s, %s, %s, %s)",
                        [_row(key) for key in beside.keys],
                    )
                if look(connection.connection) != beside.seen:
                    raise Problem("backup.copy_differs")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class _Told:
    """How far it is, by bytes: of the tables that are done, and of the one in hand."""

    def __init__(self, say: Say, total: int) -> None:
        self._say, self._total, self._done, self._in_hand = say, max(total, 1), 0, 0

    def moved(self, more: int) -> None:
        self._in_hand += more
        self._say(min(self._done + self._in_hand, self._total), self._total)

    def finished(self, size: int) -> None:
        self._done, self._in_hand = self._done + size, 0
        self._say(min(self._done, self._total), self._total)


@contextmanager
def _snapshot() -> Iterator[Any]:
    """A connection of its own that sees one moment, however long the copy takes."""
    own = connections.create_connection("default")
    try:
        with walls.owner_at_work():
            own.ensure_connection()
        for statement in _ONE_MOMENT:
            own.connection.execute(statement)
        yield own.connection
        own.connection.execute("ROLLBACK")
    finally:
        own.close()


@contextmanager
def _archive(path: Path) -> Iterator[ZipFile]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        yield archive
    with ZipFile(path) as written:
        if written.testzip() is not None:
            raise Problem("backup.copy_damaged", status=500, file=path.name)


def _sizes(live: Any) -> dict[str, int]:
    """Every table of ours and its bytes: without the keys, which stand apart, and the list of migrations."""
    rows = live.execute(
        "SELECT c.relname, pg_table_size(c.oid) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
        " AND c.relkind = 'r' ORDER BY c.relname"
    ).fetchall()
    return {name: size for name, size in rows if name not in (_KEYS, _MIGRATIONS)}


def _columns(live: Any, table: str) -> tuple[str, ...]:
    rows = live.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        [_quoted(table)],
    ).fetchall()
    return tuple(name for (name,) in rows)


def _copy_out(live: Any, name: str, archive: ZipFile, told: _Told) -> Table:
    columns = _columns(live, name)
    cursor, statement = live.cursor(), f"COPY {_spelt(name, columns)} TO STDOUT"
    with cursor.copy(statement) as rows, archive.open(name, "w", force_zip64=True) as file:
        for piece in rows:
            file.write(piece)
            told.moved(len(piece))
    return Table(name, columns, cursor.rowcount)


def _copy_in(cursor: Any, table: Table, archive: ZipFile, told: _Told) -> None:
    with archive.open(table.name) as file, cursor.copy(f"COPY {_spelt(table.name, table.columns)} FROM STDIN") as rows:
        for piece in _pieces(file, table.name):
            rows.write(piece)
            told.moved(len(piece))
    if cursor.rowcount != table.rows:
        raise Problem("backup.copy_damaged", file=table.name)


def _pieces(file: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while piece := file.read(_AT_ONCE):
            yield piece
    except BadZipFile:
        raise Problem("backup.copy_damaged", file=name) from None


def _make_tables(contents: Contents) -> None:
    """As they were that day: made by the same migrations, and emptied of what those put in."""
    executor = MigrationExecutor(connection)
    nodes, ours = set(executor.loader.graph.nodes), {app for app, _ in executor.loader.disk_migrations}
    if any(app in ours and (app, name) not in nodes for app, name in contents.migrations):
        raise Problem("backup.from_a_newer_house")
    executor.migrate([node for node in contents.migrations if node in nodes])
    made = ", ".join(_quoted(table.name) for table in contents.tables)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {made}, {_KEYS} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _number_on(cursor: Any) -> None:
    """Numbers that the database gives go on behind the highest that was given."""
    cursor.execute(
        "SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace"
        " AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL"
    )
    for table, column, sequence in cursor.fetchall():
        highest = f"(SELECT max({_quoted(column)}) FROM {_quoted(table)})"
        cursor.execute(f"SELECT setval(%s, coalesce({highest}, 1), {highest} IS NOT NULL)", [sequence])


def _kept(name: str, wrapped: Any, created_at: datetime, destroyed_at: datetime | None) -> KeptKey:
    spelt = b64encode(bytes(wrapped)).decode() if wrapped is not None else None
    return KeptKey(name, spelt, key_times(created_at) or "", key_times(destroyed_at))


def _row(key: KeptKey) -> tuple[Any, ...]:
    created, destroyed = (
        datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None for at in (key.created_at, key.destroyed_at)
    )
    return key.name, b64decode(key.wrapped) if key.wrapped else None, created, destroyed


def _spelt(table: str, columns: tuple[str, ...]) -> str:
    return f"{_quoted(table)} ({', '.join(map(_quoted, columns))})"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
