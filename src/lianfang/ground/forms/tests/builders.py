"""Questions and forms with plain values, for tests that state only what matters."""

from typing import Any

from lianfang.ground.forms.terms import Category, Choice, Form, Per, Question, QuestionType
from lianfang.ground.posture.terms import Words


def a_question(
    code: str = "help_wanted",
    zh: str = "家里要帮忙吗?",
    en: str = "Does the household need help?",
    *,
    category: Category = Category.NEED,
    per: Per = Per.HOUSEHOLD,
    type: QuestionType = QuestionType.YES_NO,
    **more: Any,
) -> Question:
    """A question that may always be asked."""
    return Question(code, category, per, type, Words(zh, en), **more)


def a_form(*questions: Question, code: str = "sweep") -> Form:
    """A form of these questions."""
    return Form(code, Words("入户排查", "Household sweep"), questions or (a_question(),))


FEVER = a_question(
    "fever", "有人发热吗?", "Does anybody have a fever?", category=Category.HEALTH, per=Per.PERSON, default=False
)
WHERE_TO = a_question(
    "where_to",
    "去哪里?",
    "Where to?",
    type=QuestionType.CHOICE,
    choices=(Choice("home", Words("在家", "Home")), Choice("shelter", Words("避灾点", "Shelter"))),
)
