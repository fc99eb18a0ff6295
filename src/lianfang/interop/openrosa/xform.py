"""A campaign's form as an XForm, and a filled one read back. The XML is pyxform's, the conditions ours (xpath.py)."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID
from xml.parsers import expat

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.campaigns.terms import Outcome
from lianfang.ground.forms.terms import AskedQuestion, AskedSection, FormDocument, QuestionType
from lianfang.ground.posture.terms import Words
from lianfang.interop.openrosa.terms import InexpressibleError, Instance
from lianfang.interop.openrosa.xpath import XPath

DOORS = "doors.csv"
# What we ask beside the form's own questions. Codes of questions begin with a letter, so these are nobody's.
DOOR, OUTCOME, PEOPLE, ASKED, END = "_door", "_outcome", "_people", "_asked", "_end"
_ZH, _EN = "中文 (zh)", "English (en)"
_TYPES = {
    QuestionType.INTEGER: "integer",
    QuestionType.DECIMAL: "decimal",
    QuestionType.DATE: "date",
    QuestionType.TEXT: "text",
    QuestionType.BARCODE: "barcode",
    QuestionType.NOTE: "note",
    QuestionType.YES_NO: "select_one _yes_no",
}
_OUTCOMES = {
    Outcome.DONE: Words("已完成", "Done"),
    Outcome.NOBODY_HOME: Words("没人在", "Nobody home"),
    Outcome.REFUSED: Words("不愿接受", "Did not want to"),
    Outcome.ELSEWHERE: Words("人在外地", "Away"),
    Outcome.MOVED_AWAY: Words("已搬走", "Moved away"),
    Outcome.VACANT: Words("空户", "Vacant"),
}
_MOST_XML = 1 << 20
_MOST_DEPTH, _MOST_FIELDS = 12, 5_000


# --- written ---------------------------------------------------------------------------------------------------------


def written(form: FormDocument, *, id: str, title: str) -> bytes:
    """The XForm. Raises `InexpressibleError` when a condition means something that XPath cannot say."""
    from pyxform.xls2xform import convert

    book = {
        "survey": [*_around(), *_survey(form), {"type": "end_group", "name": ASKED}],
        "choices": [*_choices(form)],
        "settings": [
            {
                "form_id": id,
                "form_title": title,
                "version": str(form.version),
                "default_language": _ZH,
                "instance_name": f"${{{DOOR}}}",
            }
        ],
    }
    return convert(xlsform=book, validate=False, pretty_print=False, form_name="data").xform.encode()


def _labels(words: Words, column: str = "label") -> dict[str, str]:
    return {f"{column}::{_ZH}": words.zh, f"{column}::{_EN}": words.en}


def _around() -> Iterator[dict[str, str]]:
    """Which door, how it ended, how many people; the form's questions only where somebody was met."""
    yield {"type": "end", "name": END}  # when it was finished, by the phone's clock
    yield {"type": f"select_one_from_file {DOORS}", "name": DOOR, "required": "yes"} | _labels(Words("哪一户", "Door"))
    yield {"type": "select_one _outcome", "name": OUTCOME, "required": "yes"} | _labels(Words("结果", "Outcome"))
    done = f"${{{OUTCOME}}} = '{Outcome.DONE}'"
    people = _labels(Words("走访到几人", "How many people"))
    bounds = {"relevant": done, "required": "yes", "constraint": ". >= 0 and . <= 10000"}
    yield {"type": "integer", "name": PEOPLE} | bounds | people
    yield {"type": "begin_group", "name": ASKED, "relevant": done} | _labels(Words("今天的问题", "Today's questions"))


def _survey(form: FormDocument) -> Iterator[dict[str, str]]:
    """Questions in their order; a section begins with the first of its questions and ends with the last."""
    sections = {section.code: section for section in form.sections}
    said = XPath({question.code: question for question in form.questions})
    inside: list[AskedSection] = []
    for question in form.questions:
        if question.type is QuestionType.CALCULATE:
            continue  # the server reckons it from the answers; conditions that read it have it written out
        path = _path(question.section, sections)
        while inside != path[: len(inside)]:
            yield _end(inside.pop())
        for section in path[len(inside) :]:
            inside.append(section)
            yield _begin(section, said)
        yield _question(question, said)
    while inside:
        yield _end(inside.pop())


def _path(code: str | None, sections: Mapping[str, AskedSection]) -> list[AskedSection]:
    found: list[AskedSection] = []
    while code is not None:
        found.insert(0, sections[code])
        code = sections[code].within
    return found


def _begin(section: AskedSection, said: XPath) -> dict[str, str]:
    row = {"type": "begin_repeat" if section.repeats else "begin_group", "name": section.code}
    if section.relevant is not None:
        row["relevant"] = said.certainly(section.relevant, is_true=True)
    return row | _labels(section.label)


def _end(section: AskedSection) -> dict[str, str]:
    return {"type": "end_repeat" if section.repeats else "end_group", "name": section.code}


