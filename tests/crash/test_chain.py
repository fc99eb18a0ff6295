"""Nothing in the ledger is altered, removed or reordered unseen, by whoever can write its tables; and what is wrong is
named by its first position (P13).

Hypothesis is the one who tampers: entries flipped, deleted, exchanged, cut off, chained anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.ledger import actions, queries
from lianfang.foundation.ledger.models import Attachment, Batch, Entry
from lianfang.foundation.ledger.rules import FIRST_DIGEST, chained
from lianfang.foundation.ledger.tests.conftest import in_town  # noqa: F401 - a fixture
from lianfang.foundation.ledger.tests.test_hand_in import CLERK, a_house, hand_in
from lianfang.foundation.ledger.tests.town import NOW, Found, a_record
from tests.crash.databases import on_postgresql  # noqa: F401 - a fixture

Say = Callable[..., None]
COMMITS, ACTS = 9, 2
# All that an entry consists of. (`position` moves when entries are exchanged.)
COLUMNS = (
    *("record_id", "kind", "at", "received_at", "day", "n", "actor", "device", "area_id", "key", "flags", "cell"),
    *("cause", "facts", "subject", "sealed", "content", "attachments", "digest"),
)


@pytest.fixture
def history(in_town: None) -> dict[int, bytes]:  # noqa: F811
    """Commits of one to four entries, two of them with attachments; answers the heads, commit by commit."""
    for commit in range(COMMITS):
        hand_in(*(a_record(household=str(a_house()), people=n) for n in range(1 + commit % 4)))
        if commit % (COMMITS // ACTS) == 1:
            with actions.turn(by=CLERK, at=NOW) as turn:
                turn.append("town.decreed.v1", Found(new_id()), attachments=[b"one", b"two", b"three"])
    assert queries.verify() == []
    return {batch.last: bytes(batch.digest) for batch in Batch.objects.all()}


def altered(value: Any, by: int) -> Any:
    """Something else of the same kind."""
    match value:
        case None:
            return by
        case bytes() | memoryview():
            at, bit = divmod(by, 8)
            flipped = bytearray(value)
            flipped[at % len(flipped)] ^= 1 << bit
            return bytes(flipped)
        case UUID():
            return UUID(int=value.int ^ (1 << by % 128))
        case datetime():
            return value + timedelta(microseconds=1 + by)
        case date():
            return value + timedelta(days=1 + by)
        case str():
            return value + chr(ord("a") + by % 26)
        case int():
            return value ^ (1 << by % 8)
    raise AssertionError(value)


class Tamper:
    """Whoever sits at the database. Each hand movement answers which position is the first that is wrong."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw
        self.last = queries.head()

    def somewhere(self, least: int = 1) -> int:
        return self._draw(st.integers(least, self.last), label="position")

    def flip(self) -> int:
        """One column of one entry."""
        position, column = self.somewhere(), self._draw(st.sampled_from(COLUMNS), label="column")
        entry = Entry.objects.get(position=position)
        before = getattr(entry, column)
        spare = {"actor": new_id(), "device": new_id(), "cause": new_id(), "subject": b"somebody"}
        now = spare[column] if before is None and column in spare else altered(before, self._draw(st.integers(0, 500)))
        Entry.objects.filter(position=position).update(**{column: now})
        return position

    def delete(self) -> int:
        """Some entries, wherever they stand."""
        gone = self._draw(st.sets(st.integers(1, self.last), min_size=1, max_size=4), label="gone")
        Entry.objects.filter(position__in=gone).delete()
        return min(gone)

    def close_the_gap(self) -> int:
        """One entry, and those after it move up."""
        position = self.somewhere()
        Entry.objects.filter(position=position).delete()
        for later in range(position + 1, self.last + 1):
            Entry.objects.filter(position=later).update(position=later - 1)
        return position

    def exchange(self) -> int:
        """Two entries change places."""
        one = self._draw(st.integers(1, self.last - 1), label="one")
        other = self.somewhere(one + 1)
        for old, new in ((one, 10**6), (other, one), (10**6, other)):
            Entry.objects.filter(position=old).update(position=new)
        return one

    def cut_off(self) -> int:
        """The end of it, whatever the commits say."""
        after = self._draw(st.integers(0, self.last - 1), label="after")
        Entry.objects.filter(position__gt=after).delete()
        return after + 1

    def alter_a_commit(self) -> int:
        """The chain itself."""
        commit = self._commit()
        column = self._draw(st.sampled_from(["first", "digest"]), label="column")
        now = altered(bytes(commit.digest), 3) if column == "digest" else commit.first + 1
        Batch.objects.filter(last=commit.last).update(**{column: now})
        return commit.first

    def forget_a_commit(self) -> int:
        """A link of the chain, but not its entries."""
        commit = self._commit()
        commit.delete()
        return commit.first

    def add_at_the_end(self) -> int:
        """An entry that no commit knows."""
        entry = Entry.objects.get(position=self.somewhere())
        entry.position, entry.record_id = self.last + 1, new_id()
        entry.save(force_insert=True)
        return entry.position

    def touch_an_attachment(self) -> int:
        """A piece flipped, taken away, moved, or added."""
        entry = self._draw(st.sampled_from(list(Entry.objects.filter(attachments__gt=0))), label="entry")
        piece = self._draw(st.sampled_from(list(Attachment.objects.filter(record_id=entry.record_id))), label="piece")
        match self._draw(st.sampled_from(["flip", "delete", "move", "add", "count"])):
            case "flip":
                Attachment.objects.filter(id=piece.id).update(sealed=altered(bytes(piece.sealed), 9))
            case "delete":
                piece.delete()
            case "move":
                Attachment.objects.filter(id=piece.id).update(no=piece.no + 10)
            case "add":
                Attachment.objects.create(record_id=entry.record_id, no=99, sealed=b"forged")
            case "count":
                Entry.objects.filter(position=entry.position).update(attachments=entry.attachments - 1)
        return int(entry.position)

    def forge(self) -> int:
        """An entry with a digest that is right for what it says now; the commits stay. Answers its commit's first."""
        entry = Entry.objects.get(position=self.somewhere())
        entry.facts = '{"people":99}'
        entry.digest = queries._digest(entry)
        entry.save()
        commit = Batch.objects.get(first__lte=entry.position, last__gte=entry.position)
        return int(commit.first)

    def chain_anew(self) -> int:
        """A forged entry, and every commit from there on made to fit."""
        first, previous = self.forge(), FIRST_DIGEST
        for commit in Batch.objects.order_by("last"):
            rows = Entry.objects.filter(position__gte=commit.first, position__lte=commit.last).order_by("position")
            previous = chained(previous, (bytes(row.digest) for row in rows))
            Batch.objects.filter(last=commit.last).update(digest=previous)
        return first

    def cut_off_cleanly(self) -> int:
        """The end of it, with its commits: what is left is a good chain."""
        commit = self._commit()
        Entry.objects.filter(position__gte=commit.first).delete()
        Batch.objects.filter(last__gte=commit.last).delete()
        return int(commit.first)

    def _commit(self) -> Batch:
        return self._draw(st.sampled_from(list(Batch.objects.order_by("last"))), label="commit")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


