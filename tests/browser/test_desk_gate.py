"""The gate at the desk: an order from the first signature to its end, a rule, a printed credential, a shift."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pypdf import PdfReader

from tests.browser.looking import axe_findings, sideways
from tests.browser.office import BUILT, Desk, District
from tests.chromium import DESK, SMALL, WIDE, Picture
from tests.serving import Server

OFFICER = "community-01"
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
DAY = timedelta(days=1)


class Clocked(Server):
    """A server whose clock somebody sets while it runs."""

    @property
    def _file(self) -> Path:
        return self.data.parent / "clock"

    @property
    def environment(self) -> dict[str, str]:
        preload = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
        }
        return {**super().environment, **preload, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def set_clock(self, off: timedelta) -> None:
        """So far from the true time; whole at every instant, since the server may look at any."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{off.total_seconds():+.0f}")
        new.replace(self._file)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clocked]:
    if not LIBRARIES or not BUILT.is_file():
        pytest.skip("needs faketime and the built front end")
    server = Clocked(tmp_path_factory.mktemp("gate"), demo=True)
    server.set_clock(timedelta(0))
    server.run("demo", "--grids", "8", "--people", "600")
    with server:
        yield server


@pytest.fixture(scope="module")
def town(server: Clocked) -> District:
    """The demo district with a real incident open, a key to sign with, and a rule for travel codes in force."""
    district = District(server)
    lead = district.client("desk")
    area = _area_of(district, "desk")
    ends_at = (datetime.now(UTC) + 20 * DAY).isoformat()
    incident = {
        "name": "莘塍街道疫情处置",
        "area": area,
        "basis": "public_health_emergencies",
        "pack": "household_sweep",
    }
    made = district.client("command").post(
        "/incidents", json=incident | {"issuer": "莘塍街道办事处", "ends_at": ends_at}
    )
    assert made.status_code == 201, made.text
    assert lead.post("/credentials/keys", json={}).status_code == 201
    rule = {"edition": "nantong_2021_08", "area": area, "from_day": _today()}
    assert lead.post("/policies", json=rule).status_code == 201
    return district


def _today() -> str:
    return (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()


def _area_of(district: District, account: str) -> str:
    return str(district.client(account).get("/me").json()["grants"][0]["area"]["id"])


def _somebody(district: District, n: int) -> dict[str, Any]:
    found: dict[str, Any] = district.client(OFFICER).get("/residents?page_size=20").json()["rows"][n]
    return found


def _choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).select_option(label=option)


def _choose_resident(page: Page, person: dict[str, Any]) -> None:
    box = page.get_by_role("combobox", name="谁", exact=True)
    box.click()
    box.press_sequentially(person["door"], delay=20)
    words = f"{person['name']} · {person['place']} · {person['door']}"
    page.get_by_role("option", name=words, exact=True).first.click()


@pytest.fixture
def two(chromium: Browser, town: District) -> Iterator[tuple[Desk, Desk]]:
    """An officer of a community and whoever leads the street, each at their own desk."""
    contexts = [chromium.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True) for _ in range(2)]
    yield Desk(contexts[0], town).sign_in(OFFICER), Desk(contexts[1], town).sign_in("desk")
    for context in contexts:
        context.close()


def test_an_officer_proposes_a_lead_signs_it_counts_and_lapses_when_the_clock_passes_its_end(
    two: tuple[Desk, Desk], town: District, server: Clocked, picture: Picture
) -> None:
    officer, lead = two
    person = _somebody(town, 0)
    page = officer.open("/gate/orders")
    page.keyboard.press("Alt+n")
    drawer = officer.drawer()
    _choose_resident(page, person)
    _choose(page, "应急事件", "莘塍街道疫情处置")
    _choose(page, "原因", "密切接触者")
    drawer.get_by_label("是什么，如：8月5日与病例同桌吃饭").fill("与病例同桌吃饭")
    drawer.get_by_label("到哪里查，如：流调记录第3号").fill("流调记录第3号")
    _choose(page, "措施", "居家隔离")
    _choose(page, "法律依据", "突发公共卫生事件应急条例")
    drawer.get_by_label("发布单位").fill("莘塍街道办事处")
    drawer.get_by_label(re.compile("^理由")).fill("与确诊病例同桌吃饭一小时")
    drawer.get_by_role("button", name="提出，等另一个人签").click()
    expect(drawer.get_by_text("是您提的，等另一位负责人签字")).to_be_visible()
    expect(drawer.get_by_role("button", name="签字", exact=True)).to_have_count(0)
    address = officer.address

    there = lead.open("/gate/orders")
    row = there.get_by_role("table", name="管控决定").locator("tbody tr").first
    expect(row).to_contain_text("等您签")
    expect(row).to_contain_text(person["name"])
    row.press("Enter")
    side = lead.drawer()
    expect(side.get_by_text("到时自动解除")).to_be_visible()
    side.get_by_role("button", name="签字", exact=True).click()
    dialog = there.get_by_role("dialog", name="签字")
    expect(dialog).to_contain_text("告知本人后，卡口按「居家隔离」对待")
    picture(there, "desk-gate-sign-1440")
    assert axe_findings(there) == []
    dialog.get_by_role("button", name="签字，我是第二个人").click()
    expect(side.get_by_text("还没告知本人，所以还不算")).to_be_visible()

    page = officer.open(address)
    drawer.get_by_role("button", name="登记已告知").click()
    _choose(page, "怎么告知的", "当面")
    page.get_by_role("dialog", name="登记已告知").get_by_role("button", name="登记", exact=True).click()
    expect(drawer.get_by_text("正在执行")).to_be_visible()
    picture(page, "desk-gate-live-1440")

    try:
        server.set_clock(7 * DAY + timedelta(minutes=1))
        there = lead.open(address)
        if there.get_by_label("账号").count():  # a session does not last for a week
            lead.sign_in("desk")
            there = lead.open(address)
        expect(lead.drawer().get_by_text("已经结束，不再限制这个人")).to_be_visible()
        picture(there, "desk-gate-ended-1440")
    finally:
        server.set_clock(timedelta(0))
    assert officer.complaints == lead.complaints == []


