"""Two entries of one person: suggested, made one, told apart, made two again; whatever phones send meanwhile."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import HouseholdId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as acting
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import actions, pairs, queries
from lianfang.ground.registry.models import Aside, Disagreement, Edit, GridCount, Resident, Roster, Suggestion
from lianfang.ground.registry.records import RosterUndone
from lianfang.ground.registry.terms import Field
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.homes import (
    HOME,
    LI,
    ZHANG,
    a_number,
    changed,
    fates,
    hand_in,
    household,
    phone,
    publish_many,
    questions,
    resident,
)
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]

CARD = a_number("99999919900307101")
OTHER_HOME = HouseholdId(UUID(int=0x12))
TWICE = ResidentId(UUID(int=0x31))  # Zhang again, as another office has him


def a_town(other_grid: str = "G1") -> None:
    """Zhang stands on the list twice: at home with his number, and where he used to live, with his telephone."""
    zhang = {"id": ZHANG, "name": "张建国", "sex": "male", "born_on": "1990-03-07", "id_number": CARD}
    again = {"id": TWICE, "name": "张健国", "sex": "male", "born_on": "1990-03-07", "phone": "15400000001"}
    publish_many(
        [
            ("1幢1单元101", "G1", HOME, [zhang, {"id": LI, "name": "李四", "born_on": "1991-04-05"}]),
            ("9幢1单元101", other_grid, OTHER_HOME, [again]),
        ]
    )


def officer(area: str = "S") -> Viewer:
    return viewer(hire(f"officer {new_id().hex[-12:]}", Role.COMMUNITY_OFFICER, area=area))


def look() -> int:
    return actions.look_for_duplicates(by=THE_HOUSE, at=NOW)


def merge(kept: ResidentId = ZHANG, other: ResidentId = TWICE, who: Viewer | None = None, **more: Any) -> UUID:
    return actions.merge(kept=kept, other=other, viewer=who or officer(), at=NOW, **more)


def undo(record: UUID, who: Viewer | None = None) -> None:
    actions.undo_merge(merge=record, viewer=who or officer(), at=NOW)


def phone_of(id: UUID = ZHANG) -> str | None:
    return queries.reveal(ResidentId(id), field=Field.PHONE, reason="电话核实住址", viewer=officer())


# --- suggested -------------------------------------------------------------------------------------------------------


def test_two_entries_of_one_person_are_suggested_with_reasons_and_nobody_else_is() -> None:
    a_town()
    assert look() == 1
    (pair,) = pairs.duplicates(viewer=officer()).rows
    assert ({pair.one.id, pair.other.id}, pair.sure) == ({ZHANG, TWICE}, "likely")
    assert pair.reasons == ["born_same", "name_sounds_same", "door_other"]
    assert (pair.one.name, pair.other.name) == ("张**", "张**")


def test_a_second_look_finds_nothing_new_and_a_changed_person_is_looked_at_again() -> None:
    a_town()
    assert (look(), look()) == (1, 0)
    hand_in(changed(change="field", resident=TWICE, household=OTHER_HOME, field="born_on", value="1950-01-01"))
    assert (look(), Suggestion.objects.count()) == (0, 0)


def test_a_wrong_digit_is_found_though_numbers_are_sealed() -> None:
    wrong = CARD[:9] + "7" + CARD[10:]
    zhang = {"id": ZHANG, "name": "张建国", "sex": "male", "born_on": "1990-03-07", "id_number": CARD}
    again = zhang | {"id": TWICE, "id_number": wrong, "born_on": "1997-03-07"}
    publish_many([("1幢1单元101", "G1", HOME, [zhang]), ("9幢1单元101", "G3", OTHER_HOME, [again])])
    assert look() == 1
    assert "number_slipped" in pairs.duplicates(viewer=officer()).rows[0].reasons


def test_fifteen_digits_find_whom_eighteen_found() -> None:
    zhang = {"id": ZHANG, "name": "张建国", "id_number": "999999900307101"}
    publish_many([("1幢1单元101", "G1", HOME, [zhang])])
    assert [row.id for row in queries.search(CARD, viewer=officer()).rows] == [ZHANG]
    assert queries.reveal(ZHANG, field=Field.ID_NUMBER, reason="电话核实住址", viewer=officer()) == "999999900307101"


def test_a_pair_is_shown_to_those_who_may_decide_about_both_and_every_look_is_noted() -> None:
    a_town(other_grid="G3")
    look()
    assert [len(pairs.duplicates(viewer=officer(area)).rows) for area in ("S", "G1", "G3")] == [1, 0, 0]
    assert pairs.duplicate_count(viewer=officer("G1")) == 0
    assert [row.what for row in Disclosure.objects.all()] == ["registry.duplicates"]


def test_who_is_told_apart_is_asked_about_no_more() -> None:
    a_town()
    look()
    actions.tell_apart(one=TWICE, other=ZHANG, viewer=officer(), at=NOW)
    hand_in(phone("15400000002"))
    look()
    assert pairs.duplicates(viewer=officer()).rows == []


# --- made one --------------------------------------------------------------------------------------------------------


def test_one_stays_on_the_list_with_what_only_the_other_had_and_both_ids_answer() -> None:
    a_town()
    merge()
    assert (household().people, household(OTHER_HOME).people) == (2, 0)
    assert GridCount.objects.get(grid_id=id_of("G1")).residents == 2
    who = officer()
    assert {queries.resident_place(id, viewer=who, permission="registry.read").id for id in (ZHANG, TWICE)} == {ZHANG}  # type: ignore[arg-type]
    assert (resident().name, phone_of(ZHANG), phone_of(TWICE)) == ("张建国", "15400000001", "15400000001")


def test_who_decides_says_of_each_field_whose_word_stands() -> None:
    a_town()
    merge(take=[Field.NAME])
    assert resident().name == "张健国"


def test_people_of_another_grid_are_not_merged_by_who_may_not_decide_there() -> None:
    a_town(other_grid="G3")
    with pytest.raises(Problem, match=r"not_found|forbidden"):
        merge(who=officer("G1"))
    assert Resident.objects.count() == 3


def test_whoever_was_changed_since_they_were_looked_at_is_looked_at_again() -> None:
    a_town()
    seen = {id: resident(id).position for id in (ZHANG, TWICE)}
    hand_in(phone("15400000002"))
    with pytest.raises(Problem, match="pair_moved_on"):
        merge(seen=seen)
    with pytest.raises(Problem, match="one_already"):
        merge(kept=ZHANG, other=ZHANG)


def test_what_a_phone_writes_under_the_other_id_reaches_the_one_on_the_list() -> None:
    a_town()
    merge()
    sent = changed(change="field", resident=TWICE, household=OTHER_HOME, field="residence_kind", value="usual")
    assert fates(hand_in(sent)) == ["stored"]
    assert (resident().residence_kind, questions()) == ("usual", 0)


def test_two_hands_that_disagree_under_two_ids_are_asked_about() -> None:
    a_town()
    merge()
    sent = changed(change="field", resident=TWICE, household=OTHER_HOME, field="phone", value="15400000007")
    hand_in(sent)
    hand_in(phone("15400000008"), by=2)
    assert questions() == 1
    (asked,) = queries.disagreements(viewer=officer()).rows
    kept = next(edit.id for edit in asked.edits if edit.value == "154****0007")
    actions.settle(disagreement=asked.id, kept=kept, viewer=officer(), at=NOW)
    assert (phone_of(), questions()) == ("15400000007", 0)


def test_what_one_hand_wrote_of_two_entries_is_no_correction_once_they_are_one() -> None:
    """It took them for two people; which of its two numbers is right, nobody has said."""
    a_town()
    of_the_other = phone("15400000003", 1, resident=TWICE, household=OTHER_HOME) | {"n": 1}
    assert fates(hand_in(phone("15400000002", 2) | {"n": 2})) == ["stored"]
    merge()
    assert fates(hand_in(of_the_other)) == ["stored"]
    assert phone_of() == "15400000002" and questions() == 1


def test_who_is_struck_under_the_other_id_stays_until_a_person_has_looked() -> None:
    a_town()
    merge()
    hand_in(changed(change="struck", resident=TWICE, household=OTHER_HOME, reason="died"))
    assert (resident().status, questions()) == ("present", 1)
    (asked,) = queries.disagreements(viewer=officer()).rows
    strike = next(edit.id for edit in asked.edits if edit.value == "struck")
    actions.settle(disagreement=asked.id, kept=strike, viewer=officer(), at=NOW)
    assert (resident().status, questions()) == ("struck", 0)


def test_the_one_on_the_list_knows_their_other_ids() -> None:
    a_town()
    merge()
    assert queries.ids_of(ZHANG) == [ZHANG, TWICE]


def test_a_roster_loaded_again_brings_nobody_back_who_was_merged(tmp_path: Path) -> None:
    number = files.a_number()
    rows = [
        files.row("张建国", 证件号码=number),
        files.row("张健国", ("9幢", "1单元", "101"), 手机号="15400000001", 性别="男"),
    ]
    files.publish(files.workbook(tmp_path / "a.xlsx", rows))
    kept, other = (ResidentId(Resident.objects.get(name=name).id) for name in ("张建国", "张健国"))
    merge(kept, other, take=[Field.NAME])
    import_id = files.read(files.workbook(tmp_path / "b.xlsx", rows[1:]))
    again = queries.import_view(import_id, viewer=None)
    assert (again.unchanged, again.residents, again.edits, again.households, again.bad) == (1, 0, 0, 0, 0)


# --- and two again ---------------------------------------------------------------------------------------------------


def everything() -> list[Any]:
    fields = ("name", "sex", "born_on", "relation", "phone_hash", "id_hash", "status", "household_id")
    return [
        sorted((str(row.id), *(_plain(getattr(row, field)) for field in fields)) for row in Resident.objects.all()),
        [household().people, household(OTHER_HOME).people, Aside.objects.count(), questions()],
    ]


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def test_undoing_a_merge_brings_everything_back_as_it_was() -> None:
    a_town()
    hand_in(phone("15400000005", resident=TWICE, household=OTHER_HOME))
    before = everything()
    undo(merge(take=[Field.NAME, Field.PHONE]))
    assert everything() == before
    assert phone_of(TWICE) == "15400000005"


def test_what_was_written_in_between_stays_with_the_id_it_was_written_under() -> None:
    a_town()
    record = merge()
    hand_in(changed(change="field", resident=TWICE, household=OTHER_HOME, field="residence_kind", value="usual"))
    hand_in(changed(change="field", resident=ZHANG, field="relation", value="head"))
    undo(record)
    assert (resident(TWICE).residence_kind, resident(ZHANG).residence_kind) == ("usual", None)
    assert (resident(ZHANG).relation, resident(TWICE).relation) == ("head", None)


def test_a_merge_is_undone_once_and_the_later_one_first() -> None:
    a_town()
    first = merge()
    second = merge(kept=LI, other=ZHANG)
    with pytest.raises(Problem, match="merged_further"):
        undo(first)
    assert queries.ids_of(LI) == [LI, ZHANG, TWICE]
    undo(second)
    undo(first)
    with pytest.raises(Problem, match="undone_already"):
        undo(first)
    assert Resident.objects.count() == 3


def test_what_was_merged_is_listed_until_it_is_undone() -> None:
    a_town()
    record = merge(reason="问过本人")
    (row,) = pairs.merges(viewer=officer()).rows
    assert (row.id, row.kept.id, row.other.id, row.reason) == (record, ZHANG, TWICE, "问过本人")
    assert pairs.merges(viewer=officer("G3")).rows == []
    undo(record)
    assert pairs.merges(viewer=officer()).rows == []


def test_taking_back_the_roster_of_one_of_two_loses_nobody() -> None:
    publish_many([("1幢1单元101", "G1", HOME, [{"id": ZHANG, "name": "张建国"}])])
    import_id = new_id()
    publish_many([("9幢1单元101", "G1", OTHER_HOME, [{"id": TWICE, "name": "张健国"}])], import_id=import_id)
    record = merge(kept=TWICE, other=ZHANG)
    _take_back(import_id)
    assert Resident.objects.get().id == TWICE
    undo(record)
    assert {row.id for row in Resident.objects.all()} == {ZHANG, TWICE}


def _take_back(import_id: UUID) -> None:
    with acting.turn(by=THE_HOUSE, at=NOW) as turn:
        published = Roster.objects.get(id=import_id).record
        turn.append("registry.roster_undone.v1", RosterUndone(import_id, published))


# --- in whatever order -----------------------------------------------------------------------------------------------

orders = st.permutations(["zhang", "other", "zhang later", "other later", "merge", "undo"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders, st.booleans())
def test_whatever_order_edits_merge_and_undo_come_in_no_edit_is_lost(order: list[str], take: bool) -> None:
    """Phones that heard of nothing edit either id, before the merge, while it stands and after it. While it stands
    every word is shown or asked about; when it is undone each id stands as if it had never been.
    """
    with transaction.atomic():
        a_town()
        record, said = None, {ZHANG: list[str](), TWICE: list[str]()}
        for n, step in enumerate(order, start=1):
            if step == "merge" and record is None and order.index("merge") < order.index("undo"):
                record = merge(take=[Field.PHONE] if take else [])
            elif step == "undo" and record is not None:
                undo(record)
                record = None
            elif step.startswith(("zhang", "other")):
                id, home = (ZHANG, HOME) if step.startswith("zhang") else (TWICE, OTHER_HOME)
                value = f"1540000010{n}"
                hand_in(phone(value, resident=id, household=home), by=n)
                said[id].append(value)
            if record is not None:
                _nothing_is_lost(ZHANG, said[ZHANG] + said[TWICE], since=order.index("merge"), order=order)
        if record is None:
            for id in (ZHANG, TWICE):
                _nothing_is_lost(id, said[id])
            assert Resident.objects.count() == 3
        assert Edit.objects.filter(at__isnull=False, field="phone", author__isnull=False).count() >= 4
        transaction.set_rollback(True)
    keyring.forget_opened()


def _nothing_is_lost(id: UUID, said: list[str], since: int | None = None, order: list[str] | None = None) -> None:
    """What was said after the merge, or while there was none, is shown or asked about."""
    late = said
    if since is not None and order is not None:
        late = [value for value in said if int(value[-1]) > since + 1]
    words = {resident(id).phone_masked} | {
        str(Edit.objects.get(id=edit).value)
        for row in Disagreement.objects.filter(subject_id=id, field="phone")
        for edit in json.loads(row.edits)
    }
    assert {f"154****{value[-4:]}" for value in late} <= words


def test_rebuilt_from_the_entries_it_stands_the_same() -> None:
    a_town()
    hand_in(phone("15400000005", resident=TWICE, household=OTHER_HOME))
    undo(merge())
    merge(kept=TWICE, other=ZHANG)
    hand_in(phone("15400000006"), by=2)
    assert acting.rebuild_differs() == []
