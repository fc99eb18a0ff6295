"""What somebody looks for: words into conditions on the register."""

from collections.abc import Iterator, Sequence
from typing import Any

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry import rules
from lianfang.ground.registry.reading import marks
from lianfang.ground.registry.register import search_hash
from lianfang.ground.registry.terms import Field

_ABOVE_ALL = "\U0010ffff"  # comes after every text that begins the same
Where = tuple[str, list[Any]]


def within(table: str, grids: Sequence[AreaId], condition: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition inside these grids only; inside none of them nothing is found."""
    if not grids:
        return "1 = 0", []
    inside = f"{table}.grid_id IN ({marks(grids)})"
    return (f"{condition} AND {inside}" if condition else inside), [*params, *grids]


def meanings(q: str) -> Iterator[Where]:
    """What the words can mean, likeliest first: a number, letters, a door, the beginning of a name, any part of one."""
    text = rules.plain(q)
    if not text:
        yield "", []
        return
    number, key = rules.usual_number(text), rules.name_key(text)
    if number.isascii() and sum(c.isdigit() for c in number) >= 6:
        yield _by_number(number, text)
    elif key.isascii() and key.isalpha():
        yield f"({_starts('r.pinyin')} OR {_starts('r.initials')})", [*_from(key), *_from(key)]
    elif rules.reads_like_a_door(text):
        yield _by_door(text)
    elif key:
        yield _starts("r.name_key"), _from(key)
        yield "r.name_key LIKE %s", [f"%{key}%"]
    yield _by_door(text)


def _by_number(number: str, text: str) -> Where:
    """Only a whole number finds anybody: parts of it are nowhere to be looked for."""
    identity = search_hash(Field.ID_NUMBER, number)
    phone = search_hash(Field.PHONE, rules.usual_phone(text))
    return "(r.id_hash = %s OR r.phone_hash = %s)", [identity, phone]


def _by_door(text: str) -> Where:
    door = rules.read_door(text)
    if door is None:
        return "1 = 0", []
    if not door.building and not door.entrance:
        return "(h.room = %s OR h.door_key = %s)", [door.room, door.key]
    key = door.key.rstrip("-")
    if door.room:
        return "h.door_key = %s", [door.key]
    return f"(h.door_key = %s OR {_starts('h.door_key')})", [door.key, *_from(f"{key}-")]


def living_there(match: Where) -> Where:
    """The households in which somebody is meant, or which are meant themselves."""
    condition, params = match
    if "r." not in condition:
        return match
    return f"h.id IN (SELECT r.household_id FROM registry_resident r WHERE {condition})", params


def _starts(column: str) -> str:
    return f"({column} >= %s AND {column} < %s)"


def _from(key: str) -> list[str]:
    return [key, key + _ABOVE_ALL]
