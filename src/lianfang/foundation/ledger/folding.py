"""What projections work with: the database of the running transaction, tallies, parts, seals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import add
from typing import Any

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.ledger.house import House
from lianfang.foundation.ledger.terms import Entry, TallyTable
from lianfang.foundation.plumbing.database import Driver
from lianfang.foundation.plumbing.sealing import keyring

_Row = tuple[Any, ...]
_Place = tuple[AreaId, date, tuple[AreaId, ...]]  # the area, the day it counts on, and what stands above if it is said
_Counts = dict[_Row, dict[str, int]]  # of a place, by the table's keys


class Folding:
    """The `Fold` of terms.py. One per transaction; `write_tallies` when it ends."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._driver = Driver()
        self._tallies: dict[str, tuple[TallyTable, dict[_Place, _Counts]]] = {}
        self._moves: dict[str, tuple[TallyTable, dict[_Row, list[int]]]] = {}
        self._lineages: dict[tuple[AreaId, date], tuple[AreaId, ...]] = {}

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """See Fold."""
        return self._driver.run(sql, params)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """See Fold."""
        rows = list(rows)
        if len(rows) == 1:
            self._driver.run(sql, rows[0])
        elif rows:
            self._driver.run_many(sql, rows)

    def tally(
        self,
        table: TallyTable,
        *,
        area: AreaId,
        day: date,
        keys: Sequence[Any] = (),
        above: tuple[AreaId, ...] = (),
        **deltas: int,
    ) -> None:
        """See Fold."""
        kept = self._tallies.get(table.name)
        if kept is None:
            kept = self._tallies[table.name] = (table, defaultdict(dict))
        counts = kept[1][area, day, above].setdefault(tuple(keys), {})
        for measure, delta in deltas.items():
            counts[measure] = counts.get(measure, 0) + delta

    def lineage(self, area: AreaId, on: date) -> tuple[AreaId, ...]:
        """See Fold."""
        found = self._lineages.get((area, on))
        if found is None:
            found = self._lineages[area, on] = self.house.lineage(area, on)
        return found

    def areas_changed(self) -> None:
        """See Fold."""
        self._lineages.clear()

    def part(self, entry: Entry, part: type[msgspec.Struct]) -> Any:
        """See Fold."""
        field = self.house.parts.get((entry.kind, part))
        return getattr(entry.body, field) if field and entry.body is not None else None

    def attachments(self, entry: Entry) -> Iterator[bytes]:
        """See Fold."""
        key = keyring.get(entry.key) if entry.attachments else None
        if key is None:
            return
        for no in range(entry.attachments):
            row = self.execute(
                "SELECT sealed FROM ledger_attachment WHERE record_id = %s AND no = %s", (entry.id, no)
            ).fetchone()
            yield key.open(bytes(row[0]), about=attachment_place(entry.id, no))

    def seal(self, key: KeyName, plain: bytes, *, about: str) -> bytes:
        """See Fold."""
        return keyring.need(key).seal_alike(plain, about=about.encode())

    def search_hash(self, key: KeyName, value: str, *, field: str) -> bytes:
        """See Fold."""
        return keyring.need(key).search_hash(value.encode(), field=field.encode())

    def write_tallies(self) -> None:
        """Add the collected counts to each area and all above it, one statement per table."""
        for table, rows in self._tallies.values():
            self.executemany(_add_to_tally(table), self._at_every_level(table, rows))
            if table.moves:
                self._note_moves(table, rows)
        self._tallies.clear()

    def write_moves(self, position: int) -> None:
        """Keep what this commit moved, with the position it ends at; once a commit, or numbers of it would collide."""
        for table, rows in self._moves.values():
            moved = sorted((row for row in rows.items() if any(row[1])), key=repr)
            self.executemany(
                _keep_move(table),
                [(*keys, position, no, day, line, *sums) for no, ((*keys, day, line), sums) in enumerate(moved)],
            )
        self._moves.clear()

    def _note_moves(self, table: TallyTable, places: dict[_Place, _Counts]) -> None:
        noted = self._moves.setdefault(table.name, (table, {}))[1]
        names = [m.name for m in table.measures]
        for (area, day, above), counted in places.items():
            line = lineage_text(above or self.lineage(area, day))
            for keys, counts in counted.items():
                more = [counts.get(name, 0) for name in names]
                so_far = noted.get((*keys, day, line))
                noted[*keys, day, line] = list(map(add, so_far, more)) if so_far else more

    def _at_every_level(self, table: TallyTable, places: dict[_Place, _Counts]) -> list[_Row]:
        names = [m.name for m in table.measures]
        levels: dict[tuple[AreaId, date], dict[_Row, list[int]]] = defaultdict(dict)
        for (area, day, above), counted in places.items():
            rows = [(keys, [counts.get(name, 0) for name in names]) for keys, counts in counted.items()]
            for level in above or self.lineage(area, day):
                sums = levels[level, day]
                for keys, more in rows:
                    so_far = sums.get(keys)
                    sums[keys] = list(map(add, so_far, more)) if so_far else more
        return [
            (*keys, *place, *counts) for place, sums in levels.items() for keys, counts in sums.items() if any(counts)
        ]


def attachment_place(record: Any, no: int) -> bytes:
    """What binds an attachment to its place."""
    return f"attachment/{record}/{no}".encode()


def lineage_text(lineage: Iterable[AreaId]) -> str:
    """An area and all above it as one word, the same on both databases."""
    return "".join(area.hex for area in lineage)


def _keep_move(table: TallyTable) -> str:
    columns = [*table.keys, "position", "no", "day", "lineage", *(m.name for m in table.measures)]
    return f"INSERT INTO {table.moves} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"


def _add_to_tally(table: TallyTable) -> str:
    keys = [*table.keys, "area_id", "day"]
    names = [m.name for m in table.measures]
    columns = ", ".join(keys + names)
    marks = ", ".join(["%s"] * len(keys + names))
    adds = ", ".join(f"{n} = {table.name}.{n} + excluded.{n}" for n in names)
    return f"INSERT INTO {table.name} ({columns}) VALUES ({marks}) ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {adds}"
