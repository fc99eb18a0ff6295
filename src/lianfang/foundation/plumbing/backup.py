"""Copies of everything 备份: made while the server runs, looked over before they count, thrown away when they are old.

A copy is a folder: the data (both SQLite files, or one file of PostgreSQL's tables), the wrapped data keys in a small
file of their own, and a manifest that is written last. The master key is never in it. The data keys stand apart so that
a key destroyed today can be taken out of yesterday's copies too: otherwise an old copy would bring back what was
promised to be gone. How the data itself is written and read stands in backup_sqlite.py and backup_postgres.py.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import connections

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, forgotten, jobs
from lianfang.foundation.plumbing.backup_parts import (
    Beside,
    Holding,
    KeptKey,
    Say,
    Witness,
    key_times,
    silent,
    sync_folder,
    write_whole,
)
from lianfang.foundation.plumbing.backup_postgres import Tables
from lianfang.foundation.plumbing.backup_sqlite import Files
from lianfang.foundation.plumbing.forgotten import Forgotten

MANIFEST, KEYS = "manifest.json", "keys.json"
DAYS_KEPT, WEEKS_KEPT = 7, 4
_UNFINISHED = ".unfinished-"


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


Replay = Callable[[Forgotten], bool]

_witnesses: tuple[Witness, ...] = ()
_replays: tuple[Replay, ...] = ()


def install(witnesses: Iterable[Witness], replays: Iterable[Replay] = ()) -> None:
    """Who looks over a copy, and who forgets again what was forgotten since; called by the wiring."""
    global _witnesses, _replays
    _witnesses, _replays = tuple(witnesses), tuple(replays)


def make(*, at: datetime, say: Say = silent) -> Copy:
    """Copy everything while others go on writing, look the copy over, then throw away copies that are too old."""
    folder, holding = Path(settings.LIANFANG_BACKUPS), _holding()
    _refuse_without_room(folder, holding.size())
    draft = folder / f"{_UNFINISHED}{_name(at)}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    beside = holding.copy_into(draft, look=_look, say=say)
    if not all(witness.agrees(beside.seen[witness.name]) for witness in _witnesses):
        raise Problem("backup.copy_differs", status=500)
    write_whole(draft / KEYS, msgspec.json.encode(beside.keys))
    files = tuple(_described(path) for path in sorted(draft.iterdir()))
    write_whole(draft / MANIFEST, msgspec.json.format(msgspec.json.encode(Manifest(at, files, beside.seen))))
    sync_folder(draft)
    finished = folder / _name(at)
    draft.rename(finished)
    sync_folder(folder)
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
        path = folder / MANIFEST
        return Copy(folder, _manifest(path, path.stat().st_mtime_ns))
    except (OSError, msgspec.MsgspecError):
        raise Problem("backup.not_a_copy", folder=folder.name) from None


@lru_cache(maxsize=64)  # every look at the overview asks how old the newest copy is
def _manifest(path: Path, changed: int) -> Manifest:
    return msgspec.json.decode(path.read_bytes(), type=Manifest)


def forget_key(name: str) -> int:
    """Take a destroyed data key out of every copy.

    Answers in how many it was. Call after the destruction was committed.
    """
    count = 0
    for copy in copies():
        keys = _read_keys(copy.folder)
        if any(key.name == name and key.wrapped for key in keys):
            kept = [key if key.name != name else _destroyed(key) for key in keys]
            write_whole(copy.folder / KEYS, msgspec.json.encode(kept))
            count += 1
    return count


def _destroyed(key: KeptKey, at: datetime | None = None) -> KeptKey:
    return KeptKey(key.name, None, key.created_at, key.destroyed_at or key_times(at or clock.now()))


def restore(*, source: Path, data: Path, say: Say = silent, gone: Mapping[str, Forgotten] | None = None) -> Manifest:
    """Put a copy where no data is. Nothing is left behind unless every file is what the manifest says.

    Keys on the list of what was forgotten (`gone`; else the list as it lies here) never reach the data.
    """
    copy, holding = read(source), _holding()
    files = [file.name for file in copy.manifest.files if file.name != KEYS]
    holding.refuse_what_is_there(data, files)
    _refuse_altered(copy)
    listed = forgotten.known() if gone is None else gone
    keys = [_destroyed(key, listed[key.name].confirmed_at) if key.name in listed else key for key in _read_keys(source)]
    beside = Beside(keys, copy.manifest.seen)
    holding.put_back(source, files, data, beside=beside, look=_look, say=say)
    return copy.manifest


def replay(gone: Mapping[str, Forgotten]) -> list[str]:
    """After a restore, before anybody is let in: forget again what the copy still knew; answers which keys."""
    return [one.key for one in gone.values() if _forgets_again(one)]


def _forgets_again(one: Forgotten) -> bool:
    answers = [replays(one) for replays in _replays]  # every one of them is asked
    return any(answers)


def faults() -> list[str]:
    """Go through everything that was restored; names what is wrong with it."""
    return [fault for witness in _witnesses for fault in witness.faults()]


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


def _holding() -> Holding:
    return Tables() if connections["default"].vendor == "postgresql" else Files()


def _look(database: Any) -> dict[str, Any]:
    return {witness.name: witness.look(database) for witness in _witnesses}


def _name(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S.%fZ}"


def _refuse_without_room(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise Problem("backup.no_room", status=507, needed_mb=needed // 2**20 + 1, free_mb=free // 2**20)


def _read_keys(folder: Path) -> list[KeptKey]:
    return msgspec.json.decode((folder / KEYS).read_bytes(), type=list[KeptKey])


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


@jobs.task
def nightly(*, job: str) -> str:
    """The copy of the night."""
    progress = jobs.Progress(job)
    progress.say(words="backup.copying")
    return make(at=clock.now(), say=lambda done, total: progress.say(done=done, total=total)).folder.name


SCHEDULE = (jobs.Scheduled(nightly, "30 2 * * *"),)
LONGEST_WITHOUT = timedelta(hours=26)  # a night was missed
