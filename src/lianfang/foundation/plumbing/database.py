"""Two databases, one kind of SQL.

`default` holds the ledger and everything folded from it; `plumbing` holds sessions, lock-out and jobs, which are not
entries and must never wait for the writer. Without an address both are SQLite files in the data folder; with one both
are PostgreSQL.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from lianfang.foundation.plumbing.sqlite import OLDEST_SAFE, is_safe

PLUMBING_APPS = frozenset({"sessions", "axes", "django_tasks_database"})
PLUMBING_MODELS = frozenset({("plumbing", "job")})  # of an app whose other tables stand in `default`

# FULL, because NORMAL lost 7,691 of 39,461 acknowledged records in 60 power cuts; secure_delete, because a deleted
# row must not
# stay readable in a free page.
_SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
)


def settings_for(*, url: str, data: Path) -> dict[str, Any]:
    """Django's DATABASES for an address (empty: SQLite in the data folder)."""
    if url:
        return {alias: _postgres(url) for alias in ("default", "plumbing")}
    return {
        "default": _sqlite(data / "lianfang.sqlite3"),
        "plumbing": _sqlite(data / "plumbing.sqlite3"),
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _SQLITE_START},
        # Tests use a file too: a database in memory has no WAL, and threads lock each other out of it.
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 0,  # a thread gives its connection back to the pool after each request
        "CONN_HEALTH_CHECKS": True,  # one that broke while nobody used it is replaced, not handed out
        "OPTIONS": {"connect_timeout": 5, "pool": _POOL, "prepare_threshold": 5},
    }


# A thread waits for a connection no longer than somebody at a gate would. A failed attempt is given up soon, because
# the next request makes a new one at once: attempts that go on by themselves come ever more seldom, and a database that
# is back would be found minutes later.
_POOL = {"min_size": 1, "max_size": 32, "timeout": 3, "reconnect_timeout": 4}


class Router:
    """Sends sessions, lock-out and jobs to `plumbing` and everything else to `default`; on PostgreSQL all to one."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Where this model lives."""
        return _home(model._meta.app_label, model._meta.model_name)

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Relations stay inside one database."""
        return self.db_for_read(one) == self.db_for_read(other)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Each table exists once."""
        return db == _home(app_label, model_name)


def _home(app_label: str, model_name: str | None) -> str:
    from django.db import connections

    # PostgreSQL needs no second file so that jobs and sessions do not wait for the writer, and has one list of
    # applied migrations: there everything goes by the first name.
    if connections["default"].vendor == "postgresql":
        return "default"
    return "plumbing" if app_label in PLUMBING_APPS or (app_label, model_name) in PLUMBING_MODELS else "default"


def register_adapters() -> None:
    """Make raw SQL take UUIDs and aware datetimes on SQLite, in just the form Django's own fields store.

    What the driver takes as it is has an adapter too. For a value without one (None, bytes, a member of an enum) it
    looks in three places and catches what they raise: 3 µs each time, more than the row itself.
    """
    import sqlite3

    sqlite3.register_adapter(UUID, UUID.hex.fget)  # type: ignore[attr-defined]
    sqlite3.register_adapter(datetime, _sqlite_instant)
    sqlite3.register_adapter(bool, int)
    sqlite3.register_adapter(bytes, bytes)
    sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]  # None of everything, in no step of Python


def register_words() -> None:
    """The same for every word there is by now: a member of an enum goes in as its text."""
    import sqlite3

    for words in StrEnum.__subclasses__():
        sqlite3.register_adapter(words, str.__str__)


def _sqlite_instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant without a zone must not reach the database")
    return str(value if value.tzinfo is UTC else value.astimezone(UTC))[:-6]  # without its "+00:00"


def disk_is_full(error: BaseException) -> bool:
    """Is there no room left? As SQLite says it, and as PostgreSQL does."""
    return "disk is full" in str(error) or "No space left" in str(error)


