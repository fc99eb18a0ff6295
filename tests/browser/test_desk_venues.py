"""Venue codes at the desk: one is issued for a registered place, printed, changed for a new one; looked at."""

from playwright.sync_api import Page, expect

from lianfang.foundation.kernel.ids import new_id
from tests.browser.looking import axe_findings
from tests.browser.office import Desk, District
from tests.chromium import Picture


def a_place(district: District, name: str) -> str:
    client = district.client("desk")
    grid = client.get("/areas?kind=grid&page_size=200").json()["rows"][0]["id"]
    made = client.post("/places", json={"grid": grid, "name": name, "kind": "market", "door": "中街8号"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_a_code_is_issued_printed_and_changed(office: Desk, district: District, picture: Picture) -> None:
    name = f"香江市场{new_id().hex[-4:]}"
    a_place(district, name)
    page = office.sign_in("desk").open("/gate/venues")
    issue(office, page, name)
    drawer = office.drawer()
    expect(drawer).to_contain_text("在用")
    with page.expect_download() as printed:
        drawer.get_by_role("link", name="打印海报（A4）").click()
    assert printed.value.suggested_filename == f"{name}.pdf"
    assert axe_findings(page) == []
    picture(page, "desk-venue")
    drawer.get_by_role("button", name="换一张新码").click()
    page.get_by_role("dialog", name="换一张新码").get_by_role("button", name="换一张新码").click()
    rows = page.get_by_role("row").filter(has_text=name)
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="已作废")).to_have_count(1)
    picture(page, "desk-venues")
    assert office.complaints == []


def issue(office: Desk, page: Page, name: str) -> None:
    page.get_by_role("link", name="发场所码").click()
    drawer = office.drawer()
    drawer.get_by_role("combobox").first.fill(name)
    page.get_by_role("option", name=name).click()
    drawer.get_by_label("海报上写的联系人或电话").fill("明镜社区 5400001")
    drawer.get_by_role("button", name="发码").click()
