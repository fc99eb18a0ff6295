"""A copy of the two SQLite files: all pages of one moment, by SQLite's own backup, while others go on writing."""

import shutil
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connections

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.backup_parts import Beside, KeptKey, Look, Say, sync_folder

_UNFINISHED = ".unfinished-"


class Files:
    """See Holding in backup_parts.py."""

    def size(self) -> int:
        """See Holding."""
        beside = (path for source in _sources() for path in (source, Path(f"{source}-wal")))
        return sum(path.stat().st_size for path in beside if path.exists())

    def copy_into(self, folder: Path, *, look: Look, say: Say) -> Beside:
        """See Holding."""
        sources = _sources()
        sizes = [source.stat().st_size for source in sources]
        for done, source in enumerate(sources):
            say(sum(sizes[:done]), sum(sizes))
            _copy_database(source, folder / source.name)
        keys = _take_keys_out(folder / sources[0].name)
        seen = _looked_at([folder / source.name for source in sources], look)
        say(sum(sizes), sum(sizes))
        return Beside(keys, seen)

    def refuse_what_is_there(self, data: Path, files: list[str]) -> None:
        """See Holding."""
        if _ledger_file().name not in files:
            raise Problem("backup.of_another_database")
        if any((data / name).exists() for name in files):
            raise Problem("backup.data_in_the_way", folder=str(data))

    def put_back(self, source: Path, files: list[str], data: Path, *, beside: Beside, look: Look, say: Say) -> None:
        """See Holding."""
        draft = data.parent / f"{_UNFINISHED}{data.name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        files.sort(key=lambda name: name != _ledger_file().name)  # the witnesses look at the first
        for done, name in enumerate(files):
            say(done, len(files))
            shutil.copyfile(source / name, draft / name)
        _put_keys_in(draft / files[0], beside.keys)
        if _looked_at([draft / name for name in files], look) != beside.seen:
            raise Problem("backup.copy_differs")
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in files:
            (draft / name).rename(data / name)
        draft.rmdir()
        sync_folder(data)
        say(len(files), len(files))


def _sources() -> list[Path]:
    return [_ledger_file(), Path(str(connections["plumbing"].settings_dict["NAME"]))]


def _ledger_file() -> Path:
    return Path(str(connections["default"].settings_dict["NAME"]))


def _copy_database(source: Path, target: Path) -> None:
    """All pages in one step.

    In WAL mode that reads one moment and keeps nobody from writing; smaller steps begin anew at each write.
    """
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
    target.chmod(0o600)


def _take_keys_out(database: Path) -> list[KeptKey]:
    with closing(sqlite3.connect(database)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        copy.execute("PRAGMA secure_delete=ON")
        rows = copy.execute("SELECT name, wrapped, created_at, destroyed_at FROM plumbing_datakey").fetchall()
        with copy:
            copy.execute("DELETE FROM plumbing_datakey")
    return [KeptKey(name, b64encode(wrapped).decode() if wrapped else None, *times) for name, wrapped, *times in rows]


def _put_keys_in(database: Path, keys: Iterable[KeptKey]) -> None:
    rows = [(k.name, b64decode(k.wrapped) if k.wrapped else None, k.created_at, k.destroyed_at) for k in keys]
    with closing(sqlite3.connect(database)) as copy, copy:
        copy.executemany(
            "INSERT INTO plumbing_datakey (name, wrapped, created_at, destroyed_at) VALUES (?, ?, ?, ?)", rows
        )


def _looked_at(databases: list[Path], look: Look) -> dict[str, Any]:
    for database in databases:
        with closing(sqlite3.connect(database)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Problem("backup.copy_damaged", status=500, file=database.name)
    with closing(sqlite3.connect(databases[0])) as copy:
        return look(copy)
