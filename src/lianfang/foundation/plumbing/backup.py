"""Copies of everything 备份: made while the server runs, looked over before they count, thrown away when they are old.

A copy is a folder: both databases, the wrapped data keys in a small file of their own, and a manifest that is written
last. The master key is never in it. The data keys stand apart so that a key destroyed today can be taken out of
yesterday's copies too: otherwise an old copy would bring back what was promised to be gone. On PostgreSQL the
database's own tools do this.
"""

import hashlib
import os
import shutil
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import connections

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, jobs

MANIFEST, KEYS = "manifest.json", "keys.json"
DAYS_KEPT, WEEKS_KEPT = 7, 4
_UNFINISHED = ".unfinished-"


class Witness(msgspec.Struct, frozen=True):
    """How a module recognises its own data in a copy.

    `look` reads what must be there, `agrees` compares it with the live data.
    """

    name: str
    look: Callable[[sqlite3.Connection], Any]
    agrees: Callable[[Any], bool]


class KeptKey(msgspec.Struct, frozen=True):
    """A wrapped data key as it stands in a copy."""

    name: str
    wrapped: str | None
    created_at: str
    destroyed_at: str | None


class CopiedFile(msgspec.Struct, frozen=True):
    """One file of a copy."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a copy is: a folder without one is not a copy."""

    made_at: datetime
    files: tuple[CopiedFile, ...]
    seen: dict[str, Any] = {}


class Copy(msgspec.Struct, frozen=True):
    """A finished copy and where it lies."""

    folder: Path
    manifest: Manifest

    @property
    def bytes(self) -> int:
        """Its size."""
        return sum(file.bytes for file in self.manifest.files)


_witnesses: tuple[Witness, ...] = ()


def install(witnesses: Iterable[Witness]) -> None:
    """Who looks over a copy; called by the wiring."""
    global _witnesses
    _witnesses = tuple(witnesses)


def make(*, at: datetime) -> Copy:
    """Copy everything while others go on writing, look the copy over, then throw away copies that are too old."""
    sources = _databases()
    folder = Path(settings.LIANFANG_BACKUPS)
    _refuse_without_room(folder, sources)
    draft = folder / f"{_UNFINISHED}{_name(at)}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    for source in sources:
        _copy_database(source, draft / source.name)
    keys = _take_keys_out(draft / sources[0].name)
    _write(draft / KEYS, msgspec.json.encode(keys))
    seen = _look_over(draft, sources)
    files = tuple(_described(path) for path in sorted(draft.iterdir()))
    _write(draft / MANIFEST, msgspec.json.format(msgspec.json.encode(Manifest(at, files, seen))))
    _sync_folder(draft)
    finished = folder / _name(at)
    draft.rename(finished)
    _sync_folder(folder)
    for old in superseded([copy.manifest.made_at for copy in copies()], now=at):
        shutil.rmtree(folder / _name(old))
    return read(finished)


def copies() -> list[Copy]:
    """All finished copies, oldest first."""
    folder = Path(settings.LIANFANG_BACKUPS)
    found = [read(path.parent) for path in folder.glob(f"[!.]*/{MANIFEST}")]
    return sorted(found, key=lambda copy: copy.manifest.made_at)


def last_backup() -> Copy | None:
    """The newest copy; None is something to be worried about."""
    return next(reversed(copies()), None)


def read(folder: Path) -> Copy:
    """The copy in a folder; `backup.not_a_copy` when it is none."""
    try:
        return Copy(folder, msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest))
    except (OSError, msgspec.MsgspecError):
        raise Problem("backup.not_a_copy", folder=folder.name) from None


def forget_key(name: str) -> int:
    """Take a destroyed data key out of every copy.

    Answers in how many it was. Call after the destruction was committed.
    """
    count = 0
    for copy in copies():
        keys = _read_keys(copy.folder)
        if any(key.name == name and key.wrapped for key in keys):
            kept = [key if key.name != name else _destroyed(key) for key in keys]
            _write(copy.folder / KEYS, msgspec.json.encode(kept))
            count += 1
    return count


def _destroyed(key: KeptKey) -> KeptKey:
    return KeptKey(key.name, None, key.created_at, key.destroyed_at or str(clock.now().replace(tzinfo=None)))


