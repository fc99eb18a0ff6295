"""Looks through the register for people listed twice, and keeps what it finds as questions to people.

Names, pinyin, birthdays and doors stand in clear; documents and telephones are compared by their keyed hashes. A number
is opened only where all else already says one person and two numbers differ: perhaps by a digit.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.registry import duplicates
from lianfang.ground.registry.columns import sealed_place
from lianfang.ground.registry.duplicates import Crowd, Pair, Someone
from lianfang.ground.registry.identity import compared, is_unnamed
from lianfang.ground.registry.models import Sought, Suggestion
from lianfang.ground.registry.oneness import ever_one_with, pair_id
from lianfang.ground.registry.reading import as_id, count, marks, parts, query
from lianfang.ground.registry.terms import DocumentKind, Field

AT_A_TIME = 1000
_COLUMNS = (
    "r.id, r.household_id, h.dwelling_id, h.grid_id, h.door_key, r.name, r.name_key, r.pinyin, r.sex, r.born_on,"
    " r.document_kind, r.id_hash, r.phone_hash"
)
_FROM = "FROM registry_resident r JOIN registry_household h ON h.id = r.household_id"
_NAME, _BORN_ON = 5, 9  # of _COLUMNS
_KINDS: dict[Any, DocumentKind] = {kind.value: kind for kind in DocumentKind}
_NOBODY = UUID(int=0)


class Where(NamedTuple):
    """How far the register has been looked through."""

    position: int
    resident: UUID


def waiting() -> list[UUID]:
    """Who has come, or was changed, since the register was last looked through; as they came."""
    row = Sought.objects.filter(id=1).first()
    since = Where(row.position, as_id(row.resident_id)) if row else Where(-1, _NOBODY)
    rows = query(
        "SELECT id FROM registry_resident WHERE position > %s OR (position = %s AND id > %s) ORDER BY position, id",
        [since.position, since.position, since.resident],
    )
    return [as_id(id) for (id,) in rows]


def pairs_of(record: UUID, position: int) -> int | None:
    """How many pairs wait about people who came with one record; None until the search has come that far."""
    if not Sought.objects.filter(position__gte=position).exists():
        return None
    return count(
        "SELECT COUNT(*) FROM registry_suggestion s JOIN registry_resident one ON one.id = s.one_id"
        " JOIN registry_resident other ON other.id = s.other_id"
        " WHERE NOT EXISTS (SELECT 1 FROM registry_apart a WHERE a.id = s.id)"
        " AND (one.origin = %s OR other.origin = %s)",
        [record, record],
    )


def suggest(newcomers: Sequence[UUID], *, least: float = duplicates.PERHAPS) -> list[Pair]:
    """Who of these is probably on the register under another id too. Opens no more than it must; writes nothing."""
    found: list[Pair] = []
    for part in _batches(newcomers):
        people = list(_people("r.id", part))
        found += duplicates.find(people, _candidates(people), _crowd(people), opens=Opened(), least=least)
    return found


def keep(newcomers: Sequence[UUID], pairs: Iterable[Pair], *, at: datetime) -> int:
    """Put what was found about them in place of what was thought before, and note how far it goes. In a turn."""
    Suggestion.objects.filter(one_id__in=newcomers).delete()
    Suggestion.objects.filter(other_id__in=newcomers).delete()
    rows = {row.id: row for row in map(_suggestion, pairs)}
    Suggestion.objects.bulk_create(rows.values(), ignore_conflicts=True)
    last = query("SELECT position, id FROM registry_resident WHERE id = %s", [newcomers[-1]])
    for position, id in last:
        Sought.objects.update_or_create(id=1, defaults={"position": position, "resident_id": as_id(id), "at": at})
    return len(rows)


class Opened:
    """Opens the numbers of those about whom everything else already speaks, each once."""

    def __init__(self) -> None:
        self._key = keyring.need(REGISTER_KEY)
        self._known: dict[Any, str] = {}

    def __call__(self, one: Someone) -> str:
        if one.id not in self._known:
            self._known[one.id] = self._open(one.id)
        return self._known[one.id]

    def _open(self, id: Any) -> str:
        from cryptography.exceptions import InvalidTag

        ((sealed,),) = query("SELECT id_sealed FROM registry_resident WHERE id = %s", [id])
        for each in ever_one_with(id) if sealed is not None else ():
            try:
                place = sealed_place(each.hex, Field.ID_NUMBER).encode()
                return compared(self._key.open(bytes(sealed), about=place).decode())
            except InvalidTag:
                continue
        return ""


def _suggestion(pair: Pair) -> Suggestion:
    one, other = as_id(pair.one.id), as_id(pair.other.id)
    return Suggestion(
        id=pair_id(one, other),
        one_id=one,
        other_id=other,
        grid_id=_grid_of(pair.one),
        bits=pair.likeness.score,
        reasons=msgspec.json.encode([reason.why for reason in pair.likeness.reasons]).decode(),
    )


def _grid_of(one: Someone) -> UUID:
    assert isinstance(one.door, tuple)
    return as_id(one.door[0])


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + AT_A_TIME] for start in range(0, len(ids), AT_A_TIME))


def _candidates(people: Sequence[Someone]) -> Iterator[Someone]:
    """Everybody who shares anything with one of these by which they could be found out."""
    seen: set[Any] = {one.id for one in people}
    for column, values in (
        ("r.id_hash", {one.number for one in people}),
        ("r.phone_hash", {one.phone for one in people}),
        ("h.dwelling_id", {one.home for one in people}),
        ("r.pinyin", {one.sound for one in people}),
    ):
        yield from _not_yet(seen, _rows(column, values))
    yield from _not_yet(seen, _of_their_age(people))


def _of_their_age(people: Sequence[Someone]) -> Iterator[Sequence[Any]]:
    """Who was born on the same day is compared only if more is alike: most are left out before they cost anything."""
    beginnings = {(one.born_on, one.name[:1]) for one in people}
    for row in _rows("r.born_on", {one.born_on for one in people}):
        name = row[_NAME]
        if (str(row[_BORN_ON]), name[:1]) in beginnings or duplicates.has_parts(name):
            yield row


def _not_yet(seen: set[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Someone]:
    for row in rows:
        if (id := as_id(row[0])) not in seen:
            seen.add(id)
            yield _someone(row)


def _people(column: str, values: Iterable[Any]) -> Iterator[Someone]:
    return map(_someone, _rows(column, values))


def _rows(column: str, values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    for part in parts(sorted(value for value in values if value)):
        yield from query(f"SELECT {_COLUMNS} {_FROM} WHERE {column} IN ({marks(part)})", part)


def _someone(row: Sequence[Any]) -> Someone:
    """Of the ids only the person's own is made one: the others are merely compared."""
    id, _, dwelling, grid, door, name, key, pinyin, sex, born_on, kind, number, phone = row
    return Someone(
        id=as_id(id),
        name=name,
        key=key,
        sound="" if is_unnamed(name) else pinyin,
        born_on=str(born_on) if born_on else "",
        sex=sex or "",
        number=bytes(number) if number is not None else b"",
        kind=_KINDS.get(kind, DocumentKind.OTHER),
        phone=bytes(phone) if phone is not None else b"",
        home=dwelling,
        door=(grid, door),
    )


def _crowd(people: Sequence[Someone]) -> Crowd:
    """How common what they are called, when they were born and where they are reached is on this register."""
    return Crowd(
        count("SELECT COUNT(*) FROM registry_resident", []),
        names=_counts("name_key", {one.key for one in people}),
        sounds=_counts("pinyin", {one.sound for one in people}),
        birthdays={str(day): n for day, n in _counts("born_on", {one.born_on for one in people}).items()},
        phones=_counts("phone_hash", {one.phone for one in people}),
        numbers=_counts("id_hash", {one.number for one in people}),
    )


def _counts(column: str, values: set[Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for part in parts(sorted(value for value in values if value)):
        sql = f"SELECT {column}, COUNT(*) FROM registry_resident WHERE {column} IN ({marks(part)}) GROUP BY {column}"
        for value, number in query(sql, part):
            found[value if isinstance(value, str | date) else bytes(value)] = number
    return found
