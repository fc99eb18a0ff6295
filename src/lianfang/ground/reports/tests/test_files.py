"""Word, PDF and Excel, read back by other programs than those that wrote them."""

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as etree

import pytest
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from lianfang.foundation.ledger import queries as ledger
from lianfang.ground.campaigns.tests.village import NOW, TODAY, ZHANG, a_campaign, a_household, a_visit, hand_in
from lianfang.ground.reports import actions, paper, queries
from lianfang.ground.reports.terms import Audience, Format, Language, Report, Texts
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db
EVENING = NOW + timedelta(hours=4)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NASTY = '=HYPERLINK("x") <b>&amp; #panic("x") *星* {0}'


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


@pytest.fixture
def report() -> Report:
    homes = [a_household(grid) for grid in ("G1", "G1", "G2", "G3")]
    campaign = a_campaign()
    hand_in([a_visit(campaign, home, people=3, answers={"fever_or_cough": False}) for home in homes[:2]])
    return a_report()


def a_report(**more: Any) -> Report:
    plain = {"area": town.id_of("S"), "day": TODAY, "cut_off": EVENING, "by": ZHANG, "at": EVENING}
    drafted = actions.draft_report(**(plain | more))
    texts = Texts(opening=NASTY, problems="一\n二")
    return actions.edit_report(report=drafted.id, texts=texts, seen=0, by=ZHANG, at=EVENING)


def made(report: Report, format: Format) -> bytes:
    return paper.rendered(report, queries.read(report), format, by="张**", at=EVENING)


def test_the_word_file_is_real_ooxml_with_headings_tables_and_a_described_picture(report: Report) -> None:
    data = made(report, Format.DOCX)
    file = Document(BytesIO(data))
    headings = [p.text for p in file.paragraphs if p.style and p.style.name == "Heading 1"]
    assert headings[:2] == ["当天说明", "存在的问题"] and headings[2].startswith("入户排查")
    assert headings[-2:] == ["指标怎么算", "出处"]
    text = "\n".join(p.text for p in file.paragraphs)
    assert NASTY in text and "应走访 4 户,已完成 2 户" in text
    assert ledger.chain_at(report.basis.position) in text
    assert "草稿,未签发" in text
    table = file.tables[0]
    assert [cell.text for cell in table.rows[0].cells][:3] == ["区域", "应走访户数", "已完成户数"]
    assert [cell.text.strip() for cell in table.rows[-1].cells][:4] == ["合计", "4", "2", "50.00 %"]
    for part in zipfile.ZipFile(BytesIO(data)).namelist():
        if part.endswith((".xml", ".rels")):
            etree.fromstring(zipfile.ZipFile(BytesIO(data)).read(part))


def test_word_repeats_the_head_of_a_table_numbers_its_pages_and_names_a_chinese_font(report: Report) -> None:
    archive = zipfile.ZipFile(BytesIO(made(report, Format.DOCX)))
    body = etree.fromstring(archive.read("word/document.xml"))
    assert len(body.findall(f".//{W}tblHeader")) == len(body.findall(f".//{W}tbl"))
    descriptions = [e.get("descr") for e in body.iter() if e.tag.endswith("}docPr")]
    assert any(told and "中塘社区 1" in told for told in descriptions)
    feet = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("word/footer"))
    assert b"NUMPAGES" in feet and "第 ".encode() in feet
    fonts = etree.fromstring(archive.read("word/styles.xml")).findall(f".//{W}rFonts")
    assert "Microsoft YaHei" in {font.get(f"{W}eastAsia") for font in fonts}


def test_the_pdf_says_the_same(report: Report) -> None:
    pages = PdfReader(BytesIO(made(report, Format.PDF))).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for words in (
        "莘塍街道日报",
        "应走访4户,已完成2户,完成50.00%(2/4)",
        "合计",
        "".join(NASTY.split()),
        ledger.chain_at(report.basis.position),
        f"第1/{len(pages)}页",
        "第1版草稿,未签发",
    ):
        assert "".join(words.split()) in text, words


def test_the_workbook_holds_numbers_as_numbers_and_text_as_text(report: Report) -> None:
    data = made(report, Format.XLSX)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert book.sheet_names[-1] == "指标怎么算" and len(book.sheet_names) == 4
    words = [row[0] for row in book.get_sheet_by_index(0).to_python()]
    assert NASTY in words
    head, *rows = book.get_sheet_by_index(1).to_python()
    together = next(row for row in rows if row[0] == "合计")
    assert head[1:4] == ["应走访户数", "已完成户数", "已完成户数占比"] and together[1:4] == [4, 2, 0.5]
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert any("chart" in name for name in names)
    sheets = b"".join(zipfile.ZipFile(BytesIO(data)).read(n) for n in names if n.startswith("xl/worksheets/sheet"))
    assert b"<f>" not in sheets


@pytest.mark.parametrize("format", list(Format))
def test_the_same_report_is_the_same_bytes(report: Report, format: Format) -> None:
    assert made(report, format) == made(report, format)


@pytest.mark.parametrize("format", list(Format))
def test_in_english_no_chinese_sentence_is_left(report: Report, format: Format) -> None:
    english = a_report(language=Language.EN, audience=Audience.SHARED)
    data = made(english, format)
    if format is Format.PDF:
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    elif format is Format.DOCX:
        file = Document(BytesIO(data))
        cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
        text = "\n".join([*(p.text for p in file.paragraphs), *cells])
    else:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        text = repr([(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names])
    assert "What the numbers mean" in text and "are not shown" in text
    for chinese in ("应走访", "合计", "定义", "出处", "户没", "网格有"):
        assert chinese not in text
