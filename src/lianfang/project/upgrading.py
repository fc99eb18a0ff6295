"""Upgrade 升级: a copy, the tables brought to this version, a check; if any of it fails, everything as it was before.

PostgreSQL changes tables in one transaction, so what is broken off has not happened. SQLite cannot: there a note in the
data folder says which copy belongs to the upgrade under way and how far it is. Whoever is killed in the middle runs
`lianfang upgrade` again: it goes on where it was, forward, or back when it was on its way back.
"""

import logging
import shutil
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.plumbing import backup, durable, walls
from lianfang.project import wiring

log = logging.getLogger(__name__)
NOTE = "upgrade.json"
_LEDGER = "ledger_entry"


class Note(msgspec.Struct, frozen=True):
    """The upgrade under way: the copy made before it, and how many entries there were."""

    copy: str
    head: int
    doing: Literal["forward", "back"] = "forward"


def upgrade(*, at: datetime, verbosity: int = 0) -> None:
    """Bring both databases to this version's tables. Raises `upgrade.put_back` when that failed and was undone."""
    with walls.owner_at_work():
        _upgrade(at, verbosity)


def _upgrade(at: datetime, verbosity: int) -> None:
    settings.LIANFANG_DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    note = _read()
    if note and note.doing == "back" and _head() < note.head:
        _put_back(note)
    if not any(map(_behind, settings.DATABASES)):
        _forget()
        return
    if not _head():
        _migrate(verbosity, *settings.DATABASES)
        return
    if note is None or note.head != _head():
        note = _begin(at)  # the version before has worked on since; its entries are not in the copy of then
    try:
        with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
            _migrate(verbosity, "default")
            for step in wiring.exported("jobs", "ON_UPGRADE"):
                step()
            _check(note)
        _migrate(verbosity, "plumbing")
    except Exception:
        log.exception("the upgrade failed")
        _put_back(note)
        raise Problem("upgrade.put_back") from None
    _forget()


def _begin(at: datetime) -> Note:
    note = Note(backup.make(at=at).folder.name, _head())
    _write(note)
    return note


def _behind(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _head() -> int:
    return entries.head() if _LEDGER in connection.introspection.table_names() else 0


def _migrate(verbosity: int, *aliases: str) -> None:
    for alias in aliases:
        call_command("migrate", database=alias, verbosity=verbosity, interactive=False)


def _check(note: Note) -> None:
    """Every entry that was there is there, and the chain over them holds."""
    found = entries.verify()
    if found or _head() < note.head:
        raise Problem("upgrade.check_failed", position=found[0].position if found else _head())


def _put_back(note: Note) -> None:
    """The copy in the place of what the failed upgrade left. Again from the start when it is broken off."""
    if connection.vendor == "sqlite":
        _write(msgspec.structs.replace(note, doing="back"))
        connections.close_all()
        _move_aside()
        backup.restore(source=settings.LIANFANG_BACKUPS / note.copy, data=settings.LIANFANG_DATA)
    _forget()


def _move_aside() -> None:
    aside = settings.LIANFANG_DATA / "failed-upgrade"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    for alias in settings.DATABASES:
        name = Path(str(connections[alias].settings_dict["NAME"]))
        for file in name.parent.glob(f"{name.name}*"):
            file.rename(aside / file.name)


def _read() -> Note | None:
    path = settings.LIANFANG_DATA / NOTE
    return msgspec.json.decode(path.read_bytes(), type=Note) if path.exists() else None


def _write(note: Note) -> None:
    durable.replace(settings.LIANFANG_DATA / NOTE, msgspec.json.encode(note))


def _forget() -> None:
    (settings.LIANFANG_DATA / NOTE).unlink(missing_ok=True)
