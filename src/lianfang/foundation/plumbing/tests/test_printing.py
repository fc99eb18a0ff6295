"""Whatever data holds stays data on paper, and Chinese is there on a machine without any Chinese font."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from lianfang.foundation.plumbing import printing

NASTY = (
    '#panic("x")',
    "138****0000",
    "*bold* _it_ $x$ @ref <label>",
    "```raw```",
    '"quoted" \\ back',
    "{at}",
    "阿卜·买买提",
)
TEMPLATE = """#import "/foundation/plumbing/page.typ": paper, data, say
#show: paper
#for word in data [#word #linebreak()]
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that lists its data; the page it stands on is the real one."""
    folder = tmp_path / "foundation" / "plumbing"
    folder.mkdir(parents=True)
    (folder / "page.typ").write_text((printing.HOUSE / "foundation/plumbing/page.typ").read_text())
    monkeypatch.setattr(printing, "HOUSE", tmp_path)
    (tmp_path / "list.typ").write_text(TEMPLATE)
    return tmp_path / "list.typ"


def read(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def a_sheet(**changes: str) -> printing.Sheet:
    about = {"title": "名单", "printed_by": "李**", "reason": "手机坏了"} | changes
    return printing.Sheet(printed_at=datetime(2021, 12, 10, 8, tzinfo=UTC), **about)  # type: ignore[arg-type]


def test_nothing_in_the_data_becomes_markup(template: Path) -> None:
    (page,) = read(printing.pdf(template, sheet=a_sheet(title=NASTY[0]), data=NASTY, language="zh-Hans"))
    for word in NASTY:
        assert "".join(word.split()) in page, page


def test_pages_are_numbered_and_each_bears_its_printer_s_name_and_the_district_s_time(template: Path) -> None:
    pages = read(printing.pdf(template, sheet=a_sheet(), data=["行"] * 120, language="en"))
    for number, page in enumerate(pages, 1):
        assert f"page{number}/{len(pages)}" in page
        assert page.count("李**2021-12-1016:00") > 20
    assert len(pages) > 1


def test_the_same_paper_is_the_same_bytes(template: Path) -> None:
    one, two = (printing.pdf(template, sheet=a_sheet(), data=NASTY, language="zh-Hans") for _ in range(2))
    assert one == two


def test_chinese_needs_no_font_of_the_machine() -> None:
    import pylopdf_fonts_zh_cn

    ours = typst.Fonts(include_system_fonts=False, font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)])
    assert "Noto Sans SC" in ours.families()
    assert "Noto Sans SC" in (printing.HOUSE / "foundation/plumbing/page.typ").read_text()
