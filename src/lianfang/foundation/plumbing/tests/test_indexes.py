"""Indexes that are built behind the rows are the same indexes afterwards, whatever happens between."""

import pytest
from django.db import connection, transaction

from lianfang.foundation.plumbing.indexes import built_behind

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="elsewhere they stay where they are"),
]
NAMES = ("shelf_title", "shelf_year")


@pytest.fixture(autouse=True)
def shelf() -> None:
    run("CREATE TABLE shelf (id INTEGER PRIMARY KEY, title TEXT, year INTEGER)")
    run("CREATE INDEX shelf_title ON shelf (title, id)")
    run("CREATE INDEX shelf_year ON shelf (year)")


def run(sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def standing() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "shelf")
    return sorted(name for name in found if name in NAMES)


def made_by() -> list[tuple]:  # type: ignore[type-arg]
    return run("SELECT name, sql FROM sqlite_master WHERE name LIKE 'shelf_%' ORDER BY name")


def test_behind_the_block_they_stand_as_before() -> None:
    with built_behind(NAMES[:1]):
        run("INSERT INTO shelf VALUES (1, 'b', 2), (2, 'a', 1)")
        between = standing()
    assert between == ["shelf_year"]
    assert standing() == [*NAMES]
    assert run("SELECT id FROM shelf WHERE title >= '' ORDER BY title") == [(2,), (1,)]


def test_each_is_made_as_it_was_and_the_cache_is_as_large() -> None:
    before = made_by(), run("PRAGMA cache_size")
    with built_behind(NAMES):
        assert len(made_by()) == 0
    assert (made_by(), run("PRAGMA cache_size")) == before


def test_what_fails_between_leaves_them_as_they_were() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), built_behind(NAMES):
        raise ZeroDivisionError
    assert standing() == [*NAMES]


def test_while_somebody_reads_on_this_connection_they_stay() -> None:
    run("INSERT INTO shelf VALUES (1, 'b', 2), (2, 'a', 1), (3, 'c', 3)")
    reading = connection.connection.cursor().execute("SELECT id FROM shelf")
    reading.fetchone()
    with built_behind(NAMES):
        assert standing() == [*NAMES]
    assert len(reading.fetchall()) == 2
