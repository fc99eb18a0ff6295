"""Which SQLite we run on.

Versions 3.7.0 to 3.51.2 can corrupt a WAL database when a checkpoint races a commit on a second connection; Debian's
Python still carries one. The `pysqlite3` wheel brings a newer library; it has to take the place of `sqlite3` before
Django is imported.
"""

import sys

OLDEST_SAFE = (3, 51, 3)


def use_modern() -> None:
    """Let every later `import sqlite3` find the newer library. Call it first thing in every entry point."""
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def is_safe(version: tuple[int, ...]) -> bool:
    """Is this library version safe with WAL and more than one connection?"""
    return version >= OLDEST_SAFE
