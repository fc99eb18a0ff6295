"""Organisations, posts, workload and handing over, as an office goes through them."""

import re

from playwright.sync_api import expect

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District
from tests.chromium import WIDE, Picture

SMALL = {"width": 360, "height": 780}


def look(desk: Desk, picture: Picture, name: str) -> None:
    """As everybody sees it, at three widths; nothing sticks out, axe finds nothing."""
    page = desk.page
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, width in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        assert sideways(page) <= 0
        picture(page, f"desk-{name}-{width}")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_an_organisation_gets_a_post_and_somebody_is_put_on_it(office: Desk, picture: Picture) -> None:
    page = office.sign_in("desk").open("/areas/organisations")
    expect(page.get_by_role("treeitem", name=re.compile("莘塍街道办事处"))).to_be_visible()
    look(office, picture, "organisations-full")
    page.get_by_role("link", name="新建组织").click()
    drawer = office.drawer()
    expect(drawer.get_by_label("组织名称")).to_be_focused()
    page.keyboard.type("莘塍物业")
    drawer.get_by_label("类别").select_option(label="物业")
    look(office, picture, "new-organisation")
    page.keyboard.press("Tab")
    drawer.get_by_role("button", name="建好").click()
    expect(page.get_by_role("treeitem", name=re.compile("莘塍物业"))).to_be_visible()

    page.keyboard.press("Alt+n")
    expect(drawer.get_by_label("岗位名称")).to_be_focused()
    page.keyboard.type("项目负责人")
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("heading", name="项目负责人")).to_be_visible()
    expect(drawer).to_contain_text("起空 1 人")
    drawer.get_by_role("button", name="安排人").click()
    dialog = page.get_by_role("dialog", name="安排人")
    dialog.get_by_label("安排谁").select_option(index=1)
    look(office, picture, "appoint")
    dialog.get_by_role("button", name="确定").click()
    expect(drawer.get_by_role("button", name="结束", exact=True)).to_be_visible()
    expect(drawer).not_to_contain_text("起空 1 人")
    look(office, picture, "drawer-post")
    page.keyboard.press("Escape")
    page.get_by_label("岗位名称").fill("项目负责人")
    row = page.get_by_role("table", name="岗位").locator("tbody tr").filter(has_text="项目负责人").first
    expect(row).to_contain_text("不缺人")
    look(office, picture, "organisations")
    office.open("/areas/organisations?vacant=1")
    expect(page.get_by_role("table", name="岗位").locator("tbody tr").first).to_contain_text("起空")
    assert office.complaints == []


def test_who_leaves_hands_over_and_the_vacancy_says_who_sees_to_it(
    office: Desk, district: District, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/areas/workload")
    expect(page.get_by_role("heading", name=re.compile("有网格的人"))).to_be_visible()
    look(office, picture, "workload")
    workers = page.get_by_role("table", name=re.compile("有网格的人"))
    before = workers.locator("tbody tr").count()
    workers.locator("tbody tr").last.press("Enter")
    drawer = office.drawer()
    expect(drawer.get_by_role("heading", name=re.compile("工作交接"))).to_be_visible()
    go = drawer.get_by_role("button", name="交接工作")
    expect(go).to_be_disabled()
    for choice in drawer.locator("fieldset select").all():
        choice.select_option(label="先空着（会报空缺）")
    expect(drawer).to_contain_text("来补")
    look(office, picture, "hand-over")
    go.click()
    expect(page.get_by_role("heading", name=re.compile("没有责任人的网格"))).to_be_visible()
    expect(workers.locator("tbody tr")).to_have_count(before - 1)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    _assign_again(district)


def _assign_again(district: District) -> None:
    """The district is shared: whoever comes next finds every grid with a worker."""
    desk = district.client("desk")
    for gap in desk.get("/workload").json()["vacant"]:
        grid = gap["grid"]["id"]
        worker = desk.get(f"/areas/{grid}/workers").json()[0]["id"]
        assigned = desk.put(f"/areas/{grid}/responsible", json={"account": worker})
        assert assigned.status_code == 200, assigned.text
