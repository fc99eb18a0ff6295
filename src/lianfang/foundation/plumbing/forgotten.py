"""The list of what was forgotten 遗忘名单: one certificate per destroyed key, kept beside the copies and beside the
master key, and in the ledger itself.

An old copy may lie in a drawer with its keys as they were that day. Whoever restores it needs the master key, and meets
the list there; whoever restores from the folder of copies meets it there. So what is on it does not come back.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.backup_parts import sync_folder, write_whole


class Forgotten(msgspec.Struct, frozen=True):
    """What every certificate says first: which key, and since when. The rest is for whoever wrote it."""

    key: str
    confirmed_at: datetime
    certificate: msgspec.Raw = msgspec.Raw(b"")


def folders() -> tuple[Path, Path]:
    """Where the list lies: beside the copies, and beside the master key."""
    master = Path(settings.LIANFANG_MASTER_KEY_FILE)
    return Path(settings.LIANFANG_BACKUPS) / "forgotten", master.with_name(f"{master.name}.forgotten")


def note(name: str, certificate: bytes, papers: dict[str, bytes] | None = None) -> None:
    """Keep a certificate in every place; papers (file name: content) only beside the copies. Again is harmless."""
    for folder, files in zip(folders(), (papers or {}, {}), strict=True):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file, content in {f"{name}.json": certificate, **files}.items():
            write_whole(folder / file, content)
        sync_folder(folder)


def is_noted(name: str) -> bool:
    """Does it stand in every place?"""
    return all((folder / f"{name}.json").is_file() for folder in folders())


def known(more: Iterable[Path] = ()) -> dict[str, Forgotten]:
    """Everything that is on the list, in whatever place, by key; `more` are certificates brought along by hand."""
    files = [file for folder in folders() for file in sorted(folder.glob("*.json"))]
    return {one.key: one for one in map(_read, [*files, *more])}


def _read(file: Path) -> Forgotten:
    try:
        raw = file.read_bytes()
        return msgspec.structs.replace(msgspec.json.decode(raw, type=Forgotten), certificate=msgspec.Raw(raw))
    except (OSError, msgspec.MsgspecError):
        raise Problem("backup.list_unreadable", file=str(file)) from None
