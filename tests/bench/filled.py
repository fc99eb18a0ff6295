"""A ledger that has been in use for long: entries of the usual size, which nobody will open."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2025, 12, 10, 8, tzinfo=UTC)
_COLUMNS = (
    "position, record_id, kind, at, received_at, day, n, area_id, key, flags, cell, facts"
    ", sealed, content, attachments, digest"
)
_ENTRIES = (
    f"WITH RECURSIVE c(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM c WHERE n < ?) INSERT INTO ledger_entry ({_COLUMNS})"
    " SELECT n, lower(hex(randomblob(16))), 'screening.household_visited.v1', ?, ?, ?, n,"
    " lower(hex(randomblob(16))), 'register', '', 0, '{}', randomblob(400), randomblob(32), 0, randomblob(32) FROM c"
)
_COMMIT = "INSERT INTO ledger_batch (last, first, committed_at, digest) VALUES (?, ?, ?, randomblob(32))"
_IN_A_COMMIT = 500_000

Execute = Callable[[str, Sequence[Any]], Any]


def fill(execute: Execute, wanted: int) -> None:
    """Entries up to that position on SQLite, with the commits they came in."""
    at, day = str(NOW.replace(tzinfo=None)), str(NOW.date())
    (head,) = execute("SELECT max(position) FROM ledger_entry", ()).fetchone()
    for first in range(head + 1, wanted + 1, _IN_A_COMMIT):
        last = min(first + _IN_A_COMMIT - 1, wanted)
        execute(_ENTRIES, (first, last, at, at, day))
        execute(_COMMIT, (last, first, at))
    execute("PRAGMA wal_checkpoint(TRUNCATE)", ())
