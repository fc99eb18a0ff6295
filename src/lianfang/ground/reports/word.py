"""The report as a Word file: headings, tables whose head is repeated on each page, pictures, page n of N in the foot.

python-docx writes the OOXML. Two things are ours: Chinese needs its font named for East Asian characters, or Word picks
one of its own; and a file that says when its parts were zipped would never be the same twice.
"""

import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from lianfang.ground.reports.terms import Document, Language, Meaning, Section, Table

_CHINESE, _LATIN = "Microsoft YaHei", "Arial"
_MUTED = RGBColor(0x5B, 0x64, 0x72)
_THE_SAME_EVERY_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can name


def written(document: Document, *, pictures: Sequence[bytes | None], at: datetime, draft: bool) -> bytes:
    """The file; `pictures` of the sections' bars, in their order."""
    file = new_document()
    _prepare(file, document, at)
    file.add_heading(document.title, level=0)
    for line in document.lines:
        _quiet(file.add_paragraph(), line)
    if draft:
        _quiet(file.add_paragraph(), document.labels["draft"])
    for part in document.parts:
        if part.text.strip():
            file.add_heading(part.title, level=1)
            for line in part.text.splitlines():
                file.add_paragraph(line)
    for section, picture in zip(document.sections, pictures, strict=True):
        _add_section(file, section, picture)
    meanings = [meaning for section in document.sections for meaning in section.meanings]
    if meanings:
        _add_meanings(file, document, meanings)
    file.add_heading(document.labels["chain"], level=1)
    for line in document.feet:
        _quiet(file.add_paragraph(), line)
    return _zipped_alike(file)


def _prepare(file: Any, document: Document, at: datetime) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin = page.bottom_margin = Mm(18)
    for name in ("Normal", "Title", "Heading 1", "Table Grid"):
        style = file.styles[name]
        style.font.name = _LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for which in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(which), None)
        fonts.set(qn("w:eastAsia"), _CHINESE)
    file.styles["Normal"].font.size = Pt(10.5)
    file.styles["Title"].font.size = Pt(18)
    file.styles["Heading 1"].font.size = Pt(13)
    told = file.core_properties
    told.title, told.language = document.title, "en" if document.language is Language.EN else "zh-CN"
    told.author = told.last_modified_by = "lianfang"
    told.comments = ""
    told.created = told.modified = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    _number_pages(page.footer.paragraphs[0], document.labels["page"])


def _number_pages(paragraph: Any, pattern: str) -> None:
    """第 n/N 页, counted by Word as it lays out the pages."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, rest = pattern.partition("{n}")
    between, _, after = rest.partition("{all}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        paragraph.add_run(text)
        if field:
            element = OxmlElement("w:fldSimple")
            element.set(qn("w:instr"), field)
            paragraph._p.append(element)


def _add_section(file: Any, section: Section, picture: bytes | None) -> None:
    file.add_heading(section.title, level=1)
    for sentence in section.sentences:
        file.add_paragraph(sentence)
    if section.bars and picture:
        _bold(file.add_paragraph(), section.bars.title)
        shape = file.add_picture(BytesIO(picture), width=Mm(170))
        # Whoever cannot see the picture is told what is in it.
        told = ", ".join(f"{n} {v}" for n, v in zip(section.bars.names, section.bars.values, strict=True))
        shape._inline.docPr.set("descr", f"{section.bars.title}: {told}")
    for table in section.tables:
        _bold(file.add_paragraph(), table.title)
        _add_table(file, table)


def _add_table(file: Any, table: Table) -> None:
    grid = file.add_table(rows=0, cols=1 + len(table.columns), style="Table Grid")
    _fill(grid, [table.first, *(column.name for column in table.columns)], bold=True, head=True)
    for row in table.rows:
        _fill(grid, ["　" * row.depth + row.name, *row.cells], bold=row.together or row.depth == 0)


def _add_meanings(file: Any, document: Document, meanings: Sequence[Meaning]) -> None:
    labels = document.labels
    file.add_heading(labels["definitions"], level=1)
    grid = file.add_table(rows=0, cols=4, style="Table Grid")
    _fill(
        grid, [labels[name] for name in ("measure", "definition", "out_of", "version")], bold=True, head=True, words=4
    )
    for one in meanings:
        _fill(grid, [one.name, one.definition, one.out_of, one.version], words=4)


def _fill(grid: Any, texts: Sequence[str], *, bold: bool = False, head: bool = False, words: int = 1) -> None:
    """One more row; the first `words` columns are words, the others numbers."""
    row = grid.add_row()
    for no, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(8), bold
        if no >= words:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _bold(paragraph: Any, text: str) -> None:
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(text).bold = True


def _quiet(paragraph: Any, text: str) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), _MUTED


def _zipped_alike(file: Any) -> bytes:
    first, second = BytesIO(), BytesIO()
    file.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as again:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _THE_SAME_EVERY_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            again.writestr(entry, made.read(name))
    return second.getvalue()
