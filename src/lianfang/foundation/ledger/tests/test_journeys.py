"""Journeys run after commit, once per entry, and never when read models are rebuilt."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lianfang.foundation.kernel.ids import derived_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions, journeys, queries
from lianfang.foundation.ledger.models import Cursor
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.ledger.tests import town
from lianfang.foundation.ledger.tests.test_hand_in import a_house, hand_in
from lianfang.foundation.ledger.tests.town import NOW, Found, a_record
from lianfang.foundation.ledger.turn import turn

pytestmark = pytest.mark.usefixtures("with_a_journey")
seen: list[UUID] = []


def answer(entry: Entry) -> None:
    """Each knock is answered by a decree that names it as its cause."""
    seen.append(entry.id)
    with turn(by=THE_HOUSE, at=NOW) as mine:
        id = derived_id(entry.id, "town.answer")
        mine.append("town.decreed.v1", Found(id), id=id, cause=entry.id)


@pytest.fixture
def with_a_journey(in_town: None) -> Iterator[None]:
    journey = Reaction("town.answer", frozenset({"town.knocked.v1"}), answer)
    seen.clear()
    actions.install(msgspec.structs.replace(town.HOUSE, reactions=(journey,)))
    yield


def decrees() -> list[Entry]:
    return queries.entries_after(0, kinds=frozenset({"town.decreed.v1"}))


def test_each_entry_is_answered_once_and_the_answer_names_its_cause() -> None:
    knock = a_record(household=str(a_house()))
    hand_in(knock, a_record("town.found.v1", household=str(a_house())))
    assert journeys.run_due() == 1
    assert journeys.run_due() == 0
    (decree,) = decrees()
    assert str(decree.cause) == knock["id"]


@pytest.mark.parametrize(("kind", "is_followed"), [("town.knocked.v1", True), ("town.found.v1", False)])
def test_only_what_a_journey_follows_wakes_the_runner(kind: str, is_followed: bool) -> None:
    runner = journeys.Runner()
    hand_in(a_record(kind, household=str(a_house())))
    runner.heard(queries.head(), queries.entries_after(0))
    assert runner.is_due is is_followed


def test_after_a_failure_it_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    knocks = [a_record(household=str(a_house())) for _ in range(3)]
    hand_in(*knocks)

    def stumble(entry: Entry) -> None:
        if len(seen) == 1:
            seen.append(entry.id)
            raise RuntimeError("the power went")
        answer(entry)

    stumbling = Reaction("town.answer", frozenset({"town.knocked.v1"}), stumble)
    good = actions.install(msgspec.structs.replace(town.HOUSE, reactions=(stumbling,)))
    with pytest.raises(RuntimeError, match="power"):
        journeys.run_due()
    assert len(decrees()) == 1
    actions.install(good)
    journeys.run_due()
    assert [str(d.cause) for d in decrees()] == [k["id"] for k in knocks]


def test_what_another_process_has_reacted_to_is_not_reacted_to_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(a_record(household=str(a_house())), a_record(household=str(a_house())))
    read = journeys.entries_after

    def while_another_process_is_faster(*args: Any, **options: Any) -> list[Entry]:
        found = read(*args, **options)
        if found:
            Cursor.objects.update(position=found[0].position)
        return found

    monkeypatch.setattr(journeys, "entries_after", while_another_process_is_faster)
    assert journeys.run_due() == 1
    assert len(decrees()) == 1


def test_a_rebuild_runs_no_journey() -> None:
    hand_in(a_record(household=str(a_house())))
    actions.rebuild()
    assert seen == [] and decrees() == []


def test_what_is_of_no_interest_is_stepped_over() -> None:
    hand_in(*[a_record("town.found.v1", household=str(a_house())) for _ in range(5)])
    journeys.run_due()
    assert Cursor.objects.get(name="town.answer").position == 5
