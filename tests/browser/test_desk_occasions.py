"""周周查: a campaign is laid out once, each day it begins anew, and every occasion can be looked at by itself."""

from datetime import timedelta

from playwright.sync_api import expect

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing import clock
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, enrol
from tests.chromium import Picture


def test_a_campaign_that_begins_anew_each_day(office: Desk, district: District, picture: Picture) -> None:
    client = district.client("desk")
    office.sign_in("desk")
    page = office.open("/campaigns?show=new-campaign")
    drawer = office.drawer()
    drawer.get_by_text("每周一轮").click()
    expect(drawer.get_by_label("星期几")).to_be_visible()
    picture(page, "desk-campaign-weekly")
    drawer.get_by_text("每天一轮").click()
    expect(drawer.get_by_label("第几轮")).to_have_count(0)
    assert axe_findings(page) == []
    running = client.get("/campaigns").json()["rows"][0]
    today = local_day(clock.now())
    days = {"starts_on": (today - timedelta(days=2)).isoformat(), "ends_on": (today + timedelta(days=1)).isoformat()}
    asked = {
        "name": "每日巡查",
        "area": running["area"]["id"],
        "form": running["form"]["id"],
        "recurs": {"every": "daily"},
    }
    opened = client.post("/campaigns", json=asked | days | {"incident": running["incident"]}).raise_for_status().json()
    phone = enrol(district, "grid-03")
    feed = phone.feed()
    mine = next(one for one in feed["campaigns"] if one["id"] == opened["id"])
    assert (mine["occasion"], mine["recurs"]["every"]) == (today.isoformat(), "daily")
    past = (today - timedelta(days=1)).isoformat()
    assert phone.visit(campaign=mine | {"occasion": past}, household=feed["households"][0])["fate"] == "stored"
    page = office.open(f"/?campaign={opened['id']}&area={running['area']['id']}")
    strip = page.get_by_role("navigation", name="轮次")
    expect(strip.get_by_role("listitem")).to_have_count(3)
    expect(strip.get_by_role("listitem").first).to_contain_text("这一轮")
    expect(strip.get_by_role("listitem").nth(1)).to_contain_text("补报 1 户")
    expect(strip).to_contain_text("下一轮")
    strip.get_by_role("listitem").nth(1).get_by_role("link").click()
    expect(strip.locator("[aria-current]")).to_contain_text("补报 1 户")
    assert f"occasion={past}" in office.address
    expect(page.get_by_role("region", name="现在")).to_contain_text("1")
    assert axe_findings(page) == []
    picture(page, "desk-occasions")
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    picture(page, "desk-occasions-360")
    client.post(f"/campaigns/{opened['id']}/close", json={"reason": "试过了"}).raise_for_status()
    assert office.complaints == []
