"""A steward's phone: the households that are theirs, and what has changed in them."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import axe_findings, sideways, small_targets
from tests.browser.office import District
from tests.chromium import Picture


@pytest.fixture
def code(district: District) -> str:
    """What the office hands to a volunteer who was named steward."""
    office = district.client("desk")
    account = next(row for row in office.get("/accounts?q=steward-01").json()["rows"] if row["name"] == "steward-01")
    return str(office.post(f"/accounts/{account['id']}/enrolment", json={}).json()["code"])


def test_a_steward_sees_these_households_alone_and_reports_a_number_and_a_newcomer(
    phone: BrowserContext, district: District, code: str, picture: Picture
) -> None:
    page = phone.new_page()
    page.goto(f"{district.url}/m/enrol")
    page.get_by_label("登记码", exact=True).fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/m/leave")
    page.goto(f"{district.url}/m/steward")
    homes = page.get_by_role("region")
    expect(homes).to_have_count(8)
    picture(page, "field-steward-360")
    assert (axe_findings(page), sideways(page), small_targets(page, 44)) == ([], 0, [])
    homes.first.get_by_role("button").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("新的电话").fill("15400001234")
    picture(page, "field-steward-change-360")
    sheet.get_by_role("button", name="报新电话").click()
    expect(page.get_by_text("已报上去")).to_be_visible()
    expect(homes.first).to_contain_text("1234")
    people = homes.first.get_by_role("button").count()
    homes.first.get_by_role("button", name="有人搬来").click()
    sheet.get_by_label("姓名").fill("赵小满")
    picture(page, "field-steward-newcomer-360")
    sheet.get_by_role("button", name="报上去").click()
    expect(homes.first.get_by_role("button")).to_have_count(people + 1)
