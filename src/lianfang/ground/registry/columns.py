"""How people and doors stand in the columns of the register: inserts, seals, masks, letters."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.masks import mask_id, mask_phone
from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.ground.registry import rules
from lianfang.ground.registry.identity import compared, says
from lianfang.ground.registry.names import letters
from lianfang.ground.registry.terms import Field


def _insert(table: str, *columns: str) -> str:
    names = ", ".join(columns)
    marks = ", ".join(["%s"] * len(names.split(",")))
    return f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"


DWELLING = _insert("registry_dwelling", "id, area_id, grid_id, door, door_key, room, kind, walk, origin")
HOUSEHOLD = _insert(
    "registry_household",
    "id, dwelling_id, area_id, grid_id, door, door_key, door_end, room, walk, people, phones, confirmed_on, found",
    "origin, origin_author, position, status, versions",
)
RESIDENT_COLUMNS = (
    "id, household_id, grid_id, name, name_key, pinyin, initials",
    "sex, born_on, relation, document_kind, residence_kind",
    "id_sealed, id_hash, id_masked, id_says, phone_sealed, phone_hash, phone_masked",
    "origin, origin_author, position, status, versions",
)
RESIDENT = _insert("registry_resident", *RESIDENT_COLUMNS)
EDIT_COLUMNS = (
    "id, subject_id, household_id, field, base, value, sealed, hash, settles, kept, saw, reason,"
    " record, author, n, account, at, position, says, offered"
)
EDIT = _insert("registry_edit", EDIT_COLUMNS)


def usual(field: Field, value: str | None) -> str | None:
    """A value in the form in which it is kept and compared."""
    if value is None or not value.strip():
        return None
    usual_form = _USUAL.get(field)
    return usual_form(value) if usual_form else value.strip()


_USUAL: dict[Field, Callable[[str], str]] = {
    Field.NAME: rules.clean_name,
    Field.ID_NUMBER: rules.usual_number,
    Field.PHONE: rules.usual_phone,
}
SHORT = {Field.ID_NUMBER: "id", Field.PHONE: "phone"}


class _Sealed(NamedTuple):
    """A sealed field: what begins its place, the name under which it is hashed, the form that is, and its mask."""

    place: str
    field: str
    compared: Callable[[str], str]
    mask: Callable[[str], str]


_NUMBER = _Sealed("registry_resident/id", Field.ID_NUMBER.value, compared, mask_id)  # 15 digits hash as their 18
_PHONE = _Sealed("registry_resident/phone", Field.PHONE.value, str, mask_phone)
_SEALED = {Field.ID_NUMBER: _NUMBER, Field.PHONE: _PHONE}
_LIVING_THERE = "FROM registry_resident r WHERE r.household_id = registry_household.id AND r.status = 'present'"
COUNT_PEOPLE = f"people = (SELECT COUNT(*) {_LIVING_THERE}), phones = (SELECT COUNT(r.phone_hash) {_LIVING_THERE})"
_LATER = "CASE WHEN confirmed_on > %s THEN confirmed_on ELSE %s END"


def touch(fold: Fold, household: UUID, entry: Entry) -> None:
    """Count who lives there, note that somebody spoke of them, and let phones hear of it."""
    fold.execute(
        f"UPDATE registry_household SET {COUNT_PEOPLE}, confirmed_on = {_LATER}, position = %s WHERE id = %s",
        (entry.day, entry.day, entry.position, household),
    )


def count_grid(fold: Fold, grid: Any) -> None:
    """Write down anew how many households and residents a grid holds."""
    fold.execute(
        "INSERT INTO registry_gridcount (grid_id, households, residents) VALUES (%s,"
        " (SELECT COUNT(*) FROM registry_household WHERE grid_id = %s),"
        " (SELECT COUNT(*) FROM registry_resident WHERE grid_id = %s))"
        " ON CONFLICT (grid_id) DO UPDATE SET households = excluded.households, residents = excluded.residents",
        (grid, grid, grid),
    )


def household_of(fold: Fold, subject: UUID) -> UUID | None:
    """The household of a resident, or a household itself; None when neither is there."""
    row = fold.execute(
        "SELECT household_id FROM registry_resident WHERE id = %s"
        " UNION ALL SELECT household_id FROM registry_aside WHERE id = %s"
        " UNION ALL SELECT id FROM registry_household WHERE id = %s",
        (subject, subject, subject),
    ).fetchone()
    return as_uuid(row[0]) if row else None


def name_columns(name: str) -> tuple[str, str, str, str]:
    """A name as shown, as looked for, and its letters."""
    return (name, rules.name_key(name), *letters(name))


def sealed_place(resident_hex: str, field: Field) -> str:
    """What binds a sealed value to its column and row."""
    return f"{_SEALED[field].place}/{resident_hex}"


def sealed_columns(
    fold: Fold, resident_hex: str, field: Field, value: str | None
) -> tuple[bytes | None, bytes | None, str]:
    """(ciphertext, keyed hash, mask) of a value."""
    return _sealed(fold, resident_hex, _SEALED[field], value)


def _sealed(fold: Fold, resident_hex: str, way: _Sealed, value: str | None) -> tuple[bytes | None, bytes | None, str]:
    if not value:
        return None, None, ""
    return (
        fold.seal(REGISTER_KEY, value.encode(), about=f"{way.place}/{resident_hex}"),
        fold.search_hash(REGISTER_KEY, way.compared(value), field=way.field),
        way.mask(value),
    )


def number_columns(
    fold: Fold, resident_hex: str, number: str | None
) -> tuple[bytes | None, bytes | None, str, str | None]:
    """The same of an identity number, and what it says of its bearer."""
    return *_sealed(fold, resident_hex, _NUMBER, number), says(number)


def phone_columns(fold: Fold, resident_hex: str, phone: str | None) -> tuple[bytes | None, bytes | None, str]:
    """The same of a telephone number."""
    return _sealed(fold, resident_hex, _PHONE, phone)


def hand_of(entry: Entry) -> UUID | None:
    """Whose word an entry is: the office's whose list it publishes, else the device's, or the account's at a desk."""
    return getattr(entry.body, "office", None) or entry.device or entry.actor


def author_of(entry: Entry) -> str | None:
    """The same as the tables keep it."""
    author = hand_of(entry)
    return author.hex if author else None


def as_bytes(value: Any) -> bytes | None:
    """A binary column as either database hands it over."""
    return None if value is None else bytes(value)


def as_json(value: Any) -> str:
    """For a text column; always the same for the same content, so that a rebuilt row equals the old one."""
    return msgspec.json.encode(value, order="sorted").decode()
