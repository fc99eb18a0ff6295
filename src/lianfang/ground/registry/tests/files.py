"""Rosters as people send them."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.plumbing.tables import Column, write_book
from lianfang.ground.registry import actions, roster, rules
from lianfang.ground.territory.tests.town import NOW, id_of

HEADER = [column.title for column in roster.COLUMNS]
_NUMBERS = iter(range(1, 10_000))


def a_number(born_on: str = "19900307") -> str:
    """A new identity number of nobody."""
    seventeen = f"999999{born_on}{next(_NUMBERS) % 1000:03d}"
    return seventeen + rules.check_sign(seventeen)


def row(name: str = "张三", door: tuple[str, str, str] = ("1幢", "1单元", "101"), **cells: Any) -> list[Any]:
    """One row of the template; `cells` by column title."""
    values = dict(zip(HEADER, ["明镜社区", "第1网格", *door], strict=False)) | {"姓名": name, "户主/与户主关系": "户主"}
    return [values.get(title) if title not in cells else cells[title] for title in HEADER]


def workbook(path: Path, rows: Sequence[Sequence[Any]], *, header: Sequence[str] = HEADER) -> Path:
    """An xlsx file."""
    write_book(path, title="底册", columns=[Column(title, text=True) for title in header], rows=rows)
    return path


def csv_file(path: Path, rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8") -> Path:
    """A csv file."""
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def begin(path: Path, *areas: str) -> Any:
    """Note an import by the house itself; answers its id."""
    roots: list[AreaId] = [id_of(code) for code in areas or ("S",)]
    return actions.begin_import(path=path, file_name=path.name, roots=roots, by=THE_HOUSE, at=NOW, keep_file=False)


def read(path: Path, *areas: str) -> Any:
    """Note it and read it."""
    id = begin(path, *areas)
    actions.read_import(import_id=id, path=path)
    return id


def publish(path: Path, *areas: str) -> Any:
    """Note it, read it, publish it."""
    id = read(path, *areas)
    actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)
    return id
