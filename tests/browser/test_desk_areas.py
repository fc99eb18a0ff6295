"""Areas at the desk: a grid is split and merged back, and tells afterwards what it was."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing import clock
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk
from tests.chromium import Picture

NARROW = {"width": 360, "height": 780}


def grids(office: Desk) -> Any:
    """In walking order; on the fifth and the last nobody else's test works."""
    return office.district.client("desk").get("/areas?kind=grid&page_size=200").json()["rows"]


def pick(page: Page, label: str, words: str, option: str) -> None:
    """An area by typing part of its name."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=re.compile(option)).filter(visible=True).first.click()


def test_a_grid_is_split_by_keyboard_seen_beforehand_and_merged_back(office: Desk, picture: Picture) -> None:
    page, grid = office.sign_in("desk").page, grids(office)[-1]
    office.open(f"/areas?area={grid['id']}")
    page.get_by_role("link", name="拆分").click()
    drawer = office.drawer()
    drawer.get_by_label("新区域的名称").fill("试点网格")
    choice = drawer.get_by_role("combobox", name=re.compile("去哪里")).first
    choice.focus()
    page.keyboard.press("1")
    outlook = drawer.get_by_role("table", name="确认以后会这样")
    new_row = outlook.get_by_role("row", name=re.compile("试点网格（新）"))
    expect(new_row).to_contain_text("空缺")
    households = int(new_row.get_by_role("cell").nth(1).inner_text().replace(",", ""))
    assert households > 0
    expect(drawer.get_by_text("已经数过的留在当时的区域")).to_be_visible()
    picture(page, "desk-areas-split-1440")
    page.set_viewport_size(NARROW)
    assert (axe_findings(page), sideways(page)) == ([], 0)
    picture(page, "desk-areas-split-360")
    page.set_viewport_size({"width": 1440, "height": 900})
    drawer.get_by_role("button", name="确认拆分").click()
    drawer.get_by_role("link", name="试点网格").click()
    past = office.drawer().get_by_role("region", name="来历")
    expect(past).to_contain_text(f"从 {grid['name']} 分出,叫「试点网格」".replace(",", "，"))
    assert axe_findings(page) == []
    picture(page, "desk-areas-past-1440")
    office.drawer().get_by_role("link", name="并入").click()
    pick(page, "并入哪一个", grid["code"] or grid["name"], re.escape(grid["name"]))
    expect(outlook.get_by_role("row", name=re.compile(re.escape(grid["name"])))).to_contain_text(str(households))
    picture(page, "desk-areas-merge-1440")
    office.drawer().get_by_role("button", name="确认并入").click()
    expect(office.drawer()).to_have_count(0)
    expect(page.get_by_role("region", name="来历")).to_contain_text("试点网格 并进来")
    assert office.complaints == []


def test_an_area_is_renamed_from_a_day_on_and_its_old_name_stays(office: Desk) -> None:
    page, grid = office.sign_in("desk").page, grids(office)[4]
    office.open(f"/areas?area={grid['id']}&show=boundary:{grid['id']}:describe")
    drawer, tomorrow = office.drawer(), local_day(clock.now()) + timedelta(days=1)
    expect(drawer.get_by_role("button", name="保存")).to_be_disabled()
    drawer.get_by_label("名称").fill("改过名的网格")
    drawer.get_by_label("从什么时候").fill(f"{tomorrow.year}年{tomorrow.month}月{tomorrow.day}日")
    page.keyboard.press("Enter")
    drawer.get_by_role("button", name="保存").click()
    past = drawer.get_by_role("region", name="来历").get_by_role("listitem")
    expect(past.last).to_have_text(
        f"{tomorrow.year}年{tomorrow.month}月{tomorrow.day}日「{grid['name']}」更名为「改过名的网格」"
    )
    assert office.complaints == []


def test_coverage_is_counted_again_in_todays_boundaries_when_somebody_asks(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").open("/")
    kept = page.get_by_role("table", name="各区域进度").get_by_role("row")
    expect(kept.first).to_be_visible()
    page.get_by_role("button", name="按现在的区域重算").click()
    again = page.get_by_role("table", name=re.compile("按现在的区域"))
    expect(again.get_by_role("row", name=re.compile("^合计"))).to_be_visible()
    assert axe_findings(page) == []
    picture(page, "desk-areas-recount-1440")


def test_the_map_shows_counts_per_grid_and_the_table_beside_it_says_the_same(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").page
    community = office.district.client("desk").get("/areas?kind=community").json()["rows"][0]
    office.open(f"/areas/map?area={community['id']}")
    rows = page.get_by_role("table", name="图上的区域").locator("tbody tr")
    expect(rows.first).to_contain_text(community["name"])
    shown = page.get_by_role("button", name=re.compile(r"，[\d,]+ 人$"))
    for n in range(shown.count()):
        name, people = (shown.nth(n).get_attribute("aria-label") or "").removesuffix(" 人").split("，")
        expect(rows.filter(has_text=name)).to_contain_text(people)
    assert shown.count() == rows.count() - 1  # every grid has its number, the community itself none
    picture(page, "desk-map-1440")
    shown.first.press("Enter")  # chosen
    shown.first.press("Enter")  # gone into
    expect(page).not_to_have_url(re.compile(community["id"]))
    for name, viewport in {"1920": {"width": 1920, "height": 1080}, "360": NARROW}.items():
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        office.open(f"/areas/map?area={community['id']}")
        assert (axe_findings(page), sideways(page)) == ([], 0)
        picture(page, f"desk-map-{name}")
    assert office.complaints == []


def test_an_outline_is_drawn_by_clicking_and_by_keyboard_and_a_corner_is_dragged(
    office: Desk, picture: Picture
) -> None:
    page, grid = office.sign_in("desk").page, grids(office)[4]
    office.open(f"/areas/map?area={grid['id']}")
    page.get_by_role("button", name="改边界").first.click()
    drawing = page.get_by_role("region", name=re.compile("正在画"))
    expect(drawing).to_contain_text("4 个点")
    corner = page.get_by_role("button", name=re.compile("^第 1 个点"))
    before = corner.get_attribute("cx")
    corner.hover()  # waits until the sheet has found its size
    place = corner.bounding_box()
    assert place
    page.mouse.down()
    page.mouse.move(place["x"] + 48, place["y"] + 38, steps=4)
    page.mouse.up()
    assert corner.get_attribute("cx") != before
    drawing.get_by_role("button", name="重画").click()
    keep = drawing.get_by_role("button", name="合上并保存")
    sheet = page.locator("svg[tabindex]")
    box = sheet.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx, dy in ((-90, -60), (90, 60), (90, -60), (-90, 60)):
        page.mouse.click(middle[0] + dx, middle[1] + dy)
    expect(drawing).to_contain_text("边界自己相交了")
    expect(keep).to_be_disabled()
    picture(page, "desk-map-drawing-1440")
    sheet.focus()
    page.keyboard.press("Backspace")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(drawing).to_contain_text("4 个点")
    drawing.get_by_role("button", name="撤回一个点").click()
    assert axe_findings(page) == []
    keep.click()
    expect(drawing).to_have_count(0)
    shape = office.district.client("desk").get(f"/areas/map?area={grid['id']}").json()["areas"][0]["shape"]
    assert len(shape[0][0]) == 4  # three corners, closed
    assert office.complaints == []


def test_a_file_is_seen_on_the_map_before_it_is_kept(office: Desk, picture: Picture, tmp_path: Path) -> None:
    page, grid = office.sign_in("desk").page, grids(office)[4]
    ring = [[120.64, 27.78], [120.641, 27.78], [120.641, 27.781], [120.64, 27.78]]
    said = {"type": "Feature", "properties": {"code": grid["code"]}}
    good = said | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    bad = said | {"geometry": {"type": "Polygon", "coordinates": [ring[:-1]]}}
    office.open(f"/areas/map?area={grid['id']}")
    page.get_by_role("button", name="导入边界").click()
    part = page.get_by_role("form", name="导入边界")
    for name, text in {"bad": json.dumps(bad), "none": "not json", "good": json.dumps(good)}.items():
        (tmp_path / f"{name}.geojson").write_text(text, "utf-8")
        part.locator("input[type=file]").set_input_files(tmp_path / f"{name}.geojson")
        if name == "bad":
            expect(part.get_by_role("button", name="就这样保存")).to_be_disabled()
            part.get_by_role("radio", name=re.compile("高德")).check(force=True)
            expect(part.get_by_text("没有闭合")).to_be_visible()
        elif name == "none":
            expect(part.get_by_text("不是 GeoJSON")).to_be_visible()
    expect(part.get_by_role("status")).to_contain_text("会画上 1 个区域,其中 1 个换掉原来的".replace(",", "，"))
    picture(page, "desk-map-import-1440")
    part.get_by_role("button", name="就这样保存").click()
    expect(part).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出（高德、腾讯坐标）").click()
    out = json.loads(Path(download.value.path()).read_text("utf-8"))
    (found,) = (one for one in out["features"] if one["properties"]["code"] == grid["code"])
    assert found["geometry"]["coordinates"][0][0] == [pytest.approx(point, abs=1e-6) for point in ring]


def test_a_gate_is_put_on_the_map_moved_and_taken_away(office: Desk) -> None:
    page, grid = office.sign_in("desk").page, grids(office)[4]
    office.open(f"/areas/map?area={grid['id']}")
    page.get_by_role("button", name="加出入口、点位").click()
    part = page.get_by_role("form", name="加出入口、点位")
    part.get_by_label("名称").fill("东门")
    expect(part.get_by_role("button", name="保存")).to_be_disabled()
    page.locator("svg[tabindex]").click()
    part.get_by_role("button", name="保存").click()
    gates = page.get_by_role("table", name="图上的出入口和点位").locator("tbody tr")
    expect(gates).to_contain_text("东门")
    before = gates.inner_text()
    page.get_by_role("button", name="挪动:东门".replace(":", "：")).click()
    page.locator("svg[tabindex]").click(position={"x": 120, "y": 120})
    page.get_by_role("form", name=re.compile("挪动")).get_by_role("button", name="保存").click()
    expect(gates).not_to_have_text(before)
    page.get_by_role("button", name="撤掉:东门".replace(":", "：")).click()
    page.get_by_role("dialog").get_by_role("button", name="撤").click()
    expect(gates).to_have_count(0)
    assert office.complaints == []


def test_gaps_of_estates_are_filled_in_place(office: Desk, picture: Picture) -> None:
    desk = office.district.client("desk")
    community = desk.get("/areas?kind=community").json()["rows"][1]
    estates = [{"name": "静海新村", "no_property_company": True}, {"name": "锦绣花苑", "gates": 3}]
    for estate in estates:
        answer = desk.post("/areas", json={"kind": "estate", "parent": community["id"], **estate})
        assert answer.status_code == 201, answer.text
    page = office.sign_in("desk").open("/areas/gaps")
    counts = page.get_by_role("table", name="各社区的缺口").get_by_role("row", name=re.compile(community["name"]))
    expect(counts).to_contain_text("2")
    rows = page.get_by_role("table", name="有缺口的小区").locator("tbody tr")
    row = rows.filter(has_text="静海新村")
    expect(row).to_contain_text("没有物业、类型未填、出入口未填、边界未画")
    page.get_by_label("静海新村 的类型").select_option("old")
    expect(row).to_contain_text("没有物业、出入口未填、边界未画")
    page.get_by_label("静海新村 的出入口数").fill("2")
    page.keyboard.press("Tab")
    expect(row).to_contain_text("没有物业、边界未画")
    picture(page, "desk-gaps-1440")
    for viewport in (NARROW, {"width": 1440, "height": 900}):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert (axe_findings(page), sideways(page)) == ([], 0)
    page.get_by_role("checkbox", name="静海新村 没有物业公司").focus()
    page.keyboard.press("Space")
    expect(row).not_to_contain_text("没有物业、")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出缺口表").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    row.get_by_role("link", name=re.compile("没画")).click()
    expect(page).to_have_url(re.compile("/areas/map"))
    assert office.complaints == []


def test_a_part_of_a_public_list_is_mended_and_taken(office: Desk, picture: Picture, tmp_path: Path) -> None:
    lists = {
        "streets": "code,name,areaCode,provinceCode,cityCode\n330381007,莘塍街道,330381,33,3303\n",
        "villages": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        "330381007028,莘塍社区,330381007,33,3303,330381\n330381007201,四坦村委会,330381007,33,3303,330381\n",
    }
    for name, text in lists.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    page = office.sign_in("desk").open("/areas?show=area-workbook")
    drawer = office.drawer()
    drawer.get_by_text("从公开的行政区划表取第一棵树").click()
    files = [tmp_path / f"{name}.csv" for name in lists]
    drawer.get_by_label(re.compile("^名单文件")).set_input_files(files)
    expect(drawer.get_by_text("读到 3 个单位")).to_be_visible()
    drawer.get_by_label("第 1 级").select_option("330381007")
    drawer.get_by_label("330381007028 的名称").fill("莘塍新社区")
    drawer.get_by_label("取 四坦村委会").uncheck()
    drawer.get_by_role("button", name="加一个名单里没有的").click()
    drawer.get_by_label("330381007+01 的名称").fill("桥西村")
    pick(page, "挂在哪个区域下面", "莘塍街道", "莘塍街道")
    drawer.get_by_role("button", name="先看会加什么").click()
    expect(drawer.get_by_text(re.compile("会加上 2 个"))).to_be_visible()
    assert axe_findings(page) == []
    picture(page, "desk-divisions-1440")
    drawer.get_by_role("button", name="就这样取").click()
    expect(drawer.get_by_text("已加上 2 个")).to_be_visible()
    names = [row["name"] for row in office.district.client("desk").get("/areas?q=莘塍新社区").json()["rows"]]
    assert names == ["莘塍新社区"]
    assert office.complaints == []


@pytest.mark.parametrize(("name", "key", "value"), [("english", "language", "en"), ("large", "type", "large")])
def test_in_english_and_in_large_type(office: Desk, picture: Picture, name: str, key: str, value: str) -> None:
    page, grid = office.sign_in("desk").page, grids(office)[0]
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [f"lianfang.{key}", value])
    addresses = {
        "map": f"/areas/map?area={grid['parent']}",
        "gaps": "/areas/gaps",
        "split": f"/areas?area={grid['id']}&show=boundary:{grid['id']}:split",
        "move": f"/areas?area={grid['id']}&show=boundary:{grid['id']}:move",
    }
    for what, address in addresses.items():
        for viewport in (NARROW, {"width": 1440, "height": 900}):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            office.open(address)
            assert (what, axe_findings(page), sideways(page)) == (what, [], 0)
            picture(page, f"desk-{what}-{name}-{viewport['width']}")
    assert office.complaints == []
