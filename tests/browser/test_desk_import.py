"""A roster from file to register at the desk: what is wrong named by row and column, published, taken back."""

from pathlib import Path

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from lianfang.demo.people import with_check_digit
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, roster
from tests.chromium import DESK, SMALL, WIDE, Picture


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


def test_a_list_in_their_own_layout_is_made_out_looked_at_tried_and_published(
    office: Desk, district: District, tmp_path: Path, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/residents/imports?show=new-import")
    page.locator("input[type=file]").set_input_files(_list_of_a_village(district, tmp_path))
    page.get_by_role("button", name="上传并检查").click()

    drawer = office.drawer()
    expect(drawer.get_by_text("等待认列")).to_be_visible(timeout=30_000)
    expect(drawer.get_by_text("基本情况/民族没有公开说明过用途，整列丢下，不读不存。")).to_be_visible()
    expect(drawer.get_by_label("“居民姓名”这一列是什么")).to_have_value("name")
    phones = drawer.get_by_label("“联系方式”这一列是什么")
    expect(phones).to_have_value("phone")
    phones.select_option("id_number")
    drawer.get_by_label("“基本情况/身份证号”这一列是什么").select_option("")
    drawer.get_by_role("button", name="看前 20 行").click()
    expect(drawer.get_by_text("“联系方式”当作证件号码，2 格里只有 0 格像")).to_be_visible()
    _fits(page, picture)

    phones.select_option("phone")
    drawer.get_by_label("“基本情况/身份证号”这一列是什么").select_option("id_number")
    drawer.get_by_label("哪个单位报来的").fill("测试村委会")
    drawer.get_by_role("button", name="看前 20 行").click()
    first = drawer.get_by_role("row").filter(has_text="测试99幢1单元101").first
    expect(first).to_contain_text("欧**")
    expect(drawer.get_by_text("欧阳认列")).to_have_count(0)
    drawer.get_by_role("button", name="试读整张表").click()
    expect(drawer.get_by_text("等待发布")).to_be_visible(timeout=30_000)

    drawer.get_by_role("button", name="发布到底册").click()
    page.get_by_role("dialog", name="发布到底册").get_by_role("button", name="发布").click()
    expect(drawer.get_by_text("已发布")).to_be_visible(timeout=30_000)
    assert _found(district, "欧阳认列") == 1


def _fits(page: Page, picture: Picture, what: str = "columns") -> None:
    for size in (SMALL, WIDE, DESK):
        page.set_viewport_size(size)
        page.wait_for_timeout(200)
        picture(page, f"desk-import-{what}-{size['width']}")
        assert sideways(page) <= 0
    assert axe_findings(page) == []


def test_a_list_of_places_goes_the_same_way_and_names_nobody_who_runs_them(
    office: Desk, district: District, tmp_path: Path, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/residents/imports?show=new-import")
    page.get_by_role("radio", name="场所").check()
    page.locator("input[type=file]").set_input_files(_list_of_shops(district, tmp_path))
    page.get_by_role("button", name="上传并检查").click()

    drawer = office.drawer()
    expect(drawer.get_by_label("“店名”这一列是什么")).to_have_value("called", timeout=30_000)
    expect(drawer.get_by_label("“负责人”这一列是什么")).to_have_value("")
    drawer.get_by_role("button", name="看前 20 行").click()
    row = drawer.get_by_role("row").filter(has_text="测试好又多超市")
    expect(row).to_contain_text("超市")
    expect(drawer.get_by_text("王某")).to_have_count(0)
    _fits(page, picture, "places")
    drawer.get_by_role("button", name="试读整张表").click()
    expect(drawer.get_by_text("等待发布")).to_be_visible(timeout=30_000)
    expect(drawer.get_by_role("table", name="表里的问题")).to_contain_text("不认识的类别")

    drawer.get_by_role("button", name="发布", exact=True).click()
    dialog = page.get_by_role("dialog", name="发布")
    expect(dialog).to_contain_text("新增 1 个")
    dialog.get_by_role("button", name="发布").click()
    expect(drawer.get_by_text("已发布")).to_be_visible(timeout=30_000)
    assert _places(district) == ["测试好又多超市"]

    drawer.get_by_role("button", name="撤回这次发布").click()
    page.get_by_role("dialog", name="撤回这次发布").get_by_role("button", name="撤回").click()
    expect(drawer.get_by_text("已撤回")).to_be_visible(timeout=30_000)
    assert _places(district) == []


def test_a_file_that_is_no_roster_is_refused_in_words(office: Desk, tmp_path: Path) -> None:
    page = office.sign_in("desk").open("/residents/imports?show=new-import")
    nonsense = tmp_path / "花名册.xlsx"
    nonsense.write_bytes(b"PK\x03\x04 this is no workbook")
    page.locator("input[type=file]").set_input_files(nonsense)
    page.get_by_role("button", name="上传并检查").click()
    expect(office.drawer().get_by_role("alert")).to_be_visible(timeout=30_000)


def _list_of_shops(district: District, folder: Path) -> Path:
    grid = district.client("grid-01").get("/me").json()["grants"][0]["area"]
    community = district.client("desk").get(f"/areas/{grid['id']}").json()["lineage"][-2]["name"]
    lines = [
        ["沿街店铺登记表"],
        ["序号", "店名", "经营类别", "所属社区", "所属网格", "负责人", "联系电话"],
        ["1", "测试好又多超市", "超市", community, grid["name"], "王某", "15400000921"],
        ["2", "测试怪店", "秘密", community, grid["name"], "李某", "15400000923"],
    ]
    path = folder / "店铺.csv"
    path.write_text("\r\n".join(",".join(line) for line in lines) + "\r\n", encoding="gbk")
    return path


def _places(district: District) -> list[str]:
    return [row["name"] for row in district.client("desk").get("/places", params={"q": "测试"}).json()["rows"]]


def _list_of_a_village(district: District, folder: Path) -> Path:
    """GBK, semicolons, a title, a header in two rows, a total below."""
    grid = district.client("grid-01").get("/me").json()["grants"][0]["area"]
    community = district.client("desk").get(f"/areas/{grid['id']}").json()["lineage"][-2]["name"]
    door = f"{community}{grid['name']}测试99幢1单元"
    numbers = [with_check_digit(f"99999919800101{n:03}") for n in (911, 913)]
    lines = [
        ["某村人口花名册"],
        ["序号", "居民姓名", "基本情况", "", "现住址", "联系方式"],
        ["", "", "身份证号", "民族", "", ""],
        ["1", "欧阳认列", numbers[0], "某", f"{door}101", "15400000911"],
        ["2", "司马认列", numbers[1], "某", f"{door}102", "15400000913"],
        ["合计", "2人"],
    ]
    path = folder / "某村.csv"
    path.write_text("\r\n".join(";".join(line) for line in lines) + "\r\n", encoding="gbk")
    return path


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
