"""What the register already knows about the people and doors of a chunk of rows.

Two queries per chunk; none while it is empty.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.registry import rules
from lianfang.ground.registry.identity import compared
from lianfang.ground.registry.reading import as_id, marks, parts, query
from lianfang.ground.registry.terms import SEALED_FIELDS, Field, Relation, Status


class OnRegister(NamedTuple):
    """Somebody who is on the register."""

    id: bytes
    household: bytes
    dwelling: bytes
    elsewhere: bool  # behind another door than the row says
    struck: bool
    versions: dict[str, int]
    values: dict[str, Any]
    author: UUID | None = None  # whose list or record they came in with

    def says(self, field: str, value: str) -> bool:
        """Does the register say the same?"""
        own = self.values.get(field)
        if field in SEALED_FIELDS:
            return own == search_hash(Field(field), value)
        return (str(own) if own is not None else None) == value


class HomeOnRegister(NamedTuple):
    """The first household behind a door."""

    dwelling: bytes
    household: bytes
    has_head: bool


class Register:
    """Looks up a chunk at a time."""

    def __init__(self) -> None:
        self._empty = not query("SELECT 1 FROM registry_household LIMIT 1", [])
        self._by_number: dict[str, list[OnRegister]] = {}
        self._by_name: dict[tuple[bytes, str, str], OnRegister] = {}
        self._homes: dict[tuple[bytes, str], HomeOnRegister] = {}

    def look_up(self, rows: Iterable[tuple[bytes, str, str | None]]) -> None:
        """Learn whatever is known about these (grid, door key, identity number)."""
        self._by_number.clear()
        self._by_name.clear()
        self._homes.clear()
        if self._empty:
            return
        rows = list(rows)
        doors = sorted({(grid, key) for grid, key, _ in rows})
        numbers = {search_hash(Field.ID_NUMBER, number): number for _, _, number in rows if number}
        for part in parts(doors):
            self._learn_doors(part)
        for part in parts(sorted(numbers)):
            self._learn_numbers(part, numbers)

    def person(self, grid: bytes, door_key: str, name: str, number: str | None) -> OnRegister | None:
        """The person of a row: by identity number, else by name behind that very door when neither number speaks
        against it.
        """
        if self._empty:
            return None
        place = (grid, door_key)
        if number and (holders := self._by_number.get(number)):
            here = next((holder for holder in holders if holder.values["place"] == place), None)
            return here or holders[-1]._replace(elsewhere=True)
        found = self._by_name.get((grid, door_key, rules.name_key(name))) if name else None
        if found is not None and number and found.values.get(Field.ID_NUMBER) is not None:
            return None
        return found

    def home(self, grid: bytes, door_key: str) -> HomeOnRegister | None:
        """The household behind a door."""
        return self._homes.get((grid, door_key))

    def place_of(self, dwelling: bytes) -> tuple[bytes, str]:
        """Where a door of the register is: its grid and key."""
        id = UUID(bytes=dwelling)
        ((grid, key),) = query("SELECT grid_id, door_key FROM registry_dwelling WHERE id = %s", [id])
        return _raw(grid), key

    def _learn_doors(self, doors: Sequence[tuple[bytes, str]]) -> None:
        keys = [key for _, key in doors]
        grids = sorted({grid.hex() for grid, _ in doors})
        behind = f"h.door_key IN ({marks(keys)}) AND h.grid_id IN ({marks(grids)})"
        homes = f"SELECT h.grid_id, h.door_key, h.dwelling_id, h.id FROM registry_household h WHERE {behind}"
        for grid, key, dwelling, household in query(f"{homes} ORDER BY h.id DESC", [*keys, *grids]):
            self._homes[_raw(grid), key] = HomeOnRegister(_raw(dwelling), _raw(household), has_head=False)
        for person in self._residents(behind, [*keys, *grids]):
            place = person.values["place"]
            self._by_name[(*place, person.values["key"])] = person
            home = self._homes.get(place)
            if home and home.household == person.household and person.values["relation"] == Relation.HEAD:
                self._homes[place] = home._replace(has_head=True)

    def _learn_numbers(self, hashes: Sequence[bytes], numbers: dict[bytes, str]) -> None:
        for person in self._residents(f"r.id_hash IN ({marks(hashes)})", hashes):
            self._by_number.setdefault(numbers[person.values["id_number"]], []).append(person)

    def _residents(self, where: str, params: Sequence[Any]) -> Iterable[OnRegister]:
        sql = (
            "SELECT r.id, r.household_id, h.dwelling_id, r.versions, h.grid_id, h.door_key, r.name_key, r.name, r.sex,"
            " r.born_on, r.relation, r.document_kind, r.residence_kind, r.id_hash, r.phone_hash, r.status,"
            " r.origin_author"
            " FROM {table} r JOIN registry_household h ON h.id = r.household_id"
            f" WHERE {where} ORDER BY r.id DESC"
        )
        # Who was merged into somebody still answers to their row: the same file brings them no second time.
        tables = ("registry_aside", "registry_resident")
        rows = (row for table in tables for row in query(sql.replace("{table}", table), params))
        for id, household, dwelling, versions, grid, key, name_key, *values, status, author in rows:
            said = dict(zip(_COLUMNS, values, strict=True))
            said["id_number"], said["phone"] = _bytes(said["id_number"]), _bytes(said["phone"])
            said |= {"place": (_raw(grid), key), "key": name_key}
            struck = status == Status.STRUCK
            seen = msgspec.json.decode(versions)
            yield OnRegister(_raw(id), _raw(household), _raw(dwelling), False, struck, seen, said, as_uuid(author))


_COLUMNS = ("name", "sex", "born_on", "relation", "document_kind", "residence_kind", "id_number", "phone")


def search_hash(field: Field, value: str) -> bytes:
    """The keyed hash by which a number is found: 15 digits find the 18 and the other way round."""
    value = compared(value) if field is Field.ID_NUMBER else value
    return keyring.need(REGISTER_KEY).search_hash(value.encode(), field=field.value.encode())


def _raw(value: Any) -> bytes:
    return as_id(value).bytes


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
