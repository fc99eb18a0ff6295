"""Our expressions as XPath, with our meaning. Pure.

XPath takes a missing answer for empty text, so `${fever} != 'no'` would be true before anybody was asked. Here it is
unknown. So each condition is written twice over: as what is certainly true (for relevant and required), and as what is
certainly false (for constraints, which are broken by nothing else). A comparison is certain only when all it reads was
answered. What cannot be said so is named, and the form is not offered.
"""

from collections.abc import Mapping
from typing import Any

from lianfang.ground.forms.terms import AskedQuestion, QuestionType
from lianfang.interop.openrosa.terms import InexpressibleError

Tree = list[Any]
_NUMBERS = (QuestionType.INTEGER, QuestionType.DECIMAL)
_SIGNS = {"add": "+", "sub": "-", "mul": "*"}
_COMPARED = {"eq": "=", "lt": "<", "le": "<="}


class XPath:
    """Writes the expressions of one form; `${code}` stands for a question's path."""

    def __init__(self, questions: Mapping[str, AskedQuestion]) -> None:
        self._questions = questions

    def certainly(self, tree: Tree, *, is_true: bool) -> str:
        """When is it certainly true (or certainly false)?"""
        match tree:
            case ["and" | "or" as word, *parts]:
                joint = " and " if (word == "and") is is_true else " or "
                return "(" + joint.join(self.certainly(part, is_true=is_true) for part in parts) + ")"
            case ["not", part]:
                return self.certainly(part, is_true=not is_true)
            case ["is", bool() as value]:
                return "true()" if value is is_true else "false()"
            case ["none"]:
                return "false()"
            case ["blank", part]:
                return self._blank(part, is_true)
            case ["eq" | "lt" | "le" as sign, left, right]:
                return self._sure(tree, f"{self.value(left)} {_COMPARED[sign]} {self.value(right)}", is_true)
            case ["selected", ["of", code], ["is", str() as choice]]:
                return self._sure(tree, f"selected(${{{code}}}, {_quoted(choice)})", is_true)
            case ["of", code]:
                return self._truth(code, is_true)
        raise InexpressibleError(str(tree[0]))

    def _truth(self, code: str, is_true: bool) -> str:
        question = self._questions[code]
        if question.calculation is not None:
            return self.certainly(question.calculation, is_true=is_true)
        if question.type is not QuestionType.YES_NO:
            raise InexpressibleError(code)
        return f"${{{code}}} = '{'yes' if is_true else 'no'}'"

    def _blank(self, part: Tree, is_true: bool) -> str:
        if part[0] != "of" or self._questions[part[1]].calculation is not None:
            raise InexpressibleError("blank")
        return f"${{{part[1]}}} {'=' if is_true else '!='} ''"

    def _sure(self, tree: Tree, said: str, is_true: bool) -> str:
        answered = [f"${{{code}}} != ''" for code in sorted(self._read(tree))]
        return "(" + " and ".join([*answered, said if is_true else f"not({said})"]) + ")"

    def _read(self, tree: Tree) -> set[str]:
        """The questions that somebody answers and that this depends on."""
        if tree[0] == "of":
            calculation = self._questions[tree[1]].calculation
            return {tree[1]} if calculation is None else self._read(calculation)
        return {code for part in tree[1:] if isinstance(part, list) for code in self._read(part)}

    def value(self, tree: Tree) -> str:
        """What it amounts to, once all it reads was answered. Days are compared as numbers: 20211210."""
        match tree:
            case ["of", code]:
                return self._of(code)
            case ["is", bool() as value]:
                return "'yes'" if value else "'no'"
            case ["is", int() | float() as value]:
                return repr(value)
            case ["is", str() as value]:
                return _quoted(value)
            case ["today"]:
                return "number(format-date(today(), '%Y%m%d'))"
            case ["add" | "sub" | "mul" as sign, left, right]:
                return f"({self.value(left)} {_SIGNS[sign]} {self.value(right)})"
            case ["neg", part]:
                return f"(0 - {self.value(part)})"
        raise InexpressibleError(str(tree[0]))

    def _of(self, code: str) -> str:
        question = self._questions[code]
        if question.calculation is not None:
            return self.value(question.calculation)
        if question.type in _NUMBERS:
            return f"number(${{{code}}})"
        if question.type in (QuestionType.DATE, QuestionType.CHOICES):
            raise InexpressibleError(question.type)
        return f"${{{code}}}"


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    raise InexpressibleError(text)
