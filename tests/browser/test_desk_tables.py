"""An upper level's table at the desk: taken in, pointed at, filled by itself, issued; another layout is noticed."""

import io
import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from lianfang.interop.upper_level_forms.tests.books import book
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District
from tests.browser.test_desk_reports import seen
from tests.chromium import DESK, SMALL, WIDE, Picture


def blank(folder: Path, district: District, *heads: str) -> Path:
    """The city's table, with the street's first two communities in its rows."""
    areas = district.client("desk").get("/areas?kind=community&page_size=2").json()["rows"]
    names = [row["name"] for row in areas][:2]
    path = folder / "市防控日报.xlsx"
    path.write_bytes(book(rows=(*names, "合计"), heads=heads or ("应走访", "已完成", "完成率")))
    return path


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).first.click()


def test_a_table_is_mapped_once_fills_itself_and_notices_another_layout(
    office: Desk, district: District, picture: Picture, tmp_path: Path
) -> None:
    page = office.sign_in("desk").open("/reports/tables")
    expect(page.get_by_text("还没有上级表格")).to_be_visible()
    seen(page, picture, "upper-tables-empty")
    page.keyboard.press("Alt+n")
    drawer = office.drawer()
    drawer.locator("input[type=file]").set_input_files(blank(tmp_path, district))
    drawer.get_by_label("表名").fill("市防控日报表")
    drawer.get_by_role("button", name="收下", exact=True).click()

    expect(drawer.get_by_role("heading", name="市防控日报表")).to_be_visible()
    drawer.get_by_role("button", name="D4 ·").click()
    choose(page, "指标", "已完成")
    drawer.get_by_role("button", name="按名字填整列").click()
    expect(drawer.get_by_text("其中 2 格的区域名一字不差")).to_be_visible()
    page.set_viewport_size(DESK)
    assert axe_findings(page) == []
    picture(page, "desk-upper-table-column-1440")
    drawer.get_by_role("button", name="填入这 2 格").click()
    expect(drawer.get_by_text("改动还没有保存")).to_be_visible()
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_text("改动还没有保存")).to_have_count(0)
    drawer.get_by_role("button", name="看看填好的数").click()
    shown = drawer.get_by_role("button", name="D4 ·").locator(".shown")
    expect(shown).to_have_text(re.compile(r"^[\d,]+$"))
    done = int(shown.inner_text().replace(",", ""))
    seen(page, picture, "upper-table")

    drawer.get_by_role("button", name="签发", exact=True).click()
    dialog = page.get_by_role("dialog", name="签发")
    expect(dialog).to_contain_text("不能退回")
    dialog.get_by_role("button", name="签发").click()
    expect(drawer.get_by_role("heading", name="已签发")).to_be_visible()
    with page.expect_download() as file:
        drawer.locator(".fillings a").first.click()
    sheet = load_workbook(io.BytesIO(Path(file.value.path()).read_bytes()))["日报"]
    assert (sheet["D4"].value, sheet["C7"].value) == (done, "=SUM(C4:C6)")

    drawer.get_by_text("上级换了表样").click()
    other = blank(tmp_path, district, "应走访", "其中老人", "已完成", "完成率")
    drawer.locator(".layout input[type=file]").set_input_files(other)
    drawer.get_by_role("button", name="核对新表样").click()
    expect(drawer.get_by_text("日报 D4 → 日报 E4")).to_be_visible()
    drawer.get_by_role("button", name="这 2 格没错,收下").or_(
        drawer.get_by_role("button", name="这 2 格没错，收下")
    ).click()
    expect(drawer.get_by_role("button", name="E4 ·").locator(".shown")).to_have_text("已完成户数")
    gone = blank(tmp_path, district, "应走访", "完成户数", "完成率")
    drawer.locator(".layout input[type=file]").set_input_files(gone)
    drawer.get_by_role("button", name="核对新表样").click()
    expect(drawer.get_by_text("在新表样里找不到了").first).to_be_visible()
    drawer.locator(".inside").first.evaluate("inside => { inside.scrollTop = inside.scrollHeight }")
    seen(page, picture, "upper-table-lost")
    page = office.open("/reports/tables")
    expect(page.get_by_role("row")).to_have_count(2)
    for size, at in ((WIDE, 1920), (SMALL, 360), (DESK, 1440)):
        page.set_viewport_size(size)
        assert sideways(page) <= 0
        picture(page, f"desk-upper-tables-{at}")
    assert office.complaints == []
