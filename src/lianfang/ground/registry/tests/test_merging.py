"""Two people edit one household without a network: no edit disappears, and nobody's clock or connection decides."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.ground.registry.rules import ROOT, Edit, Strike, standing, unseen_by

VECTORS = json.loads((Path(__file__).parents[1] / "vectors.json").read_text(encoding="utf-8"))
WANG, LI, DESK = UUID(int=101), UUID(int=102), UUID(int=103)
HANDS = {"wang": WANG, "li": LI, "desk": DESK}


def edit(
    id: int,
    value: str,
    *,
    base: int = 0,
    by: UUID | None = WANG,
    settles: tuple[int, ...] = (),
    n: int | None = None,
) -> Edit:
    return Edit(UUID(int=id), base, value, by, frozenset(UUID(int=each) for each in settles), n)


FIRST = edit(1, "138", base=ROOT, by=None)


def shown(*edits: Edit) -> tuple[str, int, list[str]]:
    stands = standing(edits)
    return str(stands.shown.value), stands.version, [str(e.value) for e in stands.open]


@pytest.mark.parametrize("case", VECTORS["merging"], ids=lambda case: case["case"])
def test_hands_come_together_as_the_vectors_say(case: dict[str, Any]) -> None:
    """In whatever order, and however often, they arrive."""
    said = [
        edit(id, one["value"], base=one["base"], by=HANDS[one["by"]], n=one["n"])
        for id, one in enumerate(case["edits"], start=2)
    ]
    for came in permutations(said):
        assert shown(*came, FIRST, *came[:2]) == (case["shown"], case["version"], case["asked"])


def test_a_field_nobody_edited_stands_as_it_came() -> None:
    assert shown(FIRST) == ("138", 0, [])


def test_an_edit_takes_the_place_of_the_version_it_was_based_on() -> None:
    assert shown(FIRST, edit(2, "139")) == ("139", 1, [])
    assert shown(FIRST, edit(2, "139"), edit(3, "137", base=1, by=LI)) == ("137", 2, [])


def test_two_hands_saying_the_same_merge() -> None:
    assert shown(FIRST, edit(2, "139"), edit(3, "139", by=LI)) == ("139", 1, [])


def test_two_hands_saying_different_things_are_both_kept_and_a_person_is_asked() -> None:
    assert shown(FIRST, edit(2, "139"), edit(3, "137", by=LI)) == ("137", 1, ["139"])


def test_one_hand_correcting_itself_asks_nobody() -> None:
    assert shown(FIRST, edit(2, "139"), edit(3, "137")) == ("137", 2, [])


def test_who_built_on_the_first_of_two_corrections_does_not_silently_win_over_the_second() -> None:
    value, _, asked = shown(FIRST, edit(2, "139"), edit(4, "137"), edit(3, "136", base=1, by=LI))
    assert {value, *asked} == {"137", "136"}


def test_a_late_edit_of_an_old_version_is_not_lost_under_newer_ones() -> None:
    value, _, asked = shown(FIRST, edit(2, "139"), edit(4, "136", base=1, by=DESK), edit(3, "137", by=LI))
    assert value == "136" and "137" in asked


def test_a_decision_closes_the_question_until_somebody_brings_something_it_did_not_know() -> None:
    quarrel = (FIRST, edit(2, "139"), edit(3, "137", by=LI))
    decision = edit(4, "139", base=1, by=DESK, settles=(2, 3))
    assert shown(*quarrel, decision) == ("139", 2, [])
    assert shown(*quarrel, decision, edit(5, "136", by=UUID(int=104))) == ("139", 2, ["136"])


def test_while_hands_disagree_the_protective_reading_is_shown() -> None:
    stands = standing(
        [edit(1, "present", base=ROOT, by=None), edit(2, "present"), edit(3, "struck", by=LI)], prefer="present"
    )
    assert (stands.shown.value, [e.value for e in stands.open]) == ("present", ["struck"])


def test_nobody_is_struck_over_an_edit_the_striking_hand_had_not_seen() -> None:
    met = {"phone": [edit(1, "138", base=ROOT, by=None), edit(2, "139", by=LI)]}
    blind, seeing = Strike(UUID(int=3), WANG, {}), Strike(UUID(int=3), WANG, {"phone": 1})
    assert [e.value for e in unseen_by(blind, met)] == ["139"]
    assert unseen_by(seeing, met) == ()
    assert unseen_by(blind, met, settled={UUID(int=2)}) == ()
    assert unseen_by(Strike(UUID(int=3), LI, {}), met) == ()


values = st.sampled_from(["136", "137", "138", "139"])
hands = st.sampled_from([WANG, LI, DESK, None])
some_edits = st.lists(
    st.builds(edit, st.integers(2, 60), values, base=st.integers(0, 4), by=hands, n=st.none() | st.integers(1, 9)),
    max_size=8,
    unique_by=lambda e: e.id,
)


@given(some_edits, st.randoms(use_true_random=False), st.sampled_from([None, "137"]))
def test_order_and_repetition_change_nothing(edits: list[Edit], shuffle, prefer: str | None) -> None:  # type: ignore[no-untyped-def]
    came = [FIRST, *edits, *edits[:3]]
    shuffle.shuffle(came)
    assert standing(came, prefer=prefer) == standing([FIRST, *edits], prefer=prefer)


class Written(NamedTuple):
    """An edit, and the edits its hand had seen when it was made."""

    edit: Edit
    seen: frozenset[UUID]


class Phone:
    """A phone that edits one field, hears from the server now and then, and sends when it can."""

    def __init__(self, hand: UUID) -> None:
        self.hand, self.version, self.seen, self.unsent = hand, 0, frozenset([FIRST.id]), list[Edit]()

    def write(self, n: int, value: str) -> Written:
        # Its counter goes up; its clock, and with it the id, may go back.
        made = edit(1000 - n if self.hand.int % 2 else n, value, base=self.version, by=self.hand, n=n)
        written = Written(made, self.seen)
        self.unsent.append(made)
        self.seen |= {made.id}
        return written

    def hear(self, server: list[Edit]) -> None:
        self.version = standing(server).version
        self.seen |= {e.id for e in server}


steps = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["write", "write", "send", "send one, late", "hear"]), values),
    max_size=40,
)


@settings(max_examples=400)
@given(steps)
def test_no_edit_disappears(steps: list[tuple[int, str, str]]) -> None:
    """At the end what every edit says is shown, or is asked about, or was seen by who wrote over it.

    An edit that said the same as another merged with it: who saw the one saw the other.
    """
    phones = [Phone(UUID(int=101 + n)) for n in range(4)]
    server, written = [FIRST], list[Written]()
    for n, (who, what, value) in enumerate(steps, start=2):
        phone = phones[who]
        if what == "write":
            written.append(phone.write(n, value))
        elif what == "send":
            server += phone.unsent
            phone.unsent = []
        elif what == "send one, late" and phone.unsent:
            server.append(phone.unsent.pop())
        elif what == "hear":
            phone.hear(server)
    for phone in phones:
        server += phone.unsent
    stands = standing(server)
    accounted = {stands.shown.id, *(e.id for e in stands.open)}
    for one in written:
        agrees = one.edit.value in {stands.shown.value, *(e.value for e in stands.open)}
        same = {w.edit.id for w in written if (w.edit.value, w.edit.base) == (one.edit.value, one.edit.base)}
        assert one.edit.id in accounted or agrees or any(same & other.seen for other in written if other is not one)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.lists(values, min_size=1, max_size=3), st.randoms()), max_size=8))
def test_hands_that_hear_of_each_other_ask_nobody(turns: list[tuple[int, list[str], Any]]) -> None:
    """One after the other they write, some of them several times without a network: the last word stands."""
    phones, server, n = [Phone(UUID(int=101 + i)) for i in range(4)], [FIRST], 1
    for who, words, dice in turns:
        phone = phones[who]
        phone.hear(server)
        for word in words:
            phone.write(n := n + 1, word)
        dice.shuffle(phone.unsent)
        server += [*phone.unsent, phone.unsent[0]]
        phone.unsent = []
        stands = standing(server)
        assert (stands.shown.value, stands.open) == (words[-1], ())
