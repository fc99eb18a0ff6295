"""A roster from file to register at the desk: what is wrong named by row and column, published, taken back."""

from pathlib import Path

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from lianfang.demo.people import with_check_digit
from tests.browser.office import Desk, District, roster


def test_a_roster_with_mistakes_is_named_row_by_row_published_and_undone(
    office: Desk, district: District, tmp_path: Path
) -> None:
    page = office.sign_in("desk").open("/residents/imports")
    page.keyboard.press("Alt+n")
    file = _roster_with_two_mistakes(district, tmp_path)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()

    drawer = office.drawer()
    expect(drawer.get_by_text("等待发布")).to_be_visible(timeout=30_000)
    findings = drawer.get_by_role("table", name="表里的问题")
    expect(findings).to_contain_text("第 3 行「证件号码」末位对不上")
    expect(findings).to_contain_text("第 4 行「网格」")
    expect(drawer.get_by_text("2 行要改，其余 2 行已经收好")).to_be_visible()
    assert [row[0] for row in _errors(page)[1:]] != []

    drawer.get_by_role("button", name="发布到底册").click()
    dialog = page.get_by_role("dialog", name="发布到底册")
    expect(dialog).to_contain_text("2 行要改的")
    expect(dialog).to_contain_text("可以撤回")
    dialog.get_by_role("button", name="发布").click()
    expect(drawer.get_by_text("已发布")).to_be_visible(timeout=30_000)
    assert _found(district, "欧阳测试") == 1

    drawer.get_by_role("button", name="撤回这次发布").click()
    page.get_by_role("dialog", name="撤回这次发布").get_by_role("button", name="撤回").click()
    expect(drawer.get_by_text("已撤回")).to_be_visible(timeout=30_000)
    assert _found(district, "欧阳测试") == 0


def test_a_file_that_is_no_roster_is_refused_in_words(office: Desk, tmp_path: Path) -> None:
    page = office.sign_in("desk").open("/residents/imports?show=new-import")
    nonsense = tmp_path / "花名册.xlsx"
    nonsense.write_bytes(b"PK\x03\x04 this is no workbook")
    page.locator("input[type=file]").set_input_files(nonsense)
    page.get_by_role("button", name="上传并检查").click()
    expect(office.drawer().get_by_role("alert")).to_be_visible(timeout=30_000)


def _roster_with_two_mistakes(district: District, folder: Path) -> Path:
    """A household of two that is right, one wrong check digit, one grid that does not exist."""
    grid = district.client("grid-01").get("/me").json()["grants"][0]["area"]
    community = district.client("desk").get(f"/areas/{grid['id']}").json()["lineage"][-2]["name"]
    good = [with_check_digit(f"99999919800101{n:03}") for n in (901, 903)]
    wrong = good[0][:-1] + ("1" if good[0][-1] != "1" else "2")
    home = [community, grid["name"], "测试99幢", "1单元"]
    return roster(folder / "花名册.csv", [
        [*home, "101", "户主", "欧阳测试", "男", "居民身份证", good[0], "", "", "户籍人口", ""],
        [*home, "102", "户主", "司马测试", "男", "居民身份证", wrong, "", "", "户籍人口", ""],
        [community, "没有的网格", *home[2:], "103", "户主", "诸葛测试", "男", "无证件", "", "", "", "户籍人口", ""],
        [*home, "101", "配偶", "上官测试", "女", "居民身份证", good[1], "", "", "户籍人口", ""],
    ])  # fmt: skip


def _errors(page: Page) -> list[list[object]]:
    with page.expect_download() as download:
        page.get_by_role("link", name="下载带原因的表").click()
    return CalamineWorkbook.from_path(download.value.path()).get_sheet_by_index(0).to_python()


def _found(district: District, name: str) -> int:
    return int(district.client("desk").get("/residents", params={"q": name}).json()["total"])
