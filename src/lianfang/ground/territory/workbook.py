"""The workbook of areas: its template, reading one, and giving one out. What is wrong is said by row and column."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import IO, TypeVar

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import tables
from lianfang.foundation.plumbing.tables import Column, Header, SheetRow
from lianfang.ground.territory import queries
from lianfang.ground.territory.terms import Area, AreaKind, EstateKind, RowProblem, TreeRow

MOST_ROWS = 100_000
T = TypeVar("T")
_K, _E = AreaKind, EstateKind

# What people call them. The first name is the one written out.
KIND_NAMES: Mapping[AreaKind, Sequence[str]] = {
    _K.DIVISION: ("行政区划", "省", "市", "县", "区", "division"),
    _K.SUBDISTRICT: ("街道", "镇", "乡", "subdistrict", "town"),
    _K.SECTOR: ("工作片", "片", "片区", "sector"),
    _K.COMMUNITY: ("社区", "居委会", "community"),
    _K.VILLAGE: ("村", "行政村", "village"),
    _K.ESTATE: ("小区", "estate"),
    _K.GRID: ("网格", "grid"),
    _K.BUILDING: ("楼栋", "幢", "栋", "楼", "building"),
    _K.ENTRANCE: ("单元", "梯", "entrance"),
}
ESTATE_NAMES: Mapping[EstateKind, Sequence[str]] = {
    _E.MODERN: ("现代小区", "商品房小区", "modern"),
    _E.OLD: ("老旧小区", "old"),
    _E.OPEN_STREET: ("开放式街巷", "open street"),
    _E.SELF_BUILT: ("自建房", "self-built"),
    _E.MIXED_USE: ("公寓大厦", "公寓", "大厦", "mixed use"),
}
_YES = frozenset({"是", "有", "y", "yes", "true", "1", "√"})
_NO = frozenset({"", "否", "无", "n", "no", "false", "0"})

COLUMNS: Mapping[str, Column] = {
    "code": Column(
        "编码", text=True, required=True, example="C01-G07", note="自定,不重复。再次导入时按编码认出同一个区域。"
    ),
    "parent": Column("上级编码", text=True, example="C01", note="上级区域的编码。只有行政区划和街道可以不填。"),
    "kind": Column("类别", required=True, choices=tuple(n[0] for n in KIND_NAMES.values()), example="网格"),
    "name": Column("名称", width=24, text=True, required=True, example="第7网格"),
    "walk": Column("走访顺序", example="7", note="同一上级下的先后,填整数。"),
    "estate_kind": Column("小区类型", choices=tuple(n[0] for n in ESTATE_NAMES.values()), example=""),
    "gates": Column("出入口数", example="", note="小区需要值守的出入口,填整数。"),
    "no_property_company": Column("无物业", choices=("是", "否"), example="", note="没有物业公司填“是”。"),
}
_WANTED: Mapping[str, Sequence[str]] = {
    "code": ("编码", "区域编码", "code"),
    "parent": ("上级编码", "上级", "上级区域编码", "parent code", "parent"),
    "kind": ("类别", "区域类别", "kind"),
    "name": ("名称", "区域名称", "name"),
    "walk": ("走访顺序", "顺序", "walking order"),
    "estate_kind": ("小区类型", "kind of estate"),
    "gates": ("出入口数", "出入口", "gates"),
    "no_property_company": ("无物业", "no property company"),
}
_NOTES = (
    "一行一个区域,上级和下级都要有自己的一行,先后不限。",
    "从上到下:行政区划 → 街道 → 工作片 → 社区或村 → 小区、网格 → 楼栋 → 单元;中间的级别可以没有。",
    "楼栋和单元必须在一个网格之内。一个小区可以分成几个网格,一个网格也可以含几个小区。",
    "表里没有写到的区域保持不变;撤销区域请在系统里办理。",
)


def read(path: str | os.PathLike[str]) -> tuple[list[TreeRow], list[RowProblem]]:
    """The rows of a workbook or csv, and all that cannot be understood in them. Raises Problem `tables.…`."""
    rows = tables.read_sheet(path)
    header = tables.find_header(rows, _WANTED, required=("code", "kind", "name"))
    reader = _Reader(header)
    read_rows = [found for row in rows if not tables.is_example(row) and (found := reader.read(row))]
    return read_rows, reader.problems


def heading(column: str) -> str:
    """What stands above a column in the template."""
    return COLUMNS[column].title if column in COLUMNS else column


def write_template(target: IO[bytes]) -> None:
    """An empty workbook to fill in."""
    tables.write_template(target, title="区域", columns=list(COLUMNS.values()), notes=_NOTES)


def write_areas(target: IO[bytes], *, within: Iterable[AreaId], on: date) -> int:
    """The areas below some roots as they were on a day, in the template's own columns: it may go in again."""
    areas = (each for root in within for each in queries.areas_below(root, on))
    return tables.write_book(target, title="区域", columns=list(COLUMNS.values()), rows=map(_cells, areas))


