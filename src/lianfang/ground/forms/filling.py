"""A form while it is filled in 填写: what is shown, what follows, what is wrong. Pure; the phone computes the same
(`vectors.json`).

A question is shown when its own condition and those of all sections around it are true; unknown is not true. What is
not shown has no answer. A constraint is broken only when it is false: about what is missing it says nothing. All of
this helps whoever writes at a door; what arrives is kept whatever it says, and flagged.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from lianfang.ground.forms.expressions import World, evaluate, got, plain
from lianfang.ground.forms.terms import AskedQuestion, AskedSection, QuestionType

Row = tuple[str, int] | None  # which repeat, and which of its rows


class Wrong(NamedTuple):
    """What is wrong with an answer: "required" (there is none) or "constraint"."""

    code: str
    row: int | None
    what: str


class Filling:
    """One form and the answers so far, on a day."""

    def __init__(
        self,
        questions: Sequence[AskedQuestion],
        sections: Sequence[AskedSection],
        answers: Mapping[str, Any],
        *,
        today: str,
    ) -> None:
        self.questions = {question.code: question for question in questions}
        self.sections = {section.code: section for section in sections}
        self.answers = answers
        self.today = today
        self._seen: dict[tuple[str, Row], bool] = {}
        self._values: dict[tuple[str, Row], Any] = {}

    def visible(self, code: str, row: Row = None) -> bool:
        """Is the question or section shown?"""
        if (code, row) not in self._seen:
            self._seen[code, row] = False  # should it run in a circle all the same
            self._seen[code, row] = self._visible(code, row)
        return self._seen[code, row]

    def _visible(self, code: str, row: Row) -> bool:
        item = self.questions.get(code) or self.sections[code]
        around = item.within if isinstance(item, AskedSection) else item.section
        if around is not None and not self.visible(around, None if row and row[0] == around else row):
            return False
        return item.relevant is None or evaluate(item.relevant, self._world(row)) is True

    def value(self, code: str, row: Row = None) -> Any:
        """The answer that counts: what was said or what follows; None when it is not shown or nothing was said."""
        question = self.questions.get(code)
        if question is None:
            return None
        row = row if row and self._repeat(question) == row[0] else None
        if (code, row) not in self._values:
            self._values[code, row] = None
            self._values[code, row] = self._value(question, row)
        return self._values[code, row]

    def _value(self, question: AskedQuestion, row: Row) -> Any:
        if question.type is QuestionType.NOTE or not self.visible(question.code, row):
            return None
        if question.calculation is not None:
            return plain(evaluate(question.calculation, self._world(row)))
        said = self.answers if row is None else self._rows(row[0])[row[1]]
        value = said.get(question.code)
        return None if got(value) is None else value

    def _repeat(self, item: AskedQuestion | AskedSection) -> str | None:
        code = item.within if isinstance(item, AskedSection) else item.section
        while code is not None:
            if self.sections[code].repeats:
                return code
            code = self.sections[code].within
        return None

    def _rows(self, repeat: str) -> list[Mapping[str, Any]]:
        rows = self.answers.get(repeat)
        if not isinstance(rows, list) or not self.visible(repeat):
            return []
        return [row if isinstance(row, Mapping) else {} for row in rows]

    def _world(self, row: Row) -> World:
        return World(lambda code: self.value(code, row), self._row_answers, self.today)

    def _row_answers(self, repeat: str) -> list[Callable[[str], Any]]:
        return [lambda code, n=n: self.value(code, (repeat, n)) for n in range(len(self._rows(repeat)))]  # type: ignore[misc]

    def result(self) -> dict[str, Any]:
        """The answers that count, the rows of repeats under the repeat's code."""
        found: dict[str, Any] = {}
        for code, question in self.questions.items():
            repeat = self._repeat(question)
            if repeat is None and (value := self.value(code)) is not None:
                found[code] = value
        for code in (section.code for section in self.sections.values() if section.repeats):
            if rows := [self._row(code, n) for n in range(len(self._rows(code)))]:
                found[code] = rows
        return found

    def _row(self, repeat: str, n: int) -> dict[str, Any]:
        inside = [code for code, question in self.questions.items() if self._repeat(question) == repeat]
        return {code: value for code in inside if (value := self.value(code, (repeat, n))) is not None}

    def wrong(self, of: Collection[str] | None = None) -> list[Wrong]:
        """Everything that is missing or breaks a constraint (or what of these questions is), in the form's order."""
        asked = self.questions if of is None else of
        return [wrong for code in asked for row in self._places(code) if (wrong := self._wrong(code, row))]

    def _places(self, code: str) -> list[Row]:
        repeat = self._repeat(self.questions[code])
        return [None] if repeat is None else [(repeat, n) for n in range(len(self._rows(repeat)))]

    def _wrong(self, code: str, row: Row) -> Wrong | None:
        question, world = self.questions[code], self._world(row)
        if not self.visible(code, row):
            return None
        at = None if row is None else row[1]
        if self.value(code, row) is None:
            needed = question.required is not None and evaluate(question.required, world) is True
            return Wrong(code, at, "required") if needed else None
        broken = question.constraint is not None and evaluate(question.constraint, world) is False
        return Wrong(code, at, "constraint") if broken else None
