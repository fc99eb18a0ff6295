"""Answers become numbers."""

from datetime import date
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import CampaignId, HouseholdId, ResidentId
from lianfang.foundation.kernel.measures import Unit
from lianfang.ground.campaigns.records import TaskOutcome
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.forms.rules import form_of
from lianfang.ground.forms.terms import QuestionType
from lianfang.ground.forms.tests.builders import FEVER, WHERE_TO, a_form, a_question
from lianfang.ground.posture.terms import PackMeasure
from lianfang.ground.posture.tests.files import PACKS
from lianfang.operations.screening import rules
from lianfang.operations.screening.records import HouseholdVisited, PersonAnswers
from lianfang.operations.screening.rules import Answered

TASK = TaskOutcome(CampaignId(UUID(int=1)), HouseholdId(UUID(int=2)), "2021-12-10", Outcome.DONE)
FRIDAY, SATURDAY = date(2021, 12, 10), date(2021, 12, 11)
SEATS = a_question("seats", "几个座位?", "How many seats?", type=QuestionType.INTEGER)
WANTS = msgspec.structs.replace(WHERE_TO, code="wants", type=QuestionType.CHOICES)
FORM = a_form(FEVER, WHERE_TO, SEATS, WANTS)


def a_measure(name: str, unit: Unit = Unit.PEOPLE, **more: object) -> PackMeasure:
    words = {"zh": name, "en": name, "definition_zh": name, "definition_en": name}
    return PackMeasure(name=name, unit=unit, **words, **more)  # type: ignore[arg-type]


MEASURES = (
    a_measure("asked"),
    a_measure("households", Unit.HOUSEHOLDS),
    a_measure("feverish", question="fever", counts=(True,)),
    a_measure("for_shelter", Unit.HOUSEHOLDS, question="where_to", counts=("shelter",)),
    a_measure("seats", question="seats", adds=True),
    a_measure("wanting_shelter", Unit.HOUSEHOLDS, question="wants", counts=("shelter",)),
)


def a_visit(*exceptions: dict[str, object], people: int = 4, **answers: object) -> HouseholdVisited:
    persons = [PersonAnswers(ResidentId(UUID(int=n)), e) for n, e in enumerate(exceptions)]  # type: ignore[arg-type]
    return HouseholdVisited(TASK, people, [], answers, persons)  # type: ignore[arg-type]


def measured(visit: HouseholdVisited) -> dict[str, int]:
    return rules.measured(visit, form=FORM, measures=MEASURES)


def test_one_answer_for_everybody_with_an_exception() -> None:
    counts = measured(a_visit({"fever": True}, fever=False, where_to="home", seats=0))
    assert counts == {"asked": 4, "households": 1, "feverish": 1}


def test_an_exception_the_other_way_round() -> None:
    assert measured(a_visit({"fever": False}, fever=True))["feverish"] == 3


def test_a_question_of_the_household_counts_once_whatever_its_size() -> None:
    assert measured(a_visit(people=9, where_to="shelter"))["for_shelter"] == 1


def test_numbers_are_added_up() -> None:
    assert measured(a_visit(seats=3))["seats"] == 3


def test_of_several_choices_one_that_counts_is_enough_and_counts_once() -> None:
    assert measured(a_visit(wants=["home", "shelter"]))["wanting_shelter"] == 1
    assert "wanting_shelter" not in measured(a_visit(wants=["home"]))


def test_a_question_nobody_answered_counts_for_nobody() -> None:
    assert "feverish" not in measured(a_visit())
    assert measured(a_visit({"fever": True}))["feverish"] == 1


def test_an_answer_that_does_not_fit_is_not_counted() -> None:
    assert measured(a_visit(fever="yes", where_to="the moon", seats=-2)) == {"asked": 4, "households": 1}
    assert "feverish" not in measured(a_visit(fever=1))


def test_the_last_word_on_a_person_stands() -> None:
    same = ResidentId(UUID(int=7))
    visit = HouseholdVisited(
        TASK, 4, [], {"fever": False}, [PersonAnswers(same, {"fever": True}), PersonAnswers(same, {"fever": False})]
    )
    assert "feverish" not in rules.measured(visit, form=FORM, measures=MEASURES)


def test_every_pack_counts_a_plain_visit_with_its_own_form() -> None:
    for pack in PACKS.values():
        form = form_of(pack.forms[0])
        answers = {q.code: q.default for q in form.questions if q.default is not None}
        counts = rules.measured(HouseholdVisited(TASK, 4, [], answers), form=form, measures=pack.measures)
        assert counts["households_asked"] == 1


def test_a_household_visited_twice_counts_once_and_of_each_answer_the_larger_number() -> None:
    first = Answered(SATURDAY, {"asked": 4, "feverish": 1})
    second = Answered(FRIDAY, {"asked": 3})
    assert rules.counted([first, second]) == {(FRIDAY, "asked"): 4, (FRIDAY, "feverish"): 1}


def test_a_corrected_visit_counts_no_more() -> None:
    assert rules.counted([Answered(FRIDAY, {"asked": 4}, void=True)]) == {}


@given(
    st.lists(
        st.builds(
            Answered,
            st.sampled_from([FRIDAY, SATURDAY]),
            st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)),
            st.booleans(),
        )
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_visits_changes_nothing(visits: list[Answered], random: object) -> None:
    shuffled = [*visits, *visits[:1]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.counted(shuffled) == rules.counted(visits)
