"""The words of reports: what modules hand over, what is drafted, and the document that is read. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.measures import Measure

FEWEST_SHOWN = 10  # people: fewer are not shown where a report is shared


class Audience(StrEnum):
    """Who a report is for."""

    DESK = "desk"  # the responsible desk: every count
    SHARED = "shared"  # whoever it is passed on to: no count of fewer than ten people


class Language(StrEnum):
    """The language a report is composed in."""

    ZH = "zh-Hans"
    EN = "en"


class State(StrEnum):
    """How far a report has come."""

    DRAFT = "draft"
    SIGNED = "signed"
    ISSUED = "issued"
    SUPERSEDED = "superseded"


class Format(StrEnum):
    """What a report is downloaded as."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


# --- what modules hand over ------------------------------------------------------------------------------------------


class Counted(msgspec.Struct, frozen=True):
    """What was counted on a day on a grid, the last of its lineage."""

    lineage: tuple[AreaId, ...]
    day: date
    counts: dict[str, int]


class Told(msgspec.Struct, frozen=True):
    """A sentence of the report, by its code in the module's locale files: said only while a number is not nought, or
    only when it is.

    Its blanks are measures: `{done}` how many, `{done:share}` as a share, `{done:today}` on the report's day.
    """

    code: str
    when: str | None = None
    unless: str | None = None


class Subject(msgspec.Struct, frozen=True):
    """One thing that a report tells of: a campaign, or the answers counted under an incident."""

    source: str
    id: UUID
    title_zh: str
    title_en: str
    measures: tuple[Measure, ...]
    columns: tuple[str, ...]  # measures that stand in the tables
    drill: bool = False
    sentences: tuple[Told, ...] = ()
    left: str | None = None  # what is still to be done, if anything: who is behind is told by it
    work: tuple[str, ...] = ()  # a grid that has none of these on a day was silent


class Source(msgspec.Struct, frozen=True):
    """What a module hands over: its subjects for an area on a day, one of them again, and its counts at a position."""

    name: str
    on: Callable[[AreaId, date, datetime], Sequence[Subject]]
    find: Callable[[UUID], Subject | None]
    counted: Callable[[UUID, int], Sequence[Counted]]


# --- what is drafted -------------------------------------------------------------------------------------------------


class Place(msgspec.Struct, frozen=True):
    """An area as it was when the report was drafted: later a grid may be split, and the report still tells of it.

    `within` is the place above it in the report. `vacant`: a grid that nobody answers for.
    """

    id: AreaId
    name: str
    within: AreaId | None = None
    is_grid: bool = False
    vacant: bool = False


class SubjectKey(msgspec.Struct, frozen=True):
    """A subject by its source and id."""

    source: str
    id: UUID


class Texts(msgspec.Struct, frozen=True):
    """The parts of a report that people write. Numbers stand in none of the others."""

    opening: str = ""  # 本日说明
    problems: str = ""  # 存在问题
    plan: str = ""  # 下一步打算


class Basis(msgspec.Struct, frozen=True):
    """All that a report rests on beside the counts, fixed when it is drafted."""

    area: AreaId
    path: tuple[str, ...]
    day: date
    cut_off: datetime
    position: int
    audience: Audience
    language: Language
    places: tuple[Place, ...]  # the area itself, then what is below it, in walking order
    subjects: tuple[SubjectKey, ...]
    number: int = 1
    supersedes: UUID | None = None
    reason: str = ""


class Signature(msgspec.Struct, frozen=True):
    """Who stands for a report, and since when."""

    account: AccountId
    name: str
    at: datetime


class File(msgspec.Struct, frozen=True):
    """A rendered report as it was issued."""

    format: Format
    sha256: str
    size: int


class Report(msgspec.Struct, frozen=True):
    """A report as it stands."""

    id: UUID
    basis: Basis
    state: State
    texts: Texts
    edits: int
    drafted: Signature
    signed: Signature | None = None
    issued: Signature | None = None
    figures: str = ""  # the digest of its numbers, from the signature on
    versions: dict[str, dict[str, str]] = {}
    files: tuple[File, ...] = ()
    entry: UUID | None = None  # that issued it, with the files
    superseded_by: UUID | None = None


# --- what is read ----------------------------------------------------------------------------------------------------


class Row(msgspec.Struct, frozen=True):
    """One area in a table. `values` are None where they are hidden, and so written in `cells`."""

    area: AreaId
    name: str
    cells: tuple[str, ...]
    values: tuple[float | None, ...]
    depth: int = 0
    together: bool = False


class Column(msgspec.Struct, frozen=True):
    """The head of a column."""

    name: str
    is_share: bool = False


class Table(msgspec.Struct, frozen=True):
    """Counts of areas."""

    title: str
    first: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


class Bars(msgspec.Struct, frozen=True):
    """A picture of one column: names and how long each bar is."""

    title: str
    names: tuple[str, ...]
    values: tuple[int, ...]


class Meaning(msgspec.Struct, frozen=True):
    """What a number of the report is."""

    name: str
    definition: str
    out_of: str
    version: str


class Section(msgspec.Struct, frozen=True):
    """What is told of one subject."""

    title: str
    drill: bool
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    bars: Bars | None
    meanings: tuple[Meaning, ...]


class Part(msgspec.Struct, frozen=True):
    """Something that somebody wrote, with its heading."""

    name: str
    title: str
    text: str


class Document(msgspec.Struct, frozen=True):
    """A report, composed."""

    title: str
    lines: tuple[str, ...]  # below the title: area, cut-off, which version
    parts: tuple[Part, ...]
    sections: tuple[Section, ...]
    feet: tuple[str, ...]  # position, head of the chain, who signed
    language: Language
    drill: bool
    labels: dict[str, str]


Figures = dict[str, dict[str, dict[str, Any]]]  # subject → area → measure → [in all, on the day]
