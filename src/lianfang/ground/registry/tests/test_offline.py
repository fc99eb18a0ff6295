"""Three phones without a network, a desk that merges and settles meanwhile: whatever reaches us, however often and in
whatever order, the register comes to the same, asks where hands disagree, and loses no word.

A played machine, not a list of cases: Hypothesis writes the day, and shortens it once something is lost.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lianfang.foundation.kernel.ids import HouseholdId, ResidentId
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as acting
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import actions, edits, merging, rules
from lianfang.ground.registry.models import Disagreement, Edit, Merge, Resident
from lianfang.ground.registry.oneness import ids_of, standing_id
from lianfang.ground.registry.terms import Field, Status
from lianfang.ground.registry.tests.homes import HOME, ZHANG, changed, fates, hand_in, publish_many
from lianfang.ground.territory.tests.town import NOW

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]

TWICE, OTHER_HOME = ResidentId(UUID(int=0x31)), HouseholdId(UUID(int=0x12))
HOMES = {ZHANG: HOME, TWICE: OTHER_HOME}
VALUES = {"sex": ("male", "female"), "name": ("张散", "张叁"), "relation": ("head", "tenant")}
PHONES, FIELDS = (1, 2, 3), (*VALUES, Field.STATUS.value)
_standing_of = edits.standing_of


class Word(NamedTuple):
    """A record that a phone made, and what its hand had seen of that field by then."""

    record: dict[str, Any]
    subject: ResidentId
    field: str
    value: str
    saw: frozenset[UUID]

    @property
    def id(self) -> UUID:
        return UUID(self.record["id"])


class Handset:
    """What a phone holds: the versions it last heard of, and what it has not sent."""

    def __init__(self, no: int) -> None:
        self.no, self.n = no, 0
        self.versions: dict[ResidentId, dict[str, int]] = {ZHANG: {}, TWICE: {}}
        self.seen: dict[tuple[ResidentId, str], frozenset[UUID]] = {}
        self.outbox: list[Word] = []
        self.sent: list[Word] = []

    def hear(self) -> None:
        self.versions = {ResidentId(one.id): msgspec.json.decode(one.versions) for one in Resident.objects.all()}
        mine = frozenset(word.id for word in (*self.outbox, *self.sent))
        self.seen = {(id, field): _written_of(id, field) | mine for id in self.versions for field in FIELDS}

    def write(self, subject: ResidentId, field: str, value: str) -> Word:
        self.n += 1
        base = self.versions[subject].get(field, 0)
        said = {"field": field, "value": value, "change": "field"}
        if field == "status":
            said = {"change": "struck", "versions": self.versions[subject]}
        id = self.no * 1000 + (500 - self.n if self.no == 2 else self.n)  # the second one's clock runs backwards
        record = changed(id, household=HOMES[subject], resident=subject, base_version=base, **said)
        record["n"] = self.n
        saw = self.seen.get((subject, field), frozenset())
        word = Word(record, subject, field, value, saw)
        self.seen[subject, field] = saw | {word.id}
        self.outbox.append(word)
        return word


class Day(RuleBasedStateMachine):
    """The day. What happened is kept, so that it can be played again in another order."""

    officer: ClassVar[Viewer]
    written: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.phones = {no: Handset(no) for no in PHONES}
        self.words: list[Word] = []
        self.desk_saw = set[UUID]()
        self.history: list[tuple[int, Word] | Callable[[], None]] = []

    @initialize()
    def begin(self) -> None:
        _publish()

    @rule(no=st.sampled_from(PHONES), data=st.data())
    def writes(self, no: int, data: st.DataObject) -> None:
        phone = self.phones[no]
        subject = data.draw(st.sampled_from(sorted(phone.versions)))
        field = data.draw(st.sampled_from(sorted(VALUES)))
        self.words.append(phone.write(subject, field, data.draw(st.sampled_from(VALUES[field]))))

    @rule(no=st.sampled_from(PHONES), data=st.data())
    def strikes(self, no: int, data: st.DataObject) -> None:
        phone = self.phones[no]
        subject = data.draw(st.sampled_from(sorted(phone.versions)))
        self.words.append(phone.write(subject, "status", Status.STRUCK.value))

    @precondition(lambda self: any(phone.outbox for phone in self.phones.values()))
    @rule(data=st.data(), acknowledged=st.booleans())
    def sends_one(self, data: st.DataObject, acknowledged: bool) -> None:
        """Any of them, in any order; without the receipt the phone keeps it and will send it again."""
        phone = data.draw(st.sampled_from([one for one in self.phones.values() if one.outbox]))
        word = data.draw(st.sampled_from(phone.outbox))
        self._deliver(phone, word)
        if acknowledged:
            phone.outbox.remove(word)

    @precondition(lambda self: any(phone.sent for phone in self.phones.values()))
    @rule(data=st.data())
    def sends_again(self, data: st.DataObject) -> None:
        phone = data.draw(st.sampled_from([one for one in self.phones.values() if one.sent]))
        self._deliver(phone, data.draw(st.sampled_from(phone.sent)))

    @rule(no=st.sampled_from(PHONES))
    def hears(self, no: int) -> None:
        self.phones[no].hear()

    @precondition(lambda self: not _merged())
    @rule(kept=st.sampled_from([ZHANG, TWICE]), take=st.sampled_from([(), (Field.SEX,)]))
    def two_become_one(self, kept: ResidentId, take: tuple[Any, ...]) -> None:
        other = TWICE if kept == ZHANG else ZHANG
        if _is_struck(kept) and not _is_struck(other):
            kept, other = other, kept  # who is on the list stays on it
        self._at_the_desk(lambda: actions.merge(kept=kept, other=other, take=take, viewer=self.officer, at=NOW))

    @precondition(lambda self: _merged())
    @rule()
    def and_two_again(self) -> None:
        self._at_the_desk(lambda: actions.undo_merge(merge=_merged()[0], viewer=self.officer, at=NOW))

    @precondition(lambda self: Disagreement.objects.exists())
    @rule(data=st.data())
    def somebody_decides(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(sorted(_questions())))
        said = data.draw(st.sampled_from(_questions()[asked]))
        self._at_the_desk(lambda: _decide(asked, said, self.officer))

    def _at_the_desk(self, act: Callable[[], Any]) -> None:
        self.desk_saw |= {word.id for phone in self.phones.values() for word in phone.sent}
        act()
        self.history.append(act)

    def _deliver(self, phone: Handset, word: Word) -> None:
        fate = fates(hand_in(word.record, by=phone.no))
        assert fate == ["already_held" if word in phone.sent else "stored"]
        if word not in phone.sent:
            phone.sent.append(word)
        self.history.append((phone.no, word))

    @invariant()
    def nobody_drops_off_the_list_while_hands_disagree(self) -> None:
        in_doubt = Disagreement.objects.filter(field="status").values_list("subject_id", flat=True)
        assert not Resident.objects.filter(id__in=list(in_doubt), status="struck").exists()

    def teardown(self) -> None:
        """At the end everything is sent; then the same day comes once more, in another order."""
        try:
            for phone in self.phones.values():
                for word in list(phone.outbox):
                    self._deliver(phone, word)
            self._nothing_is_lost()
            came_to = _register()
            if len(self.history) % 8 == 7:  # a rebuild of the whole house takes its time
                assert acting.rebuild_differs() == []
        finally:
            _forget(self.block)
        Day.written += len(self.words)
        if self.words:
            assert _played_again(self.history, Random(len(self.history))) == came_to

    def _nothing_is_lost(self) -> None:
        """Shown, asked about, or written over by a hand that had seen it (or another that said the same of them)."""
        seen = self.desk_saw.union(*(word.saw for word in self.words))
        for word in self.words:
            same = {each.id for each in self.words if _says(each) == _says(word)}
            assert _is_heard(word) or same & seen, word


def _played_again(history: list[Any], dice: Random) -> Any:
    """Between two acts of the desk records come as they like: shuffled, all of them twice."""
    block = transaction.atomic()
    block.__enter__()
    try:
        _publish()
        for part in _parts(history):
            if callable(part):
                part()
                continue
            twice = part * 2
            dice.shuffle(twice)
            for no, word in twice:
                hand_in(word.record, by=no)
        return _register()
    finally:
        _forget(block)


def _forget(block: Any) -> None:
    transaction.set_rollback(True)
    block.__exit__(None, None, None)


def _parts(history: list[Any]) -> Iterator[Any]:
    """The acts of the desk, and what came between them."""
    stretch: list[Any] = []
    for each in history:
        if callable(each):
            yield stretch
            yield each
            stretch = []
        else:
            stretch.append(each)
    yield stretch


def _publish() -> None:
    zhang = {"name": "张三", "sex": "male", "relation": "head"}
    publish_many([
        ("1幢1单元101", "G1", HOME, [zhang | {"id": ZHANG}]),
        ("9幢1单元101", "G1", OTHER_HOME, [zhang | {"id": TWICE}]),
    ])  # fmt: skip


def _is_struck(id: UUID) -> bool:
    return Resident.objects.filter(id=id, status=Status.STRUCK.value).exists()


def _merged() -> list[UUID]:
    return list(Merge.objects.filter(undone=None).values_list("id", flat=True))


def _written_of(id: UUID, field: str) -> frozenset[UUID]:
    """The records that say something of this field of this person, as the server has them."""
    rows = Edit.objects.filter(subject_id__in=ids_of(id), field=field).values_list("record", flat=True)
    return frozenset(rows)


def _questions() -> dict[tuple[UUID, str], list[str]]:
    """What is asked: of whom and of which field, and the words between which somebody chooses."""
    return {
        (row.subject_id, row.field): sorted({f"{edit.field}:{edit.value}" for edit in _edits(row)})
        for row in Disagreement.objects.all()
    }


def _edits(row: Disagreement) -> list[Edit]:
    return list(Edit.objects.filter(id__in=msgspec.json.decode(row.edits, type=list[UUID])))


def _decide(asked: tuple[UUID, str], said: str, officer: Viewer) -> None:
    row = Disagreement.objects.get(subject_id=asked[0], field=asked[1])
    kept = min(edit.id for edit in _edits(row) if f"{edit.field}:{edit.value}" == said)
    actions.settle(disagreement=row.id, kept=kept, viewer=officer, at=NOW)


def _says(word: Word) -> tuple[UUID, str, str]:
    """What it says of whom, whichever of their ids it names."""
    return standing_id(word.subject), word.field, word.value


def _is_heard(word: Word) -> bool:
    """Is it what stands, or is somebody asked about it? Of somebody struck: about anything said of them."""
    person = standing_id(word.subject)
    one = Resident.objects.get(id=person)
    if getattr(one, word.field) == word.value:
        return True
    return any(
        edit.record == word.id or (edit.field, edit.value) == (word.field, word.value)
        for row in Disagreement.objects.filter(subject_id=person)
        for edit in _edits(row)
    )


def _register() -> Any:
    """People and questions, without the ids of edits that the desk's acts made."""
    people = {one.id: (one.name, one.sex, one.relation, one.status, one.versions) for one in Resident.objects.all()}
    return people, _questions()


