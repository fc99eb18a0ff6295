"""What may be asked at a door."""

from typing import Any

import msgspec
import pytest

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.forms import queries, rules
from lianfang.ground.forms.terms import Category, Choice, Per, QuestionType, Section
from lianfang.ground.forms.tests.builders import FEVER, WHERE_TO, a_form, a_question
from lianfang.ground.posture.terms import Words
from lianfang.ground.posture.tests.files import PACKS


def codes(*questions: object, incident_open: bool = False) -> list[str]:
    return [r.code for r in rules.refusals(a_form(*questions), incident_open=incident_open)]  # type: ignore[arg-type]


def test_what_somebody_needs_may_always_be_asked() -> None:
    assert codes(a_question()) == []


@pytest.mark.parametrize("category", [Category.HEALTH, Category.TRAVEL, Category.CONTACT])
def test_health_travel_and_contacts_need_an_open_incident(category: Category) -> None:
    question = a_question("q", "今天怎么样?", "How is it today?", category=category)
    assert codes(question) == ["forms.needs_incident"]
    assert codes(question, incident_open=True) == []


def test_the_row_is_named_in_both_languages() -> None:
    with pytest.raises(Problem) as caught:
        rules.check_form(a_form(a_question(), FEVER), incident_open=False, rows=[2, 3])
    problem = caught.value
    assert problem.code == "forms.needs_incident"
    assert "第 3 行「有人发热吗?」" in sentence(problem.code, "zh-Hans", **problem.details)
    assert "Row 3" in sentence(problem.code, "en", **problem.details)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Problem) as caught:
        rules.check_form(a_form(FEVER, a_question("phone", "留个手机号", "Your phone number")), incident_open=False)
    assert [(r["row"], r["code"]) for r in caught.value.details["refusals"]] == [
        (1, "forms.needs_incident"),
        (2, "forms.known_already"),
    ]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("您叫什么名字?", "What is your full name?"),
        ("身份证号", "ID number"),
        ("联系电话多少?", "Which phone number?"),
        ("您今年多大年龄?", "What is your age?"),
        ("和户主什么关系?", "Relation to the head of the household?"),
        ("户籍在哪里?", "Where is the registered residence?"),
        ("家里几口人?", "How many people live here?"),
        ("性别", "Sex"),
        ("门牌号", "Door number"),
    ],
)
def test_a_known_fact_is_never_asked_again_in_either_language(zh: str, en: str) -> None:
    assert codes(a_question("q", zh, "Something else")) == ["forms.known_already"]
    assert codes(a_question("q", "别的", en)) == ["forms.known_already"]


def test_a_known_fact_is_shown_instead() -> None:
    shown = a_question("phone", "电话号码", "Phone number", category=Category.REGISTER, fact="resident.phone")
    assert codes(shown) == []


def test_a_register_question_names_a_fact_that_exists() -> None:
    assert codes(a_question(category=Category.REGISTER)) == ["forms.fact_unknown"]
    assert codes(a_question(category=Category.REGISTER, fact="resident.shoe_size")) == ["forms.fact_unknown"]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("政治面貌", "Anything"),
        ("信什么宗教?", "Anything"),
        ("什么民族?", "Anything"),
        ("有没有信访过?", "Anything"),
        ("有犯罪前科吗?", "Anything"),
        ("别的", "Your religion?"),
        ("别的", "Are you a party member?"),
        ("别的", "Ethnicity"),
    ],
)
def test_some_things_are_never_asked_incident_or_not(zh: str, en: str) -> None:
    assert codes(a_question("q", zh, en, category=Category.HEALTH), incident_open=True) == ["forms.never_asked"]


def test_they_are_not_asked_by_way_of_the_choices_either() -> None:
    choices = (Choice("a", Words("党员", "Member")), Choice("b", Words("群众", "Other")))
    question = a_question("q", "身份", "Standing", type=QuestionType.CHOICE, choices=choices)
    assert codes(question) == ["forms.never_asked"]


def test_english_words_are_found_whole() -> None:
    assert codes(a_question("q", "几号村?", "Which village?")) == []


def test_a_code_is_used_once() -> None:
    assert codes(a_question(), a_question()) == ["forms.code_twice"]


def test_a_choice_offers_at_least_two_answers() -> None:
    one = (Choice("home", Words("在家", "Home")),)
    assert codes(a_question(type=QuestionType.CHOICE, choices=one)) == ["forms.too_few_choices"]
    assert codes(a_question(type=QuestionType.CHOICE, choices=one * 2)) == ["forms.too_few_choices"]
    assert codes(WHERE_TO) == []


def test_a_default_is_an_answer_one_can_give() -> None:
    assert codes(a_question(type=QuestionType.INTEGER, default=True)) == ["forms.default_does_not_fit"]
    assert codes(a_question(type=QuestionType.YES_NO, default="no")) == ["forms.default_does_not_fit"]
    assert codes(a_question(type=QuestionType.INTEGER, default=0)) == []


def test_nothing_is_asked_under_the_name_of_a_note() -> None:
    assert codes(a_question(category=Category.NOTE)) == ["forms.note_is_a_note"]
    assert codes(a_question(type=QuestionType.NOTE)) == ["forms.note_is_a_note"]
    assert codes(a_question(type=QuestionType.NOTE, category=Category.NOTE)) == []


