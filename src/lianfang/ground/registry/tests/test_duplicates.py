"""Who on two lists is the same person, and who only looks like it. Everybody is made up."""

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.ground.registry import rules
from lianfang.ground.registry.duplicates import CERTAIN, LIKELY, Likeness, Sure, Why, compare, crowd_of, plain, suggest
from lianfang.ground.registry.identity import Papers, compare_numbers, compared, is_unnamed, kind_of, one_slip
from lianfang.ground.registry.terms import DocumentKind

TODAY = date(2026, 11, 22)


def a_number(seventeen: str) -> str:
    """An identity number with its check sign."""
    return seventeen + rules.check_sign(seventeen)


CARD = a_number("99999919900307101")
ZHANG = {
    "name": "张建国", "sex": "male", "born_on": "1990-03-07", "document": CARD,
    "phone": "15400000001", "door": "3幢2单元402",
}  # fmt: skip


def likeness(one: dict[str, Any], **other: Any) -> Likeness:
    """The row as it stands on the register, and as another office has it."""
    both = [plain(row | {"id": n}, on=TODAY) for n, row in enumerate((one, one | other))]
    return compare(*both, crowd_of(both))


def whys(found: Likeness) -> set[Why]:
    return {reason.why for reason in found.reasons}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({}, id="the same row"),
        pytest.param({"name": "张健国"}, id="another character of the same sound"),
        pytest.param({"document": "999999900307101"}, id="the old number of 15 digits"),
        pytest.param({"document": CARD[:9] + "7" + CARD[10:]}, id="one wrong digit"),
        pytest.param({"document": CARD[:12] + CARD[13] + CARD[12] + CARD[14:]}, id="two digits exchanged"),
        pytest.param({"document": None, "phone": None}, id="no number"),
        pytest.param({"document": None, "phone": None, "born_on": None}, id="nothing but name and door"),
        pytest.param({"door": "9幢1单元101"}, id="moved"),
        pytest.param({"door": "9幢1单元101", "document": None}, id="moved, and no number"),
        pytest.param({"door": "9幢1单元101", "document": None, "phone": None}, id="moved, name and birthday left"),
        pytest.param({"phone": "15400000009", "document": None}, id="another telephone"),
        pytest.param({"born_on": "1990-07-03", "document": None}, id="day and month exchanged"),
        pytest.param({"sex": "female"}, id="sex mistyped beside the same number"),
    ],
)
def test_one_person_written_down_twice_is_found(other: dict[str, Any]) -> None:
    assert likeness(ZHANG, **other).score >= LIKELY


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"name": "张建军", "document": None}, id="a twin without a card"),
        pytest.param({"name": "张建军", "document": a_number("99999919900307103")}, id="a twin with one"),
        pytest.param({"name": "张健国", "document": a_number("99999919900307103")}, id="twins whose names sound alike"),
        pytest.param({"name": "张国", "born_on": "1962-01-02", "document": None}, id="the father"),
        pytest.param({"name": "张健国", "born_on": "1962-01-02", "document": None}, id="a father who sounds like him"),
        pytest.param(
            {"name": "李秀英", "sex": "female", "born_on": "1991-04-04", "document": None}, id="the wife, his telephone"
        ),
        pytest.param(
            {"born_on": "1971-11-30", "document": None, "door": "9幢1单元101", "phone": None}, id="a namesake"
        ),
        pytest.param(
            {"document": a_number("33038119900307245"), "door": "9幢1单元101", "phone": "15400000009"},
            id="a namesake born on the same day, with a card of his own",
        ),
    ],
)
def test_two_people_are_not_taken_for_one(other: dict[str, Any]) -> None:
    assert likeness(ZHANG, **other).score < LIKELY


def test_it_says_why_and_how_sure() -> None:
    found = likeness(ZHANG, name="张健国", door="9幢1单元101")
    assert (found.sure, whys(found)) == (
        Sure.CERTAIN,
        {Why.NUMBER_SAME, Why.NAME_SOUNDS_SAME, Why.BORN_SAME, Why.PHONE_SAME, Why.DOOR_OTHER},
    )
    assert found.score >= CERTAIN


def test_one_number_on_two_names_is_for_a_person_to_look_at() -> None:
    found = likeness(ZHANG, name="李秀英", sex="female")
    assert (found.sure, Why.NUMBER_SAME in whys(found)) == (Sure.PERHAPS, True)
    assert found.score < LIKELY


def test_a_baby_without_a_name_is_the_one_named_since() -> None:
    baby = {"name": "未取名", "born_on": "2026-10-01", "sex": "female", "door": "3幢2单元402"}
    assert suggest([baby | {"id": 1, "name": "张小雨"}], [baby | {"id": 2}], on=TODAY)
    assert not suggest([baby | {"id": 1, "name": "张小雨"}], [baby | {"id": 2, "door": "9幢1单元101"}], on=TODAY)


