"""The words of forms: questions, their categories, and why a question is refused. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.ground.forms import expressions
from lianfang.ground.posture.terms import Words

Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,59}$")]
Name = Annotated[str, msgspec.Meta(max_length=60)]
Text = Annotated[str, msgspec.Meta(max_length=1000)]
Scalar = bool | int | float | str
Row = dict[Name, Scalar | list[str]]
Value = Scalar | list[str | Row]  # several choices, or the rows of a repeat
LARGEST_NUMBER, LONGEST_TEXT, MOST_ROWS = 1_000_000, 1000, 20
MOST_QUESTIONS, MOST_GROUPS, MOST_CHOICES = 200, 100, 200
Answers = dict[Name, Value]
SOME = "some"  # of a number: more than none
Tree = list[Any]  # a compiled expression: expressions.py


class Category(StrEnum):
    """What a question is about; it decides when it may be asked."""

    REGISTER = "register"  # 底册: a fact of the register, shown for confirmation
    NEED = "need"  # 需求: what somebody wants of us
    HEALTH = "health"  # 健康
    TRAVEL = "travel"  # 行程
    CONTACT = "contact"  # 接触
    NOTE = "note"  # 说明: told, not asked


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
    CHOICES = "choices"  # several of them
    DECIMAL = "decimal"
    DATE = "date"
    BARCODE = "barcode"  # scanned or typed
    NOTE = "note"  # read out, nothing to answer
    CALCULATE = "calculate"  # follows from other answers


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """Questions that stand together 组. One that `repeats` is answered as often as there is something to say."""

    code: Code
    label: Words
    within: Code | None = None
    repeats: bool = False
    relevant: Text = ""


class Choice(msgspec.Struct, frozen=True):
    """One of the answers to choose from."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    label: Words


class FindingRule(msgspec.Struct, frozen=True):
    """Which answers are a finding 发现的问题, and within how many days it is to be fixed and looked at again.

    Choices by their values, yes and no as they are; of numbers `some`: more than none.
    """

    answers: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=20)]
    days: Annotated[int, msgspec.Meta(ge=0, le=365)]


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question. A register question names the `fact` that is shown; it asks nothing.

    `relevant`, `required`, `constraint` and `calculation` are expressions as their author wrote them (expressions.py).
    `retention`: how long its answers are kept, "incident" or "register" or a number of days; None in forms that leave
    it to their hazard pack. `again`: why it is asked although another form asks it.
    """

    code: Code
    category: Category
    per: Per
    type: QuestionType
    label: Words
    choices: tuple[Choice, ...] = ()
    default: Scalar | None = None
    fact: str | None = None
    section: Code | None = None
    relevant: Text = ""
    required: Text = ""
    constraint: Text = ""
    constraint_message: Words | None = None
    calculation: Text = ""
    hint: Words | None = None
    retention: str | int | None = None
    again: Text = ""
    finding: FindingRule | None = None

    def finds(self, value: object) -> bool:
        """Is this answer a finding?"""
        return self.finding is not None and not {*_finding_words(value)}.isdisjoint(self.finding.answers)

    @property
    def is_asked(self) -> bool:
        """Does somebody answer it, or does it follow from what somebody answered?"""
        return self.category is not Category.REGISTER and self.type is not QuestionType.NOTE

    def fits(self, value: object) -> bool:
        """Is this an answer it can have?"""
        return _FITS[self.type](self, value)


def _finding_words(value: object) -> tuple[str, ...]:
    """An answer in the words of a finding's rule."""
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, int | float):
        return (SOME,) if value > 0 else ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS: Mapping[QuestionType, Callable[[Question, Any], bool]] = {
    QuestionType.YES_NO: lambda _, value: isinstance(value, bool),
    QuestionType.INTEGER: lambda _, v: isinstance(v, int) and _is_number(v) and 0 <= v <= LARGEST_NUMBER,
    QuestionType.DECIMAL: lambda _, value: _is_number(value) and abs(value) <= LARGEST_NUMBER,
    QuestionType.CHOICE: lambda question, value: value in [choice.value for choice in question.choices],
    QuestionType.CHOICES: lambda question, value: (
        isinstance(value, list)
        and 0 < len(value) == len({*map(str, value)})
        and all(one in [choice.value for choice in question.choices] for one in value)
    ),
    QuestionType.DATE: lambda _, value: expressions.day_number(value) is not None,
    QuestionType.TEXT: lambda _, value: isinstance(value, str) and len(value) <= LONGEST_TEXT,
    QuestionType.BARCODE: lambda _, value: isinstance(value, str) and len(value) <= LONGEST_TEXT,
    QuestionType.NOTE: lambda _, __: False,
    QuestionType.CALCULATE: lambda _, value: isinstance(value, bool | int | float | str),
}


