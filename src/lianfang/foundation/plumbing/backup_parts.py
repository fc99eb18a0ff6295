"""What both kinds of copy are made of: witnesses, keys, a view of one database, and writing a file whole."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

Say = Callable[[int, int], None]
Look = Callable[[Any], dict[str, Any]]


def silent(done: int, total: int) -> None:
    """Nobody is waiting for it."""


class Witness(msgspec.Struct, frozen=True):
    """How a module recognises its own data in a copy.

    `look` reads what must be there from an open database (`execute(sql).fetchone()`, on both kinds), `agrees` compares
    it with the live data, `faults` goes through all of what was restored and names what is wrong.
    """

    name: str
    look: Callable[[Any], Any]
    agrees: Callable[[Any], bool]
    faults: Callable[[], list[str]] = list


class KeptKey(msgspec.Struct, frozen=True):
    """A wrapped data key as it stands in a copy."""

    name: str
    wrapped: str | None
    created_at: str
    destroyed_at: str | None


class Beside(msgspec.Struct, frozen=True):
    """What belongs to the data and stands in no file of it: the keys, and what the witnesses saw."""

    keys: list[KeptKey]
    seen: dict[str, Any]


class Holding(Protocol):
    """One kind of database, as far as copies need to know it."""

    def size(self) -> int:
        """How many bytes a copy may need."""
        ...

    def copy_into(self, folder: Path, *, look: Look, say: Say) -> Beside:
        """Write the data of one moment while others go on."""
        ...

    def refuse_what_is_there(self, data: Path, files: list[str]) -> None:
        """Nothing is ever restored over anything."""
        ...

    def put_back(self, source: Path, files: list[str], data: Path, *, beside: Beside, look: Look, say: Say) -> None:
        """Bring the data back, all of it or nothing, if the witnesses see what they saw then."""
        ...


def key_times(value: datetime | str | None) -> str | None:
    """An instant as the file of keys spells it, on both databases: UTC without saying so."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all, for its owner only."""
    draft = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def sync_folder(folder: Path) -> None:
    """What was renamed in it is renamed for good."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