def restore(*, source: Path, data: Path) -> Manifest:
    """Put a copy where no data is. Nothing is left behind unless every file is what the manifest says."""
    copy = read(source)
    if any((data / file.name).exists() for file in copy.manifest.files):
        raise Problem("backup.data_in_the_way", folder=str(data))
    _refuse_altered(copy)
    draft = data.parent / f"{_UNFINISHED}{data.name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    databases = [file.name for file in copy.manifest.files if file.name != KEYS]
    for name in databases:
        shutil.copyfile(source / name, draft / name)
    main = draft / Path(_name_of("default")).name
    _put_keys_in(main, _read_keys(source))
    if _looked_at(draft, [draft / name for name in databases]) != copy.manifest.seen:
        raise Problem("backup.copy_differs")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in databases:
        (draft / name).rename(data / name)
    draft.rmdir()
    _sync_folder(data)
    return copy.manifest


def superseded(made: Sequence[datetime], *, now: datetime) -> list[datetime]:
    """Which copies may go.

    All but the last of each of seven days and of each of the four weeks before, and never the newest.
    """
    kept: dict[Any, datetime] = {}
    for at in sorted(made):
        day = local_day(at)
        age = (local_day(now) - day).days
        if age < DAYS_KEPT:
            kept[day] = at
        elif age < DAYS_KEPT + 7 * WEEKS_KEPT:
            kept[day.isocalendar()[:2]] = at
    stay = {*kept.values(), *sorted(made)[-1:]}
    return [at for at in sorted(made) if at not in stay]


def _databases() -> list[Path]:
    if connections["default"].vendor != "sqlite":
        raise Problem("backup.only_sqlite")
    return [Path(_name_of(alias)) for alias in ("default", "plumbing")]


def _name_of(alias: str) -> str:
    return str(connections[alias].settings_dict["NAME"])


def _name(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S.%fZ}"


def _refuse_without_room(folder: Path, sources: Sequence[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    needed = sum(path.stat().st_size for path in sources for path in (path, Path(f"{path}-wal")) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise Problem("backup.no_room", status=507, needed_mb=needed // 2**20 + 1, free_mb=free // 2**20)


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


def _read_keys(folder: Path) -> list[KeptKey]:
    return msgspec.json.decode((folder / KEYS).read_bytes(), type=list[KeptKey])


def _put_keys_in(database: Path, keys: Iterable[KeptKey]) -> None:
    rows = [(k.name, b64decode(k.wrapped) if k.wrapped else None, k.created_at, k.destroyed_at) for k in keys]
    with closing(sqlite3.connect(database)) as copy, copy:
        copy.executemany(
            "INSERT INTO plumbing_datakey (name, wrapped, created_at, destroyed_at) VALUES (?, ?, ?, ?)", rows
        )


def _look_over(folder: Path, sources: Sequence[Path]) -> dict[str, Any]:
    seen = _looked_at(folder, [folder / source.name for source in sources])
    for witness in _witnesses:
        if not witness.agrees(seen[witness.name]):
            raise Problem("backup.copy_differs", status=500)
    return seen


def _looked_at(folder: Path, databases: Sequence[Path]) -> dict[str, Any]:
    for database in databases:
        with closing(sqlite3.connect(database)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Problem("backup.copy_damaged", status=500, file=database.name)
    with closing(sqlite3.connect(folder / Path(_name_of("default")).name)) as copy:
        return {witness.name: witness.look(copy) for witness in _witnesses}


def _refuse_altered(copy: Copy) -> None:
    """The file of keys may have lost keys since, on purpose; all else is as it was."""
    for file in copy.manifest.files:
        path = copy.folder / file.name
        if not path.is_file() or (file.name != KEYS and _described(path) != file):
            raise Problem("backup.copy_damaged", file=file.name)


def _described(path: Path) -> CopiedFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return CopiedFile(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@jobs.task
def nightly(*, job: str) -> str:
    """The copy of the night."""
    jobs.Progress(job).say(words="backup.copying")
    return make(at=clock.now()).folder.name


SCHEDULE = (jobs.Scheduled(nightly, "30 2 * * *"),)
LONGEST_WITHOUT = timedelta(hours=26)  # a night was missed
