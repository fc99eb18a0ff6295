"""The forms of a hazard pack, from the files beside it: a workbook, or its sheets as text, a file for each."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.forms import rules, workbooks, xlsform
from lianfang.ground.forms.xlsform import CHOICES, SETTINGS, SURVEY, Sheet


def read_packaged(path: Path) -> dict[str, Any]:
    """A form as packs hold it. What is wrong with its file is said as of any other workbook."""
    book = _sheets(path) if path.is_dir() else workbooks.read_xlsform(path)
    if book is None:
        raise Problem("forms.xlsform_no_survey", status=422, sheets=path.name)
    read = xlsform.read_book(book, code=path.stem)
    # How long its pack keeps answers is held against it when it is published.
    objections = rules.refusals(read.form, incident_open=True, rows=read.rows, kept_days=0) if read.form else []
    if found := xlsform.together(read, objections):
        rules.raise_refusals(found)
    if read.form is None:
        raise Problem("forms.no_questions", status=422)
    found_form: dict[str, Any] = msgspec.to_builtins(read.form)
    return found_form


def _sheets(folder: Path) -> Mapping[str, Sheet]:
    """`survey.csv`, `choices.csv`, `settings.csv`: the sheets of a workbook, to be compared line by line."""
    names = (SURVEY, CHOICES, SETTINGS)
    return {name: _sheet(folder / f"{name}.csv") for name in names if (folder / f"{name}.csv").is_file()}


def _sheet(file: Path) -> Sheet:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = list(csv.reader(lines)) or [[]]
    cells = (
        {name: cell.strip() for name, cell in zip(head, row, strict=False) if name and cell.strip()} for row in rows
    )
    return Sheet(tuple(filter(None, head)), list(enumerate(cells, start=2)), 1)
