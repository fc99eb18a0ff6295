"""A hazard is a file: nothing in the code knows one from another."""

from pathlib import Path

import lianfang
from lianfang.ground.posture.terms import PackMeasure
from lianfang.ground.posture.tests.files import BASES, PACKS


def test_two_hazards_come_as_data() -> None:
    assert set(PACKS) == {"household_sweep", "typhoon_shelter"}


def test_no_code_knows_a_hazard_by_name() -> None:
    house = Path(lianfang.__file__).parent
    code = [p for p in house.rglob("*.py") if not {"tests", "demo", "migrations"} & set(p.parts)]
    named = [(p.name, pack) for p in code for pack in PACKS if pack in p.read_text()]
    assert named == []


def test_each_measure_counts_answers_its_own_form_can_give() -> None:
    for pack in PACKS.values():
        answers = {q["code"]: _values(q) for form in pack.forms for q in form["questions"]}
        for measure in pack.measures:
            assert measure.question is None or set(measure.counts) <= answers[measure.question], measure.name


def test_each_denominator_is_a_measure_of_the_same_unit() -> None:
    for pack in PACKS.values():
        by_name: dict[str, PackMeasure] = {m.name: m for m in pack.measures}
        for measure in pack.measures:
            assert measure.denominator is None or by_name[measure.denominator].unit is measure.unit


def test_each_measure_is_defined_in_both_languages() -> None:
    for pack in PACKS.values():
        assert all(m.zh and m.en and m.definition_zh and m.definition_en for m in pack.measures)


def test_the_legal_bases_are_unique_and_dated() -> None:
    assert len({basis.title.zh for basis in BASES.values()}) == len(BASES)


def _values(question: dict[str, object]) -> set[object]:
    if question["type"] == "yes_no":
        return {True, False}
    return {choice["value"] for choice in question.get("choices", [])}  # type: ignore[attr-defined,index]
