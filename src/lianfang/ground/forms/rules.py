"""Which questions may stand in a form, here and now. Pure.

Sources: 整治形式主义若干规定 (2024) and 一表同享 (the same datum is given once); 网信办 2020-02-04 (only what the
purpose needs); design.md idea 7 (what is never asked). The word lists are blunt on purpose: a false alarm costs a
rewording, a miss costs people.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.forms.logic import logic, shape_oddities
from lianfang.ground.forms.terms import (
    NEEDS_INCIDENT,
    SOME,
    Category,
    Form,
    Per,
    PublishedForm,
    Question,
    QuestionType,
    Refusal,
)

# What the register knows of a household and its people, with the words by which a question would ask for it again.
KNOWN_FACTS: Mapping[str, tuple[str, ...]] = {
    "resident.name": ("姓名", "名字", "叫什么", "full name", "your name"),
    "resident.sex": ("性别", "男女", "sex", "gender"),
    "resident.born_on": ("出生", "生日", "年龄", "几岁", "多大", "date of birth", "birthday", "how old", "age"),
    "resident.id_number": ("身份证", "证件号", "id number", "identity number", "id card", "passport number"),
    "resident.phone": ("手机", "电话号码", "联系电话", "联系方式", "phone", "mobile"),
    "resident.relation": ("与户主关系", "和户主", "relation to the head", "relationship to the head"),
    "resident.residence_kind": ("户籍", "户口", "常住还是", "人户", "registered residence", "hukou"),
    "household.door": ("门牌", "住址", "家庭地址", "住在哪", "几单元", "home address", "door number"),
    "household.people": ("家里几口", "几口人", "家庭人数", "常住人数", "household size", "how many people live"),
}
# Codes that can mean nothing else.
_KNOWN_CODES = {
    "name": "resident.name",
    "sex": "resident.sex",
    "gender": "resident.sex",
    "age": "resident.born_on",
    "born_on": "resident.born_on",
    "birthday": "resident.born_on",
    "id_number": "resident.id_number",
    "phone": "resident.phone",
    "mobile": "resident.phone",
    "relation": "resident.relation",
    "residence_kind": "resident.residence_kind",
    "address": "household.door",
    "door": "household.door",
    "people": "household.people",
}
_NEVER_ZH = (
    "政治面貌 党员 团员 党派 宗教 信教 信仰 民族 种族 信访 上访 维稳 稳控 涉稳 犯罪 前科 刑满 社区矫正 吸毒 重点人员"
)
_NEVER_EN = (
    "party member",
    "political",
    "religio",
    "faith",
    "ethnic",
    "race",
    "petition",
    "criminal record",
    "conviction",
)
MOST_REFUSALS = 100
NEVER_ASKED = (*_NEVER_ZH.split(), *_NEVER_EN)


def read_form(raw: bytes) -> Form:
    """A form from JSON. What cannot be read is refused with the row of the question and the place in it."""
    try:
        return msgspec.json.decode(raw, type=Form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(str(error)) from None


def form_of(data: Mapping[str, Any]) -> Form:
    """A form from a pack or a request."""
    try:
        return msgspec.convert(data, type=Form)
    except msgspec.ValidationError as error:
        raise _unreadable(str(error)) from None


def _unreadable(said: str) -> Problem:
    at = re.search(r"questions\[(\d+)\]", said)
    if at is None:
        return Problem("forms.form_unreadable", where=said)
    return Problem("forms.question_unreadable", row=int(at[1]) + 1, where=said)


def refusals(
    form: Form,
    *,
    incident_open: bool,
    rows: Sequence[int] | Mapping[str, int] = (),
    running: Iterable[PublishedForm] = (),
    kept_days: int | None = None,
) -> list[Refusal]:
    """Everything that keeps a form from being published here and now, question by question.

    `rows` are the questions' rows in the author's workbook; in JSON a question's row is its place in the list.
    `running` are the other forms people answer in the same area, `kept_days` how long the incident's answers are kept.
    """
    found: list[Refusal] = []
    codes: set[str] = set()
    row_of = _row_of(form, rows)
    for index, question in enumerate(form.questions):
        row = rows[index] if isinstance(rows, Sequence) and rows else row_of[question.code]
        under = incident_open and form.needs_incident
        for code, details in (
            *_objections(question, incident_open=incident_open, taken=question.code in codes),
            *_retention_objections(question, under_incident=under, kept_days=kept_days),
            *_elsewhere(question, running),
            *_finding_objections(question, form),
        ):
            found.append(Refusal(row, question.code, _label(question), code, details, column=_column(code)))
        codes.add(question.code)
    for odd in [*shape_oddities(form)] or logic(form).oddities:
        label = _label(form.by_code[odd.code]) if odd.code in form.by_code else odd.code
        found.append(Refusal(row_of.get(odd.code, 1), odd.code, label, odd.why, dict(odd.details), column=odd.column))
    return found


def _label(question: Question) -> str:
    return question.label.zh or question.label.en or question.code


def _row_of(form: Form, rows: Sequence[int] | Mapping[str, int]) -> Mapping[str, int]:
    if isinstance(rows, Mapping):
        return rows
    places = {section.code: index + 1 for index, section in enumerate(form.sections)}
    codes = [question.code for question in form.questions]
    return places | dict(reversed(list(zip(codes, rows or range(1, len(codes) + 1), strict=False))))


_COLUMNS_OF = {
    "forms.needs_incident": "lianfang::purpose",
    "forms.finding_of_this": "lianfang::finding",
    "forms.known_already": "lianfang::fact",
    "forms.never_asked": "label",
    "forms.asked_elsewhere": "label",
    "forms.retention_does_not_fit": "lianfang::retention",
    "forms.kept_with_register": "lianfang::retention",
    "forms.kept_too_long": "lianfang::retention",
}


def _column(code: str) -> str:
    return _COLUMNS_OF.get(code, "")


def check_form(
    form: Form,
    *,
    incident_open: bool,
    rows: Sequence[int] | Mapping[str, int] = (),
    running: Iterable[PublishedForm] = (),
    kept_days: int | None = None,
) -> None:
    """Raise the first refusal, with all of them in its details: an author mends everything at once."""
    found = refusals(form, incident_open=incident_open, rows=rows, running=running, kept_days=kept_days)
    if not found:
        return
    raise_refusals(found)


def raise_refusals(found: Sequence[Refusal]) -> None:
    """The first as the problem's own sentence, and with it all of them, up to a bound."""
    first = found[0]
    place = {"sheet": first.sheet, "row": first.row, "column": first.column}
    raise Problem(
        first.code,
        status=422,
        refusals=[msgspec.to_builtins(refusal) for refusal in found[:MOST_REFUSALS]],
        more=max(0, len(found) - MOST_REFUSALS),
        **place | {"question": first.question, "label": first.label} | first.details,
    )