def a_section(code: str, **more: Any) -> Section:
    return Section(code, Words("组", "Group"), **more)


@pytest.mark.parametrize(
    ("sections", "why"),
    [
        ([], ["forms.no_such_section"]),
        ([a_section("g", within="g")], ["forms.circle"]),
        ([a_section("g", within="h"), a_section("h", within="g")], ["forms.circle", "forms.circle"]),
        ([a_section("g"), a_section("g")], ["forms.code_twice"]),
        ([a_section("g"), a_section("help_wanted")], ["forms.code_twice"]),
        ([a_section("g", repeats=True), a_section("h", within="g", repeats=True)], ["forms.repeat_in_repeat"]),
        ([a_section("g", within="h")], ["forms.no_such_section"]),
    ],
)
def test_sections_that_cannot_be_are_refused_in_json_too(sections: list[Section], why: list[str]) -> None:
    form = msgspec.structs.replace(a_form(a_question(section="g")), sections=tuple(sections))
    assert [refusal.code for refusal in rules.refusals(form, incident_open=False)] == why


def test_expressions_of_json_forms_are_read_as_those_of_workbooks() -> None:
    assert codes(a_question(relevant="random() > 0.5")) == ["forms.expression_side_effect"]


def test_both_languages_are_written() -> None:
    assert codes(a_question("q", "有事吗?", " ")) == ["forms.label_missing"]


def test_the_forms_of_every_pack_may_be_asked_once_its_incident_is_open() -> None:
    for pack in PACKS.values():
        for data in pack.forms:
            rules.check_form(rules.form_of(data), incident_open=True)


def test_a_form_that_cannot_be_read_names_its_question() -> None:
    raw = msgspec.json.encode(a_form(a_question(), FEVER)).replace(b'"health"', b'"health and wealth"')
    with pytest.raises(Problem) as caught:
        rules.read_form(raw)
    assert (caught.value.code, caught.value.details["row"]) == ("forms.question_unreadable", 2)


def test_what_is_no_json_is_said_so() -> None:
    with pytest.raises(Problem) as caught:
        rules.read_form(b"\xff\xfe")
    assert caught.value.code == "forms.form_unreadable"


def test_a_phone_gets_what_is_asked_and_which_facts_are_shown() -> None:
    shown = a_question("phone", "电话号码", "Phone number", category=Category.REGISTER, fact="resident.phone")
    document = queries.document(published(a_form(shown, FEVER)))  # type: ignore[arg-type]
    assert [q.code for q in document.questions] == ["fever"]
    assert document.shown == ("resident.phone",)
    assert b"health" not in msgspec.json.encode(document)


def test_an_answer_nobody_asked_for_is_odd_and_no_more() -> None:
    form = a_form(FEVER, WHERE_TO)
    assert not form.odd({"fever": True, "where_to": "home"})
    assert form.odd({"fever": "yes"})
    assert form.odd({"where_to": "the moon"})
    assert form.odd({"shoe_size": 43})
    assert form.odd({"where_to": "home"}, per=Per.PERSON)


def published(form: object) -> object:
    from uuid import UUID

    from lianfang.foundation.kernel.ids import AreaId
    from lianfang.foundation.kernel.moments import utc
    from lianfang.ground.forms.terms import PublishedForm

    return PublishedForm(UUID(int=1), 1, form, AreaId(UUID(int=2)), None, utc(2021, 12, 10))  # type: ignore[arg-type]


ROW = {
    "code": "where_to",
    "category": "需求",
    "per": "户",
    "type": "单选",
    "zh": "去哪里?",
    "en": "Where to?",
    "choices": "home=在家/Home;shelter=避灾点/Shelter",
    "default": "home",
}


def form_from(**changes: str) -> object:
    return rules.form_from_rows(code="typhoon", title={"zh": "台风", "en": "Typhoon"}, rows=[(4, {**ROW, **changes})])


def test_a_simple_workbook_makes_the_same_form_as_json() -> None:
    form = form_from()
    assert form.questions[0] == msgspec.structs.replace(WHERE_TO, default="home")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("column", "said", "heading"),
    [
        ("category", "财产", "类别"),
        ("per", "楼", "对象"),
        ("type", "多选", "题型"),
        ("choices", "home", "选项"),
        ("code", "Wohin?", "代码"),
    ],
)
def test_an_odd_cell_is_named_by_row_and_column(column: str, said: str, heading: str) -> None:
    with pytest.raises(Problem) as caught:
        form_from(**{column: said})
    assert caught.value.code == "forms.cell_unreadable"
    assert (caught.value.details["row"], caught.value.details["column"]) == (4, heading)


def test_a_yes_no_default_is_read_as_people_write_it() -> None:
    form = form_from(type="是否", choices="", default="否")
    assert form.questions[0].default is False  # type: ignore[attr-defined]


def test_a_workbook_without_questions_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        rules.form_from_rows(code="x", title={"zh": "空", "en": "Empty"}, rows=[])
    assert caught.value.code == "forms.no_questions"
