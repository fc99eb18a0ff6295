"""A form from XLSForm, the spreadsheet format that forms are written in elsewhere 表单工作簿. Pure.

What a phone, a desk and a sheet of paper can all show is taken; everything else is refused with sheet, row and column,
all of it at once, because an author mends a file and not a row. pyxform names headings and types as the standard does,
and has the last word on whether what we take is XLSForm at all (docs/howto/write-a-form.md).
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.forms.rules import KNOWN_FACTS, WORDS
from lianfang.ground.forms.terms import (
    MOST_CHOICES,
    MOST_GROUPS,
    MOST_QUESTIONS,
    SOME,
    Category,
    Choice,
    FindingRule,
    Form,
    Per,
    Question,
    QuestionType,
    Refusal,
    Remark,
    Section,
)
from lianfang.ground.posture.terms import Words

MOST_SHEET_ROWS = 1000
SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
_OUTSIDE = ("external_choices", "entities", "osm")


class Sheet(NamedTuple):
    """A sheet as it was read: its headings, and its rows by their numbers as Excel shows them."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[int, Mapping[str, str]]]
    first: int  # the row of the headings


class Read(NamedTuple):
    """What a workbook holds: the form as far as it could be read, the row of each question and section, what cannot
    stand, and what was left out because nobody needs it here.
    """

    form: Form | None
    rows: Mapping[str, int]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]


def looks_like_xlsform(headings: Sequence[str]) -> bool:
    """type and name side by side: no other table that is handed in here has both."""
    return {"type", "name"} <= {heading.strip().lower() for heading in headings}


def read_book(book: Mapping[str, Sheet], *, code: str = "", title: Words | None = None) -> Read:
    """The form of a workbook's sheets, with everything that is wrong about it. Raises Problem where nothing can be read
    at all.
    """
    reading = _Reading(book)
    reading.read(code, title)
    return Read(reading.form, reading.rows, tuple(reading.refusals), tuple(reading.remarks))


# --- types ------------------------------------------------------------------------------------------------------------

_TYPES: Mapping[str, QuestionType] = {
    "text": QuestionType.TEXT,
    "string": QuestionType.TEXT,
    "integer": QuestionType.INTEGER,
    "int": QuestionType.INTEGER,
    "decimal": QuestionType.DECIMAL,
    "date": QuestionType.DATE,
    "barcode": QuestionType.BARCODE,
    "note": QuestionType.NOTE,
    "calculate": QuestionType.CALCULATE,
}
_REFUSED_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("photo", "image", "audio", "video", "file", "background-audio"), "forms.xlsform_media"),
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "start-geopoint", "osm"), "forms.xlsform_position"),
    **dict.fromkeys(("select_one_external", "xml-external", "csv-external"), "forms.xlsform_external"),
}
# Every record carries them of itself: who, with which phone, when it was begun and kept.
_CARRIED_ANYWAY = frozenset(
    (
        *("start", "end", "today", "deviceid", "phonenumber", "username", "email"),
        *("simserial", "subscriberid", "audit", "imei"),
    )
)
_SELECTS = {"select one": QuestionType.CHOICE, "select all that apply": QuestionType.CHOICES}
_OR_OTHER = re.compile(r"\s+(or_other|or specify other|or other)\s*$")
_BEGIN = re.compile(r"begin[ _](group|repeat|lgroup|looped group|loop)")
_END = re.compile(r"end[ _](group|repeat|lgroup|looped group|loop)")

# --- columns ----------------------------------------------------------------------------------------------------------