def _objections(question: Question, *, incident_open: bool, taken: bool) -> Iterable[tuple[str, dict[str, Any]]]:
    if taken:
        yield "forms.code_twice", {}
    if forbidden := _never_asked(question):
        yield "forms.never_asked", {"word": forbidden}
    if question.category in NEEDS_INCIDENT and not incident_open:
        yield "forms.needs_incident", {"category": question.category}
    yield from _register_objections(question)
    yield from _shape_objections(question)


def _register_objections(question: Question) -> Iterable[tuple[str, dict[str, Any]]]:
    """Enter once: a known fact is shown, never asked."""
    if question.category is Category.REGISTER:
        if question.fact not in KNOWN_FACTS:
            yield "forms.fact_unknown", {"fact": question.fact or "", "facts": "、".join(KNOWN_FACTS)}
    elif question.fact is not None:
        yield "forms.fact_only_in_register_questions", {}
    elif question.type is not QuestionType.NOTE and (fact := known_fact(question)):
        yield "forms.known_already", {"fact": fact}


def _retention_objections(
    question: Question, *, under_incident: bool, kept_days: int | None
) -> Iterable[tuple[str, dict[str, Any]]]:
    """A declared retention is a promise, so it must be what happens: answers of a form that needs an incident go with
    the incident, all others stay with the register.
    """
    said = question.retention
    if said is None:
        return
    happens = "incident" if under_incident else "register"
    if isinstance(said, int):
        if not under_incident or kept_days is None:
            yield "forms.kept_with_register", {"said": said}
        elif kept_days > said:
            yield "forms.kept_too_long", {"said": said, "days": kept_days}
    elif said != happens:
        yield "forms.retention_does_not_fit", {"said": said, "happens": happens}


