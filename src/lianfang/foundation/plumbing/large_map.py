"""Maps with more in them than memory should hold as they are.

What came last lies in a dict. The rest lies in a temporary file, or, where keys and values are numbers, in sorted rows
of 12 bytes each. Most keys that are asked for are new, so each of the rest leaves two marks: whoever finds one of them
missing need not look.
"""

import os
import sqlite3
import tempfile
from array import array
from bisect import bisect_left

MOST_IN_MEMORY = 25_000
_MARKS = 1 << 24  # bits: of a million keys one unknown in seventy is looked for in vain


class _Marks:
    """Which keys were surely never put down."""

    def __init__(self) -> None:
        self._bits = bytearray(_MARKS >> 3)

    def set(self, mark: int) -> None:
        self._bits[(mark % _MARKS) >> 3] |= 1 << (mark & 7)
        self._bits[(mark >> 32) % _MARKS >> 3] |= 1 << (mark >> 32 & 7)

    def hold(self, mark: int) -> int:
        """Were both of its marks set, by whatever key?"""
        bits = self._bits
        return bits[(mark % _MARKS) >> 3] >> (mark & 7) & bits[(mark >> 32) % _MARKS >> 3] >> (mark >> 32 & 7) & 1


class LargeMap:
    """From bytes to bytes, for one thread and as long as it lives: the file has no name, and is gone with the process
    whatever happens.
    """

    def __init__(self, most: int = MOST_IN_MEMORY) -> None:
        self._most = most
        self._last: dict[bytes, bytes] = {}
        self._marks: _Marks | None = None

    def get(self, key: bytes) -> bytes | None:
        """What stands there, if anything does."""
        found = self._last.get(key)
        if found is not None or self._marks is None or not self._marks.hold(hash(key)):
            return found
        row = self._file.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._last[key] = value
        if len(self._last) >= self._most:
            self._put_down()

    def _put_down(self) -> None:
        if self._marks is None:
            self._marks, self._file = _Marks(), _nameless()
        for key in self._last:
            self._marks.set(hash(key))
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", sorted(self._last.items()))
        self._file.execute("COMMIT")
        self._last.clear()


class LargeNumberMap:
    """From whole numbers of 64 bits, as hashes are, to numbers of rows."""

    def __init__(self, most: int = MOST_IN_MEMORY) -> None:
        self._most = most
        self._last: dict[int, int] = {}
        self._marks: _Marks | None = None
        self._rest: list[tuple[array[int], array[int]]] = []

    def get(self, key: int) -> int | None:
        """What stands there, if anything does."""
        found = self._last.get(key)
        if found is not None or self._marks is None or not self._marks.hold(key):
            return found
        for keys, values in reversed(self._rest):
            at = bisect_left(keys, key)
            if at < len(keys) and keys[at] == key:
                return values[at]
        return None

    def __setitem__(self, key: int, value: int) -> None:
        self._last[key] = value
        if len(self._last) >= self._most:
            self._put_down()

    def setdefault(self, key: int, value: int) -> int:
        """What stands there already, or else what is put there now."""
        found = self.get(key)
        if found is None:
            self[key] = found = value
        return found

    def _put_down(self) -> None:
        self._marks = self._marks or _Marks()
        for key in self._last:
            self._marks.set(key)
        keys = array("q", sorted(self._last))
        self._rest.append((keys, array("i", map(self._last.__getitem__, keys))))
        self._last.clear()


def _nameless() -> sqlite3.Connection:
    """A file of our own that has lost its name. (SQLite's own temporary files lie in memory in the library we use.)"""
    handle, path = tempfile.mkstemp(prefix="lianfang-")
    os.close(handle)
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA journal_mode = OFF")  # nobody needs it after a crash
    file.execute("PRAGMA cache_size = -8192")  # KiB
    file.execute("CREATE TABLE kept (key PRIMARY KEY, value) WITHOUT ROWID")
    os.unlink(path)
    return file
