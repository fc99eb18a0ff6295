"""What somebody looks for: words into conditions on the register."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.registry import rules
from lianfang.ground.registry.reading import marks
from lianfang.ground.registry.register import search_hash
from lianfang.ground.registry.terms import Field

_ABOVE_ALL = "\U0010ffff"  # comes after every text that begins the same


class Where(NamedTuple):
    """A condition on residents `r` or households `h`, and the order in which its index finds them."""

    sql: str
    params: list[Any]
    order: str = ""

    @property
    def of_homes(self) -> bool:
        """Is it about households, whoever lives in them?"""
        return "h." in self.sql


EVERYBODY = Where("", [])
Meaning = tuple[Where, ...]  # what the words can mean: whoever meets one of these, and nobody meets two


def within(table: str, grids: Sequence[AreaId], condition: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition inside these grids only; inside none of them nothing is found."""
    if not grids:
        return "1 = 0", []
    inside = f"{table}.grid_id IN ({marks(grids)})"
    return (f"{condition} AND {inside}" if condition else inside), [*params, *grids]


def these_within(table: str, ids: Sequence[Any], grids: Sequence[AreaId]) -> tuple[str, list[Any]]:
    """The condition for these rows, as far as they lie inside these grids."""
    if not grids or not ids:
        return "1 = 0", []
    # Said so that no index of grids fits: SQLite else reads everybody in them to find the fifty people of a page.
    inside = f"COALESCE({table}.grid_id, {table}.grid_id) IN ({marks(grids)})"
    return f"{table}.id IN ({marks(ids)}) AND {inside}", [*ids, *grids]


def meanings(q: str) -> Iterator[Meaning]:
    """What the words can mean, likeliest first: a number, letters, a door, the beginning of a name, any part of one."""
    text = rules.plain(q)
    if not text:
        yield (EVERYBODY,)
        return
    number, key = rules.usual_number(text), rules.name_key(text)
    if number.isascii() and sum(c.isdigit() for c in number) >= 6:
        yield (_by_number(number, text),)
    elif key.isascii() and key.isalpha():
        yield _by_letters(key)
    elif key and not rules.reads_like_a_door(text):
        yield (_starts("r.name_key", key, order="name"),)
        yield (Where("r.name_key LIKE %s", [f"%{key}%"], "name"),)
    yield from ((where,) for sought in rules.sought_doors(text) for where in _by_door(sought))


def _by_number(number: str, text: str) -> Where:
    """Only a whole number finds anybody: parts of it are nowhere to be looked for."""
    identity = search_hash(Field.ID_NUMBER, number)
    phone = search_hash(Field.PHONE, rules.usual_phone(text))
    return Where("(r.id_hash = %s OR r.phone_hash = %s)", [identity, phone], "name")


def _by_letters(key: str) -> Meaning:
    """Those whose pinyin begins so, then those whose initials do. One letter is the first of both."""
    pinyin = _starts("r.pinyin", key, order="pinyin")
    if len(key) == 1:
        return (pinyin,)
    initials = _starts("r.initials", key)
    return pinyin, Where(f"({initials.sql} AND NOT {pinyin.sql})", [*initials.params, *pinyin.params], "initials")


def _by_door(sought: rules.Sought) -> Iterator[Where]:
    """By the end of the door's key, the room, the name; the name alone first by its beginning."""
    found = [*_by_end(sought)]
    if sought.room and not (sought.number and sought.entrance):
        found.append(_by_room(sought.room))
    if not found:
        yield _starts("h.door_key", sought.named, order="door")
    if sought.named:
        found.append(_holds("h.door_key", sought.named))
    if found:
        yield Where(" AND ".join(f.sql for f in found), [p for f in found for p in f.params], "door")


def _by_end(sought: rules.Sought) -> Iterator[Where]:
    """Building, entrance and room as far as they were typed: 1-1-302, 1-1-…, 1-…, …-1-302."""
    room = sought.room.lower().removesuffix("号")
    if sought.number and sought.entrance and room:
        yield Where("h.door_end = %s", [f"{sought.number}-{sought.entrance}-{room}"])
    elif sought.number:
        yield _starts("h.door_end", f"{sought.number}-{sought.entrance}-" if sought.entrance else f"{sought.number}-")
    elif sought.entrance:
        yield _holds("h.door_end", f"-{sought.entrance}-{room}")


def _by_room(room: str) -> Where:
    """A house number stands for all floors of the house; written without its sign it is a room or a house."""
    if room.endswith("号"):
        return _starts("h.room", room)
    same, house = Where("h.room = %s", [room]), _starts("h.room", f"{room}号")
    return Where(f"({same.sql} OR {house.sql})", [*same.params, *house.params]) if room.isdigit() else same


def narrowed(meaning: Meaning, by: Where) -> Meaning:
    """Of whoever is meant, only those whom a further condition holds for."""
    if meaning == (EVERYBODY,):
        return (by._replace(order="name"),)
    return tuple(
        where._replace(sql=f"{where.sql} AND {by.sql}", params=[*where.params, *by.params]) for where in meaning
    )


def living_there(meaning: Meaning) -> Where:
    """The households in which somebody is meant, or which are meant themselves."""
    if meaning == (EVERYBODY,) or meaning[0].of_homes:
        return meaning[0]
    sql, params, _ = any_of(meaning)
    return Where(f"h.id IN (SELECT r.household_id FROM registry_resident r WHERE {sql})", params)


def any_of(meaning: Meaning) -> Where:
    """One condition for whoever meets one of several."""
    if len(meaning) == 1:
        return meaning[0]
    return Where(f"({' OR '.join(where.sql for where in meaning)})", [p for where in meaning for p in where.params])


def _starts(column: str, key: str, *, order: str = "") -> Where:
    return Where(f"({column} >= %s AND {column} < %s)", [key, key + _ABOVE_ALL], order)


def _holds(column: str, part: str) -> Where:
    escaped = part.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return Where(f"{column} LIKE %s ESCAPE '!'", [f"%{escaped}%"])