def test_a_rule_is_tried_with_facts_and_says_which_row_decided_and_why(
    two: tuple[Desk, Desk], town: District, picture: Picture
) -> None:
    _, lead = two
    page = lead.open("/gate")
    page.get_by_role("table", name="卡口").locator("tbody tr").first.press("Enter")
    drawer = lead.drawer()
    _choose(page, "出示的行程码", "绿码")
    _choose(page, "什么人", "一般成年人")
    drawer.get_by_role("button", name="看结果").press("Enter")
    answer = drawer.get_by_role("status").filter(has_text="放行")
    expect(answer).to_contain_text("绿码正常放行")
    expect(drawer.locator("li[aria-current=true]")).to_contain_text("绿码正常放行")
    picture(page, "desk-gate-tried-1440")
    assert axe_findings(page) == []


def test_a_credential_is_printed_and_taken_back(two: tuple[Desk, Desk], town: District, picture: Picture) -> None:
    officer, _ = two
    person = _somebody(town, 1)
    page = officer.open("/gate/credentials?show=new-credential")
    drawer = officer.drawer()
    _choose_resident(page, person)
    _choose(page, "谁出示", "照护人")
    _choose(page, "什么证明", "住在这里")
    with page.expect_download() as taken:
        drawer.get_by_role("button", name="开出并下载").click()
    said = "".join(one.extract_text() for one in PdfReader(BytesIO(Path(taken.value.path()).read_bytes())).pages)
    for part in (person["name"], "可由照护人代为出示", "在这里居住"):
        assert part in said.replace(" ", "")
    row = page.get_by_role("table", name="凭证").locator("tbody tr").first
    expect(row).to_contain_text("照护人")
    expect(row).not_to_contain_text(person["name"])
    number = row.locator("td").first.inner_text()
    assert number in said.replace(" ", "")
    row.press("Enter")
    drawer.get_by_role("button", name="吊销").click()
    dialog = page.get_by_role("dialog", name="吊销")
    dialog.get_by_role("textbox").fill("丢了")
    dialog.get_by_role("button", name="吊销").click()
    expect(drawer.get_by_text("已吊销")).to_be_visible()
    assert officer.complaints == []


def test_a_night_is_planned_signed_on_and_seen_by_whoever_asks_whom_to_call(
    two: tuple[Desk, Desk], town: District, picture: Picture
) -> None:
    officer, lead = two
    page = lead.open("/gate/duty")
    expect(page.get_by_text("现在没有人值守")).to_be_visible()
    area = _area_of(town, OFFICER)
    client = town.client("desk")
    station = client.post("/duty/stations", json={"area": area, "name": "社区南门"}).json()
    account = town.client(OFFICER).get("/me").json()["account"]
    start = datetime.now(UTC) + timedelta(minutes=5)
    shift = {"station": station["id"], "account": account["id"], "crew": "response"}
    hours = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=8)).isoformat()}
    assert client.post("/duty/shifts", json=shift | hours).status_code == 201
    page = officer.open("/gate/duty")
    page.get_by_role("button", name="上岗打卡").click()
    expect(page.get_by_role("button", name="下岗打卡")).to_be_visible()
    page = lead.open("/gate/duty")
    now = page.get_by_role("region", name="现在找谁")
    expect(now).to_contain_text(account["name"])
    expect(now).to_contain_text("应急组 · 社区南门")
    picture(page, "desk-duty-1440")


PAGES = {
    "policies": "/gate",
    "new-policy": "/gate?show=new-policy",
    "orders": "/gate/orders",
    "new-order": "/gate/orders?show=new-order",
    "credentials": "/gate/credentials",
    "new-credential": "/gate/credentials?show=new-credential",
    "duty": "/gate/duty",
    "new-station": "/gate/duty?show=new-station",
    "new-shift": "/gate/duty?show=new-shift",
    "keys": "/system/keys",
}


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, town: District) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESK, locale="zh-CN")
    Desk(context, town).sign_in("desk").page.close()
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_the_gate_fits_in_both_languages(
    signed_in: BrowserContext, town: District, picture: Picture, name: str
) -> None:
    desk = Desk(signed_in, town)
    for language in ("en", "zh-Hans"):
        page = desk.open("/")
        page.evaluate("language => localStorage.setItem('lianfang.language', language)", language)
        page = desk.open(PAGES[name])
        assert axe_findings(page) == []
        for size, width in ((WIDE, 1920), (SMALL, 360), (DESK, 1440)):
            page.set_viewport_size(size)
            page.wait_for_timeout(150)
            assert sideways(page) <= 0
            picture(page, f"desk-gate-{name}-{language}-{width}")
    assert desk.complaints == []
    page.close()


@pytest.mark.parametrize("name", ["policies", "orders", "credentials", "duty", "keys"])
def test_a_page_of_the_gate_without_a_server_says_so(
    signed_in: BrowserContext, town: District, picture: Picture, name: str
) -> None:
    desk = Desk(signed_in, town)
    desk.page.route(re.compile(r"/api/v1/(policies|orders|credentials|duty)"), _away)
    page = desk.open(PAGES[name])
    expect(page.get_by_text("连不上服务器").first).to_be_visible()
    picture(page, f"desk-gate-{name}-broken-1440")
    assert axe_findings(page) == []
    page.close()


def _away(route: Route) -> None:
    route.abort()
