"""Positions become visible in the order they were given: whoever follows them misses nothing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import connection

from lianfang.foundation.kernel.keys import HELD_KEY, REGISTER_KEY
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions, queries, turn
from lianfang.foundation.ledger.tests import town
from lianfang.foundation.ledger.tests.test_hand_in import a_house
from lianfang.foundation.ledger.tests.town import NOW, Found
from lianfang.foundation.ledger.turnstile import Lane
from lianfang.foundation.plumbing.sealing import keyring

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres_only("SQLite has one writer at a time by itself"),
]


class NoTurnstile:
    """Lets everybody through at once."""

    def turn(self, lane: Lane) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture(autouse=True)
def many_processes(tables_of_our_own: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A town without our own turnstile, which ends at a process: only the database decides who is next."""
    monkeypatch.setattr(turn, "turnstile", NoTurnstile())
    keyring.forget_opened()
    for name in (REGISTER_KEY, HELD_KEY):
        keyring.ensure(name, at=NOW)
    previous = actions.install(town.HOUSE)
    with connection.cursor() as cursor:
        for table in (*town.TABLES, "CREATE TABLE town_plain (no bigserial PRIMARY KEY)"):
            cursor.execute(table)
    yield
    actions.install(previous)
    keyring.forget_opened()
    with connection.cursor() as cursor:
        for name in ("door", "tally", "plain"):
            cursor.execute(f"DROP TABLE town_{name}")


def in_a_thread_of_its_own(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def rows_after(no: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no FROM town_plain WHERE no > %s ORDER BY no", (no,))
        return [row[0] for row in cursor.fetchall()]


def test_a_plain_sequence_loses_a_row_under_a_reader_that_follows_it() -> None:
    """The fault that the ledger's lock is there for."""
    numbered, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO town_plain DEFAULT VALUES")
            numbered.set()
            may_commit.wait(10)
            cursor.execute("COMMIT")

    writer = in_a_thread_of_its_own(slow)
    numbered.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO town_plain DEFAULT VALUES")
    seen = rows_after(0)
    may_commit.set()
    writer.join()
    assert seen == [2]
    assert rows_after(seen[-1]) == []  # the first row is there, and this reader will never see it
    assert rows_after(0) == [1, 2]


def test_our_positions_lose_none_under_the_same_reader() -> None:
    appended, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        append_one(meanwhile=lambda: (appended.set(), may_commit.wait(10)))

    first = in_a_thread_of_its_own(slow)
    appended.wait(10)
    second = in_a_thread_of_its_own(append_one)
    second.join(0.5)
    assert second.is_alive() and [e.position for e in queries.entries_after(0)] == []
    may_commit.set()
    first.join()
    second.join()
    assert [e.position for e in queries.entries_after(0)] == [1, 2]


def test_a_reader_that_follows_four_busy_writers_sees_every_position_once() -> None:
    followed: list[int] = []
    with ThreadPoolExecutor(4) as writers:
        done = [writers.submit(append_some, 25) for _ in range(4)]
        while len(followed) < 100:
            followed += [e.position for e in queries.entries_after(followed[-1] if followed else 0)]
            assert not any(each.done() and each.exception() for each in done)
    assert followed == list(range(1, 101))
    assert queries.verify() == []


def append_some(times: int) -> None:
    for _ in range(times):
        append_one()
    connection.close()


def append_one(meanwhile: Callable[[], object] = lambda: None) -> None:
    with turn.open_turn(Lane.DESK, by=THE_HOUSE, at=NOW) as mine:
        mine.append("town.found.v1", Found(a_house()))
        meanwhile()
