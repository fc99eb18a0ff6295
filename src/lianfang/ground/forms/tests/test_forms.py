"""Publishing forms, on both databases."""

import io
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import tables
from lianfang.ground.forms import actions, queries, records
from lianfang.ground.forms.terms import QuestionType
from lianfang.ground.forms.tests import books
from lianfang.ground.forms.tests.builders import FEVER, a_form, a_question
from lianfang.ground.posture.tests.builders import ZHANG
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.posture.tests.test_posture import opened
from lianfang.ground.posture.tests.test_rules import refused
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db
TITLES = ("代码", "类别", "对象", "题型", "题目", "英文题目", "选项", "默认答案", "底册字段")


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def publish(*questions: Any, area: str = "G1", at: Any = NOW) -> Any:
    return actions.publish_form(form=a_form(*questions), area=id_of(area), by=Actor(ZHANG), at=at)


def test_a_health_question_is_refused_without_an_incident_and_allowed_under_one() -> None:
    with refused("forms.needs_incident"):
        publish(FEVER)
    incident = opened(area=id_of("C1"))
    assert publish(FEVER).incident == incident.id
    with refused("forms.needs_incident"):
        publish(FEVER, area="G3")
    with refused("forms.needs_incident"):
        publish(FEVER, at=NOW + timedelta(days=7))


def test_a_form_that_needs_no_incident_belongs_to_none() -> None:
    opened()
    assert publish(a_question()).incident is None


def test_a_form_published_again_is_the_next_version_and_the_first_stays() -> None:
    first, second = publish(a_question()), publish(a_question(zh="还要帮忙吗?"))
    assert (first.version, second.version) == (1, 2)
    assert queries.form(id=first.id) == first


def test_the_pack_s_forms_are_published_with_their_incident() -> None:
    incident = opened()
    (form,) = actions.publish_pack_forms(incident=incident.id, by=Actor(ZHANG), at=NOW)
    assert (form.form.code, form.area, form.incident) == ("household_sweep", incident.area, incident.id)


def test_a_rebuild_gives_the_same_table() -> None:
    opened()
    publish(FEVER)
    assert ledger.rebuild_differs() == []
    assert len(queries.published(areas=[id_of("G1")])) == 1


def as_json(*questions: Any) -> dict[str, Any]:
    return {"area": str(id_of("C1")), "form": msgspec.to_builtins(a_form(*questions))}


def test_a_data_officer_publishes_and_a_worker_of_the_area_reads() -> None:
    officer, worker = Clerk("officer", Role.SUBDISTRICT_OFFICER), Clerk("worker", Role.GRID_WORKER, area="G1")
    status, form = officer.post("forms", as_json(a_question()))
    assert (status, form["version"], form["questions"]) == (201, 1, 1)
    assert [r["id"] for r in worker.get("forms")[1]["rows"]] == [form["id"]]
    assert worker.get(f"forms/{form['id']}")[1]["form"]["questions"][0]["code"] == "help_wanted"
    assert worker.post("forms", as_json(a_question()))[0] == 403
    next_door = Clerk("next_door", Role.GRID_WORKER, area="G3")
    assert next_door.get(f"forms/{form['id']}")[0] == 404
    assert next_door.get("forms")[1]["total"] == 0


def test_a_refusal_names_the_row_in_the_reader_s_language() -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    status, problem = officer.post("forms", as_json(a_question(), FEVER))
    assert (status, problem["code"], problem["details"]["row"]) == (422, "forms.needs_incident", 2)
    assert problem["message"].startswith("第 2 行「有人发热吗?」")
    assert officer.post("forms", as_json(a_question(), FEVER), Accept_Language="en")[1]["message"].startswith("Row 2")


def test_what_is_no_form_is_a_sentence_and_no_crash() -> None:
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    status, problem = officer.post("forms", {"area": str(id_of("C1")), "form": {"code": "x"}})
    assert (status, problem["code"]) == (400, "forms.form_unreadable")


def a_workbook(*rows: tuple[object, ...]) -> io.BytesIO:
    book = io.BytesIO()
    tables.write_book(book, title="表单", columns=[tables.Column(t) for t in TITLES], rows=rows)  # type: ignore[arg-type]
    book.seek(0)
    book.name = "表单.xlsx"
    return book


GOOD = ("where_to", "需求", "户", "单选", "去哪里?", "Where to?", "home=在家/Home;shelter=避灾点/Shelter", "home", None)
HEALTH = ("fever", "健康", "人", "是否", "有人发热吗?", "Does anybody have a fever?", None, "否", None)


