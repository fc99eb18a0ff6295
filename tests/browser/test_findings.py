"""发现的问题: larvae found at a door are listed at the desk, and looked at again with a phone until they are gone."""

from playwright.sync_api import Browser, expect

from tests.browser.looking import axe_findings
from tests.browser.office import Desk, District, enrol
from tests.browser.test_desk_board import campaign_of, opened, seen, told
from tests.browser.worker import Worker
from tests.chromium import PHONE, Picture


def test_what_was_found_is_looked_at_again_until_it_is_fixed(
    office: Desk, district: District, chromium: Browser, picture: Picture
) -> None:
    incident = opened(district, "mosquito_breeding", "复查演练")
    campaign, homes = campaign_of(enrol(district, "grid-05"), incident["id"])
    phone = enrol(district, "grid-05")
    for home in homes[:2]:
        answers = {"containers_with_water": 2, "larvae_found": True, "positive_containers": 1}
        told(phone, campaign, home, answers)
    page = office.sign_in("grid-05").open("/campaigns/findings")
    table = page.get_by_role("table", name="发现的问题", exact=True)
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table).to_contain_text("有没有看到幼虫?")
    expect(page.get_by_role("table", name="各区域发现的问题")).to_contain_text("0.0")
    seen(page, picture, "findings")
    _on_the_phone(chromium, district, picture, homes[0]["door"])
    page = office.open("/campaigns/findings")
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table).not_to_contain_text(homes[0]["door"])
    expect(page.get_by_role("table", name="各区域发现的问题")).to_contain_text("50.0")
    page.get_by_label("状态", exact=True).select_option(label="已整改")
    expect(table).to_contain_text(homes[0]["door"])
    assert office.complaints == []


def _on_the_phone(chromium: Browser, district: District, picture: Picture, door: str) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True)
    worker = Worker(context.new_page(), district.url)
    worker.joins_with_password("grid-05", district.password("grid-05")).sets_out()
    page = worker.page
    page.get_by_role("link", name="待复查").click()
    expect(page.get_by_role("listitem").filter(has_text="有没有看到幼虫")).to_have_count(2)
    picture(page, "field-recheck")
    assert axe_findings(page) == []
    page.get_by_role("button", name=door).click()
    picture(page, "field-recheck-door")
    page.get_by_role("button", name="已经整改好了").click()
    expect(page.get_by_role("listitem").filter(has_text="有没有看到幼虫")).to_have_count(1)
    page.wait_for_timeout(2500)  # until it was handed in
    context.close()
