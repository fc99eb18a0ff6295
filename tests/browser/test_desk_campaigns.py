"""A campaign as the office follows it: will it be done in time, and where not."""

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.looking import axe_findings, sideways, small_targets
from tests.browser.office import Desk, District, enrol
from tests.chromium import Picture


def test_a_campaign_tells_when_it_will_be_through_and_opens_down_to_the_grid(
    office: Desk, district: District, picture: Picture
) -> None:
    campaign = district.client("desk").get("/campaigns").json()["rows"][0]["id"]
    office.sign_in("desk")
    page = office.open(f"/campaigns?show=campaign:{campaign}")
    pace = page.get_by_role("region", name="预计完成")
    expect(pace).to_contain_text(re.compile("走完|说不准|没有人走|没有人在走"))
    assert axe_findings(page) == []
    picture(page, "desk-pace")
    for _ in range(3):
        row = pace.get_by_role("table").locator("tbody tr").first
        if row.get_by_role("link").count():
            break
        name = row.get_by_role("button").inner_text()
        row.get_by_role("button").click()
        expect(pace.get_by_role("navigation")).to_contain_text(name)
    grid = row.get_by_role("link").inner_text()
    row.get_by_role("link").click()
    expect(office.drawer().get_by_role("heading", level=2)).to_have_text(f"{grid} 还没走到的户")
    page.go_back()
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    picture(page, "desk-pace-360")
    assert office.complaints == []


def test_who_runs_a_campaign_declares_when_to_call_again(office: Desk, district: District, picture: Picture) -> None:
    client = district.client("desk")
    campaign = client.get("/campaigns").json()["rows"][0]["id"]
    before = client.get(f"/campaigns/{campaign}").json()["attempts"]
    office.sign_in("desk")
    page = office.open(f"/campaigns?show=campaign:{campaign}")
    page.get_by_role("button", name="改再次上门的规矩").click()
    dialog = page.get_by_role("dialog", name="改再次上门的规矩")
    dialog.get_by_label("白天没遇到的，几点以后再去").fill("19:00")
    dialog.get_by_label("第几次留告知单").fill("2")
    dialog.get_by_placeholder("年底加班").fill("年底加班的人多")
    picture(page, "desk-attempts")
    assert axe_findings(page) == []
    dialog.get_by_role("button", name="从现在起照此办").click()
    expect(dialog).to_have_count(0)
    expect(office.drawer()).to_contain_text("白天没遇到的 19:00 以后去，第 2 次留告知单")
    told = enrol(district, "grid-04").feed()["campaigns"][0]["attempts"]
    assert told == before | {"off_peak_from": "19:00", "notice_at": 2}
    client.post(f"/campaigns/{campaign}/attempts", json={"policy": before, "reason": "照旧"}).raise_for_status()
    assert office.complaints == []


def test_what_was_found_on_the_way_is_given_to_somebody_and_settled(
    office: Desk, district: District, picture: Picture
) -> None:
    phone = enrol(district, "grid-02")
    home = next(iter(phone.feed()["households"]))
    assert phone.send("campaigns.need_found.v1", {"household": home["id"], "word": "water"})["fate"] == "stored"
    office.sign_in("grid-02")
    page = office.open("/campaigns/needs")
    table = page.get_by_role("table", name="途中发现")
    expect(table).to_contain_text("漏水、停水")
    assert axe_findings(page) == []
    picture(page, "desk-needs")
    table.get_by_role("link", name="漏水、停水").first.click()
    page.get_by_role("button", name="指定谁去办").click()
    dialog = page.get_by_role("dialog", name="指定谁去办")
    dialog.get_by_role("combobox").select_option(index=1)
    dialog.get_by_role("button", name="指定", exact=True).click()
    expect(dialog).to_have_count(0)
    picture(page, "desk-need")
    page.get_by_role("button", name="办结").click()
    dialog = page.get_by_role("dialog", name="办结")
    dialog.get_by_role("combobox").select_option(label="办好了")
    dialog.get_by_role("button", name="办结", exact=True).click()
    expect(office.drawer()).to_contain_text("办好了")
    expect(table).to_have_count(0)
    assert office.complaints == []


