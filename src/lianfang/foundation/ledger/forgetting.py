"""Forgetting 遗忘: keep the counts, then destroy the key. Everything sealed under it is unreadable from that commit on.

Who may, when, and for what reason is the business of whoever calls; here is what it means for the ledger. Entries stay
with their facts and digests, so the chain holds; their bodies cannot be opened by anybody.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.keys import HELD_KEY, KeyName
from lianfang.foundation.ledger.folding import Folding
from lianfang.foundation.ledger.handing_in import HeldRaw, held_place, refused_place
from lianfang.foundation.ledger.house import installed
from lianfang.foundation.ledger.models import HeldRecord, Refused
from lianfang.foundation.ledger.records import COUNTED, Counted, CountedTable
from lianfang.foundation.ledger.terms import Kept
from lianfang.foundation.ledger.turn import Turn
from lianfang.foundation.plumbing import copies
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.foundation.plumbing.sealing import keyring


class Weighed(msgspec.Struct, frozen=True):
    """What a key holds: entries by kind, records that wait or were refused, and the sums that stay."""

    entries: dict[str, int]
    waiting: int
    totals: dict[str, int]


def weigh(key: KeyName, *, area: AreaId) -> Weighed:
    """What would go and what would stay. Changes nothing."""
    fold = Folding(installed())
    tables = [table for table, _ in _counted(fold, key, area)]
    return Weighed(_entries(fold, key), len(_waiting(fold, key)), _totals(tables))


def destroy(turn: Turn, key: KeyName, *, area: AreaId) -> Weighed:
    """Write `ledger.counted`, empty what waits under another key, destroy this one. One transaction with its cause."""
    fold = turn.fold
    fold.write_tallies()
    counted = _counted(fold, key, area)
    gone = Weighed(_entries(fold, key), _erase_waiting(fold, key, turn.at), _totals([table for table, _ in counted]))
    tables = tuple(table for table, _ in counted)
    turn.append(
        COUNTED.name, Counted(key, area, tables), attachments=[msgspec.json.encode(rows) for _, rows in counted]
    )
    keyring.destroy(key, at=turn.at)
    copies.OPENED_KEYS.changed()
    return gone


_Rows = list[list[Any]]


def _counted(fold: Folding, key: KeyName, area: AreaId) -> list[tuple[CountedTable, _Rows]]:
    """What stays of every tally, and of the moves that it came about by."""
    tallies = [_count(fold, kept, key, area) for kept in fold.house.kept]
    return [*tallies, *(_count_moves(fold, kept, key) for kept in fold.house.kept if kept.table.moves)]


def _count(fold: Folding, kept: Kept, key: KeyName, area: AreaId) -> tuple[CountedTable, _Rows]:
    names = [measure.name for measure in kept.table.measures]
    columns = (*kept.table.keys, "area_id", "day", *names)
    counted, rows = _rows_of(fold, kept, key, kept.table.name, columns)
    totals = _sums(columns, names, [row for row in rows if row[columns.index("area_id")] == str(area)])
    return msgspec.structs.replace(counted, totals=totals), rows


def _count_moves(fold: Folding, kept: Kept, key: KeyName) -> tuple[CountedTable, _Rows]:
    names = (measure.name for measure in kept.table.measures)
    columns = (*kept.table.keys, "position", "no", "day", "lineage", *names)
    return _rows_of(fold, kept, key, kept.table.moves, columns)


def _rows_of(
    fold: Folding, kept: Kept, key: KeyName, table: str, columns: tuple[str, ...]
) -> tuple[CountedTable, _Rows]:
    ids = tuple(kept.ids(key))
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {kept.column} = %s"
    rows = [_plain(columns, row) for id in ids for row in fold.execute(sql, [id]).fetchall()]
    rows.sort(key=repr)
    return CountedTable(table, kept.column, ids, columns, len(rows)), rows


def _plain(columns: Sequence[str], row: Sequence[Any]) -> list[Any]:
    """As JSON says it, alike from both databases."""
    spelt = [str(as_uuid(value)) if name.endswith("_id") else value for name, value in zip(columns, row, strict=True)]
    return [value if isinstance(value, int | str) else str(value) for value in spelt]


def _sums(columns: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, int]:
    """Sums by measure; in a narrow table the measure's name stands in the row."""
    sums: dict[str, int] = {}
    for row in rows:
        found = dict(zip(columns, row, strict=True))
        for name in names:
            label = found.get("measure", name)
            sums[label] = sums.get(label, 0) + found[name]
    return dict(sorted(sums.items()))


def _totals(tables: Sequence[CountedTable]) -> dict[str, int]:
    return {f"{table.table}.{name}": value for table in tables for name, value in table.totals.items()}


def _entries(fold: Folding, key: KeyName) -> dict[str, int]:
    rows = fold.execute("SELECT kind, count(*) FROM ledger_entry WHERE key = %s GROUP BY kind", [key])
    return dict(sorted(rows.fetchall()))


def _erase_waiting(fold: Folding, key: KeyName, at: datetime) -> int:
    """Held and refused records are sealed under a key that stays, so those of this one are emptied by themselves."""
    found = _waiting(fold, key)
    for table, id in found:
        fold.execute(f"UPDATE {table} SET sealed = %s WHERE id = %s", [b"", id])
    held = [id for table, id in found if table == "ledger_heldrecord"]
    fold.executemany("UPDATE ledger_heldrecord SET content = %s WHERE id = %s", [(b"", id) for id in held])
    fold.executemany(
        "UPDATE ledger_heldrecord SET settled_at = %s, settled_how = 'forgotten' WHERE id = %s AND settled_at IS NULL",
        [(at, id) for id in held],
    )
    return len(found)


def _waiting(fold: Folding, key: KeyName) -> list[tuple[str, UUID]]:
    """By the entry it became, else by whether it names one of the key's own ids."""
    held, refused = HeldRecord.objects.exclude(sealed=b""), Refused.objects.exclude(sealed=b"")
    named = {str(id).encode() for kept in fold.house.kept for id in kept.ids(key)}
    spelt = fold.execute("SELECT record_id FROM ledger_entry WHERE key = %s", [key]).fetchall() if held.exists() else []
    stored = {as_uuid(id) for (id,) in spelt}
    return [
        *(("ledger_heldrecord", row.id) for row in held if row.record_id in stored or _names(_raw_of(row), named)),
        *(("ledger_refused", row.id) for row in refused if _names(_raw_refused(row), named)),
    ]


def _names(raw: bytes, ids: Collection[bytes]) -> bool:
    lowered = raw.lower()
    return any(id in lowered for id in ids)


def _raw_of(row: HeldRecord) -> bytes:
    opened = keyring.need(HELD_KEY).open(bytes(row.sealed), about=held_place(row.id))
    return msgspec.msgpack.decode(opened, type=HeldRaw).raw


def _raw_refused(row: Refused) -> bytes:
    return keyring.need(HELD_KEY).open(bytes(row.sealed), about=refused_place(row.id))
