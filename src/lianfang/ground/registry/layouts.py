"""A roster as an office really holds it 版式: where its header stands, which lines are no people. Pure.

Above the header stand titles, it may take two rows, below it come totals and signatures, glued pages repeat it. What a
column is for, `suggestions` proposes and a person confirms.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from lianfang.foundation.plumbing.tables import Cell, SheetRow
from lianfang.ground.registry import words
from lianfang.ground.registry.terms import Target

HEADER_WITHIN = 30  # rows from the top among which the header is looked for
_MOST_WORDS_OF_A_TITLE = 20

Index = Annotated[int, msgspec.Meta(ge=0, le=99)]


class Chosen(msgspec.Struct, frozen=True):
    """What one column is for."""

    index: Index
    target: Target


class Layout(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a file is to be read. It holds no word of the file."""

    header: Annotated[int, msgspec.Meta(ge=0, le=1000)]  # the last row of the header; 0: there is none
    header_rows: Annotated[int, msgspec.Meta(ge=0, le=2)]
    columns: Annotated[tuple[Chosen, ...], msgspec.Meta(max_length=100)]
    sheet: Annotated[str, msgspec.Meta(max_length=100)] = ""  # a csv has none
    community: Annotated[str, msgspec.Meta(max_length=100)] = ""  # when the whole file is about one
    grid: Annotated[str, msgspec.Meta(max_length=100)] = ""
    carry: bool = False  # a line without a door belongs to the door above it

    @property
    def at(self) -> Mapping[Target, int]:
        """Where each of our columns stands."""
        return {chosen.target: chosen.index for chosen in self.columns}


class Heading(msgspec.Struct, frozen=True):
    """The header as found: its last row, how many rows it takes (0: none found), the columns' titles, both joined."""

    row: int
    rows: int
    titles: tuple[str, ...]


# --- the header -------------------------------------------------------------------------------------------------------


def find_heading(rows: Sequence[SheetRow], known: words.Vocabulary = words.PEOPLE) -> Heading:
    """The header among the first rows: the row with the most words we know, and its partner above or below."""
    top = [row for row in rows if row.number <= HEADER_WITHIN]
    hits = [_known_words(row, known) for row in top]
    most = max(hits, default=0)
    if most < 2:
        return Heading(0, 0, _letters(rows))
    best = hits.index(most)
    row = top[best]
    if best and _groups_over(top[best - 1], row):
        return heading_at(rows, row.number, 2)
    below = top[best + 1] if best + 1 < len(top) else None
    if below is not None and _groups_over(row, below):
        return heading_at(rows, below.number, 2)
    return heading_at(rows, row.number, 1)


def heading_at(rows: Sequence[SheetRow], header: int, header_rows: int) -> Heading:
    """The header a person points at."""
    if not header or not header_rows:
        return Heading(0, 0, _letters(rows))
    by_number = {row.number: row for row in rows}
    lower = by_number.get(header, SheetRow(header, ()))
    upper = by_number.get(header - 1) if header_rows == 2 else None
    return Heading(header, header_rows, _joined(upper, lower) if upper else tuple(map(shown, lower.cells)))


def shown(cell: Cell) -> str:
    """A title as people see it, in one line."""
    return re.sub(r"\s+", " ", str(cell)).strip()[:60] if cell is not None else ""


def folded(title: Cell) -> str:
    """A title as compared: without spaces, stars, colons and remarks in brackets, full-width as half-width."""
    text = unicodedata.normalize("NFKC", str(title or ""))
    return re.sub(r"\(.*?\)|[\s*:.、]", "", text).lower()


def fingerprint(titles: Sequence[str], about: str = "people") -> str:
    """By which the same layout is known again. The column of reasons that we added ourselves does not count."""
    kept = [folded(title) for title in titles if title not in words.REASONS]
    while kept and not kept[-1]:
        kept.pop()
    if about != "people":
        kept.append(f"\n{about}")
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def _known_words(row: SheetRow, known: words.Vocabulary) -> int:
    return sum(1 for cell in row.cells if isinstance(cell, str) and known.means_something(folded(cell)))


def _groups_over(upper: SheetRow, lower: SheetRow) -> bool:
    """Is `upper` a row of group titles (住址 over 幢, 单元, 室) and `lower` the row of titles below?

    Whatever stands in the lower row stands below a group; a line of data begins below a title of its own.
    """
    if lower.number != upper.number + 1:
        return False
    above = [cell for cell in upper.cells if cell is not None]
    below = [cell for cell in lower.cells if cell is not None]
    if len(above) < 2 or not all(_like_a_title(cell) for cell in [*above, *below]):
        return False
    wide = _below_groups(upper, len(lower.cells))
    standing = {index for index, cell in enumerate(lower.cells) if cell is not None}
    named = {index for index, cell in enumerate(upper.cells) if cell is not None}
    return bool(standing) and standing <= wide and bool(wide & standing & named)


def _below_groups(upper: SheetRow, width: int) -> set[int]:
    """The columns below a title that spans several: it and the empty ones to its right."""
    wide: set[int] = set()
    start: int | None = None
    for index in range(width):
        if upper.at(index) is not None:
            start = index
        elif start is not None:
            wide |= {start, index}
    return wide


def _like_a_title(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) <= _MOST_WORDS_OF_A_TITLE and not re.search(r"\d{4,}|[:：]", cell)


def _joined(upper: SheetRow, lower: SheetRow) -> tuple[str, ...]:
    titles: list[str] = []
    group = ""
    for index in range(max(len(upper.cells), len(lower.cells))):
        own, above = shown(lower.at(index)), shown(upper.at(index))
        group = above or group
        if own and above != own and group:
            titles.append(f"{group}/{own}")
        else:
            titles.append(own or above)
    return tuple(titles)


def _letters(rows: Sequence[SheetRow]) -> tuple[str, ...]:
    """Without a header, columns are called as Excel does: A, B, C."""
    width = max((len(row.cells) for row in rows), default=0)
    return tuple(map(column_letters, range(width)))


def column_letters(n: int) -> str:
    """0 is A, 26 is AA."""
    return f"{chr(64 + n // 26) if n >= 26 else ''}{chr(65 + n % 26)}"


# --- lines that are no people -----------------------------------------------------------------------------------------


class HeaderAgain:
    """Knows the header when it comes once more, as in sheets glued together page by page."""

    def __init__(self, heading: Heading, columns: Sequence[int]) -> None:
        self._titles = {at: self._spellings(heading.titles[at]) for at in columns if at < len(heading.titles)}
        self._any = heading.rows > 0

    @staticmethod
    def _spellings(title: str) -> frozenset[str]:
        return frozenset(map(folded, [title, *title.split("/")])) - {""}

    def __call__(self, row: SheetRow) -> bool:
        if not self._any:
            return False
        cells = [(index, cell) for index in self._titles if (cell := row.at(index)) is not None]
        return bool(cells) and all(isinstance(c, str) and folded(c) in self._titles[index] for index, c in cells)
