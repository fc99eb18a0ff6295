"""What the expressions of a form amount to together 逻辑: compiled once, checked for circles. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from lianfang.ground.forms.expressions import Compiled, Kind, OddExpressionError, Slot, compiled
from lianfang.ground.forms.terms import (
    AskedQuestion,
    AskedSection,
    Category,
    Form,
    Per,
    Question,
    QuestionType,
    Section,
    Tree,
)

_KINDS: Mapping[QuestionType, Kind] = {
    QuestionType.YES_NO: Kind.TRUTH,
    QuestionType.INTEGER: Kind.NUMBER,
    QuestionType.DECIMAL: Kind.NUMBER,
    QuestionType.CHOICE: Kind.TEXT,
    QuestionType.CHOICES: Kind.MANY,
    QuestionType.TEXT: Kind.TEXT,
    QuestionType.BARCODE: Kind.TEXT,
    QuestionType.DATE: Kind.DATE,
}
_TRUTHS = ("relevant", "required", "constraint")
_NAMED = re.compile(r"\$\{\s*([^{}]{1,80}?)\s*\}")


_Made = TypeVar("_Made")


class Oddity(NamedTuple):
    """What cannot stand: which question or section, in which of its columns, why."""

    code: str
    column: str
    why: str
    details: Mapping[str, Any]


class Logic(NamedTuple):
    """A form's expressions as trees, by the code of the question or section and the column."""

    trees: Mapping[tuple[str, str], Tree]
    oddities: tuple[Oddity, ...]


def logic(form: Form) -> Logic:
    """All of it. A form that was published has no oddities."""
    return _once(form, "logic", lambda: _Compiler(form).logic() if _has_any(form) else Logic({}, ()))


def _once(form: Form, name: str, make: Callable[[], _Made]) -> _Made:
    """Kept with the form, as its own cached properties are: to find it by content would cost more than to use it."""
    kept = vars(form)
    if name not in kept:
        kept[name] = make()
    made: _Made = kept[name]
    return made


def _has_any(form: Form) -> bool:
    return any(_sources(item) for item in _items(form))


def _items(form: Form) -> Iterator[Question | Section]:
    yield from form.sections
    yield from form.questions


def _sources(item: Question | Section) -> dict[str, str]:
    if isinstance(item, Section):
        return {"relevant": item.relevant} if item.relevant else {}
    found = {column: getattr(item, column) for column in (*_TRUTHS, "calculation")}
    return {column: source for column, source in found.items() if source}


class _Compiler:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.trees: dict[tuple[str, str], Tree] = {}
        self.oddities: list[Oddity] = []
        self.unread: set[str] = set()  # calculations that read an odd one
        self.uses: dict[str, set[str]] = {item.code: set() for item in _items(form)}
        self.scope = {question.code: slot for question in form.questions if (slot := self._slot(question))}
        self.scope |= {repeat: Slot(Kind.ROWS) for repeat in form.repeats}

    def logic(self) -> Logic:
        self._calculations()
        for item in _items(self.form):
            for column, source in _sources(item).items():
                if column != "calculation":
                    self._truth(item, column, source)
            if around := self.form.around(item):
                self.uses[item.code].add(around[0].code)
        self._circles(self.uses)
        return Logic(self.trees, tuple(self.oddities))

    def _slot(self, question: Question) -> Slot | None:
        kind = _KINDS.get(question.type)
        if kind is None or question.category is Category.REGISTER:
            return None
        is_choice = question.type in (QuestionType.CHOICE, QuestionType.CHOICES)
        choices = frozenset(choice.value for choice in question.choices) if is_choice else None
        return Slot(kind, self.form.repeat_of(question), choices)

    def _calculations(self) -> None:
        """Each after those it reads; what runs in a circle is left out."""
        waiting = {q.code: q for q in self.form.questions if q.type is QuestionType.CALCULATE}
        while waiting:
            ready = [q for q in waiting.values() if not waiting.keys() & {*_NAMED.findall(q.calculation)}]
            for question in ready or list(waiting.values()):
                del waiting[question.code]
                if ready:
                    self._calculation(question)
                else:
                    self.uses[question.code] |= self.uses.keys() & {*_NAMED.findall(question.calculation)}
                    self.scope[question.code] = Slot(Kind.TEXT, self.form.repeat_of(question))

    def _calculation(self, question: Question) -> None:
        made = self._compiled(question, "calculation", question.calculation)
        if made and made.kind is Kind.MANY:
            self.oddities.append(Oddity(question.code, "calculation", "forms.expression_many", {}))
        if made:
            self.scope[question.code] = Slot(made.kind or Kind.TEXT, self.form.repeat_of(question))

    def _truth(self, item: Question | Section, column: str, source: str) -> None:
        made = self._compiled(item, column, source)
        if made and made.kind is not Kind.TRUTH:
            self.oddities.append(Oddity(item.code, column, "forms.expression_no_truth", {"got": made.kind or ""}))

    def _compiled(self, item: Question | Section, column: str, source: str) -> Compiled | None:
        own = item.code if column in ("constraint", "required") else None
        try:
            made = compiled(source, scope=self.scope, own=own, repeat=self._repeat(item))
        except OddExpressionError as odd:
            if self._follows(odd):
                self.unread.add(item.code)
                return None
            self.oddities.append(Oddity(item.code, column, self._why(odd), odd.details))
            return None
        self.trees[item.code, column] = made.tree
        if column in ("relevant", "calculation"):
            self.uses[item.code] |= made.uses
        return made

    def _repeat(self, item: Question | Section) -> str | None:
        return self.form.repeat_of(item)

    def _follows(self, odd: OddExpressionError) -> bool:
        """What reads a calculation that is odd itself has nothing wrong of its own that anybody could know yet."""
        broken = {oddity.code for oddity in self.oddities if oddity.column == "calculation"}
        return odd.code == "forms.expression_no_question" and odd.details["name"] in broken | self.unread

    def _why(self, odd: OddExpressionError) -> str:
        """What is known already, and a heading, are no answers; that they exist deserves a word of its own."""
        question = self.form.by_code.get(odd.details.get("name", ""))
        if odd.code == "forms.expression_no_question" and question is not None:
            return "forms.expression_no_answer"
        return odd.code

    def _circles(self, uses: Mapping[str, set[str]]) -> None:
        done: set[str] = set()
        for start in uses:
            path = [start] if start in uses[start] else _circle(start, uses)
            if path and not done & {*path}:
                column = "calculation" if (start, "calculation") in self.trees else "relevant"
                said = " → ".join([*path, path[0]])
                self.oddities.append(Oddity(start, column, "forms.circle", {"path": said}))
            done |= {*path}


