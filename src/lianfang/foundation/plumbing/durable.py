"""Files that must be there after a power cut: whole or not at all, and on the disk before anything follows from them.

A key file that was written and not synced was empty after the power came back, and with it every record unreadable.
"""

import os
import secrets
from pathlib import Path


def write_new(path: Path, content: bytes, *, mode: int = 0o400) -> None:
    """A file that nobody has written before; raises FileExistsError otherwise. Nobody ever sees half of it."""
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(draft, content, mode)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
    sync_folder(path.parent)


def replace(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """The new content in place of the old, at once."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    _write(draft, content, mode)
    draft.replace(path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """A folder for its owner only, whose name survives too."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """What the folder lists is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