def _cells(area: Area) -> list[tables.Cell]:
    parent = queries.find(area.parent) if area.parent else None
    return [
        area.code,
        parent.code if parent else None,
        KIND_NAMES[area.kind][0],
        area.name,
        area.walk,
        ESTATE_NAMES[area.estate_kind][0] if area.estate_kind else None,
        area.gates,
        "是" if area.no_property_company else None,
    ]


_KINDS = {name: kind for kind, names in KIND_NAMES.items() for name in names}
_ESTATES = {name: kind for kind, names in ESTATE_NAMES.items() for name in names}


class _Reader:
    """Reads rows under one header and gathers what is wrong."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._rows = 0
        self.problems: list[RowProblem] = []

    def read(self, row: SheetRow) -> TreeRow | None:
        """One row; None when it is too broken to be checked further."""
        self._rows += 1
        if self._rows > MOST_ROWS:
            raise Problem("territory.too_many_rows", status=413, most=MOST_ROWS)
        if tables.is_header_again(row, self._header):
            self._wrong(row, "code", "territory.header_again")
            return None
        before = len(self.problems)
        for index, why in row.odd.items():
            self._wrong(row, self._column(index), f"territory.cell_{why}")
        code, name, kind = (self._needed(row, column) for column in ("code", "name", "kind"))
        found = TreeRow(
            code=code,
            kind=self._word(row, "kind", kind, _KINDS) or "",
            name=name,
            parent=self._text(row, "parent") or None,
            walk=self._number(row, "walk"),
            estate_kind=self._word(row, "estate_kind", self._text(row, "estate_kind"), _ESTATES),
            gates=self._number(row, "gates"),
            no_property_company=self._yes(row, "no_property_company"),
            row=row.number,
        )
        return found if len(self.problems) == before else None

    def _text(self, row: SheetRow, column: str) -> str:
        try:
            return tables.text_of(row.at(self._header.columns.get(column)))
        except tables.LostDigitsError:
            self._wrong(row, column, "territory.digits_lost")
            return ""

    def _needed(self, row: SheetRow, column: str) -> str:
        text = self._text(row, column)
        if not text:
            self._wrong(row, column, f"territory.{column}_missing")
        if len(text) > (60 if column == "code" else 120):
            self._wrong(row, column, "territory.too_long")
        return text

    def _word(self, row: SheetRow, column: str, text: str, known: Mapping[str, T]) -> T | None:
        if not text:
            return None
        found = known.get(text) or known.get(text.lower())
        if found is None:
            allowed = "、".join(dict.fromkeys(COLUMNS[column].choices))
            self._wrong(row, column, f"territory.{column}_unknown", value=text, allowed=allowed)
        return found

    def _number(self, row: SheetRow, column: str) -> int | None:
        text = self._text(row, column)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 6):
            self._wrong(row, column, "territory.not_a_number", value=text)
            return None
        return int(text)

    def _yes(self, row: SheetRow, column: str) -> bool:
        text = self._text(row, column).lower()
        if text not in _YES | _NO:
            self._wrong(row, column, "territory.not_yes_or_no", value=text)
        return text in _YES

    def _column(self, index: int) -> str:
        return next((name for name, at in self._header.columns.items() if at == index), "code")

    def _wrong(self, row: SheetRow, column: str, code: str, **details: str | int) -> None:
        self.problems.append(RowProblem(row.number, column, code, details))
