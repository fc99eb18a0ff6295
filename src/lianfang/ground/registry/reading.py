"""Small tools for reading tables with plain SQL, the same on both databases."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from lianfang.foundation.plumbing.database import as_uuid

MOST_ROWS = 200
_MOST_IN_A_QUERY = 5000


def query(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def count(sql: str, params: Sequence[Any]) -> int:
    """The one number of a SELECT COUNT(*)."""
    return int(query(sql, params)[0][0])


def in_parts(sql: str, ids: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    """The rows for many ids, so many at a time as a statement may hold; `{ids}` is where their marks go."""
    for part in parts(ids):
        yield from query(sql.format(ids=marks(part)), part)


def parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The items, so many at a time as a statement may hold."""
    return (items[start : start + _MOST_IN_A_QUERY] for start in range(0, len(items), _MOST_IN_A_QUERY))


def marks(items: Sequence[Any]) -> str:
    """A mark for each, to stand in `IN (…)`. None at all is NULL, which equals nothing: PostgreSQL reads no `IN ()`."""
    return ", ".join(["%s"] * len(items)) or "NULL"


def as_id(value: Any) -> UUID:
    """An id as either database hands it over."""
    found = as_uuid(value)
    assert found is not None
    return found


def as_day(value: Any) -> date:
    """A day as either database hands it over."""
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def year(born_on: Any) -> int | None:
    """The year of a day, however the database hands it over."""
    return int(str(born_on)[:4]) if born_on else None


def versions_in(text: str) -> dict[str, int]:
    """The versions of the fields that were ever edited."""
    return msgspec.json.decode(text, type=dict[str, int]) if text != "{}" else {}


def limits(page: int, page_size: int) -> tuple[int, int]:
    """LIMIT and OFFSET of a page."""
    size = max(1, min(page_size, MOST_ROWS))
    return size, (max(1, page) - 1) * size
