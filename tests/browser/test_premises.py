"""九小场所检查: a campaign goes to places; a phone visits two of them without a network, and the office reads 处."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looking import axe_findings, sideways, small_targets
from tests.browser.office import Desk, District, enrol
from tests.browser.worker import Worker
from tests.chromium import Picture

NAME = "九小场所检查"
QUESTION = {
    "code": "exit_blocked",
    "category": "need",
    "per": "household",
    "type": "yes_no",
    "label": {"zh": "安全出口堵了吗?", "en": "Is the exit blocked?"},
    "retention": "register",
    "finding": {"answers": ["yes"], "days": 7},
}
# Of kinds that the demo has none of, and one that the campaign does not go to.
PLACES = (("滨江工地", "site"), ("南门岗亭", "gate"), ("河边小广场", "other"), ("利民超市", "shop"))


def test_the_office_sends_a_campaign_to_places_and_a_phone_visits_two_offline(
    office: Desk, district: District, phone: BrowserContext, picture: Picture
) -> None:
    grid = enrol(district, "grid-06").feed()["scope"]["grids"][0]
    client = district.client("desk")
    for name, kind in PLACES:
        place = {"grid": grid["id"], "name": name, "kind": kind, "door": "前街12号"}
        client.post("/places", json=place).raise_for_status()
    campaign = _laid_out(office, district, picture)
    worker = _walked(phone, district, picture)
    page = office.open(f"/?campaign={campaign}&area={grid['id']}")
    now = page.get_by_role("region", name="现在")
    expect(now).to_contain_text("已完成处数")
    expect(now).to_contain_text("/ 3 处")
    expect(now).to_contain_text("还有 1 处没走到")
    assert "户" not in now.inner_text()
    picture(page, "desk-premises-grid")
    _desk_reads_on(office, district, picture, campaign, grid["id"])
    worker.page.context.close()
    client.post(f"/campaigns/{campaign}/close", json={"reason": "试过了"}).raise_for_status()
    assert office.complaints == []


def _laid_out(office: Desk, district: District, picture: Picture) -> str:
    client = district.client("desk")
    area = client.get("/campaigns").json()["rows"][0]["area"]
    form = {"code": "small_premises", "title": {"zh": NAME, "en": "Small premises"}, "questions": [QUESTION]}
    client.post("/forms", json={"area": area["id"], "form": form}).raise_for_status()
    office.sign_in("desk")
    page = office.open("/campaigns?show=new-campaign")
    drawer = office.drawer()
    drawer.get_by_label("行动名称").fill(NAME)
    drawer.get_by_text("场所（店铺").click()
    expect(drawer.get_by_text("对哪些户")).to_have_count(0)
    for kind in ("工地", "出入口", "其他场所"):
        drawer.get_by_role("checkbox", name=re.compile(kind)).check()
    picture(page, "desk-premises-new")
    assert axe_findings(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    picture(page, "desk-premises-new-360")
    page.set_viewport_size({"width": 1440, "height": 900})
    drawer.get_by_role("combobox", name="表单").select_option(label=f"{NAME} · 第 1 版")
    drawer.get_by_role("button", name=re.compile("^布置")).click()
    expect(office.drawer()).to_contain_text("场所：工地、出入口、其他场所")
    expect(office.drawer()).to_contain_text("3 处")
    picture(page, "desk-premises-campaign")
    return office.address.split("campaign:")[1].split("&")[0]


def _walked(phone: BrowserContext, district: District, picture: Picture) -> Worker:
    worker = Worker(phone.new_page(), district.url)
    worker.joins_with_password("grid-06", district.password("grid-06")).sets_out().takes_up(NAME)
    page = worker.page
    worker.sees("剩 3 处")
    picture(page, "field-premises-work")
    assert (axe_findings(page), sideways(page), small_targets(page, 44)) == ([], 0, [])
    phone.set_offline(True)
    page.get_by_role("navigation", name="名单和查找").get_by_role("link", name=re.compile("^名单")).click()
    expect(page.get_by_role("listitem").filter(has_text="滨江工地")).to_have_count(1)
    picture(page, "field-premises-list")
    page.get_by_role("link", name=re.compile("滨江工地")).click()
    worker.answers_with("安全出口堵了吗", "有" if page.get_by_role("radio", name="有").count() else "是")
    picture(page, "field-premises-visit")
    assert (axe_findings(page), sideways(page), small_targets(page, 44)) == ([], 0, [])
    first = worker.door
    page.get_by_role("button", name=re.compile("^保存")).click()
    worker.sees(f"已保存在本机:{first}")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    second = worker.door
    page.get_by_role("button", name="没办成").click()
    picture(page, "field-premises-not-done")
    page.get_by_role("dialog").get_by_role("button", name="没人、没开门").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^保存")).click()
    worker.sees(f"已保存在本机:{second}")
    _set_right(page, worker, second, picture)
    phone.set_offline(False)
    worker.waiting(0)
    return worker


def _set_right(page: Page, worker: Worker, door: str, picture: Picture) -> None:
    """It was open after all: undone as visits to homes are."""
    worker.opens("/m/list")
    page.get_by_role("link", name=re.compile(door.split(" · ")[0])).click()
    page.get_by_role("button", name="弄错了,更正").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("radio", name="已走访").click()
    sheet.get_by_role("radio", name="按错了").click()
    picture(page, "field-premises-correct")
    sheet.get_by_role("button", name="保存").click()
    worker.sees("更正已保存在本机")
    worker.opens().sees("剩 1 处")
    picture(page, "field-premises-half")
    page.evaluate("() => localStorage.setItem('lianfang.language', 'en')")
    worker.opens().sees("1 left")
    picture(page, "field-premises-half-en")
    assert "household" not in page.locator("body").inner_text().lower()
    page.evaluate("() => localStorage.setItem('lianfang.language', 'zh-Hans')")
    worker.opens().sees("剩 1 处")


def _desk_reads_on(office: Desk, district: District, picture: Picture, campaign: str, grid: str) -> None:
    street = district.client("desk").get(f"/campaigns/{campaign}").json()["area"]["id"]
    page = office.open(f"/?campaign={campaign}&area={street}")
    expect(page.get_by_role("region", name="现在")).to_contain_text("/ 3 处")
    assert "户" not in page.locator(".desk-page").inner_text().replace("入户排查", "")
    assert axe_findings(page) == []
    picture(page, "desk-premises-street")
    page = office.open(f"/?show=remainder:{campaign}:{grid}")
    expect(office.drawer().get_by_role("heading", level=2)).to_contain_text("还没走到的场所")
    expect(office.drawer()).to_contain_text("1 处还没去")
    picture(page, "desk-premises-remainder")
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    picture(page, "desk-premises-remainder-360")
    page.set_viewport_size({"width": 1440, "height": 900})
    _in_english(office, picture, campaign, street, grid)


def _in_english(office: Desk, picture: Picture, campaign: str, street: str, grid: str) -> None:
    office.page.evaluate("() => localStorage.setItem('lianfang.language', 'en')")
    for name, address in (
        ("desk-premises-en", f"/?campaign={campaign}&area={street}"),
        ("desk-premises-campaign-en", f"/?show=campaign:{campaign}"),
        ("desk-premises-remainder-en", f"/?campaign={campaign}&area={street}&show=remainder:{campaign}:{grid}"),
        ("desk-premises-new-en", "/campaigns?show=new-campaign"),
    ):
        page = office.open(address)
        drawer = office.drawer()
        if "new-campaign" in address:
            drawer.get_by_text("Buildings", exact=True).click()
        picture(page, name)
        if "show=remainder" in address:
            assert "household" not in page.locator("body").inner_text().lower()
    office.page.evaluate("() => localStorage.setItem('lianfang.language', 'zh-Hans')")