def _play(officer: Viewer, **how: Any) -> int:
    """Answers how many words were written on all the days."""
    Day.officer, Day.written = officer, 0
    run_state_machine_as_test(
        Day,
        settings=settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, **how),
    )
    return Day.written


def _officer() -> Viewer:
    return viewer(hire("officer", Role.COMMUNITY_OFFICER))


def test_three_phones_and_a_desk_come_to_the_same_register_and_lose_no_word() -> None:
    assert _play(_officer(), max_examples=40, stateful_step_count=20) > 20


def _the_last_to_arrive(field: str, rows: Any) -> Any:
    last = max(rows, key=lambda row: row.position)
    return rules.Standing(last.edit, len(list(rows)) - 1)


def _nobody_is_asked(field: str, rows: Any) -> Any:
    return msgspec.structs.replace(_standing_of(field, rows), open=())


@pytest.mark.parametrize("broken", [_the_last_to_arrive, _nobody_is_asked])
def test_the_played_day_would_notice(monkeypatch: pytest.MonkeyPatch, broken: Callable[[str, Any], Any]) -> None:
    """The merge broken on purpose: the last to arrive wins, or nobody is asked."""
    for module in (edits, merging):
        monkeypatch.setattr(module, "standing_of", broken)
    with pytest.raises((AssertionError, ExceptionGroup)):
        _play(_officer(), max_examples=500, stateful_step_count=20, phases=[Phase.generate])