def _elsewhere(question: Question, running: Iterable[PublishedForm]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Enter once, whoever asks: what another form asks in the same area is not asked again without a reason."""
    if not question.is_asked or question.type is QuestionType.CALCULATE or question.again.strip():
        return
    for other in running:
        for theirs in other.form.questions:
            if not theirs.again.strip() and same_question(question, theirs):
                details = {"form": other.form.title.zh, "other": theirs.label.zh, "version": other.version}
                yield "forms.asked_elsewhere", details
                return


def same_question(one: Question, other: Question) -> bool:
    """Do both ask the same? Of the same people, in the same manner, in the same words; with the same name, half of
    the words are enough.
    """
    if not other.is_asked or (one.per, one.type) != (other.per, other.type):
        return False
    if any(_folded(a) == _folded(b) for a, b in ((one.label.zh, other.label.zh), (one.label.en, other.label.en))):
        return True
    ours, theirs = _pairs(one.label.zh), _pairs(other.label.zh)
    return one.code == other.code and len(ours & theirs) * 2 >= len(ours | theirs)


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text)).lower()


def _pairs(text: str) -> set[str]:
    folded = _folded(text)
    return {folded[at : at + 2] for at in range(max(1, len(folded) - 1))}


def known_fact(question: Question) -> str | None:
    """The register's fact that this question would ask for once more, if there is one."""
    if question.code in _KNOWN_CODES:
        return _KNOWN_CODES[question.code]
    return next((fact for fact, words in KNOWN_FACTS.items() if any(_says(question, word) for word in words)), None)


def _never_asked(question: Question) -> str | None:
    return next((word for word in NEVER_ASKED if _says(question, word)), None)


def _says(question: Question, word: str) -> bool:
    """In its labels or its choices; English words whole (so that "age" is not found in "village")."""
    texts = (question.label, *(choice.label for choice in question.choices))
    if not word.isascii():
        return any(word in text.zh for text in texts)
    whole = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) if len(word) > 4 else re.compile(rf"\b{word}\b", re.I)
    return any(whole.search(text.en) for text in texts)


def _shape_objections(question: Question) -> Iterable[tuple[str, dict[str, Any]]]:
    if question.retention is not None and not _is_retention(question.retention):
        yield "forms.word_unknown", {"said": str(question.retention)[:40], "allowed": "incident、register、30"}
    if (question.type is QuestionType.NOTE) is not (question.category is Category.NOTE):
        yield "forms.note_is_a_note", {}
    if not question.label.zh.strip() or not question.label.en.strip():
        yield "forms.label_missing", {}
    is_choice = (
        question.type in (QuestionType.CHOICE, QuestionType.CHOICES) and question.category is not Category.REGISTER
    )
    if is_choice and len({c.value for c in question.choices}) < max(2, len(question.choices)):
        yield "forms.too_few_choices", {}
    if question.default is not None and not question.fits(question.default):
        yield "forms.default_does_not_fit", {"value": str(question.default)}


def _finding_objections(question: Question, form: Form) -> Iterable[tuple[str, dict[str, Any]]]:
    """A finding is about a door, not about a person, and among the answers there are."""
    if question.finding is None:
        return
    possible = _FINDABLE.get(question.type, tuple(choice.value for choice in question.choices))
    if question.per is Per.PERSON or not question.is_asked or form.repeat_of(question) or not possible:
        yield "forms.finding_of_this", {}
    elif unknown := [said for said in question.finding.answers if said not in possible]:
        yield "forms.word_unknown", {"said": unknown[0][:40], "allowed": "、".join(possible)}


