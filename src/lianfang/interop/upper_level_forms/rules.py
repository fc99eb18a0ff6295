"""Which cells may be filled, how a cell is known again in another layout, and which area a row is about. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lianfang.ground.reports.terms import Place
from lianfang.interop.upper_level_forms.terms import (
    Anchor,
    AreaSuggestion,
    At,
    Book,
    BookStyles,
    CellRead,
    Mapped,
    MovedCell,
    RefusedCell,
    SheetRead,
    Wanted,
    Why,
)

MOST_CELLS = 5_000
_LEFT, _ABOVE = 2, 3  # so many words on each side
_TITLE = 0.8  # a merged cell as wide as this share of the sheet is a title: it holds the day, and changes with it
_EMPTY = CellRead()
_NAME = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def at_of(name: str) -> At | None:
    """B5 as a place; None when it is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return At(int(found[2]), column)


def folded(text: str) -> str:
    """Words as compared: no spaces, full-width as half-width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


# --- may it be filled? -----------------------------------------------------------------------------------------------


def objection(sheet: SheetRead, at: At, styles: BookStyles) -> Why | None:
    """Why a cell cannot be filled; None when it can."""
    if at.row > sheet.rows or at.column > sheet.columns:
        return Why.OUTSIDE
    if sheet.corners.get(at, at) != at:
        return Why.MERGED
    cell = sheet.cells.get(at, _EMPTY)
    if cell.is_formula or any(one.holds(at) for one in sheet.arrays):
        return Why.FORMULA
    if sheet.is_protected and style_of(sheet, at) not in styles.unlocked:
        return Why.LOCKED
    return Why.WORDS if cell.is_words else None


def style_of(sheet: SheetRead, at: At) -> int:
    """A cell's own style, else its row's, else its column's."""
    cell = sheet.cells.get(at)
    if cell is not None:
        return cell.style
    return sheet.row_styles.get(at.row, sheet.column_styles.get(at.column, 0))


# --- known again by the words around it ------------------------------------------------------------------------------


class Surroundings:
    """The words around every cell of a sheet, looked at once."""

    def __init__(self, sheet: SheetRead) -> None:
        self.sheet = sheet
        self.of: dict[At, Anchor] = {}
        self.cells: dict[Anchor, list[At]] = defaultdict(list)
        self._titles = {
            At(one.top, one.left)
            for one in sheet.merged
            if sheet.columns > 2 and one.right - one.left + 1 >= _TITLE * sheet.columns
        }
        for at, anchor in self._walk():
            self.of[at] = anchor
            self.cells[anchor].append(at)

    def _walk(self) -> Iterator[tuple[At, Anchor]]:
        above: dict[int, list[tuple[int, At, str]]] = defaultdict(list)
        for row in range(1, self.sheet.rows + 1):
            left: list[tuple[int, At, str]] = []
            for column in range(1, self.sheet.columns + 1):
                at = At(row, column)
                corner = self.sheet.corners.get(at, at)
                cell = self.sheet.cells.get(corner, _EMPTY)
                if cell.is_words:
                    if corner not in self._titles:
                        _put(left, (column, corner, folded(cell.text)), _LEFT)
                        _put(above[column], (row, corner, folded(cell.text)), _ABOVE)
                elif corner == at:
                    yield at, _anchor(at, left, above[column])

    def why_not(self, at: At) -> Why | None:
        """Could this cell be known again? It needs words around it that no other cell has."""
        anchor = self.of.get(at, Anchor())
        if not anchor.left and not anchor.above:
            return Why.NAMELESS
        return Why.AMBIGUOUS if len(self.cells[anchor]) > 1 else None


def _put(words: list[tuple[int, At, str]], new: tuple[int, At, str], most: int) -> None:
    """Nearest first; the words of one merged cell count once, from its nearest edge."""
    words[:] = [new, *(one for one in words if one[1] != new[1])][:most]


def _anchor(at: At, left: Sequence[tuple[int, At, str]], above: Sequence[tuple[int, At, str]]) -> Anchor:
    gap = 0
    if left and not above:
        gap = at.column - left[0][0]
    elif above and not left:
        gap = at.row - above[0][0]
    return Anchor(tuple(text for _, _, text in left), tuple(text for _, _, text in above), gap)


def spoken(anchor: Anchor) -> str:
    """The words around a cell, as people say them: 明镜社区 · 应走访."""
    return " · ".join((*reversed(anchor.left), *reversed(anchor.above)))


