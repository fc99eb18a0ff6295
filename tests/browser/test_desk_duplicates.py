"""Somebody who stands on the list twice: found, looked at side by side, made one, and made two again."""

from pathlib import Path
from time import monotonic, sleep

import httpx
from playwright.sync_api import Page, expect

from lianfang.demo.people import with_check_digit
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, roster
from tests.chromium import DESK, SMALL, WIDE, Picture


def test_somebody_entered_twice_is_found_made_one_and_made_two_again(
    office: Desk, district: District, tmp_path: Path, picture: Picture
) -> None:
    _enter_somebody_twice(district, tmp_path)
    page = office.sign_in("desk").open("/residents/duplicates")
    page.get_by_role("button", name="查找重复").click()
    pairs = page.get_by_role("table", name="疑似重复").locator("tbody tr").filter(has_text="测试98幢")
    expect(pairs).to_have_count(1, timeout=60_000)
    _looked_at(page, picture, "duplicates-found")

    pairs.press("Enter")
    drawer = office.drawer()
    expect(drawer).to_contain_text("这两条是同一个人吗")
    expect(drawer.get_by_text("端木重来")).to_have_count(0)
    _looked_at(page, picture, "drawer-duplicate")
    drawer.get_by_placeholder("如：已打电话问过本人").fill("两处门牌都问过")
    drawer.get_by_role("button", name="是同一个人，合并").click()
    expect(drawer).to_have_count(0)
    expect(pairs).to_have_count(0)
    assert _found(district) == 1

    merged = page.get_by_role("table", name="已合并，可以撤回").locator("tbody tr").filter(has_text="测试98幢")
    _looked_at(page, picture, "duplicates-merged")
    merged.get_by_role("button", name="撤回合并").click()
    dialog = page.get_by_role("dialog", name="撤回合并")
    expect(dialog).to_contain_text("又成为两个人")
    dialog.get_by_role("textbox").first.fill("问错了人")
    dialog.get_by_role("button", name="撤回合并").click()
    expect(merged).to_have_count(0)
    assert _found(district) == 2
    assert office.complaints == []


def _looked_at(page: Page, picture: Picture, name: str) -> None:
    for size in (DESK, WIDE, SMALL):
        page.set_viewport_size(size)
        page.wait_for_timeout(200)
        picture(page, f"desk-{name}-{size['width']}")
        assert sideways(page) <= 0
    page.set_viewport_size(DESK)
    assert axe_findings(page) == []


def _enter_somebody_twice(district: District, folder: Path) -> None:
    """At two doors of a grid: the same name, birthday and telephone, of which only one has a document."""
    grid = district.client("grid-01").get("/me").json()["grants"][0]["area"]
    desk = district.client("desk")
    community = desk.get(f"/areas/{grid['id']}").json()["lineage"][-2]["name"]
    home, number = [community, grid["name"], "测试98幢", "1单元"], with_check_digit("99999919800101971")
    file = roster(folder / "花名册.csv", [
        [*home, "101", "户主", "端木重来", "男", "居民身份证", number, "1980-01-01", "15400000971", "户籍人口", ""],
        [*home, "102", "户主", "端木重来", "男", "无证件", "", "1980-01-01", "15400000971", "流动人口", ""],
    ])  # fmt: skip
    with file.open("rb") as opened:
        begun = desk.post("/imports", files={"file": (file.name, opened, "text/csv")}).json()["id"]
    _until(desk, begun, "ready")
    assert desk.post(f"/imports/{begun}/publish", json={}).status_code < 300
    _until(desk, begun, "published")


def _until(desk: httpx.Client, begun: str, state: str) -> None:
    deadline = monotonic() + 60
    while (now := desk.get(f"/imports/{begun}").json()["state"]) != state:
        assert monotonic() < deadline and now != "failed", now
        sleep(0.2)


def _found(district: District) -> int:
    return int(district.client("desk").get("/residents", params={"q": "端木重来"}).json()["total"])
