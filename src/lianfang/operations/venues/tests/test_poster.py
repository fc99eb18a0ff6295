"""A venue's poster is read again from its PDF, with the decoder that phones use."""

import json
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from pypdf import PdfReader

from lianfang.foundation.plumbing import clock
from lianfang.ground.territory.tests.town import NOW
from lianfang.operations.venues import paper, rules
from lianfang.operations.venues.terms import PosterPaper
from lianfang.operations.venues.tests.market import Market

pytestmark = pytest.mark.django_db
SAID = ("香江市场", "不证明您来过", "不会因此限制任何人", "14天", "没有手机照样进", "5400001", "莘塍街道办事处")
_LINE = re.compile(rb"(?<![\d.])([\d.]+) ([\d.]+) m ([\d.]+) \2 l")  # squares side by side are one line of the picture


def printed(market: Market, on: PosterPaper, lang: str = "zh-Hans") -> PdfReader:
    with clock.stopped_at(NOW):
        pdf = paper.poster(market.code, paper=on, viewer=market.sees(market.officer), lang=lang)
    return PdfReader(BytesIO(pdf))


def squares(pdf: PdfReader) -> list[list[int]]:
    """The picture as the PDF draws it."""
    content = pdf.pages[0].get_contents()
    assert content is not None
    lines = [tuple(map(float, line)) for line in _LINE.findall(content.get_data())]
    dark = {(int(y), x) for left, y, right in lines if y % 1 == 0.5 for x in range(int(left), int(right))}
    side = max(x for _, x in dark) + 5  # the quiet margin of four on this side too
    return [[int((y, x) in dark) for x in range(side)] for y in range(side)]


@pytest.mark.parametrize("on", list(PosterPaper))
def test_the_code_on_paper_says_which_place_it_is_and_nothing_else(on: PosterPaper, repository: Path) -> None:
    if not (repository / "web" / "node_modules" / "zxing-wasm").is_dir() or not shutil.which("node"):
        pytest.skip("the phone's decoder is not installed: ./lf test installs it")
    market = Market()
    picture = json.dumps(squares(printed(market, on)))
    decoder = ["node", "tests/read_code.mjs"]
    read = subprocess.run(decoder, cwd=repository / "web", input=picture, capture_output=True, text=True, timeout=60)
    assert json.loads(read.stdout) == [rules.code_text(market.code.id)], read.stderr
    assert rules.code_of(rules.code_text(market.code.id)) == market.code.id


def test_the_poster_says_what_a_scan_means_and_does_not_mean_and_names_no_colleague() -> None:
    market = Market()
    for on, width in ((PosterPaper.A4, 595), (PosterPaper.ROLL, 227)):
        (page,) = printed(market, on).pages
        text = "".join(page.extract_text().split())
        assert round(float(page.mediabox.width)) == width
        assert [said for said in SAID if said not in text] == []
        assert "officer" not in text
    english = "".join(printed(market, PosterPaper.A4, "en").pages[0].extract_text().split())
    assert "Nobodyisrestrictedforit" in english


def test_what_is_not_the_text_of_a_code_is_none() -> None:
    for text in ("", "LFP1:", "LFP1:xyz", "LF1:ABC", "https://example.org/x", "LFP1:" + "0" * 33, "LFP1:" + "０" * 32):
        assert rules.code_of(text) is None, text
    assert rules.code_of("LFP1:" + "0" * 31 + "5") == UUID(int=5)