def mapped(book: Book, wanted: Sequence[Wanted]) -> tuple[list[Mapped], list[RefusedCell]]:
    """Each cell that was pointed at with the words around it, and those that cannot be had."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    around: dict[str, Surroundings] = {}
    found: list[Mapped] = []
    refused: list[RefusedCell] = []
    taken: set[tuple[str, str]] = set()
    for one in wanted:
        sheet, at = sheets.get(one.sheet), at_of(one.cell)
        if sheet is None or at is None:
            refused.append(RefusedCell(one.sheet, one.cell, Why.OUTSIDE))
            continue
        if one.sheet not in around:
            around[one.sheet] = Surroundings(sheet)
        words = around[one.sheet]
        why = objection(sheet, at, book.styles) or words.why_not(at)
        if (one.sheet, one.cell) in taken:
            why = Why.TWICE
        taken.add((one.sheet, one.cell))
        if why:
            refused.append(RefusedCell(one.sheet, one.cell, why, spoken(words.of.get(at, Anchor()))))
        else:
            found.append(Mapped(one, words.of[at]))
    return found, refused


# --- another layout --------------------------------------------------------------------------------------------------


def carried_over(cells: Sequence[Mapped], book: Book) -> tuple[list[Mapped], list[MovedCell], list[RefusedCell]]:
    """The same cells in another layout: where each is now, which of them have moved, which cannot be found for sure."""
    around = {sheet.name: Surroundings(sheet) for sheet in book.sheets}
    known = {one.wanted.sheet for one in cells}
    found: list[Mapped] = []
    moved: list[MovedCell] = []
    lost: list[RefusedCell] = []
    for one in cells:
        places = _places(one, around, known)
        why = _why_lost(one, places, around, book.styles)
        if why:
            lost.append(RefusedCell(one.wanted.sheet, one.wanted.cell, why, spoken(one.anchor)))
            continue
        sheet, at = places[0]
        now = Wanted(sheet, at.name, one.wanted.about, one.wanted.measure, one.wanted.area, one.wanted.spec)
        found.append(Mapped(now, one.anchor))
        if (sheet, at.name) != (one.wanted.sheet, one.wanted.cell):
            moved.append(MovedCell(one.wanted.sheet, one.wanted.cell, sheet, at.name, spoken(one.anchor)))
    return found, moved, lost


def _places(one: Mapped, around: Mapping[str, Surroundings], known: Iterable[str]) -> list[tuple[str, At]]:
    """Where the same words stand around a cell: in its sheet; when that is gone, in sheets that are nobody's."""
    name = one.wanted.sheet
    among = [name] if name in around else [each for each in around if each not in known]
    return [(each, at) for each in among for at in around[each].cells.get(one.anchor, ())]


def _why_lost(
    one: Mapped, places: Sequence[tuple[str, At]], around: Mapping[str, Surroundings], styles: BookStyles
) -> Why | None:
    if not places:
        return Why.WORDS_GONE if one.wanted.sheet in around else Why.SHEET_GONE
    if len(places) > 1:
        return Why.AMBIGUOUS
    sheet, at = places[0]
    return objection(around[sheet].sheet, at, styles)


# --- which area a row is about ---------------------------------------------------------------------------------------

_TOGETHER = re.compile(r"(合计|总计|共计|小计|全街道|全镇|总数|total|together)", re.IGNORECASE)
_ENDINGS = re.compile(
    r"(居民委员会|村民委员会|居委会|村委会|社区居委会|街道办事处|街道|社区|网格|村|镇|片区|community|village|grid)$",
    re.IGNORECASE,
)


def suggestions(book: Book, sheet: str, start: str, places: Sequence[Place]) -> list[AreaSuggestion]:
    """The cells of a column, from one of them on, that stand under the same heading, each with the area it is about."""
    found = next((each for each in book.sheets if each.name == sheet), None)
    first = at_of(start)
    if found is None or first is None:
        return []
    around = Surroundings(found)
    heading = around.of.get(first, Anchor()).above
    names = _Names(places)
    rows = [At(row, first.column) for row in range(first.row, found.rows + 1)]
    return [
        _suggested(at, around.of[at], names)
        for at in rows
        if at in around.of
        and around.of[at].above == heading
        and around.of[at].left
        and not objection(found, at, book.styles)
    ]


def _suggested(at: At, anchor: Anchor, names: "_Names") -> AreaSuggestion:
    place, sure = names.find(anchor.left)
    words = " · ".join(reversed(anchor.left))
    return AreaSuggestion(at.name, words, place.id if place else None, place.name if place else "", sure)


class _Names:
    """The areas of a table by what they are called."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._top = places[0]
        self._by_id = {place.id: place for place in places}
        self._exact: dict[str, list[Place]] = defaultdict(list)
        self._bare: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            name = folded(place.name)
            self._exact[name].append(place)
            self._bare[_bare(name)].append(place)

    def find(self, words: Sequence[str]) -> tuple[Place | None, bool]:
        """By the nearest words; where several are called so (第1网格), by the words before. Never a guess for sure."""
        for n, text in enumerate(words):
            for table, sure in ((self._exact, True), (self._bare, False)):
                among = table.get(text if sure else _bare(text), [])
                only = self._only(among, words[n + 1 :])
                if only:
                    return only, sure
            if _TOGETHER.search(text):
                return self._top, False
            if (near := self._near(text)) is not None:
                return near, False
        return None, False

    def _only(self, among: Sequence[Place], before: Sequence[str]) -> Place | None:
        if len(among) == 1:
            return among[0]
        bare = {_bare(text) for text in before}
        inside = [one for one in among if one.within and _bare(folded(self._by_id[one.within].name)) in bare]
        return inside[0] if len(inside) == 1 else None

    def _near(self, text: str) -> Place | None:
        """One letter otherwise, in names of three and more."""
        found = [one for name, ones in self._exact.items() if _one_letter_apart(name, text) for one in ones]
        return found[0] if len(found) == 1 else None


def _bare(name: str) -> str:
    return _ENDINGS.sub("", name) or name


def _one_letter_apart(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 1:
        return False
    if any(a != b for a, b in zip(_digits(one), _digits(other), strict=False)) or len(_digits(one)) != len(
        _digits(other)
    ):
        return False  # 第1网格 and 第2网格 are no slips of the pen
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    return (
        one[start + 1 :] == other[start + 1 :] or one[start:] == other[start + 1 :] or one[start + 1 :] == other[start:]
    )


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit() or letter in "一二三四五六七八九十东南西北上中下前后")
