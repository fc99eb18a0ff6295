"""The words of forms: questions, their categories, and why a question is refused. Pure."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.ground.posture.terms import Words

Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,59}$")]
Value = bool | int | str
LARGEST_NUMBER, LONGEST_TEXT = 1_000_000, 1000
Answers = dict[Annotated[str, msgspec.Meta(max_length=60)], Value]


class Category(StrEnum):
    """What a question is about; it decides when it may be asked."""

    REGISTER = "register"  # 底册: a fact of the register, shown for confirmation
    NEED = "need"  # 需求: what somebody wants of us
    HEALTH = "health"  # 健康
    TRAVEL = "travel"  # 行程
    CONTACT = "contact"  # 接触


# Asked only while an incident is open that covers the area (PIPL art. 28: sensitive, so only for a purpose that needs
# it).
NEEDS_INCIDENT = frozenset({Category.HEALTH, Category.TRAVEL, Category.CONTACT})


class Per(StrEnum):
    """Whom a question is answered for."""

    HOUSEHOLD = "household"
    PERSON = "person"  # once for everybody, with exceptions by person


class QuestionType(StrEnum):
    """What an answer looks like."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    INTEGER = "integer"
    TEXT = "text"


class Choice(msgspec.Struct, frozen=True):
    """One of the answers to choose from."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    label: Words


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question. A register question names the `fact` that is shown; it asks nothing."""

    code: Code
    category: Category
    per: Per
    type: QuestionType
    label: Words
    choices: tuple[Choice, ...] = ()
    default: Value | None = None
    fact: str | None = None

    def fits(self, value: object) -> bool:
        """Is this an answer it can have?"""
        if self.type is QuestionType.YES_NO:
            return isinstance(value, bool)
        if self.type is QuestionType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER
        if self.type is QuestionType.CHOICE:
            return value in [choice.value for choice in self.choices]
        return isinstance(value, str) and len(value) <= LONGEST_TEXT


class Form(msgspec.Struct, frozen=True, dict=True):
    """A form as somebody wrote it."""

    code: Code
    title: Words
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=100)]

    @property
    def needs_incident(self) -> bool:
        """Does anything in it need an open incident?"""
        return any(question.category in NEEDS_INCIDENT for question in self.questions)

    def odd(self, answers: Answers, *, per: Per | None = None) -> bool:
        """Do these answer what was not asked, or as it cannot be answered? They are kept and flagged, never refused."""
        return any(not self._asks(code, value, per) for code, value in answers.items())

    def _asks(self, code: str, value: object, per: Per | None) -> bool:
        question = self.by_code.get(code)
        asked = question is not None and question.category is not Category.REGISTER and per in (None, question.per)
        return asked and question is not None and question.fits(value)

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """The questions by their codes."""
        return {question.code: question for question in self.questions}


class PublishedForm(msgspec.Struct, frozen=True):
    """A form in the version that was published for an area. Versions never change; a correction is the next version."""

    id: UUID
    version: int
    form: Form
    area: AreaId
    incident: IncidentId | None
    published_at: datetime

    @property
    def document(self) -> "FormDocument":
        """What a phone gets: the questions to ask and the facts to confirm, nothing about who wrote it or why."""
        asked = tuple(
            AskedQuestion(q.code, q.per, q.type, q.label, q.choices, q.default)
            for q in self.form.questions
            if q.category is not Category.REGISTER
        )
        shown = tuple(q.fact for q in self.form.questions if q.fact is not None)
        return FormDocument(self.id, self.version, self.form.title, asked, shown)


class AskedQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question as a phone gets it."""

    code: str
    per: Per
    type: QuestionType
    label: Words
    choices: tuple[Choice, ...] = ()
    default: Value | None = None


class FormDocument(msgspec.Struct, frozen=True):
    """A published form as a phone gets it. `shown` are the facts of the register to confirm by one tap."""

    id: UUID
    version: int
    title: Words
    questions: tuple[AskedQuestion, ...]
    shown: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Why one question cannot stand, with its row as its author sees it."""

    row: int
    question: str
    label: str
    code: str
    details: dict[str, Any] = {}