_OURS = ("purpose", "retention", "per", "fact", "again", "finding", "finding_days")
_KNOWN_COLUMNS = frozenset(
    (
        *("type", "name", "label", "hint", "guidance_hint", "bind", "control", "media", "default", "choice_filter"),
        *("parameters", "trigger", "disabled", "image", "audio", "video", "instance", "lianfang", "appearance"),
        *("query", "note", "comment", "comments", "list_name", "relevant", "required", "constraint", "calculation"),
        *("constraint_message", "required_message", "read_only", "repeat_count"),
    )
)
_MOST_WANTED = ("relevant", "required", "constraint", "calculation", "constraint_message", "label", "hint", "lianfang")
_REFUSED_COLUMNS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("choice_filter",), "choice_filter", "forms.xlsform_choice_filter"),
    (("control", "jr:count"), "repeat_count", "forms.xlsform_column"),
    (("trigger",), "trigger", "forms.xlsform_column"),
    (("bind", "entities:saveto"), "save_to", "forms.xlsform_column"),
    (("media",), "media", "forms.xlsform_media"),
    (("query",), "query", "forms.xlsform_external"),
)
_YES = frozenset({"yes", "true", "true()", "1", "是", "必答"})
_NO = frozenset({"no", "false", "false()", "0", "否"})
_DAYS = re.compile(r"(\d{1,4})\s*(天|日|days?|d)?")
_RETENTIONS = {
    **dict.fromkeys(("incident", "随应急", "应急"), "incident"),
    **dict.fromkeys(("register", "随底册", "底册"), "register"),
}
_SUBSTITUTED = re.compile(r"\$\{[^{}]*\}")


_LABELS = {"zh": "label::中文 (zh)", "en": "label::English (en)"}
_SAID_OF_THE_SHEET = frozenset(
    (
        *("forms.label_missing", "forms.xlsform_choice_label"),
        *("forms.purpose_missing", "forms.retention_missing"),
    )
)


class _Open(NamedTuple):
    """A group that has begun and not ended yet."""

    code: str
    kind: str
    row: int
    ours: Mapping[str, str]