_FINDABLE: Mapping[QuestionType, tuple[str, ...]] = {
    QuestionType.YES_NO: ("yes", "no"),
    **dict.fromkeys((QuestionType.INTEGER, QuestionType.DECIMAL), (SOME,)),
    **dict.fromkeys((QuestionType.TEXT, QuestionType.DATE, QuestionType.BARCODE, QuestionType.NOTE), ()),
    QuestionType.CALCULATE: (),
}


def _is_retention(said: str | int) -> bool:
    return 0 < said <= 3650 if isinstance(said, int) else said in ("incident", "register")


# --- a form written as a simple workbook: one question a row ---------------------------------------------------------

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("代码", "code"),
    "category": ("类别", "category"),
    "per": ("对象", "per"),
    "type": ("题型", "type"),
    "zh": ("题目", "question"),
    "en": ("英文题目", "question in english"),
    "choices": ("选项", "choices"),
    "default": ("默认答案", "default"),
    "fact": ("底册字段", "fact"),
}
REQUIRED_COLUMNS = ("code", "category", "per", "type", "zh", "en")
WORDS: Mapping[str, Mapping[str, str]] = {
    "category": {"底册": "register", "需求": "need", "健康": "health", "行程": "travel", "接触": "contact"},
    "per": {"户": "household", "每户": "household", "人": "person", "每人": "person"},
    "type": {"是否": "yes_no", "单选": "choice", "数字": "integer", "文字": "text"},
}
_YES_NO = {"是": True, "有": True, "yes": True, "否": False, "没有": False, "无": False, "no": False}


def form_from_rows(*, code: str, title: Mapping[str, str], rows: Sequence[tuple[int, Mapping[str, str]]]) -> Form:
    """A form from a workbook's rows (row number, cells by column name). An odd cell is named with row and column."""
    questions = [_question_from(number, cells) for number, cells in rows]
    if not questions:
        raise Problem("forms.no_questions", status=422)
    return form_of({"code": code, "title": dict(title), "questions": questions})


def _question_from(row: int, cells: Mapping[str, str]) -> dict[str, Any]:
    kind = _word(row, cells, "type")
    question: dict[str, Any] = {
        "code": _cell_code(row, cells),
        "category": _word(row, cells, "category"),
        "per": _word(row, cells, "per"),
        "type": kind,
        "label": {"zh": cells.get("zh", ""), "en": cells.get("en", "")},
        "choices": [_choice(row, text) for text in _split(cells.get("choices", ""))],
        "fact": cells.get("fact") or None,
    }
    if cells.get("default"):
        question["default"] = _default(row, kind, cells["default"])
    return question


def _cell_code(row: int, cells: Mapping[str, str]) -> str:
    code = cells.get("code", "")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
        raise odd_cell(row, "code", code, "a–z 0–9 _")
    return code


def _word(row: int, cells: Mapping[str, str], column: str) -> str:
    said = cells.get(column, "").strip().lower()
    known = WORDS[column]
    found = known.get(said, said if said in known.values() else None)
    if found is None:
        raise odd_cell(row, column, said, "、".join(known))
    return found


def _choice(row: int, text: str) -> dict[str, Any]:
    """`full=打完了/Complete`"""
    value, _, label = text.partition("=")
    zh, _, en = label.partition("/")
    if not (value.strip() and zh.strip() and en.strip()):
        raise odd_cell(row, "choices", text, "值=中文/English;值=中文/English")
    return {"value": value.strip(), "label": {"zh": zh.strip(), "en": en.strip()}}


def _default(row: int, kind: str, said: str) -> bool | int | str:
    if kind == QuestionType.YES_NO:
        if said.lower() not in _YES_NO:
            raise odd_cell(row, "default", said, "是、否")
        return _YES_NO[said.lower()]
    if kind == QuestionType.INTEGER:
        if not said.isdecimal():
            raise odd_cell(row, "default", said, "0–9")
        return int(said)
    return said


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;;\n]", text) if part.strip()]


def odd_cell(row: int, column: str, value: str, allowed: str) -> Problem:
    """The problem with one cell, by row number and column heading."""
    return Problem(
        "forms.cell_unreadable", status=422, row=row, column=COLUMNS[column][0], value=value[:60], allowed=allowed
    )
