"""A form on paper, from the same compiled form: blank, for one household, to be typed in afterwards."""

from pathlib import Path
from typing import Any

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.forms.terms import Category, Form, Per, PublishedForm, Question, QuestionType, Section
from lianfang.ground.posture.terms import Words

_TEMPLATE = Path(__file__).with_name("blank.typ")
ROWS_OF_A_REPEAT = 4


def blank(found: PublishedForm, *, viewer: Viewer, lang: str) -> bytes:
    """A PDF to write on. It names nobody."""
    title = _said(found.form.title, lang)
    sheet = printing.Sheet(
        title=sentence("forms.paper_title", lang, title=title, version=found.version),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason=sentence("forms.paper_reason", lang),
        personal=False,
        posted=True,
    )
    data = {"blocks": [*_blocks(found.form, lang)], "rows": ROWS_OF_A_REPEAT}
    return printing.pdf(_TEMPLATE, sheet=sheet, data=data, language=lang)


def _blocks(form: Form, lang: str) -> list[dict[str, Any]]:
    """Questions under the headings of their sections; those of a repeat side by side, a line for each time."""
    blocks: list[dict[str, Any]] = []
    numbers = {q.code: n for n, q in enumerate((q for q in form.questions if _is_written(q)), start=1)}
    for question in form.questions:
        if not (_is_written(question) or question.type is QuestionType.NOTE):
            continue
        heading = _heading(form, question)
        key = heading.code if heading else ""
        if not blocks or blocks[-1]["key"] != key:
            title = _said(heading.label, lang) if heading else ""
            blocks.append({"key": key, "title": title, "repeats": bool(heading and heading.repeats), "questions": []})
        blocks[-1]["questions"].append(_question(form, question, numbers, lang))
    return blocks


def _is_written(question: Question) -> bool:
    return question.is_asked and question.type is not QuestionType.CALCULATE


def _heading(form: Form, question: Question) -> Section | None:
    around = form.around(question)
    return next((section for section in around if section.repeats), around[0] if around else None)


def _question(form: Form, question: Question, numbers: dict[str, int], lang: str) -> dict[str, Any]:
    is_conditional = bool(question.relevant) or any(section.relevant for section in form.around(question))
    return {
        "number": numbers.get(question.code, 0),
        "label": _said(question.label, lang),
        "hint": _said(question.hint, lang) if question.hint else "",
        "kind": question.type,
        "choices": _choices(question, lang),
        "if": is_conditional,
        "each": question.per is Per.PERSON and question.category is not Category.NOTE,
    }


def _choices(question: Question, lang: str) -> list[str]:
    if question.type is QuestionType.YES_NO and not question.choices:
        return [sentence("forms.paper_yes", lang), sentence("forms.paper_no", lang)]
    return [_said(choice.label, lang) for choice in question.choices]


def _said(words: Words, lang: str) -> str:
    return words.en if lang == "en" else words.zh
