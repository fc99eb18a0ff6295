"""The writer commits what has queued up, answers after the commit, and never leaves a request hanging."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import OperationalError, connection

from lianfang.foundation.kernel.keys import HELD_KEY, REGISTER_KEY
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions, queries, writer
from lianfang.foundation.ledger.arrivals import Sending
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.ledger.tests import town
from lianfang.foundation.ledger.tests.test_hand_in import a_house
from lianfang.foundation.ledger.tests.town import NOW, WORKER, a_record, as_sent
from lianfang.foundation.plumbing.lanes import Lane
from lianfang.foundation.plumbing.sealing import keyring

pytestmark = pytest.mark.django_db(transaction=True)
FULL = 2  # of `PRAGMA synchronous`: a commit is on the disk before it returns


@pytest.fixture
def running(tables_of_our_own: None) -> Iterator[writer.Writer]:
    """A writer in a town whose tables are really committed, as its own thread needs them."""
    with connection.cursor() as cursor:
        for table in town.TABLES:
            cursor.execute(table)
    keyring.forget_opened()
    for name in (REGISTER_KEY, HELD_KEY):
        keyring.ensure(name, at=NOW)
    previous = actions.install(town.HOUSE)
    ours = writer.Writer()
    ours.start()
    yield ours
    ours.stop()
    actions.install(previous)
    town.houses.clear()
    keyring.forget_opened()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE town_door")
        cursor.execute("DROP TABLE town_tally")


def sending(*households: object) -> Sending:
    return Sending(as_sent([a_record(household=str(h), people=1) for h in households]), WORKER, NOW)


def test_many_requests_are_answered_each_with_its_own_receipts(running: writer.Writer) -> None:
    homes = [a_house() for _ in range(30)]
    futures = [running.hand_in(sending(home, home)) for home in homes]
    replies = [future.result(timeout=20) for future in futures]
    assert [[r.fate.value for r in reply.receipts] for reply in replies] == [["stored", "stored"]] * 30
    assert queries.head() == 60 and queries.verify() == []
    assert running.waiting == 0


@pytest.mark.parametrize(
    ("waited", "order"),
    [(0.0, ["a first save", "a save", "a backlog"]), (5.0, ["a first save", "a backlog", "a save"])],
    ids=["what was just saved goes first", "a backlog does not wait for ever"],
)
def test_saves_and_backlogs(
    running: writer.Writer, monkeypatch: pytest.MonkeyPatch, waited: float, order: list[str]
) -> None:
    now, committed = [100.0], list[str]()
    begun, go = threading.Event(), threading.Event()

    def slowly(sendings: Sequence[Sending], *, at: datetime) -> list[HandInReply]:
        committed.extend(names[id(each)] for each in sendings)
        begun.set()
        go.wait(20)
        return actual(sendings, at=at)

    actual = writer.hand_in_group
    monkeypatch.setattr(writer, "monotonic", lambda: now[0])
    monkeypatch.setattr(writer, "hand_in_group", slowly)
    monkeypatch.setattr(writer, "MOST_IN_A_COMMIT", 1)
    first, backlog, save = (sending(a_house()) for _ in range(3))
    names = {id(first): "a first save", id(backlog): "a backlog", id(save): "a save"}
    done = running.hand_in(first)
    begun.wait(20)
    answered = threading.Semaphore(0)
    running.queue(backlog, lambda _: answered.release(), Lane.UPLOAD)
    running.queue(save, lambda _: answered.release())
    now[0] += waited
    assert (running.waited(Lane.GATE), running.waited(Lane.SAVE)) == (0.0, waited)
    go.set()
    assert done.result(timeout=20) and answered.acquire(timeout=20) and answered.acquire(timeout=20)
    assert committed == order


def test_a_receipt_is_given_after_the_commit_and_that_waits_for_the_disk(
    running: writer.Writer, chosen_database: str
) -> None:
    """Somebody else sees the entry when the answer is given; and the writer's own connection is one that waits."""
    answered: Future[tuple[int, object]] = Future()

    def answer(outcome: writer.Outcome) -> None:
        with ThreadPoolExecutor(1) as somebody_else:
            seen = somebody_else.submit(_head_of_another_connection).result()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous" if chosen_database == "sqlite" else "SELECT 2")
            answered.set_result((seen, cursor.fetchone()[0]))

    running.queue(sending(a_house()), answer)
    assert answered.result(timeout=20) == (1, FULL)


def _head_of_another_connection() -> int:
    try:
        return queries.head()
    finally:
        connection.close()


def test_past_the_bound_it_says_come_back_later(running: writer.Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 3)
    with pytest.raises(Problem, match="busy"):
        running.hand_in(sending(*[a_house() for _ in range(4)]))


def test_a_full_disk_is_said_and_nothing_is_acknowledged(
    running: writer.Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(writer, "hand_in_group", full)
        with pytest.raises(Problem, match="disk_full"):
            running.hand_in(sending(a_house())).result(timeout=20)
    assert running.hand_in(sending(a_house())).result(timeout=20).receipts[0].fate == "stored"


def test_a_dead_writer_says_so_at_once_and_lives_again(running: writer.Writer) -> None:
    running.stop()
    assert not running.alive
    with pytest.raises(Problem, match="cannot_store"):
        running.hand_in(sending(a_house()))
    assert running.hand_in(sending(a_house())).result(timeout=20).receipts[0].fate == "stored"