class _Reading:
    """One workbook being read. It goes on after whatever it cannot take."""

    def __init__(self, book: Mapping[str, Sheet]) -> None:
        self.book = {name.strip().lower(): sheet for name, sheet in book.items()}
        self.form: Form | None = None
        self.refusals: list[Refusal] = []
        self.remarks: list[Remark] = []
        self.rows: dict[str, int] = {}
        self.questions: list[Question] = []
        self.sections: list[Section] = []
        self.open: list[_Open] = []
        self.names: dict[str, str] = {}  # as their author wrote them → code
        self.absent: dict[str, set[str]] = {}  # by sheet, the columns of ours that it lacks altogether

    def refuse(self, code: str, row: int, column: str, name: str = "", label: str = "", **details: Any) -> None:
        sheet = details.pop("sheet", SURVEY)
        if column in self.absent.get(sheet, ()) and code in _SAID_OF_THE_SHEET:
            return  # said once, of the sheet
        self.refusals.append(Refusal(row, name, label or name, code, details, sheet, column))

    def read(self, code: str, title: Words | None) -> None:
        if SURVEY not in self.book:
            raise Problem("forms.xlsform_no_survey", status=422, sheets="、".join(self.book))
        for outside in _OUTSIDE:
            if outside in self.book and self.book[outside].rows:
                self.refuse("forms.xlsform_sheet", self.book[outside].rows[0][0], "", sheet=outside, name=outside)
        self._refuse_misspelt(self.book[SURVEY])
        for name in (SURVEY, CHOICES):
            if name in self.book and self.book[name].rows:
                self._refuse_absent(name, self.book[name])
        survey = self._grouped(SURVEY)
        self._refuse_too_long(survey)
        self.lists = self._choice_lists()
        self.names = {text: _code(text) for _, row in survey if (text := _flat(row.get("name")))}
        for number, row in survey:
            self._row(number, row)
        for left in self.open:
            self.refuse("forms.xlsform_never_ends", left.row, "type", left.code)
        self._finish(code, title)

    # headings

    def _refuse_misspelt(self, sheet: Sheet) -> None:
        for heading in sheet.headings:
            word = re.split(r":+", heading.strip().lower().replace(" ", "_"))[0]
            near = difflib.get_close_matches(word, _MOST_WANTED, n=1, cutoff=0.8)
            if word and word not in _KNOWN_COLUMNS and near and not _is_standard(word):
                self.refuse("forms.xlsform_heading", sheet.first, heading, near=near[0])
            ours = re.split(r":+", heading.strip().lower())
            if ours[0] == "lianfang" and (len(ours) != 2 or ours[1] not in _OURS):
                known = "、".join(f"lianfang::{name}" for name in _OURS)
                self.refuse("forms.xlsform_our_heading", sheet.first, heading, known=known)

    def _refuse_absent(self, name: str, sheet: Sheet) -> None:
        """A column that is not there is one mistake, however many rows miss it."""
        headings = [heading.strip().lower() for heading in sheet.headings]
        spoken = {_language(heading) for heading in headings if heading.startswith(("label", "caption"))}
        plain = any(heading in ("label", "caption") for heading in headings)
        wanted = [label for language, label in _LABELS.items() if not plain and language not in spoken]
        if plain and len(spoken - {None}) == 0:
            wanted = [_LABELS["en" if re.search(r"[\u4e00-\u9fff]", _sample(sheet)) else "zh"]]
        if name == SURVEY:
            wanted += [f"lianfang::{ours}" for ours in ("purpose", "retention") if f"lianfang::{ours}" not in headings]
        for column in wanted:
            self.refuse("forms.xlsform_absent", sheet.first, column, sheet=name, name=name)
        self.absent[name] = {*wanted}

    def _grouped(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        """The rows with headings as the standard names them, columns of several languages in one."""
        from pyxform import aliases
        from pyxform.errors import PyXFormError
        from pyxform.parsing.sheet_headers import dealias_and_group_headers
        from pyxform.question import MultipleChoiceQuestion, Option

        sheet = self.book[name]
        known = MultipleChoiceQuestion if name == SURVEY else Option
        try:
            grouped = dealias_and_group_headers(
                sheet_name=name,
                sheet_data=[dict(cells) for _, cells in sheet.rows],
                sheet_header=[dict.fromkeys(sheet.headings)],
                header_aliases=aliases.survey_header if name == SURVEY else aliases.list_header,
                header_columns={*known.get_slot_names()},
                strip_whitespace=True,
            )
        except PyXFormError as error:
            raise Problem(
                "forms.xlsform_says", status=422, row=sheet.first, sheet=name, says=str(error)[:300]
            ) from None
        return [(number, row) for (number, _), row in zip(sheet.rows, grouped.data, strict=True)]

    def _refuse_too_long(self, survey: list[tuple[int, dict[str, Any]]]) -> None:
        types = [(number, _flat(row.get("type")).lower()) for number, row in survey]
        groups = [number for number, type in types if _BEGIN.fullmatch(type)]
        asked = [number for number, type in types if type and not _BEGIN.fullmatch(type) and not _END.fullmatch(type)]
        for found, most, why in ((asked, MOST_QUESTIONS, "questions"), (groups, MOST_GROUPS, "groups")):
            if len(found) > most:
                raise Problem(f"forms.too_many_{why}", status=422, most=most, has=len(found), row=found[most])

    # choices

    def _choice_lists(self) -> dict[str, list[Choice]]:
        lists: dict[str, list[Choice]] = {}
        if CHOICES not in self.book or not self.book[CHOICES].rows:
            return lists
        self.choice_rows: dict[str, int] = {}
        for number, row in self._grouped(CHOICES):
            name, value = _flat(row.get("list name") or row.get("list_name")), _flat(row.get("name"))
            if not name:
                continue
            held = lists.setdefault(name, [])
            self.choice_rows.setdefault(name, number)
            self._choice(number, row, name, value, held)
        return lists

    def _choice(self, number: int, row: Mapping[str, Any], name: str, value: str, held: list[Choice]) -> None:
        where = {"sheet": CHOICES, "list": name}
        if not value or len(value) > 60:
            self.refuse("forms.choice_value", number, "name", value, **where)
        elif value in [choice.value for choice in held]:
            self.refuse("forms.choice_twice", number, "name", value, **where)
        if row.get("media"):
            self.refuse("forms.xlsform_media", number, "media", value, **where)
        label = _words(row.get("label"))
        if not (label.zh and label.en):
            self.refuse("forms.xlsform_choice_label", number, _missing_language(label), value, **where)
        held.append(Choice(value or "?", label))

    # rows

    def _row(self, number: int, row: dict[str, Any]) -> None:
        kind = _flat(row.get("type"))
        if not kind or _flat(row.get("disabled")).lower() in _YES:
            return
        folded = kind.lower()
        if folded in _CARRIED_ANYWAY:
            self.remarks.append(Remark(number, "forms.carried_anyway", {"name": kind}))
        elif _END.fullmatch(folded):
            self._end(number, folded)
        elif _BEGIN.fullmatch(folded):
            self._begin(number, folded, row)
        else:
            self._question(number, kind, row)

    def _begin(self, number: int, folded: str, row: dict[str, Any]) -> None:
        repeats = not folded.endswith("group") or "looped" in folded or "lgroup" in folded
        code = self._named(number, row)
        within = self.open[-1].code if self.open else None
        around = self.open[-1].ours if self.open else {}
        self.open.append(_Open(code, "repeat" if repeats else "group", number, {**around, **_ours(row)}))
        self._refuse_columns(number, row, code)
        label = _words(row.get("label"))
        self.sections.append(Section(code, label, within, repeats, self._source(row, "relevant")))
        if repeats and not (label.zh and label.en):
            self.refuse("forms.label_missing", number, _missing_language(label), code)

    def _end(self, number: int, folded: str) -> None:
        kind = "repeat" if folded.split("_" if "_" in folded else " ", 1)[1] != "group" else "group"
        if not self.open or self.open[-1].kind != kind:
            begun = self.open[-1].row if self.open else 0
            self.refuse("forms.xlsform_ends_alone", number, "type", kind, begun=begun)
        if self.open:
            self.open.pop()

    def _named(self, number: int, row: dict[str, Any]) -> str:
        name = _flat(row.get("name"))
        code = _code(name)
        if not name and _flat(row.get("type")).lower() == "note":
            code = f"note_{number}"
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
            self.refuse("forms.xlsform_name", number, "name", name)
            code = f"row_{number}"
        if code in self.rows:
            self.refuse("forms.xlsform_twice", number, "name", name, first=self.rows[code])
            code = f"row_{number}"
        self.rows[code] = number
        return code

    def _question(self, number: int, kind: str, row: dict[str, Any]) -> None:
        label = _words(row.get("label"))
        code = self._named(number, row)
        self._refuse_columns(number, row, code)
        type, choices = self._type(number, kind, code, label.zh or label.en)
        ours = {**(self.open[-1].ours if self.open else {}), **_ours(row)}
        if type is None:
            return
        fact = ours.get("fact") or None
        category = self._category(number, code, label, type, ours, fact)
        question = Question(
            code=code,
            category=category,
            per=self._per(number, code, label, ours),
            type=type,
            label=self._label(number, code, label, type),
            choices=choices,
            default=self._default(number, code, label, type, row, choices),
            fact=fact,
            section=self.open[-1].code if self.open else None,
            relevant=self._source(row, "relevant"),
            required=self._required(row),
            constraint=self._source(row, "constraint"),
            constraint_message=_message(row),
            calculation=self._source(row, "calculate"),
            hint=_words(row["hint"]) if row.get("hint") else None,
            retention=self._retention(number, code, label, category, ours),
            again=ours.get("again", "")[:200],
            finding=self._finding(number, code, label, _ours(row)),
        )
        self._refuse_calculation(number, question)
        self.questions.append(question)

    def _refuse_calculation(self, number: int, question: Question) -> None:
        is_calculated = question.type is QuestionType.CALCULATE
        if is_calculated and not question.calculation:
            self.refuse("forms.calculation_missing", number, "calculation", question.code, question.label.zh)
        elif question.calculation and not is_calculated:
            self.refuse("forms.calculation_elsewhere", number, "calculation", question.code, question.label.zh)

    def _refuse_columns(self, number: int, row: dict[str, Any], code: str) -> None:
        for path, column, why in _REFUSED_COLUMNS:
            if _at(row, path):
                self.refuse(why, number, column, code, _words(row.get("label")).zh)

    def _type(self, number: int, kind: str, code: str, label: str) -> tuple[QuestionType | None, tuple[Choice, ...]]:
        folded = " ".join(kind.lower().split())
        if found := _TYPES.get(folded):
            return found, ()
        if select := _select(kind):
            return self._select(number, *select, code, label)
        first = folded.split(" ")[0]
        why = "forms.xlsform_external" if "from_file" in folded else _REFUSED_TYPES.get(first, "forms.xlsform_type")
        near = difflib.get_close_matches(first, [*_TYPES, "select_one", "select_multiple"], n=1)
        self.refuse(why, number, "type", code, label, type=kind[:40], near=near[0] if near else "text")
        return None, ()

    def _select(
        self, number: int, type: QuestionType, wanted: str, code: str, label: str
    ) -> tuple[QuestionType | None, tuple[Choice, ...]]:
        if _OR_OTHER.search(wanted):
            self.refuse("forms.xlsform_or_other", number, "type", code, label)
            wanted = _OR_OTHER.sub("", wanted)
        if wanted not in self.lists:
            known = "、".join([*difflib.get_close_matches(wanted, self.lists, n=3), *self.lists][:3])
            self.refuse("forms.xlsform_no_list", number, "type", code, label, list=wanted[:40], known=known)
            return None, ()
        choices = tuple(self.lists[wanted])
        if len(choices) > MOST_CHOICES:
            self.refuse("forms.too_many_choices", number, "type", code, label, most=MOST_CHOICES, has=len(choices))
        if type is QuestionType.CHOICE and {choice.value for choice in choices} == {"yes", "no"}:
            return QuestionType.YES_NO, _own_words(choices)
        return type, choices

    # what we ask of every question

    def _label(self, number: int, code: str, label: Words, type: QuestionType) -> Words:
        if type is QuestionType.CALCULATE:
            return Words(label.zh or code, label.en or code)
        if not (label.zh and label.en):
            self.refuse("forms.label_missing", number, _missing_language(label), code, label.zh or label.en)
        elif _SUBSTITUTED.search(label.zh + label.en):
            self.refuse("forms.label_substitutes", number, "label", code, label.zh)
        return label

    def _category(
        self, number: int, code: str, label: Words, type: QuestionType, ours: Mapping[str, str], fact: str | None
    ) -> Category:
        said = ours.get("purpose", "").strip().lower()
        if fact is not None:
            if fact not in KNOWN_FACTS:
                facts = "、".join(KNOWN_FACTS)
                self.refuse("forms.fact_unknown", number, "lianfang::fact", code, label.zh, fact=fact, facts=facts)
            return Category.REGISTER
        if type is QuestionType.NOTE:
            return Category.NOTE
        known = WORDS["category"]
        if not said:
            self.refuse("forms.purpose_missing", number, "lianfang::purpose", code, label.zh, known="、".join(known))
        elif said not in known and said not in known.values():
            allowed = "、".join(known)
            self.refuse("forms.word_unknown", number, "lianfang::purpose", code, label.zh, said=said, allowed=allowed)
        word = known.get(said, said)
        return Category(word) if word in known.values() else Category.NEED

    def _per(self, number: int, code: str, label: Words, ours: Mapping[str, str]) -> Per:
        said, known = ours.get("per", "").strip().lower(), WORDS["per"]
        if not said:
            return Per.HOUSEHOLD
        if said not in known and said not in known.values():
            allowed = "、".join(known)
            self.refuse("forms.word_unknown", number, "lianfang::per", code, label.zh, said=said, allowed=allowed)
            return Per.HOUSEHOLD
        return Per(known.get(said, said))

    def _retention(
        self, number: int, code: str, label: Words, category: Category, ours: Mapping[str, str]
    ) -> str | int | None:
        if category in (Category.REGISTER, Category.NOTE):
            return None
        said = ours.get("retention", "").strip().lower()
        if not said:
            self.refuse("forms.retention_missing", number, "lianfang::retention", code, label.zh)
            return None
        if days := _DAYS.fullmatch(said):
            return int(days[1])
        if said not in _RETENTIONS:
            allowed = "随应急、随底册、30 天"
            self.refuse("forms.word_unknown", number, "lianfang::retention", code, label.zh, said=said, allowed=allowed)
        return _RETENTIONS.get(said)

    def _finding(self, number: int, code: str, label: Words, ours: Mapping[str, str]) -> FindingRule | None:
        """Which answers are to be put right, and within how many days; a row's own, never its group's."""
        answers, days = ours.get("finding", "").split(), _DAYS.fullmatch(ours.get("finding_days", "").strip().lower())
        if not answers and not ours.get("finding_days"):
            return None
        if not answers or days is None or int(days[1]) > 365 or len(answers) > 20:
            self.refuse("forms.finding_incomplete", number, "lianfang::finding", code, label.zh)
            return None
        known = {"有": "yes", "是": "yes", "没有": "no", "否": "no", "大于零": SOME}
        return FindingRule(tuple(known.get(said, said)[:60] for said in answers), int(days[1]))

    # cells

    def _source(self, row: Mapping[str, Any], column: str) -> str:
        """An expression with questions named by their codes."""
        said = _at(row, ("bind", column))
        return _SUBSTITUTED.sub(lambda found: "${" + self._code_of(found[0][2:-1].strip()) + "}", said) if said else ""

    def _code_of(self, name: str) -> str:
        return self.names.get(name, name)

    def _required(self, row: Mapping[str, Any]) -> str:
        said = self._source(row, "required")
        if said.strip().lower() in _YES:
            return "true()"
        return "" if said.strip().lower() in _NO else said

    def _default(
        self, number: int, code: str, label: Words, type: QuestionType, row: Mapping[str, Any], of: Sequence[Choice]
    ) -> bool | int | float | str | None:
        said = _flat(row.get("default"))
        if not said:
            return None
        value = _value(said, type)
        probe = Question(code, Category.NEED, Per.HOUSEHOLD, type, label, tuple(of))
        if type is QuestionType.CHOICES or not probe.fits(value):
            self.refuse("forms.default_does_not_fit", number, "default", code, label.zh, value=said[:60])
            return None
        return value

    # the whole

    def _finish(self, code: str, title: Words | None) -> None:
        settings = self._settings()
        code = code or _code(settings.get("form_id") or settings.get("id_string") or "")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
            self.refuse("forms.xlsform_form_id", self._settings_row(), "form_id", code, sheet=SETTINGS)
            code = "form"
        if not any(question.is_asked for question in self.questions) and not self.refusals:
            raise Problem("forms.no_questions", status=422)
        if not self.questions:
            return
        self.form = Form(code, title or self._title(settings), tuple(self.questions), tuple(self.sections))

    def _settings(self) -> dict[str, str]:
        sheet = self.book.get(SETTINGS)
        if sheet is None or not sheet.rows:
            return {}
        number, cells = sheet.rows[0]
        found = {re.sub(r"\s+", "_", heading.strip().lower()): text for heading, text in cells.items() if text}
        for heading in ("submission_url", "public_key"):
            if heading in found:
                self.refuse("forms.xlsform_elsewhere", number, heading, sheet=SETTINGS)
        return found

    def _settings_row(self) -> int:
        sheet = self.book.get(SETTINGS)
        return sheet.rows[0][0] if sheet and sheet.rows else 1

    def _title(self, settings: Mapping[str, str]) -> Words:
        titles = {_language(heading): text for heading, text in settings.items() if heading.startswith("form_title")}
        plain = titles.get(None, "")
        title = Words(titles.get("zh") or plain, titles.get("en") or plain)
        if not (title.zh and title.en):
            self.refuse("forms.xlsform_title", self._settings_row(), "form_title", sheet=SETTINGS)
        return Words(title.zh[:60], title.en[:60])


def standard_objects(book: Mapping[str, Sheet]) -> list[Refusal]:
    """The standard's own reader has the last word: what it refuses would open nowhere else."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json import workbook_to_json
    from pyxform.xls2json_backends import DefinitionData

    sheets = {name.strip().lower(): sheet for name, sheet in book.items()}
    data: dict[str, Any] = {}
    for name in (SURVEY, CHOICES, SETTINGS):
        if sheet := sheets.get(name):
            data[name] = [dict(cells) for _, cells in sheet.rows]
            data[f"{name}_header"] = [dict.fromkeys(sheet.headings)]
    try:
        workbook_to_json(DefinitionData(**data), form_name="form", fallback_form_name="form", warnings=[])
    except PyXFormError as error:
        at = re.search(r"\[row : (\d+)\]", str(error))
        rows, index = sheets[SURVEY].rows, int(at[1]) - 2 if at else -1
        row = rows[index][0] if 0 <= index < len(rows) else 1
        says = re.sub(r"\[row : \d+\]\s*", "", str(error))[:300]
        return [Refusal(row, "", "", "forms.xlsform_says", {"says": says})]
    return []


# --- cells ------------------------------------------------------------------------------------------------------------


def _is_standard(word: str) -> bool:
    from pyxform import aliases

    return word in aliases.survey_header


def _select(kind: str) -> tuple[QuestionType, str] | None:
    """select_one LIST, in any of the spellings the standard knows."""
    from pyxform import aliases

    text = " ".join(kind.split())
    for spelling in sorted(aliases.select, key=len, reverse=True):
        if text.lower().startswith(f"{spelling} ") and (type := _SELECTS.get(aliases.select[spelling])):
            return None if "file" in spelling else (type, text[len(spelling) :].strip())
    return None


def _flat(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _at(row: Mapping[str, Any], path: Sequence[str]) -> str:
    found: Any = row
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return str(found).strip() if found else ""


def _code(name: str) -> str:
    """A name as a code: Q1.a → q1_a. Two names that come to the same are refused as twice."""
    return re.sub(r"[.-]", "_", name.strip()).lower().lstrip("_")


def _ours(row: Mapping[str, Any]) -> dict[str, str]:
    said = row.get("lianfang")
    return {name: str(text).strip() for name, text in said.items() if text} if isinstance(said, Mapping) else {}


def _words(said: Any) -> Words:
    """A label in its languages; a plain one is in the language it is written in."""
    if isinstance(said, str):
        said = {"": said}
    found = {"zh": "", "en": ""}
    for heading, text in said.items() if isinstance(said, Mapping) else ():
        language = _language(heading) or ("zh" if re.search(r"[\u4e00-\u9fff]", str(text)) else "en")
        if isinstance(text, str) and text.strip() and not found[language]:
            found[language] = text.strip()[:500]
    return Words(found["zh"], found["en"])


def _language(heading: str) -> str | None:
    word = heading.lower()
    if any(name in word for name in ("中文", "汉", "chinese", "zh")):
        return "zh"
    return "en" if any(name in word for name in ("english", "英文", "(en", "::en")) or word == "en" else None


def _missing_language(label: Words) -> str:
    return _LABELS["zh" if not label.zh else "en"]


def _sample(sheet: Sheet) -> str:
    """Some of what stands under a plain label."""
    return " ".join(cells.get("label", "") for _, cells in sheet.rows[:20])


def _message(row: Mapping[str, Any]) -> Words | None:
    bind = row.get("bind")
    said = bind.get("jr:constraintMsg") if isinstance(bind, Mapping) else None
    if not said:
        return None
    words = _words(said)
    return Words(words.zh or words.en, words.en or words.zh)


def _own_words(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """够 · 不够: words for yes and no that are not the house's, which are said where nothing is kept."""
    return () if {choice.label.zh for choice in choices} == {"有", "没有"} else choices


def _value(said: str, type: QuestionType) -> bool | int | float | str:
    if type is QuestionType.YES_NO and said.lower() in ("yes", "no"):
        return said.lower() == "yes"
    if type in (QuestionType.INTEGER, QuestionType.DECIMAL) and re.fullmatch(r"-?\d{1,7}(\.\d{1,6})?", said):
        number = float(said)
        return int(number) if number.is_integer() else number
    return said


def together(read: Read, objections: Sequence[Refusal]) -> list[Refusal]:
    """What is wrong with the workbook and what the rules object to, without what only follows from the former."""
    known = {code for code in read.rows if read.form is None or code not in read.form.by_code}
    said = {(refusal.row, refusal.code) for refusal in read.refusals}
    return [
        *read.refusals,
        *(one for one in objections if not _follows(one, known) and (one.row, one.code) not in said),
    ]


_FOLLOWING = ("forms.expression_no_question", "forms.expression_no_answer")


def _follows(one: Refusal, known: Collection[str]) -> bool:
    """Of a question that was refused itself, or of its text, about which the reading has said more."""
    return one.code == "forms.label_missing" or (one.code in _FOLLOWING and one.details.get("name") in known)