def upload(*rows: tuple[object, ...]) -> tuple[int, Any]:
    fields = {"area": str(id_of("C1")), "code": "typhoon", "title_zh": "台风", "title_en": "Typhoon"}
    return Clerk("officer", Role.SUBDISTRICT_OFFICER).upload("forms/workbook", fields | {"file": a_workbook(*rows)})


def test_a_simple_workbook_becomes_a_form() -> None:
    status, form = upload(GOOD)
    assert status == 201
    assert form["form"]["questions"][0]["choices"][1]["label"] == {"zh": "避灾点", "en": "Shelter"}


def test_a_workbook_s_refusal_names_its_own_row() -> None:
    status, problem = upload(GOOD, HEALTH)
    assert (status, problem["details"]["row"]) == (422, 3)  # the header is row 1
    assert "第 3 行" in problem["message"]


def test_an_odd_cell_of_a_workbook_is_named() -> None:
    status, problem = upload((*GOOD[:2], "楼", *GOOD[3:]))
    assert (status, problem["code"]) == (422, "forms.cell_unreadable")
    assert "第 2 行「对象」写的是「楼」" in problem["message"]


def test_a_number_that_lost_its_digits_is_named() -> None:
    status, problem = upload((*GOOD[:7], 123456789012345678, None))
    assert (status, problem["code"], problem["details"]["column"]) == (422, "forms.cell_unreadable", "默认答案")


def test_a_title_no_text_can_hold_is_unreadable() -> None:
    fields = {"area": str(id_of("C1")), "code": "typhoon", "title_zh": "台\0风", "title_en": "Typhoon"}
    upload = Clerk("officer", Role.SUBDISTRICT_OFFICER).upload("forms/workbook", fields | {"file": a_workbook(GOOD)})
    assert (upload[0], upload[1]["code"]) == (400, "wire.unreadable")


def test_a_file_that_is_no_workbook_is_said_so() -> None:
    fields = {"area": str(id_of("C1")), "code": "typhoon", "title_zh": "台风", "title_en": "Typhoon"}
    junk = io.BytesIO(b"PK\x03\x04 and then nothing")
    junk.name = "表单.xlsx"
    status, problem = Clerk("officer", Role.SUBDISTRICT_OFFICER).upload("forms/workbook", fields | {"file": junk})
    assert status == 422 and problem["code"].startswith("tables.")


# --- XLSForm ----------------------------------------------------------------------------------------------------------


def upload_xlsform(*survey: Any, language: str = "zh-Hans", **more: Any) -> tuple[int, Any]:
    unsaid = {"code": "", "title_zh": "", "title_en": ""}  # as the desk sends what nobody filled in
    fields = {"area": str(id_of("C1")), **unsaid, "file": books.workbook(*survey, **more)}
    officer = Clerk(f"officer {new_id()}", Role.SUBDISTRICT_OFFICER)
    return officer.upload("forms/workbook", fields, Accept_Language=language)


SHOPPING = books.q("select_one yn", "shopping", "要不要代购?", "Shall we shop for you?")


def test_an_xlsform_brings_its_own_name_and_title_and_goes_to_phones_compiled() -> None:
    status, form = upload_xlsform(
        books.q("start", "start"),
        SHOPPING,
        books.q("integer", "bags", "几袋?", "Bags?", relevant="${shopping} = 'yes'"),
    )
    assert (status, form["code"], form["title"]["zh"]) == (201, "typhoon", "台风 Typhoon")
    assert form["document"]["questions"][1]["relevant"] == ["eq", ["of", "shopping"], ["is", True]]
    assert [(remark["row"], remark["code"]) for remark in form["remarks"]] == [(2, "forms.carried_anyway")]
    assert "第 2 行" in form["remarks"][0]["message"]


def test_every_refusal_of_an_xlsform_is_a_sentence_in_the_reader_s_language() -> None:
    survey = (SHOPPING, books.q("image", "door"), books.q("text", "x", relevant="${shopping} > 3"))
    status, problem = upload_xlsform(*survey, language="en")
    assert (status, problem["code"]) == (422, "forms.xlsform_media")
    assert [(one["row"], one["column"]) for one in problem["details"]["refusals"]] == [(3, "type"), (4, "relevant")]
    assert problem["details"]["refusals"][1]["message"].endswith(
        "here yes or no meets a number. Turn text into a number by number()."
    )
    assert ledger_is_empty_of_forms()


