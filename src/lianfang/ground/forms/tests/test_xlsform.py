"""Forms from XLSForm: what is taken, and that everything else is refused by sheet, row and column, all at once."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.forms import logic, rules, workbooks, xlsform
from lianfang.ground.forms.terms import Category, FindingRule, Per, QuestionType, Refusal
from lianfang.ground.forms.tests.books import LABELS, SETTINGS, YES_NO, Row, c, q, sheets, workbook


def read(*survey: Row, **more: Any) -> xlsform.Read:
    return xlsform.read_book(sheets(*survey, **more))


def refused(*survey: Row, **more: Any) -> list[Refusal]:
    """Everything that is wrong with it, as its author is told."""
    found = read(*survey, **more)
    said = rules.refusals(found.form, incident_open=False, rows=found.rows) if found.form else []
    return xlsform.together(found, said) or xlsform.standard_objects(sheets(*survey, **more))


def told(*survey: Row, **more: Any) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in refused(*survey, **more)]


def test_a_question_of_each_kind_is_taken() -> None:
    found = read(
        q("text", "a"),
        q("integer", "b"),
        q("decimal", "c"),
        q("date", "d"),
        q("select_one yn", "e"),
        q("select_one shop", "f"),
        q("select_multiple shop", "g"),
        q("barcode", "h"),
        q("note", "i"),
        q("calculate", "j", calculation="${b} + 1"),
        choices=(*YES_NO, c("shop", "food"), c("shop", "medicine")),
    )
    assert found.refusals == () and found.form is not None
    assert [question.type for question in found.form.questions] == [
        *(QuestionType.TEXT, QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.DATE, QuestionType.YES_NO),
        *(QuestionType.CHOICE, QuestionType.CHOICES, QuestionType.BARCODE, QuestionType.NOTE, QuestionType.CALCULATE),
    ]
    assert told(q("text", "a"), q("note", "i")) == []


def test_yes_and_no_keep_words_of_their_own() -> None:
    enough = (c("en", "yes", "够", "Enough"), c("en", "no", "不够", "Not enough"))
    found = read(q("select_one en", "bags"), q("select_one yn", "fever"), choices=(*YES_NO, *enough))
    assert found.form is not None
    bags, fever = found.form.questions
    assert bags.type is fever.type is QuestionType.YES_NO
    assert ([choice.label.zh for choice in bags.choices], fever.choices) == (["够", "不够"], ())


def test_groups_stand_in_groups_and_what_they_declare_holds_for_all_in_them() -> None:
    declared = {"lianfang__purpose": "健康", "lianfang__retention": "30 天", "lianfang__per": "人"}
    found = read(
        q("begin_group", "outer", **declared),
        q("begin group", "inner"),
        q("integer", "days", lianfang__purpose=None, lianfang__retention=None),
        q("end group"),
        q("end_group"),
    )
    assert found.refusals == () and found.form is not None
    (question,) = found.form.questions
    assert (question.category, question.retention, question.per) == (Category.HEALTH, 30, Per.PERSON)
    assert [section.code for section in found.form.around(question)] == ["inner", "outer"]


def test_names_become_codes_and_expressions_follow() -> None:
    found = read(q("integer", "Q1.Adults"), q("note", "many", relevant="${Q1.Adults} > 5"))
    assert found.form is not None
    assert logic.logic(found.form).trees == {("many", "relevant"): ["lt", ["is", 5], ["of", "q1_adults"]]}


def test_what_every_record_carries_is_left_out_and_said_so() -> None:
    found = read(q("start", "start"), q("deviceid", "device"), q("text", "a"))
    assert found.refusals == ()
    assert [(remark.row, remark.details["name"]) for remark in found.remarks] == [(2, "start"), (3, "deviceid")]


def test_a_known_fact_is_bound_and_shown() -> None:
    found = read(q("text", "tel", "手机号码", "Phone", lianfang__fact="resident.phone"), q("text", "a"))
    assert found.form is not None
    assert (found.form.questions[0].category, found.form.questions[0].fact) == (Category.REGISTER, "resident.phone")
    assert rules.refusals(found.form, incident_open=False, rows=found.rows) == []


PLAIN = q("text", "plain")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (q("image", "x"), "forms.xlsform_media"),
        (q("audio", "x"), "forms.xlsform_media"),
        (q("geopoint", "x"), "forms.xlsform_position"),
        (q("select_one_from_file towns.csv", "x"), "forms.xlsform_external"),
        (q("select_one_external towns", "x"), "forms.xlsform_external"),
        (q("time", "x"), "forms.xlsform_type"),
        (q("rank yn", "x"), "forms.xlsform_type"),
        (q("select_one nowhere", "x"), "forms.xlsform_no_list"),
        (q("select_one yn or_other", "x"), "forms.xlsform_or_other"),
        (q("text", "1x"), "forms.xlsform_name"),
        (q("text", "x y"), "forms.xlsform_name"),
        (q("text", "plain"), "forms.xlsform_twice"),
        (q("text", "Plain"), "forms.xlsform_twice"),
        (q("text", "x", **{LABELS[1]: None}), "forms.label_missing"),
        (q("text", "x", "您好 ${plain}"), "forms.label_substitutes"),
        (q("text", "x", lianfang__purpose=None), "forms.purpose_missing"),
        (q("text", "x", lianfang__purpose="好奇"), "forms.word_unknown"),
        (q("text", "x", lianfang__per="楼"), "forms.word_unknown"),
        (q("text", "x", lianfang__retention=None), "forms.retention_missing"),
        (q("text", "x", lianfang__retention="永远"), "forms.word_unknown"),
        (q("text", "x", lianfang__retention="随应急"), "forms.retention_does_not_fit"),
        (q("text", "x", lianfang__retention="30"), "forms.kept_with_register"),
        (q("text", "x", lianfang__fact="resident.shoe_size"), "forms.fact_unknown"),
        (q("integer", "x", lianfang__purpose="健康"), "forms.needs_incident"),
        (q("text", "x", "身份证号"), "forms.known_already"),
        (q("text", "x", "您信什么宗教?"), "forms.never_asked"),
        (q("calculate", "x"), "forms.calculation_missing"),
        (q("integer", "x", calculation="1 + 1"), "forms.calculation_elsewhere"),
        (q("integer", "x", default="many"), "forms.default_does_not_fit"),
        (q("date", "x", default="today()"), "forms.default_does_not_fit"),
        (q("select_one yn", "x", choice_filter="town=${plain}"), "forms.xlsform_choice_filter"),
        (q("text", "x", trigger="${plain}"), "forms.xlsform_column"),
        (q("text", "x", media__image="cat.png"), "forms.xlsform_media"),
        (q("text", "x", relevant="pulldata('a', 'b', 'c', 'd') = 1"), "forms.expression_side_effect"),
        (q("text", "x", relevant="indexed-repeat(${plain}, ${plain}, 1) = 1"), "forms.expression_function"),
        (q("text", "x", relevant="${nobody} = 1"), "forms.expression_no_question"),
        (q("text", "x", relevant="${x} = 'a'"), "forms.circle"),
        (q("text", "x", relevant="1 + 1"), "forms.expression_no_truth"),
        (q("text", "x", constraint="regex(., '^(a+)+$')"), "forms.expression_regex"),
        (q("end_group"), "forms.xlsform_ends_alone"),
        (q("begin_group", "x"), "forms.xlsform_never_ends"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value['type']} {[*value.values()][-1]}",
)
def test_what_is_outside_is_refused_by_its_row_in_both_languages(row: Row, why: str) -> None:
    found = refused(PLAIN, row)
    assert [(one.row, one.code) for one in found] == [(3, why)]
    place = {"row": 3, "label": found[0].label, "column": found[0].column, "question": found[0].question}
    for language in ("zh-Hans", "en"):
        said = sentence(why, language, **place | found[0].details)
        assert said != why and "—" not in said, said


def test_everything_is_said_at_once_and_nothing_twice_over() -> None:
    wrong = told(
        q("image", "door"),
        q("select_one nowhere", "who"),
        q("text", "why", relevant="${who} = 'a' and ${door} != ''"),
        q("text", "id", "身份证号"),
        q("text", "id"),
        choices=[c("yn", "yes"), c("yn", "yes")],
    )
    assert wrong == [
        (3, "forms.choice_twice"),
        (2, "forms.xlsform_media"),
        (3, "forms.xlsform_no_list"),
        (6, "forms.xlsform_twice"),
        (5, "forms.known_already"),
    ]


def test_circles_are_named_with_their_way() -> None:
    survey = (
        q("calculate", "a", calculation="${b} + 1"),
        q("calculate", "b", calculation="${c} + 1"),
        q("calculate", "c", calculation="${a} + 1"),
        q("text", "asked"),
    )
    (circle,) = refused(*survey)
    assert (circle.row, circle.code, circle.details["path"]) == (2, "forms.circle", "a → b → c → a")
    assert told(q("text", "a", relevant="${b} = 'x'"), q("text", "b", relevant="${a} = 'x'")) == [(2, "forms.circle")]


def test_a_group_that_waits_for_its_own_question_is_a_circle() -> None:
    survey = (q("begin_group", "g", relevant="${a} = 'x'"), q("text", "a"), q("end_group"))
    assert told(*survey) == [(2, "forms.circle")]


def test_a_repeat_in_a_repeat_and_a_person_in_one_are_refused() -> None:
    survey = (
        *(q("begin_repeat", "outer"), q("begin_repeat", "inner"), q("text", "a"), q("end_repeat")),
        *(q("text", "b", lianfang__per="人"), q("end_repeat")),
    )
    assert told(*survey) == [(3, "forms.repeat_in_repeat"), (6, "forms.person_in_repeat")]


def test_five_hundred_questions_are_too_many_and_the_limit_is_said() -> None:
    with pytest.raises(Problem) as caught:
        read(*(q("text", f"q{n}") for n in range(500)))
    assert caught.value.code == "forms.too_many_questions"
    assert "最多 200 行" in sentence(caught.value.code, "zh-Hans", **caught.value.details)
    assert caught.value.details["row"] == 202


def test_choices_without_text_are_refused_on_their_own_sheet() -> None:
    (refusal,) = refused(PLAIN, choices=(*YES_NO, {"list_name": "x", "name": "a", LABELS[0]: "有"}))
    assert (refusal.sheet, refusal.row, refusal.code) == ("choices", 4, "forms.xlsform_choice_label")


def test_a_misspelt_heading_is_named_with_what_it_should_be() -> None:
    (refusal,) = refused(PLAIN, q("text", "x", relevent="${plain} = 'a'"))
    assert (refusal.row, refusal.code, refusal.details["near"]) == (1, "forms.xlsform_heading", "relevant")
    (refusal,) = refused(PLAIN, q("text", "x", lianfang__purpouse="需求"))
    assert (refusal.row, refusal.code) == (1, "forms.xlsform_our_heading")


def test_answers_go_nowhere_else() -> None:
    settings = ({**SETTINGS[0], "submission_url": "https://example.org/collect"},)
    (refusal,) = refused(PLAIN, settings=settings)
    assert (refusal.sheet, refusal.code) == ("settings", "forms.xlsform_elsewhere")


def test_a_column_that_is_not_there_is_said_once_and_not_in_every_row() -> None:
    survey = [{"type": "text", "name": f"q{n}", "label": f"Question {n}"} for n in range(30)]
    choices = [{"list_name": "yn", "name": name, "label": name} for name in ("yes", "no")]
    assert [(one.sheet, one.row, one.column) for one in refused(*survey, choices=choices)] == [
        ("survey", 1, LABELS[0]),
        ("survey", 1, "lianfang::purpose"),
        ("survey", 1, "lianfang::retention"),
        ("choices", 1, LABELS[0]),
    ]


def test_what_reads_an_odd_calculation_is_not_blamed_for_it() -> None:
    survey = (
        q("calculate", "lot", calculation="random()"),
        q("calculate", "half", calculation="${lot} div 2"),
        q("text", "why", relevant="${half} > 3"),
    )
    assert told(*survey) == [(2, "forms.expression_side_effect")]


def test_a_note_needs_no_name() -> None:
    assert read(PLAIN, q("note")).rows == {"plain": 2, "note_3": 3}


def test_a_form_needs_a_name_and_a_title_from_somewhere() -> None:
    assert told(PLAIN, settings=()) == [(1, "forms.xlsform_title"), (1, "forms.xlsform_form_id")][::-1]


def test_what_only_the_standard_itself_objects_to_is_passed_on_with_its_row() -> None:
    (refusal,) = refused(PLAIN, q("text", "x", parameters="rows=banana"))
    assert (refusal.row, refusal.code) == (3, "forms.xlsform_says")


# --- files ------------------------------------------------------------------------------------------------------------


def on_disk(folder: Path, content: bytes) -> Path:
    path = folder / "form.xlsx"
    path.write_bytes(content)
    return path


def test_a_real_file_is_read_with_the_rows_people_see(tmp_path: Path) -> None:
    gap: Row = {"type": "", "name": ""}
    book = workbooks.read_xlsform(on_disk(tmp_path, workbook(PLAIN, gap, gap, q("text", "later")).getvalue()))
    assert book is not None
    assert xlsform.read_book(book).rows == {"plain": 2, "later": 5}


def with_part(book: io.BytesIO, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return book.getvalue()


def test_a_workbook_with_macros_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    path = on_disk(tmp_path, with_part(workbook(PLAIN), "xl/vbaProject.bin", b"Sub AutoOpen()"))
    with pytest.raises(Problem, match="has_macros"):
        workbooks.refuse_archive(path)


def test_a_file_that_unpacks_to_a_mountain_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = on_disk(tmp_path, with_part(workbook(PLAIN), "xl/media/bomb.bin", bytes(70 * 1024 * 1024)))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Problem, match="unpacks_too_far"):
        workbooks.refuse_archive(path)


def test_a_csv_in_disguise_is_told_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="xlsform_as_csv"):
        workbooks.read_xlsform(on_disk(tmp_path, b"type,name,label\ntext,a,A\n"))


def test_questions_on_a_sheet_with_another_name_are_looked_for_in_vain(tmp_path: Path) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("问卷").write_row(0, 0, ["type", "name", "label"])
    with pytest.raises(Problem, match="xlsform_no_survey"):
        workbooks.read_xlsform(on_disk(tmp_path, file.getvalue()))


def test_a_sheet_that_goes_on_for_ever_is_refused(tmp_path: Path) -> None:
    rows = [PLAIN, *({"type": "", "name": "", "note": f"line {n}"} for n in range(1100))]
    with pytest.raises(Problem, match="sheet_too_long"):
        workbooks.read_xlsform(on_disk(tmp_path, workbook(*rows).getvalue()))


def test_the_template_loads_as_it_stands(tmp_path: Path) -> None:
    file = io.BytesIO()
    workbooks.write_template(file)
    book = workbooks.read_xlsform(on_disk(tmp_path, file.getvalue()))
    assert book is not None
    found = xlsform.read_book(book)
    assert found.form is not None
    said = rules.refusals(found.form, incident_open=False, rows=found.rows)
    assert (xlsform.together(found, said), xlsform.standard_objects(book)) == ([], [])


# --- findings --------------------------------------------------------------------------------------------------------


def test_a_question_declares_which_answers_are_to_be_put_right_and_until_when() -> None:
    form = read(
        q("select_one yn", "larvae", "有幼虫吗?", "Any larvae?", lianfang__finding="有", lianfang__finding_days="7 天"),
        q("integer", "tyres", "几个轮胎?", "How many tyres?", lianfang__finding="some", lianfang__finding_days="3"),
        choices=YES_NO,
    ).form
    assert form is not None
    larvae, tyres = form.questions
    assert (larvae.finding, tyres.finding) == (FindingRule(("yes",), 7), FindingRule(("some",), 3))
    assert [larvae.finds(value) for value in (True, False)] == [True, False]
    assert [tyres.finds(value) for value in (0, 1, 5)] == [False, True, True]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (q("integer", "x", lianfang__finding="some"), "forms.finding_incomplete"),
        (q("integer", "x", lianfang__finding_days="7"), "forms.finding_incomplete"),
        (q("integer", "x", lianfang__finding="some", lianfang__finding_days="soon"), "forms.finding_incomplete"),
        (q("integer", "x", lianfang__finding="yes", lianfang__finding_days="7"), "forms.word_unknown"),
        (q("text", "x", lianfang__finding="yes", lianfang__finding_days="7"), "forms.finding_of_this"),
        (
            q("integer", "x", lianfang__finding="some", lianfang__finding_days="7", lianfang__per="人"),
            "forms.finding_of_this",
        ),
    ],
)
def test_what_can_be_no_finding_is_refused(row: Row, why: str) -> None:
    assert [(one.row, one.code) for one in refused(PLAIN, row)] == [(3, why)]