def test_of_twins_nobody_guesses_which_was_the_baby_without_a_name() -> None:
    baby = {"name": "未取名", "born_on": "2026-10-01", "sex": "female", "door": "3幢2单元402"}
    twins = [baby | {"id": 1, "name": "张小雨"}, baby | {"id": 2, "name": "张小雪"}]
    assert suggest([baby | {"id": 3}], twins, on=TODAY) == []
    assert suggest([baby | {"id": 1}, baby | {"id": 2}], on=TODAY) == []


def test_names_with_a_dot_are_found_by_one_of_their_parts() -> None:
    long = ZHANG | {"name": "阿卜杜拉•买买提", "id": 1}
    assert suggest([long | {"name": "阿卜杜拉", "id": 2}], [long], on=TODAY)
    foreign = {"name": "SMITH John", "born_on": "1980-05-05", "document": "E12345678", "door": "3幢2单元402"}
    assert suggest(
        [foreign | {"id": 1, "name": "John Smith", "document": "E98765432"}], [foreign | {"id": 2}], on=TODAY
    )


def test_a_rare_name_says_more_than_a_common_one() -> None:
    rows = [ZHANG | {"id": n, "name": name} for n, name in enumerate(["王伟"] * 300 + ["贠逸凡"])]
    people = [plain(row, on=TODAY) for row in rows]
    crowd = crowd_of(people)
    assert compare(people[-1], people[-1], crowd).score > compare(people[0], people[1], crowd).score


def test_what_many_give_for_a_number_is_no_number() -> None:
    names = ["张三", "李四", "王五", "赵六", "钱七"]
    nobody = [{"id": n, "name": name, "document": "000000", "sex": "male"} for n, name in enumerate(names)]
    assert suggest(nobody, on=TODAY, least=0.0) == []
    assert suggest([ZHANG | {"id": 1, "document": "无"}], [{"id": 2, "name": "李四", "document": "无"}], on=TODAY) == []


def test_birthdays_are_read_as_people_write_them() -> None:
    days = ("1990-03-07", "1990/3/7", "19900307", "1990年3月7日")
    assert {plain({"id": 1, "name": "张三", "born_on": day}, on=TODAY).born_on for day in days} == {"1990-03-07"}


def test_a_list_is_searched_in_itself_too() -> None:
    rows = [ZHANG | {"id": 1}, ZHANG | {"id": 2, "document": None, "door": "9幢1单元101"}]
    assert [(one, other) for one, other, _ in suggest(rows, on=TODAY)] == [(1, 2)]


def test_who_fits_two_that_are_not_one_waits_for_a_person() -> None:
    """张伟 without a number, and two of that name and birthday with a card each: at most one of them is he."""
    known = [
        {"id": 1, "name": "张伟", "born_on": "1990-03-07", "sex": "male", "document": CARD, "door": "1幢1单元101"},
        {"id": 2, "name": "张伟", "born_on": "1990-03-07", "sex": "male", "document": a_number("33038119900307245"),
         "door": "2幢1单元101"},
    ]  # fmt: skip
    unknown = {"id": 3, "name": "张伟", "born_on": "1990-03-07", "sex": "male", "door": "3幢1单元101"}
    assert suggest([unknown], known, on=TODAY) == []
    ((one, other, found),) = suggest([unknown], known[:1], on=TODAY)
    assert (one, other, found.sure) == (3, 1, Sure.LIKELY)
    assert {found.reasons[0].why for _, _, found in suggest([unknown], known, on=TODAY, least=0.0)} == {Why.TWO_FIT}


rows = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["张三", "张叁", "未取名", "", "阿卜杜拉·买买提", "Li Si", "王"]) | st.text(max_size=6),
        "document": st.sampled_from([CARD, "999999900307101", "E12345678", None]) | st.text("0123456789X", max_size=19),
        "born_on": st.sampled_from(["1990-03-07", "1990", "1990-13-77", None]) | st.text(max_size=10),
        "sex": st.sampled_from(["男", "female", "?", None]),
        "phone": st.sampled_from(["15400000001", None]) | st.text(max_size=12),
        "door": st.sampled_from(["3幢2单元402", None]) | st.text(max_size=8),
    },
)


@given(st.lists(rows, max_size=6))
def test_nothing_that_stands_in_a_row_breaks_it_and_the_order_changes_nothing(people: list[dict[str, Any]]) -> None:
    numbered = [row | {"id": n} for n, row in enumerate(people)]
    forth = {frozenset(pair[:2]) for pair in suggest(numbered, on=TODAY)}
    back = {frozenset(pair[:2]) for pair in suggest(numbered[::-1], on=TODAY)}
    assert forth == back


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_is_seen_as_one_slip(text: str, at: int, more: int) -> None:
    number = text + rules.check_sign(text)
    wrong = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    card = DocumentKind.IDENTITY_CARD
    assert (one_slip(number, wrong), compare_numbers(number, wrong, card, card)) == (at, Papers.SLIPPED)