IN_SIGHT = (
    *(Tamper.flip, Tamper.delete, Tamper.close_the_gap, Tamper.exchange, Tamper.cut_off, Tamper.alter_a_commit),
    *(Tamper.forget_a_commit, Tamper.add_at_the_end, Tamper.touch_an_attachment, Tamper.forge),
)
ONLY_AGAINST_A_HEAD = (Tamper.chain_anew, Tamper.cut_off_cleanly)


@pytest.mark.parametrize("tamper", IN_SIGHT, ids=lambda tamper: tamper.__name__)
def test_whatever_is_done_to_it_the_first_wrong_position_is_named(
    history: dict[int, bytes], tamper: Callable[[Tamper], int], size: Callable[[int, int], int], proof: Say
) -> None:
    examples = size(60, 2000)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        with undone():
            wrong = tamper(Tamper(data))
            assert [broken.position for broken in queries.verify()][:1] == [wrong]

    tried()
    proof("P13", f"chain: {tamper.__name__.replace('_', ' ')}; {_database()}", size=examples, unseen=0)


@pytest.mark.parametrize("tamper", ONLY_AGAINST_A_HEAD, ids=lambda tamper: tamper.__name__)
def test_a_chain_made_anew_is_found_by_heads_that_were_kept_elsewhere(
    history: dict[int, bytes], tamper: Callable[[Tamper], int], size: Callable[[int, int], int], proof: Say
) -> None:
    examples = size(60, 2000)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        with undone():
            wrong = tamper(Tamper(data))
            assert queries.verify() == [], "it is a good chain, of something else"
            assert queries.verify(heads=history)[0].position == wrong
            newest = max(history)
            assert queries.verify(heads={newest: history[newest]}), "one head is enough to see that it is another"

    tried()
    proof("P13", f"chain: {tamper.__name__.replace('_', ' ')}; {_database()}", size=examples, unseen=0)


def test_what_was_never_touched_verifies_against_each_of_its_heads(history: dict[int, bytes]) -> None:
    assert queries.verify(heads=history) == []
    assert queries.verify(heads={5000: b"\0" * 32})[0].what == "head", "and one of a time to come is not there"


def test_the_command_takes_a_head_and_gives_one(history: dict[int, bytes], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger", "verify")
    newest = max(history)
    assert f"{newest}:{history[newest].hex()}" in capsys.readouterr().out
    call_command("ledger", "verify", "--head", f"{newest}:{history[newest].hex()}")
    with pytest.raises(SystemExit), undone():
        Entry.objects.all().delete()
        Batch.objects.all().delete()
        call_command("ledger", "verify", "--head", f"{newest}:{history[newest].hex()}")


def test_on_postgresql_it_is_the_same(on_postgresql: Callable[[], int]) -> None:  # noqa: F811
    assert on_postgresql() == 0


def _database() -> str:
    from django.db import connection

    return "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