def _circle(start: str, uses: Mapping[str, set[str]]) -> list[str]:
    """The way from a question back to itself, or nothing. Without recursion: a form may be long."""
    came: dict[str, str] = {}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for there in sorted(uses.get(here, ())):
            if there == start:
                path = [here]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if there not in came:
                came[there] = here
                queue.append(there)
    return []


# --- as a phone gets it -----------------------------------------------------------------------------------------------


def asked_questions(form: Form) -> tuple[AskedQuestion, ...]:
    """What is asked, in its order, with trees for expressions."""
    return _once(form, "asked_questions", lambda: _asked_questions(form))


def _asked_questions(form: Form) -> tuple[AskedQuestion, ...]:
    tree = _tree_of(form)
    return tuple(
        AskedQuestion(
            q.code,
            q.per,
            q.type,
            q.label,
            q.choices,
            q.default,
            q.section,
            tree(q.code, "relevant"),
            tree(q.code, "required"),
            tree(q.code, "constraint"),
            q.constraint_message,
            tree(q.code, "calculation"),
            q.hint,
        )
        for q in form.questions
        if q.category is not Category.REGISTER
    )


def asked_sections(form: Form) -> tuple[AskedSection, ...]:
    """The sections, with trees for when they are shown."""
    tree = _tree_of(form)
    return tuple(AskedSection(s.code, s.label, s.within, s.repeats, tree(s.code, "relevant")) for s in form.sections)


def _tree_of(form: Form) -> Callable[[str, str], Tree | None]:
    trees = logic(form).trees
    return lambda code, column: trees.get((code, column))


def shape_oddities(form: Form) -> Iterable[Oddity]:
    """Sections that do not exist, or stand in themselves, repeats in repeats, persons in repeats."""
    taken: set[str] = set()
    for item in _items(form):
        column = "type"
        if item.code in taken and item.code in form.section_of:
            yield Oddity(item.code, "name", "forms.code_twice", {"question": item.code})
        taken.add(item.code)
        if isinstance(item, Section) and item in form.around(item):
            yield Oddity(item.code, column, "forms.circle", {"path": f"{item.code} → {item.code}"})
        within = item.within if isinstance(item, Section) else item.section
        if within is not None and within not in form.section_of:
            yield Oddity(item.code, column, "forms.no_such_section", {"section": within})
        if isinstance(item, Section) and item.repeats and form.repeat_of(item):
            yield Oddity(item.code, column, "forms.repeat_in_repeat", {"outer": form.repeat_of(item)})
        if isinstance(item, Question) and item.per is Per.PERSON and form.repeat_of(item):
            yield Oddity(item.code, column, "forms.person_in_repeat", {"outer": form.repeat_of(item)})
