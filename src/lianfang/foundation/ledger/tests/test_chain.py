"""Nothing is altered, removed or reordered unseen; everything can be folded again."""

import pytest
from django.db import connection

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger import actions, queries
from lianfang.foundation.ledger.tests.test_hand_in import CLERK, a_house, hand_in, tallies
from lianfang.foundation.ledger.tests.town import NOW, STREET, Found, a_record
from lianfang.foundation.plumbing.sealing import keyring

pytestmark = pytest.mark.usefixtures("in_town")


@pytest.fixture(autouse=True)
def some_history(in_town: None) -> None:
    for people in (1, 2, 3):
        hand_in(a_record(household=str(a_house()), people=people), a_record(household=str(a_house()), people=1))


def sql(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_an_untouched_ledger_verifies() -> None:
    assert queries.head() == 6
    assert queries.verify() == []


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE ledger_entry SET facts = '{\"people\":9}' WHERE position = 3", "altered"),
        ("UPDATE ledger_entry SET sealed = content WHERE position = 3", "altered"),
        ("DELETE FROM ledger_entry WHERE position = 3", "missing"),
        ("DELETE FROM ledger_entry WHERE position = 6", "missing"),
        ("DELETE FROM ledger_batch WHERE last = 6", "unchained"),
        ("DELETE FROM ledger_batch WHERE last = 4", "chain"),
        (
            "UPDATE ledger_batch SET digest = (SELECT digest FROM ledger_entry WHERE position = 1) WHERE last = 4",
            "chain",
        ),
    ],
)
def test_tampering_is_found(tampering: str, found: str) -> None:
    sql(tampering)
    assert found in {broken.what for broken in queries.verify()}


def test_exchanged_entries_are_found() -> None:
    sql("UPDATE ledger_entry SET position = 100 WHERE position = 1")
    sql("UPDATE ledger_entry SET position = 1 WHERE position = 2")
    sql("UPDATE ledger_entry SET position = 2 WHERE position = 100")
    assert queries.verify()


def test_rebuilt_tables_equal_the_live_ones() -> None:
    before = tallies()
    assert actions.rebuild_differs() == []
    assert tallies() == before and before[STREET][0] == 6


def test_a_drifted_table_is_named() -> None:
    sql("UPDATE town_tally SET people = people + 1")
    assert actions.rebuild_differs() == ["town_tally"]


def test_after_its_key_is_destroyed_an_entry_still_verifies_and_its_facts_still_count() -> None:
    keyring.destroy(REGISTER_KEY, at=NOW)
    assert queries.verify() == []
    entry = queries.entries_between(1, 1)[0]
    assert entry.body is None and entry.facts.people == 1
    actions.rebuild()
    assert tallies()[STREET] == (6, 9)


def test_known_and_erased_is_already_held() -> None:
    record = a_record(household=str(a_house()), people=1)
    hand_in(record)
    keyring.destroy(REGISTER_KEY, at=NOW)
    assert hand_in(record).receipts[0].fate == "already_held"


def test_attachments_are_sealed_chained_and_read_back() -> None:
    with actions.turn(by=CLERK, at=NOW) as turn:
        entry = turn.append("town.decreed.v1", Found(new_id()), attachments=[b"one", b"two"])
        assert list(turn.fold.attachments(entry)) == [b"one", b"two"]
    assert queries.verify() == []
    sql("DELETE FROM ledger_attachment WHERE no = 1")
    assert queries.verify()


def test_an_act_that_fails_leaves_nothing_behind() -> None:
    with pytest.raises(RuntimeError), actions.turn(by=CLERK, at=NOW) as turn:
        turn.append("town.decreed.v1", Found(new_id()))
        raise RuntimeError("changed my mind")
    assert queries.head() == 6 and queries.verify() == []