def test_the_office_gives_a_building_to_a_helper_and_the_phone_says_so(
    office: Desk, district: District, phone: BrowserContext, picture: Picture
) -> None:
    client = district.client("desk")
    campaign = client.get("/campaigns").json()["rows"][0]["id"]
    theirs = enrol(district, "grid-05").feed()["scope"]["grids"][0]
    office.sign_in("desk")
    page = office.open(f"/?show=remainder:{campaign}:{theirs['id']}")
    part = office.drawer().get_by_role("region", name="谁去走")
    expect(part).to_contain_text("没有专门分派")
    part.get_by_role("button", name="分派").click()
    dialog = page.get_by_role("dialog", name="分派")
    dialog.get_by_role("combobox", name="分派哪些户").select_option(label="选几幢楼、几个单元")
    dialog.get_by_role("group", name="选几幢楼、几个单元").get_by_role("checkbox").first.check()
    helper = dialog.get_by_role("combobox", name="从别处请一个人来帮")
    helper.select_option(index=1)
    expect(dialog).to_contain_text("到期自动收回")
    dialog.get_by_placeholder("例如：小李请假").fill("小李请假,请人走一幢楼")
    picture(page, "desk-giving")
    assert axe_findings(page) == []
    dialog.get_by_role("button", name="分派", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(part).to_contain_text("小李请假,请人走一幢楼")
    picture(page, "desk-giving-done")
    assert axe_findings(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    picture(page, "desk-giving-360")
    account = next(row for row in client.get("/accounts?q=grid-05").json()["rows"] if row["name"] == "grid-05")
    code = client.post(f"/accounts/{account['id']}/enrolment", json={}).json()["code"]
    hers = phone.new_page()
    hers.goto(f"{district.url}/m/enrol")
    hers.get_by_label("登记码", exact=True).fill(code)
    hers.get_by_role("button", name="登录", exact=True).click()
    hers.wait_for_url("**/m/leave")
    hers.get_by_role("button", name="出发").click()
    said = hers.get_by_role("region", name="分派")
    expect(said).to_contain_text("不在您的数里")
    picture(hers, "field-giving-360")
    assert (axe_findings(hers), sideways(hers), small_targets(hers, 44)) == ([], 0, [])
    client.post(
        f"/campaigns/{campaign}/givings", json={"grid": theirs["id"], "reason": "小李回来了"}
    ).raise_for_status()
    expect(part).to_have_count(1)
    assert office.complaints == []


def test_a_second_person_looks_again_and_the_office_settles_what_was_otherwise(
    office: Desk, district: District, phone: BrowserContext, picture: Picture
) -> None:
    client = district.client("desk")
    office.sign_in("desk")
    page = office.open("/campaigns/checks")
    page.get_by_role("button", name="定比例").click()
    dialog = page.get_by_role("dialog", name="定比例")
    dialog.get_by_label("百分之几（0 到 20）").fill("20")
    dialog.get_by_placeholder("例如：第一天").fill("第一天,看看问法")
    dialog.get_by_role("button", name="从现在起照此抽").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("每人抽 20%")).to_be_visible()
    first = enrol(district, "grid-06")
    known = first.feed()
    campaign, grid = known["campaigns"][0], known["scope"]["grids"][0]
    asked = next(q["code"] for q in campaign["form"]["questions"] if q["type"] == "yes_no")
    for home in known["households"][:5]:
        task = {"campaign": campaign["id"], "target": home["id"], "occasion": campaign["occasion"], "outcome": "done"}
        visit = {"task": task, "people": 1, "answers": {asked: False}}
        assert first.send("screening.household_visited.v1", visit)["fate"] == "stored"
    helper = next(row for row in client.get("/accounts?q=grid-07").json()["rows"] if row["name"] == "grid-07")
    lent = {"grid": grid["id"], "reason": "复核", "to": [helper["id"]], "lend": True}
    client.post(f"/campaigns/{campaign['id']}/givings", json=lent).raise_for_status()
    code = client.post(f"/accounts/{helper['id']}/enrolment", json={}).json()["code"]
    hers = phone.new_page()
    hers.goto(f"{district.url}/m/enrol")
    hers.get_by_label("登记码", exact=True).fill(code)
    hers.get_by_role("button", name="登录", exact=True).click()
    hers.wait_for_url("**/m/leave")
    hers.get_by_role("button", name="出发").click()
    hers.get_by_role("link", name="抽查复核").click()
    door = hers.get_by_role("listitem").get_by_role("button")
    expect(door).to_have_count(1)
    picture(hers, "field-checks-360")
    assert (axe_findings(hers), sideways(hers), small_targets(hers, 44)) == ([], 0, [])
    door.click()
    sheet = hers.get_by_role("dialog")
    sheet.get_by_role("checkbox").check()
    picture(hers, "field-check-360")
    sheet.get_by_role("button", name="1 处有出入").click()
    expect(hers.get_by_text("现在没有要您复核的户。")).to_be_visible()
    hers.wait_for_timeout(1500)
    page = office.open("/campaigns/checks")
    findings = page.get_by_role("table", name="有出入的户")
    expect(findings).to_contain_text("有出入")
    assert axe_findings(page) == []
    picture(page, "desk-checks")
    findings.get_by_role("button", name="处理").click()
    dialog = page.get_by_role("dialog", name="处理")
    dialog.get_by_role("combobox", name="怎么处理").select_option(label="保留原记录")
    dialog.get_by_placeholder("例如：电话问过").fill("电话问过,记错了日子")
    dialog.get_by_role("button", name="处理", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(findings).to_contain_text("保留原记录")
    expect(page.get_by_role("table", name="各人的走访")).to_contain_text("1 / 1")
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    picture(page, "desk-checks-360")
    assert office.complaints == []
