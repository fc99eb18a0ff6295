"""What one person may not do alone the other finds at once: a list of very many people, a long list that leaves."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, roster
from tests.browser.test_desk_offers import checked
from tests.chromium import DESK, SMALL, WIDE, Picture

MANY = 1001
OTHER = "community-01"


def many(district: District, path: Path) -> Path:
    """More people than one may publish, of whom nobody's birthday is known."""
    area = district.client(OTHER).get("/me").json()["grants"][0]["area"]
    children = district.client("desk").get(f"/areas/{area['id']}").json()["children"]
    grid = next(child["name"] for child in children if child["kind"] == "grid")
    rows = [
        [
            area["name"],
            grid,
            "测试88幢",
            "1单元",
            str(101 + n),
            "户主",
            f"众{chr(0x4E00 + n)}",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ]
        for n in range(MANY)
    ]
    return roster(path, rows)


def test_the_second_person_finds_it_on_the_overview_publishes_it_and_lets_a_long_list_leave(
    chromium: Browser, district: District, tmp_path: Path, picture: Picture
) -> None:
    id = checked(district, many(district, tmp_path / "大名单.csv"), "测试社区", OTHER)
    contexts = [chromium.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True) for _ in range(2)]
    first, second = (Desk(context, district) for context in contexts)
    mine = first.sign_in(OTHER).open(f"/residents/imports?show=import:{id}")
    expect(first.drawer().get_by_text("您不用再做什么")).to_be_visible()
    expect(first.drawer().get_by_role("button", name="发布到底册")).to_have_count(0)
    picture(mine, "desk-import-waits-mine")

    page = second.sign_in("desk").open("/")
    waiting = page.get_by_role("region", name="等您来定")
    expect(waiting).to_contain_text("大名单.csv")
    for size in (SMALL, WIDE, DESK):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        picture(page, f"desk-waiting-{size['width']}")
        assert sideways(page) <= 0
    assert axe_findings(page) == []
    waiting.get_by_role("link").first.click()
    drawer = second.drawer()
    expect(drawer.get_by_text("所以由您来看")).to_be_visible()
    drawer.get_by_role("button", name="发布到底册").click()
    page.get_by_role("dialog", name="发布到底册").get_by_role("button", name="发布").click()
    expect(drawer.get_by_text("已发布")).to_be_visible(timeout=60_000)

    mine = first.open("/residents/quality?flaw=birthday_missing")
    mine.get_by_role("button", name="导出名单").click()
    dialog = mine.get_by_role("dialog", name="导出名单")
    expect(dialog).to_contain_text("要另一位同事同意")
    dialog.get_by_role("textbox").fill("上门补登记生日")
    dialog.get_by_role("button", name="写明用途并提出").click()
    asked = mine.get_by_role("region", name="两个人同意才能带走的名单")
    expect(asked).to_contain_text("等另一个人同意")

    page = second.open("/")
    page.get_by_role("region", name="等您来定").get_by_role("link").first.click()
    leaving = page.get_by_role("region", name="两个人同意才能带走的名单")
    leaving.get_by_role("button", name="同意带走").click()
    picture(page, "desk-export-agree")
    page.get_by_role("dialog", name="同意带走").get_by_role("button", name="同意带走").click()
    expect(leaving).to_have_count(0)
    assert axe_findings(page) == []

    fetch = asked.get_by_role("link", name="下载")
    expect(fetch).to_be_visible(timeout=30_000)
    picture(mine, "desk-export-agreed")
    with mine.expect_download() as taken:
        fetch.click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    assert first.complaints == second.complaints == []
    for context in contexts:
        context.close()