def ledger_is_empty_of_forms() -> bool:
    return queries.published(areas=[id_of("C1")]) == []


def test_a_health_question_of_an_xlsform_waits_for_an_incident_too() -> None:
    fever = books.q(
        "select_one yn", "fever", "有人发热吗?", "Any fever?", lianfang__purpose="健康", lianfang__retention="随应急"
    )
    refused = upload_xlsform(SHOPPING, fever)[1]
    assert {one["code"] for one in refused["details"]["refusals"]} >= {"forms.needs_incident"}
    opened(area=id_of("C1"))
    with_shopping = books.q("select_one yn", "shopping", "要不要代购?", "Shopping?", lianfang__retention="60")
    assert upload_xlsform(with_shopping, fever)[0] == 201


def test_what_another_form_in_use_here_asks_is_not_asked_again_without_a_reason() -> None:
    assert upload_xlsform(SHOPPING)[0] == 201
    other = ({"form_id": "heat", "form_title": "高温 Heat"},)
    status, problem = upload_xlsform(SHOPPING, settings=other)
    assert (status, problem["code"], problem["details"]["row"]) == (422, "forms.asked_elsewhere", 2)
    assert "台风 Typhoon" in problem["message"]
    assert upload_xlsform(SHOPPING | {"lianfang::again": "每天都要问"}, settings=other)[0] == 201
    assert upload_xlsform(SHOPPING)[0] == 201, "the next version of a form is no other form"


def test_what_a_form_asked_under_an_incident_that_is_over_may_be_asked_again() -> None:
    incident = opened(area=id_of("C1"))
    actions.publish_pack_forms(incident=incident.id, by=Actor(ZHANG), at=NOW)
    asked = a_form(a_question("help_wanted", "家里要帮忙吗?", "Does the household need help?"), code="other")
    about = {"form": asked, "area": id_of("C1"), "by": Actor(ZHANG)}
    assert [f.form.code for f in queries.running(area=id_of("G1"), at=NOW, besides="other")] == ["household_sweep"]
    assert queries.running(area=id_of("G1"), at=NOW + timedelta(days=40), besides="other") == []
    assert actions.publish_form(**about, at=NOW + timedelta(days=40)).version == 1


def test_a_simple_workbook_still_needs_its_name_beside_it() -> None:
    status, problem = Clerk("officer", Role.SUBDISTRICT_OFFICER).upload(
        "forms/workbook", {"area": str(id_of("C1")), "file": a_workbook(GOOD)}
    )
    assert (status, problem["code"]) == (422, "forms.name_it")


def test_answers_of_an_old_version_are_read_under_it() -> None:
    first = publish(a_question("bags", type=QuestionType.INTEGER, constraint=". < 9"))
    second = publish(a_question("bags", "几袋?", "Bags?", type=QuestionType.TEXT))
    assert (first.version, second.version) == (1, 2)
    assert not queries.form(id=first.id).form.odd({"bags": 3})
    assert queries.form(id=second.id).form.odd({"bags": 3})
    assert queries.document(queries.form(id=first.id)).questions[0].constraint == ["lt", ["of", "bags"], ["is", 9]]


def test_what_breaks_a_constraint_is_known_where_it_arrives() -> None:
    form = a_form(
        a_question("bags", type=QuestionType.INTEGER, constraint=". < 9"),
        a_question("day", type=QuestionType.DATE, constraint=". <= today()", relevant="${bags} > 1"),
    )

    def breaks(**answers: Any) -> bool:
        return records.breaks_a_constraint(form, answers, on=NOW.date())

    assert breaks(bags=9) and breaks(bags=2, day="2199-01-01")
    assert not breaks() and not breaks(bags=8) and not breaks(bags=1, day="2199-01-01")
    assert not records.breaks_a_constraint(a_form(), {"bags": 9}, on=NOW.date())


def test_a_form_goes_to_paper_with_what_is_asked_and_nobody_s_name() -> None:
    form = upload_xlsform(
        SHOPPING,
        books.q("begin_repeat", "pets", "宠物", "Pet"),
        books.q("text", "pet", "是什么?"),
        books.q("end_repeat"),
    )[1]
    worker = Clerk("worker", Role.GRID_WORKER, area="G1")
    status, pdf = worker.download(f"forms/{form['id']}/paper")
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)
    assert status == 200
    for words in ("台风", "要不要代购?", "没有", "宠物", "是什么?"):
        assert words in text
    assert worker.download(f"forms/{new_id()}/paper")[0] == 404
