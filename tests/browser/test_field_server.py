"""The phone against the server itself: two grids of a small demo district, a household's day from door to desk."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.looking import axe_findings
from tests.browser.stand_in import BUILT
from tests.browser.worker import Worker
from tests.chromium import PHONE, Picture
from tests.serving import Server

pytestmark = pytest.mark.skipif(
    not BUILT.is_file(), reason="the front end is not built (npm ci && npm run build in web/)"
)


class Office:
    """The desk, by its API."""

    def __init__(self, server: Server, account: str, password: str) -> None:
        self._http = httpx.Client(base_url=server.url, timeout=60)
        self._http.get("/")  # the page brings the first token, as in a browser
        self._csrf = {"X-CSRFToken": self._http.cookies["csrftoken"]}
        me = self.does("session", {"account": account, "password": password})
        self._csrf = {"X-CSRFToken": me["csrf"]}

    def asks(self, path: str, **parameters: Any) -> Any:
        return self._said(self._http.get(f"/api/v1/{path}", params=parameters))

    def does(self, path: str, body: Any = None) -> Any:
        return self._said(self._http.post(f"/api/v1/{path}", json=body or {}, headers=self._csrf))

    def closes(self) -> None:
        self._http.close()

    @staticmethod
    def _said(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("district"), demo=True)
    server.run("demo", "--grids", "2", "--people", "300")
    with server:
        yield server


@pytest.fixture(scope="module")
def passwords(server: Server) -> dict[str, str]:
    rows = (server.data / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    return {row.split()[0]: row.split()[1] for row in rows if len(row.split()) > 1}


@pytest.fixture
def office(server: Server, passwords: dict[str, str]) -> Iterator[Office]:
    office = Office(server, "desk", passwords["desk"])
    yield office
    office.closes()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    yield context
    context.close()


def devices(office: Office, account: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.asks("devices", q=account)["rows"]
    return found


def test_a_day_in_the_grid_reaches_the_desk(
    server: Server, passwords: dict[str, str], office: Office, context: BrowserContext, picture: Picture
) -> None:
    worker = Worker(context.new_page(), server.url).joins_with_password("grid-01", passwords["grid-01"]).sets_out()
    picture(worker.page, "field-server-work")
    assert axe_findings(worker.page) == []
    context.set_offline(True)
    worker.starts()
    picture(worker.page, "field-server-visit")
    assert axe_findings(worker.page) == []
    worker.visits(2)
    worker.meets_nobody("没人在家", "明天 9:00")
    worker.sees("已保存在本机")
    adds_somebody(worker)
    worker.all_home().saves().waiting(5)
    context.set_offline(False)
    worker.waiting(0)
    worker.sends().sees("已送达 5 条,手机和服务器数目一致")
    finds_a_household(worker)
    worker.all_home().saves().waiting(0)
    worker.sends().sees("已送达 7 条,手机和服务器数目一致")
    worker.opens("/m/outbox/sent")
    expect(worker.page.get_by_text("已送达", exact=True)).to_have_count(7)
    (campaign,) = office.asks("campaigns")["rows"]
    totals = office.asks("overview", campaign=campaign["id"])["totals"]
    assert (totals["done"], totals["attempted"], totals["found"]) == (4, 1, 1)


def adds_somebody(worker: Worker) -> None:
    page = worker.page
    page.get_by_role("button", name="还有谁住这里").click()
    page.get_by_role("dialog").get_by_label("姓名", exact=True).fill("王小明")
    page.get_by_role("button", name="加上").click()
    worker.sees("新增")


def finds_a_household(worker: Worker) -> None:
    page = worker.opens("/m/found").page
    page.get_by_label("楼栋").select_option(index=1)
    page.get_by_label("房号或门牌").fill("9901")
    page.get_by_role("button", name="加一个人").click()
    page.get_by_role("dialog").get_by_label("姓名", exact=True).fill("李小红")
    page.get_by_role("button", name="加上").click()
    page.get_by_role("button", name="保存,开始走访").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("9901"))


def test_a_worker_sees_her_own_grid_alone(
    server: Server, passwords: dict[str, str], context: BrowserContext, chromium: Browser
) -> None:
    mine = Worker(context.new_page(), server.url).joins_with_password("grid-01", passwords["grid-01"])
    mine.opens("/m/list")
    mine.page.locator("a.row").first.click()
    mine.page.locator(".tile").first.click()
    address = mine.page.url
    other_phone = chromium.new_context(viewport=PHONE, locale="zh-CN")
    other = Worker(other_phone.new_page(), server.url).joins_with_password("grid-02", passwords["grid-02"])
    other.page.goto(address)
    other.sees("这一户不在您的网格里")
    other_phone.close()


def test_a_phone_joins_by_the_code_on_the_screen_and_once_revoked_loses_no_visit(
    server: Server, office: Office, context: BrowserContext
) -> None:
    (account,) = [row for row in office.asks("accounts", q="grid-02")["rows"] if "grid-02" in str(row)]
    card = office.does(f"accounts/{account['id']}/enrolment")
    page = context.new_page()
    worker = Worker(page, server.url)
    page.goto(f"{server.url}/m/enrol#code={card['code']}")
    page.get_by_label("这台手机叫什么").fill("丢了的手机")
    page.get_by_role("button", name="登录", exact=True).click()
    worker.waits_until_ready().sets_out()
    context.set_offline(True)
    worker.starts().visits(2).waiting(2)
    (device,) = [row for row in devices(office, "") if row["name"] == "丢了的手机"]
    office.does(f"devices/{device['id']}/revoke", {"reason": "手机丢了"})
    context.set_offline(False)
    worker.sees("它送出的 2 条记录都在服务器上,一条没丢。")
    left = worker.counts()
    assert [left[name] for name in ("people", "households", "keys", "records")] == [0, 0, 0, 0]
    held = office.asks("held")
    assert held["total"] == 2


def test_the_shell_holds_nobody_and_stays_within_its_address(server: Server) -> None:
    shell = httpx.get(f"{server.url}/m/list")
    assert shell.status_code == 200
    assert "no-cache" in shell.headers["cache-control"]
    worker = httpx.get(f"{server.url}/sw.js")
    assert "javascript" in worker.headers["content-type"]
    assert "no-cache" in worker.headers["cache-control"]
    assert 'url:"/m/"' in worker.text
    assert "desk" not in re.findall(r'url:"([^"]+)"', worker.text).__str__()
    assert httpx.get(f"{server.url}/manifest.webmanifest").json()["scope"] == "/m/"


def test_built_pages_name_no_other_host(server: Server) -> None:
    built = Path(BUILT).parent.parent
    html = (built / "field" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)
