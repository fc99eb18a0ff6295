"""The packs that come with the house, with their forms: each counts what its own form can answer, and says it in both
languages.
"""

import shutil
from pathlib import Path

import pytest

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.forms import rules
from lianfang.ground.forms.packaged import read_packaged
from lianfang.ground.forms.terms import Category, Form, Per, QuestionType
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.rules import read_pack
from lianfang.ground.posture.terms import Pack, PackMeasure
from lianfang.ground.registry.terms import Targeted

FOLDER = Path(posture.__file__).parent / "packs"
FILES = sorted([*FOLDER.glob("*.json"), *FOLDER.glob("*/pack.toml")])


def read(path: Path) -> Pack:
    forms = [read_packaged(form) for form in posture.form_files(path)]
    return read_pack(path.read_bytes(), name=path.name, forms=forms)


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return {pack.code: pack for pack in map(read, FILES)}


def forms(pack: Pack) -> list[Form]:
    return [rules.form_of(data) for data in pack.forms]


def test_four_hazards_come_as_data(packs: dict[str, Pack]) -> None:
    assert set(packs) >= {"household_sweep", "mosquito_breeding", "typhoon_evacuation", "heatwave_check"}
    assert all(pack.forms and pack.measures for pack in packs.values())


def test_each_form_may_be_asked_under_its_incident(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        for form in forms(pack):
            assert rules.refusals(form, incident_open=True, kept_days=pack.retention_days) == [], form.code


def test_each_measure_counts_answers_its_own_form_can_give(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        asked = {code: question for form in forms(pack) for code, question in form.by_code.items()}
        for measure in pack.measures:
            if measure.question is not None:
                question = asked[measure.question]
                assert measure.adds == (question.type is QuestionType.INTEGER), measure.name
                assert all(question.fits(value) for value in measure.counts), measure.name


def test_each_denominator_is_a_measure_of_the_same_unit(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        by_name: dict[str, PackMeasure] = {m.name: m for m in pack.measures}
        for measure in pack.measures:
            assert measure.denominator is None or by_name[measure.denominator].unit is measure.unit


def test_everything_is_said_in_both_languages(packs: dict[str, Pack]) -> None:
    for pack in packs.values():
        said = [*pack.measures, *pack.indices]
        assert all(m.zh and m.en and m.definition_zh and m.definition_en for m in said)
        words = [w for notice in pack.notices for w in (notice.title, notice.body)]
        words += [q.label for form in forms(pack) for q in form.questions]
        words += [c.label for form in forms(pack) for q in form.questions for c in q.choices]
        assert all(w.zh and w.en for w in words)


def test_a_roll_is_called_of_people_one_by_one(packs: dict[str, Pack]) -> None:
    called = [pack for pack in packs.values() if pack.roll]
    assert {pack.code for pack in called} >= {"typhoon_evacuation", "heatwave_check"}
    for pack in called:
        assert pack.roll is not None
        (form,) = forms(pack)
        settled = next(m for m in pack.measures if m.name == pack.roll.settled)
        for code in (settled.question or "", *pack.roll.first):
            assert form.by_code[code].per is Per.PERSON and form.by_code[code].type is QuestionType.YES_NO


def test_a_chronic_illness_is_asked_with_its_purpose_and_need_not_be_told(packs: dict[str, Pack]) -> None:
    (form,) = forms(packs["heatwave_check"])
    question = form.by_code["chronic_illness"]
    assert question.category is Category.HEALTH and question.retention == "incident"
    assert question.required in (None, "", False) and "可以不说" in question.label.zh


def test_the_bands_of_the_breteau_index_are_the_published_ones(packs: dict[str, Pack]) -> None:
    """Chongqing CDC, Aedes surveillance 2025: norm < 5, low 5 to < 10, medium 10 to < 20, high ≥ 20."""
    pack = packs["mosquito_breeding"]
    assert [row["from"] for row in pack.policies[0].rows] == [0, 5, 10, 20]
    assert pack.indices[0].source is not None and pack.indices[0].source_on is not None


def test_a_figure_without_a_source_says_so_in_the_pack() -> None:
    for path in FILES:
        unsourced = [i for i in read(path).indices if i.bands and i.source is None]
        assert not unsourced or "没有查到公开的标准" in path.read_text(encoding="utf-8")


_LEAST = """
code = "p"
version = 1
title = {{ zh = "甲", en = "A" }}
[campaign]
form = "f"
name = {{ zh = "甲", en = "A" }}
households = "{kind}"
"""


def test_the_words_for_households_are_those_of_the_register() -> None:
    for kind in Targeted:
        assert read_pack(_LEAST.format(kind=kind).encode(), name="p.toml", forms=[{"code": "f"}]).campaign is not None


def test_what_is_wrong_with_a_form_of_a_pack_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "breeding_inspection"
    shutil.copytree(FOLDER / "mosquito_breeding" / "forms" / "breeding_inspection", folder)
    survey = folder / "survey.csv"
    survey.write_text(survey.read_text(encoding="utf-8").replace("${larvae_found} =", "${lavae} ="), encoding="utf-8")
    with pytest.raises(Problem) as refused:
        read_packaged(folder)
    assert refused.value.details["row"] == 5 and refused.value.details["sheet"] == "survey"
