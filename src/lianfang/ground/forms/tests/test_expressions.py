"""The small language of forms: what it says, what it refuses, and that it always ends."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.foundation.plumbing.catalogue import sentences
from lianfang.ground.forms import expressions
from lianfang.ground.forms.expressions import Kind, OddExpressionError, compiled, evaluate, plain
from lianfang.ground.forms.filling import Filling
from lianfang.ground.forms.terms import AskedQuestion, AskedSection
from lianfang.ground.forms.tests.drawn import SCOPE, TODAY, VECTORS, cases, world_of

CASES = json.loads(VECTORS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["written"], ids=lambda case: f"{case['source']} on {case['answers']}")
def test_an_expression_amounts_to_what_the_vectors_say(case: dict[str, Any]) -> None:
    tree = compiled(case["source"], scope=SCOPE).tree
    assert tree == case["tree"]
    assert plain(evaluate(tree, world_of(case["answers"]))) == case["is"]


def test_drawn_expressions_amount_to_what_the_vectors_say() -> None:
    for case in CASES["drawn"]:
        tree = compiled(case["source"], scope=SCOPE).tree
        assert (case["source"], tree) == (case["source"], case["tree"])
        assert (case["source"], plain(evaluate(tree, world_of(case["answers"])))) == (case["source"], case["is"])
    assert len(CASES["drawn"]) >= 300


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "forms.expression_ends"),
        ("${n} >", "forms.expression_ends"),
        ("(${n} > 1", "forms.expression_ends"),
        ("${n} > 1 ${m}", "forms.expression_goes_on"),
        ("1 < 2 < 3", "forms.expression_goes_on"),
        ("${n} > 1; rm", "forms.expression_sign"),
        ("${n", "forms.expression_sign"),
        ("n > 1", "forms.expression_word"),
        ("${nobody} = 1", "forms.expression_no_question"),
        ("/data/n = 1", "forms.expression_path"),
        ("${some} = 'a'", "forms.expression_of_many"),
        ("random() > 0.5", "forms.expression_side_effect"),
        ("now() > 1", "forms.expression_side_effect"),
        ("pulldata('a', 'b', 'c', ${n})", "forms.expression_side_effect"),
        ("regex(${t}, '(a+)+$')", "forms.expression_regex"),
        ("indexed-repeat(${age}, ${rows}, 1)", "forms.expression_function"),
        ("system('ls')", "forms.expression_function"),
        ("${age} > 1", "forms.expression_in_repeat"),
        ("${rows} = 1", "forms.expression_in_repeat"),
        (". > 1", "forms.expression_self"),
        ("${n} = 'many'", "forms.expression_unlike"),
        ("${t} > 3", "forms.expression_order"),
        ("${n} and ${yes}", "forms.expression_argument"),
        ("${t} + 1", "forms.expression_argument"),
        ("${one} = 'd'", "forms.expression_no_choice"),
        ("selected(${some}, 'd')", "forms.expression_no_choice"),
        ("if(${yes}, 1)", "forms.expression_arguments"),
        ("round(${n}, ${m})", "forms.expression_places"),
        ("date('2021-02-29')", "forms.expression_no_day"),
        ("1" + " + 1" * 150, "forms.expression_too_big"),
        ("(" * 30 + "1" + ")" * 30, "forms.expression_too_deep"),
        ("-" * 60 + "1", "forms.expression_too_deep"),
        ("'" + "x" * 1000 + "'", "forms.expression_too_long"),
    ],
)
def test_what_cannot_stand_says_why(source: str, why: str) -> None:
    with pytest.raises(OddExpressionError) as odd:
        compiled(source, scope=SCOPE)
    assert odd.value.code == why
    for language in ("zh-Hans", "en"):
        assert why in sentences(language)


@settings(deadline=None)
@given(st.text(alphabet="${nm}age yes'\"()+-*<>=!.,1230divmodandorif‘（，", max_size=60))
def test_whatever_somebody_writes_is_an_expression_or_says_why_not(source: str) -> None:
    try:
        made = compiled(source, scope=SCOPE, own="n")
    except OddExpressionError as odd:
        assert odd.code in sentences("en")
        return
    assert made.uses <= SCOPE.keys()
    assert evaluate(made.tree, world_of({})) is None or made.kind is not None


_SAID = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.text(max_size=3))
_ROWS = st.lists(st.dictionaries(st.just("age"), _SAID), max_size=3)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.dictionaries(st.sampled_from(sorted(SCOPE)), _SAID), _ROWS)
def test_whatever_somebody_answers_comes_to_a_value_or_is_missing(
    seed: int, answers: dict[str, Any], rows: Any
) -> None:
    try:
        (case,) = cases(seed, 1)
    except OddExpressionError:
        return  # a literal that is no day
    value = evaluate(case["tree"], world_of(answers | {"rows": rows}))
    assert value is None or isinstance(value, bool | float | str | list)
    if isinstance(value, float):
        assert abs(value) <= expressions.LARGEST  # and so no infinity and no NaN


def test_a_choice_with_numbers_for_names_is_compared_by_name() -> None:
    scope = {"q": expressions.Slot(Kind.TEXT, choices=frozenset({"1", "2"}))}
    assert compiled("${q} = 1", scope=scope).tree == ["eq", ["of", "q"], ["is", "1"]]
    with pytest.raises(OddExpressionError):
        compiled("${q} = 3", scope=scope)


def test_inside_a_repeat_a_question_is_that_of_its_own_row() -> None:
    assert compiled("${age} > 60", scope=SCOPE, repeat="rows").tree == ["lt", ["is", 60], ["of", "age"]]


_FORM = CASES["fillings"][0]["form"]


@pytest.mark.parametrize("case", CASES["fillings"], ids=lambda case: case["says"])
def test_a_filled_form_is_what_the_vectors_say(case: dict[str, Any]) -> None:
    import msgspec

    questions = msgspec.convert(_FORM["questions"], tuple[AskedQuestion, ...])
    sections = msgspec.convert(_FORM["sections"], tuple[AskedSection, ...])
    filling = Filling(questions, sections, case["answers"], today=TODAY)
    assert filling.result() == case["result"]
    assert [list(wrong) for wrong in filling.wrong()] == case["wrong"]