class Driver:
    """The default connection's own driver: for the ledger's transactions, where Django's wrappers cost more than the
    statements do.

    Whoever begins the transaction translates the driver's errors (`connection.wrap_database_errors`); `%s` marks a
    parameter. Somebody who listens to Django's statements (a test, a log) hears these as well.
    """

    def __init__(self) -> None:
        from django.db import DEFAULT_DB_ALIAS, connections

        own: Any = connections[DEFAULT_DB_ALIAS]  # `connection` would look it up again for every attribute
        own.ensure_connection()
        self._heard = bool(own.execute_wrappers or own.queries_logged)
        self._cursor = self._cursor_of_many = own.cursor if self._heard else own.connection.cursor
        self._as_is = self._heard or own.vendor == "postgresql"
        if own.vendor == "postgresql" and not self._heard:
            self._cursor_of_many = _preparing(own.connection)

    def run(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Execute, and answer the cursor."""
        cursor = self._cursor()
        cursor.execute(sql if self._as_is else _with_question_marks(sql), params)
        return cursor

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """The same statement for each row; what it is given goes straight into columns, whose types say what it is."""
        self._cursor_of_many().executemany(sql if self._as_is else _with_question_marks(sql), rows)


def _preparing(connection: Any) -> Callable[[], Any]:
    """Cursors that prepare what they repeat. Django's write the values into the text, and PostgreSQL has to read and
    plan every row anew.
    """
    from psycopg import Cursor

    return partial(Cursor, connection)


def query(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a SELECT on the default connection, for pages that everybody looks at: building the same statement
    out of models costs ten times what it takes to answer it.
    """
    from django.db import connection

    with connection.wrap_database_errors:
        rows: list[tuple[Any, ...]] = Driver().run(sql, params).fetchall()
        return rows


@lru_cache(maxsize=2048)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%%", "\0").replace("%s", "?").replace("\0", "%")


def marks(values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The marks of `IN (…)` and what goes with them.

    Lengths are rounded up to a power of two by repeating the last value, so that a handful of statements is prepared
    once instead of a new one for every length. Nothing at all matches NULL, which nothing equals.
    """
    if not values:
        return "NULL", ()
    size = 1 << (len(values) - 1).bit_length()
    return ", ".join(["%s"] * size), (*values, *([values[-1]] * (size - len(values))))


def as_uuid(value: Any) -> UUID | None:
    """A UUID column as read by raw SQL, on either database."""
    return value if value is None or isinstance(value, UUID) else msgspec.convert(value, UUID)  # thrice as fast


def as_instant(value: Any) -> datetime | None:
    """A timestamp column as read by raw SQL, on either database."""
    if value is None:
        return None
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


_commit_begun: ContextVar[bool] = ContextVar("commit_begun", default=False)


def commit_begins() -> None:
    """From here to its end this request may have saved something, whatever the connection says."""
    _commit_begun.set(True)


def commit_begun() -> bool:
    """Has this request come as far as a commit? (Every request has a context of its own.)"""
    return _commit_begun.get()


def is_away(error: BaseException) -> bool:
    """Does this error mean that the database cannot be used at all just now, whatever was asked of it?"""
    from django.db import InterfaceError, OperationalError, connection

    driver = connection.Database  # type: ignore[attr-defined]
    if isinstance(error, (OperationalError, InterfaceError, driver.OperationalError, driver.InterfaceError)):
        return True
    return _code_of(error) in ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def _code_of(error: BaseException) -> str:
    """SQLite's own name of an error. A disk that goes away under it may hand out pages that make no sense any more."""
    return getattr(error, "sqlite_errorname", "") or getattr(error.__cause__, "sqlite_errorname", "")


class UnsafeSqliteError(RuntimeError):
    """This SQLite can corrupt a WAL database."""


def check_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Refuse a new connection whose SQLite has the WAL-reset race, with the cause and the cure."""
    if connection.vendor == "sqlite":
        refuse_unsafe_sqlite(connection.Database.sqlite_version_info)


def refuse_unsafe_sqlite(version: tuple[int, ...]) -> None:
    """Raise when a WAL database could be corrupted by this library version."""
    if not is_safe(version):
        found, wanted = (".".join(map(str, v)) for v in (version, OLDEST_SAFE))
        raise UnsafeSqliteError(
            f"SQLite {found} 在 WAL 模式下可能损坏数据库,已拒绝启动;请安装随附的 pysqlite3(自带 {wanted} 以上)。 / "
            f"SQLite {found} can corrupt a WAL database (a checkpoint racing a commit), so lianfang refuses to start; "
            f"install the locked requirements, whose pysqlite3 brings {wanted} or newer."
        )


def overwrite_deleted(tables: Sequence[str]) -> bool:
    """Leave nothing of deleted rows in the database's own files; False when somebody kept us from it: ask again later.

    SQLite overwrites deleted rows at once (secure_delete); what remains is the log before the file, which is emptied.
    PostgreSQL writes these tables anew; old pages of its log go with the next checkpoint, if we may ask for one.
    """
    from django.db import ProgrammingError, connection

    from lianfang.foundation.plumbing import walls

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchone()[0] == 0)
        with walls.owner_at_work():
            cursor.execute(f"VACUUM FULL {', '.join(map(connection.ops.quote_name, tables))}")
        try:
            cursor.execute("CHECKPOINT")
        except ProgrammingError:  # only whoever administers the server may
            return False
    return True