class Form(msgspec.Struct, frozen=True, dict=True, omit_defaults=True):
    """A form as somebody wrote it."""

    code: Code
    title: Words
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=MOST_QUESTIONS)]
    sections: Annotated[tuple[Section, ...], msgspec.Meta(max_length=MOST_GROUPS)] = ()

    @property
    def needs_incident(self) -> bool:
        """Does anything in it need an open incident?"""
        return any(question.category in NEEDS_INCIDENT for question in self.questions)

    def odd(self, answers: Answers, *, per: Per | None = None) -> bool:
        """Do these answer what was not asked, or as it cannot be answered? They are kept and flagged, never refused."""
        return any(not self._asks(code, value, per) for code, value in answers.items())

    def _asks(self, code: str, value: Any, per: Per | None) -> bool:
        if code in self.repeats:
            return per in (None, Per.HOUSEHOLD) and self._asks_rows(code, value)
        question = self.by_code.get(code)
        if question is None or not question.is_asked or per not in (None, question.per):
            return False
        return question.fits(value) and self.repeat_of(question) is None

    def _asks_rows(self, repeat: str, rows: Any) -> bool:
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            return False
        return all(isinstance(row, dict) and all(self._asks_in(repeat, *cell) for cell in row.items()) for row in rows)

    def _asks_in(self, repeat: str, code: str, value: object) -> bool:
        question = self.by_code.get(code)
        return question is not None and self.repeat_of(question) == repeat and question.fits(value)

    @cached_property
    def repeats(self) -> frozenset[str]:
        """The codes of the sections that repeat."""
        return frozenset(section.code for section in self.sections if section.repeats)

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """The sections by their codes."""
        return {section.code: section for section in self.sections}

    def around(self, item: Question | Section) -> list[Section]:
        """The sections in which it stands, from the inside out."""
        found: list[Section] = []
        code = item.within if isinstance(item, Section) else item.section
        while code is not None and code in self.section_of and len(found) <= len(self.sections):
            found.append(self.section_of[code])
            code = found[-1].within
        return found

    def repeat_of(self, item: Question | Section) -> str | None:
        """The repeat in which it stands."""
        return next((section.code for section in self.around(item) if section.repeats), None)

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """The questions by their codes."""
        return {question.code: question for question in self.questions}

    @cached_property
    def asked(self) -> dict[str, Question]:
        """Those that are asked, by their codes: a fact of the register is only shown."""
        return {code: question for code, question in self.by_code.items() if question.category is not Category.REGISTER}


class PublishedForm(msgspec.Struct, frozen=True):
    """A form in the version that was published for an area. Versions never change; a correction is the next version."""

    id: UUID
    version: int
    form: Form
    area: AreaId
    incident: IncidentId | None
    published_at: datetime


class AskedQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question as a phone gets it, its expressions as trees."""

    code: str
    per: Per
    type: QuestionType
    label: Words
    choices: tuple[Choice, ...] = ()
    default: Scalar | None = None
    section: str | None = None
    relevant: Tree | None = None
    required: Tree | None = None
    constraint: Tree | None = None
    constraint_message: Words | None = None
    calculation: Tree | None = None
    hint: Words | None = None


class AskedSection(msgspec.Struct, frozen=True, omit_defaults=True):
    """A section as a phone gets it."""

    code: str
    label: Words
    within: str | None = None
    repeats: bool = False
    relevant: Tree | None = None


class FormDocument(msgspec.Struct, frozen=True):
    """A published form as a phone gets it: the questions to ask and the facts to confirm, nothing of who wrote it.

    `shown` are the facts of the register to confirm by one tap.
    """

    id: UUID
    version: int
    title: Words
    questions: tuple[AskedQuestion, ...]
    shown: tuple[str, ...] = ()
    sections: tuple[AskedSection, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Why one question cannot stand, with its row as its author sees it."""

    row: int
    question: str
    label: str
    code: str
    details: dict[str, Any] = {}
    sheet: str = "survey"
    column: str = ""


class Remark(msgspec.Struct, frozen=True):
    """What was done with a row that its author should know of, although nothing is wrong with it."""

    row: int
    code: str
    details: dict[str, Any] = {}
    message: str = ""
