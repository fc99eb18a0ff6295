"""What phones bring: changes, newcomers, people who left, households nobody had listed."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.models import Entry, HeldRecord
from lianfang.ground.registry.models import Disagreement, Dwelling, Edit, Household, Resident
from lianfang.ground.registry.records import ConflictSettled
from lianfang.ground.registry.terms import Field
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
    publish,
    questions,
    resident,
)
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]
NUMBER = a_number("99999919900307101")


def at_home() -> None:
    publish(
        {"id": ZHANG, "name": "张三", "phone": "15400000001", "relation": "head", "id_number": NUMBER},
        {"id": LI, "name": "李四", "phone": "15400000002", "relation": "spouse"},
    )


def test_a_new_telephone_number_stands_masked_sealed_and_found_by_its_hash() -> None:
    at_home()
    before = resident()
    assert fates(hand_in(phone("154-0000-0009"))) == ["stored"]
    after = resident()
    assert (after.phone_masked, after.versions) == ("154****0009", '{"phone":1}')
    assert bytes(after.phone_sealed) != bytes(before.phone_sealed) and bytes(after.phone_hash) != bytes(
        before.phone_hash
    )
    assert household().position == Entry.objects.latest("position").position


def test_a_number_can_be_taken_away() -> None:
    at_home()
    hand_in(phone(None))
    assert (resident().phone_masked, resident().phone_hash) == ("", None)


def test_a_new_name_is_found_by_its_letters() -> None:
    at_home()
    hand_in(changed(change="field", resident=ZHANG, field="name", base_version=0, value=" 单 雄信"))
    after = resident()
    assert (after.name, after.name_key, after.pinyin, after.initials) == ("单雄信", "单雄信", "shanxiongxin", "sxx")


def test_different_fields_merge_and_the_same_value_merges() -> None:
    at_home()
    hand_in(phone("15400000009"), by=1)
    hand_in(
        phone("154 0000 0009"), changed(change="field", resident=ZHANG, field="sex", base_version=0, value="male"), by=2
    )
    assert (resident().phone_masked, resident().sex, questions()) == ("154****0009", "male", 0)


def test_two_phones_writing_different_numbers_are_both_kept_and_a_person_is_asked() -> None:
    at_home()
    hand_in(phone("15400000008", 8), by=1)
    hand_in(phone("15400000009", 9), by=2)
    asked = Disagreement.objects.get()
    assert (asked.kind, asked.field, asked.grid_id) == ("field", "phone", id_of("G1"))
    assert set(Edit.objects.filter(field="phone").values_list("value", flat=True)) == {
        "154****0001",
        "154****0008",
        "154****0009",
    }


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_phone_that_wrote_twice_offline_is_followed_in_its_later_word_and_nobody_is_asked(
    order: tuple[int, int],
) -> None:
    """Its counter says which is later, not its clock: the second has the smaller id."""
    at_home()
    words = [phone("15400000008", 9) | {"n": 1}, phone("15400000009", 8) | {"n": 2}]
    for which in order:
        hand_in(words[which], by=1)
    assert (resident().phone_masked, questions(), resident().versions) == ("154****0009", 0, '{"phone":2}')
    hand_in(phone("15400000007", base=2), by=2)
    assert (resident().phone_masked, questions()) == ("154****0007", 0)


def settle_for(masked: str) -> None:
    asked = Disagreement.objects.get()
    kept = Edit.objects.get(field=asked.field, value=masked)
    import msgspec

    body = ConflictSettled(
        household=HOME,
        resident=ZHANG,
        field=Field(asked.field),
        kept=kept.id,
        settles=msgspec.json.decode(asked.edits, type=tuple[UUID, ...]),
        base_version=1,
    )
    with ledger.turn(by=THE_HOUSE, at=NOW) as turn:
        turn.append("registry.conflict_settled.v1", body)


@pytest.mark.parametrize("masked", ["154****0008", "154****0009"])
def test_a_persons_decision_closes_the_question(masked: str) -> None:
    at_home()
    hand_in(phone("15400000008", 8), by=1)
    hand_in(phone("15400000009", 9), by=2)
    settle_for(masked)
    assert (resident().phone_masked, questions(), resident().versions) == (masked, 0, '{"phone":2}')
    hand_in(phone("15400000007", 10, base=2), by=3)
    assert (resident().phone_masked, questions()) == ("154****0007", 0)


def test_who_is_struck_stays_on_the_register_with_who_said_so() -> None:
    at_home()
    assert household().people == 2
    hand_in(changed(change="struck", resident=LI, reason="moved_away"))
    li = resident(LI)
    assert (li.status, li.said_by, household().people) == ("struck", UUID(int=0x501), 1)
    assert li.said_at is not None


def test_nobody_is_struck_over_a_change_the_striking_hand_had_not_seen() -> None:
    at_home()
    hand_in(phone("15400000009", 9), by=2)
    hand_in(changed(10, change="struck", resident=ZHANG, versions={}), by=1)
    assert (resident().status, Disagreement.objects.get().kind) == ("present", "struck_but_edited")


def test_whoever_had_seen_the_change_may_strike() -> None:
    at_home()
    hand_in(phone("15400000009", 9), by=2)
    hand_in(changed(10, change="struck", resident=ZHANG, versions={"phone": 1}), by=1)
    assert (resident().status, questions()) == ("struck", 0)


@pytest.mark.parametrize(("believed", "status"), [("struck", "struck"), ("154****0009", "present")])
def test_a_person_decides_whether_somebody_was_rightly_struck(believed: str, status: str) -> None:
    at_home()
    hand_in(phone("15400000009", 9), by=2)
    hand_in(changed(10, change="struck", resident=ZHANG), by=1)
    asked = Disagreement.objects.get()
    kept = Edit.objects.exclude(at=None).get(value=believed)
    import msgspec

    settles = msgspec.json.decode(asked.edits, type=tuple[UUID, ...])
    body = ConflictSettled(HOME, Field.STATUS, kept.id, settles, base_version=1, resident=ZHANG)
    with ledger.turn(by=THE_HOUSE, at=NOW) as turn:
        turn.append("registry.conflict_settled.v1", body)
    assert (resident().status, questions(), resident().phone_masked) == (status, 0, "154****0009")


def test_a_newcomer_stands_in_the_household() -> None:
    at_home()
    person = {
        "name": "王五",
        "sex": "male",
        "born_on": "2001-02-03",
        "phone": "15400000003",
        "id_number": NUMBER.lower(),
    }
    newcomer = new_id()
    hand_in(changed(change="added", resident=newcomer, person=person))
    added = resident(newcomer)
    assert (added.pinyin, str(added.born_on), added.phone_masked, added.grid_id) == (
        "wangwu",
        "2001-02-03",
        "154****0003",
        id_of("G1"),
    )
    assert bytes(added.id_hash) == bytes(resident().id_hash)
    assert household().people == 3


def test_a_newcomer_who_will_say_nothing_is_a_newcomer() -> None:
    at_home()
    hand_in(changed(change="added", resident=new_id(), person={}))
    assert household().people == 3


def found(id: UUID, *, area: str = "G1", door: str = "三幢二单元五零一", people: int = 2) -> dict[str, Any]:
    body = {
        "household": str(id),
        "dwelling": str(new_id()),
        "area": str(id_of(area)),
        "door": door,
        "people": [{"id": str(new_id()), "name": f"赵{n}"} for n in range(people)],
    }
    return changed() | {"kind": "registry.household_found.v1", "body": body}


def test_a_household_nobody_had_listed_stands_behind_its_door() -> None:
    id = new_id()
    assert fates(hand_in(found(id, area="U1"))) == ["stored"]
    home = household(id)
    assert (home.door, home.door_key, home.found, home.people) == ("3幢2单元501", "3-2-501", True, 2)
    assert (home.grid_id, home.area_id) == (id_of("G1"), id_of("U1"))
    assert Dwelling.objects.get(id=home.dwelling_id).kind == "flat"


def test_a_change_that_arrives_before_its_household_waits_for_it() -> None:
    id, newcomer = new_id(), new_id()
    early = changed(household=id, change="added", resident=newcomer, person={"name": "钱六"})
    earlier = changed(household=id, change="field", resident=newcomer, field="sex", value="female")
    assert fates(hand_in(earlier, early)) == ["held", "held"]
    hand_in(found(id, people=0))
    assert HeldRecord.objects.filter(settled_at=None).count() == 0
    assert (resident(newcomer).name, resident(newcomer).sex, household(id).people) == ("钱六", "female", 1)


def test_nobody_reaches_into_another_grid_by_naming_a_household_of_their_own() -> None:
    at_home()
    mine = new_id()
    hand_in(found(mine, area="G2", people=0), area="G2")
    sly = changed(household=mine, change="field", resident=ZHANG, field="phone", value="15400000666")
    reply = hand_in(sly, area="G2")
    assert [receipt.code for receipt in reply.receipts] == ["ledger.out_of_scope"]
    assert resident().phone_masked == "154****0001"


@pytest.mark.parametrize(
    "body",
    [
        {"change": "field", "resident": ZHANG, "field": "phone", "base_version": -1, "value": "1"},
        {"change": "field", "resident": ZHANG, "field": "party", "value": "x"},
        {"change": "field", "resident": ZHANG, "field": "born_on", "value": "1990-02-30"},
        {"change": "field", "resident": ZHANG, "field": "sex", "value": "x"},
        {"change": "field", "resident": ZHANG},
        {"change": "field", "field": "name", "value": "x"},
        {"change": "added", "resident": ZHANG},
        {"change": "gone"},
        {"change": "field", "resident": ZHANG, "field": "name", "value": "x" * 201},
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_else(body: dict[str, Any]) -> None:
    at_home()
    assert fates(hand_in(changed(**body), phone("15400000009"))) == ["refused", "stored"]


def test_an_identity_number_with_a_wrong_digit_is_kept_with_a_flag() -> None:
    at_home()
    wrong = NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")
    hand_in(changed(change="field", resident=LI, field="id_number", value=wrong))
    assert resident(LI).id_masked == f"****{wrong[-4:]}"
    assert Entry.objects.latest("position").flags == "id_number_odd"


@pytest.mark.parametrize("text", ["\x01张\u200f三", "a\x7f", "\ufeff"])
def test_signs_that_no_database_likes_do_no_harm(text: str) -> None:
    at_home()
    record = changed(change="field", resident=ZHANG, field="name", value=text, reason=text)
    assert fates(hand_in(record, phone(text))) == ["stored", "stored"]
    assert resident().name in ("张三", "a", "")


def test_what_enters_the_ledger_in_clear_names_nobody() -> None:
    at_home()
    hand_in(phone("15400000009"), found(new_id()))
    rows = Entry.objects.values_list("facts", "flags", "kind")
    assert not any(
        secret in str(row) for row in rows for secret in ("张三", "154", NUMBER, "幢", str(ZHANG), str(HOME))
    )


# --- order, repetition and lateness change nothing -------------------------------------------------------------------


def register() -> dict[str, Any]:
    """The register as people see it: all but positions, seals and when it was heard of."""
    residents = {
        r.id: (
            r.household_id,
            r.name,
            r.sex,
            r.phone_masked,
            r.phone_hash and bytes(r.phone_hash),
            r.status,
            r.versions,
        )
        for r in Resident.objects.all()
    }
    homes = {h.id: (h.door, h.people, h.status, h.versions) for h in Household.objects.all()}
    asked = {d.id: (d.kind, d.field, d.edits) for d in Disagreement.objects.all()}
    return {"residents": residents, "homes": homes, "asked": asked}


FOUND, NEW = UUID(int=0x31), UUID(int=0x41)


def _found_once() -> dict[str, Any]:
    return found(FOUND, people=0) | {"id": str(UUID(int=0x0190_0000_0000_7000_8000_0000_0000_F000))}


def a_record(draw: Any, n: int) -> dict[str, Any]:
    what = draw(st.sampled_from(["phone", "phone", "sex", "name", "struck", "added", "status"]))
    base = draw(st.integers(0, 2))
    if what == "phone":
        return phone(f"1540000000{draw(st.integers(5, 7))}", n, base=base, resident=draw(st.sampled_from([ZHANG, LI])))
    if what == "struck":
        versions = {"phone": draw(st.integers(0, 2))}
        return changed(n, change="struck", resident=ZHANG, base_version=base, versions=versions)
    if what == "added":
        return changed(n, household=FOUND, change="added", resident=NEW, person={"name": "王五"})
    values = {"sex": ["male", "female"], "name": ["张三丰", "张散"], "status": ["present", "struck"]}[what]
    return changed(
        n, change="field", resident=ZHANG, field=what, base_version=base, value=draw(st.sampled_from(values))
    )


@st.composite
def a_day(draw: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[tuple[int, dict[str, Any]]]]:
    """(phone, record) in the order they were made, and the same as they reached us: shuffled, some of them twice."""
    made = [(draw(st.integers(1, 3)), a_record(draw, n)) for n in range(1, draw(st.integers(2, 9)))]
    made.append((1, _found_once()))
    came = draw(st.permutations(made + draw(st.lists(st.sampled_from(made), max_size=4))))
    return made, came


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a_day())
def test_all_orders_lead_to_the_same_register(day: Any) -> None:
    from django.db import transaction

    made, came = day
    seen = []
    for order in (made, came):
        with transaction.atomic():
            at_home()
            for n, record in order:
                hand_in(record, by=n)
            assert not HeldRecord.objects.filter(settled_at=None).exists()
            seen.append(register())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


def test_the_register_can_be_built_again_from_the_entries() -> None:
    at_home()
    hand_in(phone("15400000008", 8), by=1)
    hand_in(phone("15400000009", 9), changed(change="struck", resident=LI), found(new_id()), by=2)
    settle_for("154****0008")
    before = register()
    ledger.rebuild()
    assert register() == before
    assert ledger.rebuild_differs() == []
