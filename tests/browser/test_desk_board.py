"""An incident is opened from a pack at the desk: forms, campaign and board come with it, grid by grid; the phone of a
grid shows how it stands; and a typhoon's roll is called until everyone is out.
"""

import time
from typing import Any

from playwright.sync_api import Browser, Page, expect

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.plumbing import clock
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, PlayedPhone, enrol
from tests.browser.worker import Worker
from tests.chromium import DESK, PHONE, SMALL, WIDE, Picture

PATIENCE = 30_000


def seen(page: Page, picture: Picture, name: str) -> None:
    """Looked at on an office PC, on a wide screen and on a phone, and usable by everybody."""
    page.wait_for_timeout(300)
    picture(page, f"desk-{name}-1440")
    assert axe_findings(page) == []
    for size, at in ((WIDE, 1920), (SMALL, 360)):
        page.set_viewport_size(size)
        page.wait_for_timeout(150)
        picture(page, f"desk-{name}-{at}")
        assert sideways(page) <= 0
    page.set_viewport_size(DESK)


def opened(district: District, pack: str, name: str) -> dict[str, Any]:
    """What the office enters in the drawer of a new incident."""
    client = district.client("desk")
    area = client.get("/overview").json()["area"]["id"]
    ends = f"{time.strftime('%Y-%m-%d', time.localtime(time.time() + 5 * 86400))}T23:59:59+08:00"
    new = {"name": name, "area": area, "basis": "public_health_emergencies", "pack": pack, "issuer": "街道办"}
    return district.an_incident(new | {"ends_at": ends, "drill": True})


def campaign_of(phone: PlayedPhone, incident: str) -> tuple[dict[str, Any], list[Any]]:
    """The campaign comes a moment after the incident, by itself."""
    for _ in range(60):
        feed = phone.feed()
        for campaign in feed["campaigns"]:
            if campaign["incident"] == incident:
                return campaign, feed["households"]
        time.sleep(0.5)
    raise AssertionError("no campaign came with the incident")


def told(phone: PlayedPhone, campaign: Any, home: Any, answers: dict[str, Any], people: int = 2) -> None:
    task = {"campaign": campaign["id"], "target": home["id"], "occasion": campaign["occasion"], "outcome": "done"}
    record = {"id": str(new_id()), "kind": "screening.household_visited.v1", "at": clock.now().isoformat(), "n": 1}
    record["body"] = {"task": task, "people": people, "answers": answers}  # type: ignore[assignment]
    answer = phone._client.post("/records", json={"records": [record]})
    assert answer.json()["receipts"][0]["fate"] == "stored", answer.text


def test_a_mosquito_incident_brings_everything_and_its_index_stands_by_grid(
    office: Desk, district: District, picture: Picture, chromium: Browser
) -> None:
    page = office.sign_in("desk").open("/incidents/board")
    incident = opened(district, "mosquito_breeding", "灭蚊演练")
    phone = enrol(district, "grid-02")
    campaign, homes = campaign_of(phone, incident["id"])
    page = office.open(f"/incidents/board?of={incident['id']}")
    expect(page.get_by_text("还没有记录").first).to_be_visible()
    seen(page, picture, "board-empty")
    for n, home in enumerate(homes[:20]):
        found = {"larvae_found": True, "positive_containers": 3} if n == 0 else {"larvae_found": False}
        told(phone, campaign, home, {"containers_with_water": 4} | found)
    page = office.open(f"/incidents/board?of={incident['id']}")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("15.0")
    expect(first).to_contain_text("▲ 中风险")
    expect(first).to_contain_text("3 ÷ 20")
    expect(page.get_by_text("重庆市疾病预防控制中心")).to_be_visible()
    seen(page, picture, "board")
    page.evaluate("localStorage.setItem('lianfang.type', 'large')")
    page = office.open(f"/incidents/board?of={incident['id']}")
    expect(first).to_contain_text("3 ÷ 20")
    picture(page, "desk-board-large")
    assert sideways(page) <= 0
    assert office.complaints == []
    _on_the_phone(chromium, district, picture, campaign["name"])


def _on_the_phone(chromium: Browser, district: District, picture: Picture, campaign: str) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True)
    worker = Worker(context.new_page(), district.url)
    worker.joins_with_password("grid-02", district.password("grid-02")).sets_out()
    page = worker.page
    if page.get_by_role("heading", name=campaign, exact=True).count() == 0:
        page.get_by_role("button", name="换一个").click()
        page.get_by_role("button", name=campaign).click()
    line = page.get_by_role("region", name="本网格的数")
    expect(line).to_contain_text("▲ 中风险")
    expect(line).to_contain_text("3 ÷ 20")
    picture(page, "field-board-line")
    assert axe_findings(page) == []
    context.close()


def test_the_roll_of_a_typhoon_is_called_grid_by_grid(office: Desk, district: District, picture: Picture) -> None:
    incident = opened(district, "typhoon_evacuation", "台风演练")
    phone = enrol(district, "grid-02")
    campaign, homes = campaign_of(phone, incident["id"])
    told(phone, campaign, homes[0], {"has_left": False, "needs_carrying": True}, people=len(homes[0]["residents"]))
    for home in homes[1:4]:
        told(phone, campaign, home, {"has_left": True, "needs_carrying": False}, people=len(home["residents"]))
    page = office.sign_in("grid-02").open(f"/incidents/board?of={incident['id']}")
    expect(page.get_by_text("还在里面").first).to_be_visible()
    seen(page, picture, "board-typhoon")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    drawer = office.drawer()
    expect(drawer.get_by_role("row").nth(1)).to_contain_text("要人搀扶或者抬吗?")
    expect(drawer.get_by_role("row").nth(1)).to_contain_text("上门说的")
    seen(page, picture, "roll")
    assert office.complaints == []