def test_fifteen_digits_and_eighteen_are_one_number() -> None:
    assert compared("999999900307101") == compared(CARD) == CARD
    assert compared("999999050307998")[6:14] == "18050307"  # 996 to 999 were kept for those born before 1900
    assert compared(" e12345678") == "E12345678"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (CARD, DocumentKind.IDENTITY_CARD),
        ("999999900307101", DocumentKind.IDENTITY_CARD),
        ("810000199003071018", DocumentKind.RESIDENCE_PERMIT),
        ("830000199003071015", DocumentKind.RESIDENCE_PERMIT),
        ("911124198108030024", DocumentKind.FOREIGNER_PERMIT),
        ("E12345678", DocumentKind.PASSPORT),
    ],
)
def test_a_number_alone_tells_what_it_stands_on(number: str, kind: DocumentKind) -> None:
    assert kind_of(number) is kind


@pytest.mark.parametrize("name", ["未取名", "新生儿", "张三之女", "宝宝", "", "王丽毛毛"])
def test_a_newborn_has_no_name_yet(name: str) -> None:
    assert is_unnamed(name)


@pytest.mark.parametrize("name", ["张三", "之子", "王", "李婴宁", "阿卜杜拉·买买提"])
def test_a_short_or_rare_name_is_a_name(name: str) -> None:
    assert not is_unnamed(name)


# --- figures on a made-up town ---------------------------------------------------------------------------------------


def test_of_a_made_up_town_nearly_all_are_found_and_hardly_anybody_is_taken_for_another() -> None:
    known, rows, same = a_town(Random(7))
    found = {(one, other) for one, other, _ in suggest(rows, known, on=TODAY)}
    assert len(found & same) / len(found) >= 0.98
    assert len(found & same) / len(same) >= 0.90


_SURNAMES = "陈林黄王李张金徐叶周吴戴蔡郑项薛潘胡杨孙"
_SYLLABLES = "建健剑 国果 明铭鸣 华桦 伟维玮 军君俊 丽莉利 芳方 秀绣 英颖莹 海 梅 涛韬 敏闽".split()  # noqa: SIM905


def a_town(dice: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]], set[tuple[int, int]]]:
    """Families behind doors; a second list with the same people as an office has them, and with their relatives."""
    known = [person for door in range(700) for person in _family(dice, door)]
    for n, person in enumerate(known):
        person["id"] = n
    rows, same = list[dict[str, Any]](), set[tuple[int, int]]()
    for person in dice.sample(known, 1000):
        id = len(known) + len(rows)
        if dice.random() < 0.6:
            rows.append(_written_again(dice, person, known) | {"id": id})
            same.add((id, person["id"]))
        else:
            rows.append(_twin(dice, person) | {"id": id})
    return known, rows, same


def _family(dice: Random, door: int) -> list[dict[str, Any]]:
    surname, phone = dice.choice(_SURNAMES), f"154{dice.randrange(10**8):08d}"
    own = dice.random() < 0.8
    return [
        {
            "name": surname + _given(dice),
            "sex": (sex := dice.choice(["male", "female"])),
            "born_on": (
                born := f"{dice.randrange(1930, 2024)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
            ),
            "document": _card(dice, born, sex),
            "phone": f"154{dice.randrange(10**8):08d}" if own else phone,
            "door": f"{door // 20 + 1}幢1单元{door % 20 + 101}",
        }
        for _ in range(dice.randrange(1, 5))
    ]


def _birthday(dice: Random) -> str:
    return f"{dice.randrange(1930, 2024)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"


def _given(dice: Random) -> str:
    return "".join(dice.choice(dice.choice(_SYLLABLES)) for _ in range(2))


def _card(dice: Random, born: str, sex: str) -> str:
    return a_number(f"999999{born.replace('-', '')}{dice.randrange(500) * 2 + (sex == 'male'):03d}")


def _written_again(dice: Random, person: dict[str, Any], town: list[dict[str, Any]]) -> dict[str, Any]:
    row = dict(person)
    if dice.random() < 0.05:
        at = dice.randrange(1, 3)
        sound = next(signs for signs in _SYLLABLES if row["name"][at] in signs)
        row["name"] = row["name"][:at] + dice.choice(sound) + row["name"][at + 1 :]
    if dice.random() < 0.3:
        row["document"] = None
    elif dice.random() < 0.1:
        at = dice.randrange(17)
        row["document"] = row["document"][:at] + str(dice.randrange(10)) + row["document"][at + 1 :]
    if dice.random() < 0.1:
        row["door"] = dice.choice(town)["door"]
    if dice.random() < 0.2:
        row["phone"] = next(each["phone"] for each in town if each["door"] == person["door"])
    return row


def _twin(dice: Random, person: dict[str, Any]) -> dict[str, Any]:
    name = person["name"][:2] + dice.choice([sign for sign in "涵轩怡欣浩" if sign != person["name"][-1]])
    document = None if dice.random() < 0.3 else _card(dice, person["born_on"], person["sex"])
    return person | {"name": name, "document": document}
