"""A report as a file: PDF by Typst, Word by python-docx, Excel by XlsxWriter. The same report, the same bytes."""

from datetime import datetime
from pathlib import Path

import msgspec

from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.reports import word, workbook
from lianfang.ground.reports.terms import Bars, Document, Format, Report, State

_REPORT = Path(__file__).with_name("daily.typ")
_BARS = Path(__file__).with_name("bars.typ")
TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def rendered(report: Report, document: Document, format: Format, *, by: str, at: datetime) -> bytes:
    """The file. `by` and `at` stand across a draft's pages; on an issued report, who issued it and when."""
    if report.issued:
        by, at = report.issued.name, report.issued.at
    is_draft = report.state in (State.DRAFT, State.SIGNED)
    match format:
        case Format.PDF:
            return _pdf(report, document, by, at, is_draft)
        case Format.DOCX:
            return word.written(document, pictures=[_picture(s.bars) for s in document.sections], at=at, draft=is_draft)
        case Format.XLSX:
            return workbook.written(document, at=at)


def _pdf(report: Report, document: Document, by: str, at: datetime, is_draft: bool) -> bytes:
    lang = document.language
    sheet = printing.Sheet(
        title=document.title,
        printed_by=by,
        printed_at=at,
        reason=sentence("reports.version" if not is_draft else "reports.version_draft", lang, n=report.basis.number),
        drill=document.drill,
        draft=is_draft,
        personal=False,
    )
    return printing.pdf(_REPORT, sheet=sheet, data=msgspec.to_builtins(document), language=lang)


def _picture(bars: Bars | None) -> bytes | None:
    return printing.picture(_BARS, data=msgspec.to_builtins(bars)) if bars else None