def _question(question: AskedQuestion, said: XPath) -> dict[str, str]:
    row = {"type": _type(question), "name": question.code} | _labels(question.label)
    if question.hint:
        row |= _labels(question.hint, "hint")
    if question.relevant is not None:
        row["relevant"] = said.certainly(question.relevant, is_true=True)
    if question.required is not None:
        row["required"] = said.certainly(question.required, is_true=True)
    if question.constraint is not None:
        row["constraint"] = f"not({said.certainly(question.constraint, is_true=False)})"
    if question.constraint_message:
        row |= _labels(question.constraint_message, "constraint_message")
    if question.default is not None:
        row["default"] = _default(question)
    return row


def _default(question: AskedQuestion) -> str:
    if isinstance(question.default, bool):
        return "yes" if question.default else "no"
    return str(question.default)


def _type(question: AskedQuestion) -> str:
    if question.type is QuestionType.CHOICE or (question.type is QuestionType.YES_NO and question.choices):
        return f"select_one {question.code}"
    if question.type is QuestionType.CHOICES:
        if any(" " in choice.value for choice in question.choices):
            raise InexpressibleError(question.code)  # several choices are parted by spaces
        return f"select_multiple {question.code}"
    return _TYPES[question.type]


def _choices(form: FormDocument) -> Iterator[dict[str, str]]:
    for outcome, words in _OUTCOMES.items():
        yield {"list_name": "_outcome", "name": outcome.value} | _labels(words)
    for value, words in (("yes", Words("有/是", "Yes")), ("no", Words("没有/否", "No"))):
        yield {"list_name": "_yes_no", "name": value} | _labels(words)
    for question in form.questions:
        for choice in question.choices:
            yield {"list_name": question.code, "name": choice.value} | _labels(choice.label)


# --- read back -------------------------------------------------------------------------------------------------------


def read(xml: bytes) -> Instance:
    """A filled form. Half of one, something else, or XML that is up to no good: `openrosa.unreadable` (400)."""
    root, attributes = _tree(xml)
    meta = root.get("meta", {})
    said = meta.get("instanceID", "") if isinstance(meta, dict) else ""
    try:
        id = UUID(str(said).removeprefix("uuid:"))
    except ValueError:
        raise Problem("openrosa.no_instance_id", status=400) from None
    return Instance(attributes.get("id", ""), attributes.get("version", ""), id, str(root.get(END, "")), root)


def _unreadable() -> Problem:
    return Problem("openrosa.unreadable", status=400)


def _tree(xml: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Elements as maps by local name; those of one name as a list; leaves as their text."""
    if len(xml) > _MOST_XML:
        raise Problem("wire.too_large", status=413, most="1 MB")
    stack: list[dict[str, Any]] = [{}]
    names: list[str] = []
    texts: list[list[str]] = [[]]
    attributes: dict[str, str] = {}
    budget = [_MOST_FIELDS]

    def start(name: str, given: dict[str, str]) -> None:
        budget[0] -= 1
        if len(stack) > _MOST_DEPTH or budget[0] < 0:
            raise _unreadable()
        if not names:
            attributes.update(given)
        names.append(name.rpartition(":")[2])
        stack.append({})
        texts.append([])

    def end(name: str) -> None:
        inside, text = stack.pop(), "".join(texts.pop()).strip()
        value: Any = inside or text
        above, key = stack[-1], names.pop()
        if key in above:
            before = above[key]
            above[key] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            above[key] = value

    def refuse(*_: object) -> None:
        raise _unreadable()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text)
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise _unreadable() from None
    root = next(iter(stack[0].values()), None)
    if not isinstance(root, dict):
        raise _unreadable()
    return root, attributes


def answers(instance: Instance, form: FormDocument) -> dict[str, Any]:
    """What was answered, as our own phones would say it. What does not read as its type stays text: it is kept, and
    flagged as odd.
    """
    by_code = {question.code: question for question in form.questions}
    repeats = {section.code for section in form.sections if section.repeats}
    inside = instance.fields.get(ASKED)
    return _answers(inside if isinstance(inside, dict) else {}, by_code, repeats)


def _answers(fields: Mapping[str, Any], by_code: Mapping[str, AskedQuestion], repeats: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in repeats:
            rows = value if isinstance(value, list) else [value]
            found[name] = [_answers(row, by_code, repeats) for row in rows if isinstance(row, dict)]
        elif isinstance(value, dict):
            found |= _answers(value, by_code, repeats)
        elif (question := by_code.get(name)) and isinstance(value, str) and value:
            found |= {} if question.type is QuestionType.NOTE else {name: _value(question, value)}
    return found


def _value(question: AskedQuestion, text: str) -> Any:
    match question.type:
        case QuestionType.YES_NO if text in ("yes", "no"):
            return text == "yes"
        case QuestionType.INTEGER if text.isascii() and text.lstrip("-").isdigit() and len(text) < 16:
            return int(text)
        case QuestionType.DECIMAL:
            return _decimal(text)
        case QuestionType.CHOICES:
            return text.split()
    return text


def _decimal(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < 1e15 else text
