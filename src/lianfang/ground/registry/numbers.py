"""What numbers say of their bearers 证件号码说了什么, of those that came in before anybody asked (see identity.says).

A register folded anew has it; this opens once what is there, some thousand at a time; killed, it goes on where it was.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import transaction

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.plumbing.database import Driver
from lianfang.foundation.plumbing.sealing import DataKey, keyring
from lianfang.ground.registry.columns import sealed_place
from lianfang.ground.registry.identity import says
from lianfang.ground.registry.oneness import ever_one_with
from lianfang.ground.registry.reading import as_id, query
from lianfang.ground.registry.terms import Field

AT_A_TIME = 2000


class _Kept(NamedTuple):
    """Where numbers stand sealed, under whose id, and where it is written what they say."""

    table: str
    whose: str
    sealed: str
    says: str
    only: str = ""


_WHERE = (
    _Kept("registry_resident", "id", "id_sealed", "id_says"),
    _Kept("registry_aside", "id", "id_sealed", "id_says"),
    _Kept("registry_edit", "subject_id", "sealed", "says", f" AND field = '{Field.ID_NUMBER.value}'"),
)


def read_numbers(*, say: Callable[[int], None] = lambda done: None) -> int:
    """Write down what each says of which nothing is written yet; answers of how many. Again is harmless."""
    key, done = keyring.get(REGISTER_KEY), 0
    for kept in _WHERE if key else ():
        for rows in _unread(kept):
            with transaction.atomic():
                driver = Driver()
                sql = f"UPDATE {kept.table} SET {kept.says} = %s WHERE id = %s"
                driver.run_many(sql, [(_said(key, whose, sealed), id) for id, whose, sealed in rows])
            done += len(rows)
            say(done)
    return done


def _unread(kept: _Kept) -> Iterator[list[tuple[object, UUID, bytes]]]:
    last: object = UUID(int=0).hex
    sql = (
        f"SELECT id, {kept.whose}, {kept.sealed} FROM {kept.table} WHERE {kept.sealed} IS NOT NULL AND {kept.says}"
        f" IS NULL{kept.only} AND id > %s ORDER BY id LIMIT {AT_A_TIME}"
    )
    while rows := query(sql, [last]):
        yield [(id, as_id(whose), bytes(sealed)) for id, whose, sealed in rows]
        last = rows[-1][0]


def _said(key: DataKey | None, whose: UUID, sealed: bytes) -> str | None:
    """A value may have come from another id of the same person, and is bound to that one."""
    for each in ever_one_with(whose):
        with suppress(InvalidTag):
            assert key is not None
            return says(key.open(sealed, about=sealed_place(each.hex, Field.ID_NUMBER).encode()).decode())
    return None
