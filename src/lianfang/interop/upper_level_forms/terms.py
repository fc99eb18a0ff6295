"""The words of upper levels' tables: what a sheet looks like, which cell holds which measure, what was issued. Pure."""

from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.reports.terms import Audience, Basis, Signature, SubjectKey


class Spec(StrEnum):
    """Which number of a measure stands in a cell."""

    TOTAL = "total"  # up to and on the day
    TODAY = "today"  # on the day alone
    SHARE = "share"  # of its denominator


class Why(StrEnum):
    """Why a cell cannot be filled, or was not found again."""

    OUTSIDE = "outside"  # no such sheet, or beyond what is drawn
    FORMULA = "formula"  # it reckons by itself
    LOCKED = "locked"  # the upper level keeps it shut
    MERGED = "merged"  # covered by the cell at the corner of its merged range
    WORDS = "words"  # words stand in it
    NAMELESS = "nameless"  # no words around it: a change of layout could not be noticed
    AMBIGUOUS = "ambiguous"  # another cell has the same words around it
    WORDS_GONE = "words_gone"  # the words that stood around it are not there any more
    SHEET_GONE = "sheet_gone"
    TWICE = "twice"  # mapped twice
    AREA_GONE = "area_gone"  # the area is not there on the day
    MEASURE_GONE = "measure_gone"  # no such measure any more
    DRILL = "drill"  # a number of an exercise, in a table of real work
    NO_SHARE = "no_share"  # the measure is no share of anything


# --- a sheet as it is ------------------------------------------------------------------------------------------------


class At(NamedTuple):
    """A cell's place, counted from one."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """B5."""
        letters, column = "", self.column
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.row}"


class Range(NamedTuple):
    """A rectangle of cells, both corners inside."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, at: At) -> bool:
        """Is the cell inside?"""
        return self.top <= at.row <= self.bottom and self.left <= at.column <= self.right


class CellRead(msgspec.Struct, frozen=True):
    """What stands in a cell. `is_words`: text that is more than digits, so it can name its surroundings."""

    text: str = ""
    is_words: bool = False
    is_formula: bool = False
    style: int = 0


class SheetRead(msgspec.Struct, frozen=True, dict=True):
    """One sheet as the upper level drew it: as far as there is something to see."""

    name: str
    is_hidden: bool
    is_protected: bool
    cells: dict[At, CellRead]
    merged: tuple[Range, ...]
    arrays: tuple[Range, ...]  # filled by one formula
    widths: dict[int, float]
    row_styles: dict[int, int]
    column_styles: dict[int, int]
    rows: int
    columns: int

    @cached_property
    def corners(self) -> dict[At, At]:
        """Each cell covered by a merged range → the corner that shows."""
        return {
            At(row, column): At(one.top, one.left)
            for one in self.merged
            for row in range(one.top, min(one.bottom, self.rows) + 1)
            for column in range(one.left, min(one.right, self.columns) + 1)
        }


class BookStyles(msgspec.Struct, frozen=True):
    """What of a workbook's styles matters here: by number, which are open for writing, and which show per cent."""

    unlocked: frozenset[int] = frozenset()
    percent: frozenset[int] = frozenset()


class Book(msgspec.Struct, frozen=True):
    """A workbook as it is read."""

    sheets: tuple[SheetRead, ...]
    styles: BookStyles


# --- which cell holds what -------------------------------------------------------------------------------------------


class Anchor(msgspec.Struct, frozen=True):
    """The words around a cell, nearest first: by these it is known again. `gap`: how far from the words, where they
    stand on one side only.
    """

    left: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    gap: int = 0


class Wanted(msgspec.Struct, frozen=True):
    """What somebody wants to stand in a cell."""

    sheet: str
    cell: str
    about: SubjectKey
    measure: str
    area: AreaId
    spec: Spec = Spec.TOTAL


class Mapped(msgspec.Struct, frozen=True):
    """The same, with the words around the cell as they were when it was pointed at."""

    wanted: Wanted
    anchor: Anchor


class RefusedCell(msgspec.Struct, frozen=True):
    """A cell that cannot be filled, and why."""

    sheet: str
    cell: str
    why: Why
    words: str = ""


class MovedCell(msgspec.Struct, frozen=True):
    """A cell that was found again elsewhere."""

    sheet: str
    cell: str
    to_sheet: str
    to_cell: str
    words: str


class AreaSuggestion(msgspec.Struct, frozen=True):
    """A cell of a column and the area its row seems to be about; `sure` when the name is the very same."""

    cell: str
    words: str
    area: AreaId | None
    area_name: str
    sure: bool


class Table(msgspec.Struct, frozen=True):
    """An upper level's table as it stands. The blank workbook lies with the entry it came in."""

    id: UUID
    title: str
    area: AreaId
    audience: Audience
    file_name: str
    sha256: str
    size: int
    edits: int
    cells: tuple[Mapped, ...]
    entry: UUID
    changed: Signature


class CellValue(msgspec.Struct, frozen=True):
    """What is written into a cell. `value` None: it is hidden, or there is nothing to be a share of."""

    sheet: str
    cell: str
    value: float | None
    shown: str


class Filling(msgspec.Struct, frozen=True):
    """A filled table as it was issued: as of which position, by which definitions, with which bytes."""

    id: UUID
    form: UUID
    title: str
    basis: Basis
    cells: tuple[Mapped, ...]
    figures: str
    versions: dict[str, dict[str, str]]
    sha256: str
    size: int
    entry: UUID
    issued: Signature
