"""An office PC at the desk of a small demo district: signing in, opening addresses, and a phone to send from."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.plumbing import clock
from tests.serving import BEFORE_IT_HANGS_UP, ROOT, Server

BUILT = ROOT / "src" / "lianfang" / "screens" / "assets" / "desk" / "index.html"
GRIDS, PEOPLE = 8, 2400


class District:
    """A running server with the demo district in small."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        lines = (server.data / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
        self._passwords = {line.split()[0]: line.split()[1] for line in lines if line.strip()}

    def password(self, account: str) -> str:
        return self._passwords[account]

    def client(self, account: str) -> httpx.Client:
        """The same person without a browser, to set a scene."""
        client = httpx.Client(base_url=f"{self.url}/api/v1", timeout=30, limits=BEFORE_IT_HANGS_UP)
        csrf = client.get("/session").json()["csrf"]
        client.headers["X-CSRFToken"] = csrf
        answer = client.post("/session", json={"account": account, "password": self.password(account)})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRFToken"] = answer.json()["csrf"]
        return client

    def an_incident(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Proposed at one desk, agreed to at another: the incident's row."""
        first, second = self.client("desk"), self.client("command")
        proposed = first.post("/incidents", json=asked)
        assert proposed.status_code == 201, proposed.text
        opening = f"/incidents/openings/{proposed.json()['id']}"
        mark = second.get(opening).json()["now"]["mark"]
        opened = second.post(f"{opening}/confirm", json={"seen": mark})
        assert opened.status_code == 201, opened.text
        return dict(second.get(f"/incidents/{opened.json()['incident']}").json())


class Desk:
    """One browser page of somebody at a desk. What the console complains about is kept."""

    def __init__(self, context: BrowserContext, district: District) -> None:
        self.district = district
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, account: str) -> "Desk":
        self.page.goto(f"{self.district.url}/")
        self.page.get_by_label("账号").fill(account)
        self.page.locator("input[name=password]").fill(self.district.password(account))
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("navigation", name="页面", exact=True)).to_be_visible()
        return self

    def open(self, address: str) -> Page:
        """An address inside the desk, as if typed into the address bar."""
        self.page.goto(f"{self.district.url}{address}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until what was asked for is there."""
        self.page.wait_for_load_state("networkidle")

    @property
    def address(self) -> str:
        return self.page.url.removeprefix(self.district.url)

    def drawer(self) -> Any:
        return self.page.locator("aside[role=dialog]")


class PlayedPhone:
    """A phone that sends visits, without a screen."""

    def __init__(self, district: District, code: str) -> None:
        self._client = httpx.Client(base_url=f"{district.url}/api/v1", timeout=30, limits=BEFORE_IT_HANGS_UP)
        answer = self._client.post("/tokens", json={"enrolment_code": code, "device_name": "测试手机"})
        assert answer.status_code == 201, answer.text
        self._client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        self.device = answer.json()["device"]
        self._n = 0

    def feed(self) -> Any:
        """The district's own sweep comes first, whatever other stories have opened beside it."""
        told = self._client.get("/feed?after=0").json()
        told["campaigns"].sort(key=lambda one: not one["name"].startswith("入户排查"))
        return told

    def visit(self, *, campaign: Any, household: Any, outcome: str = "done", people: int = 1) -> Any:
        """Hand in one visit; answers its receipt."""
        task = {
            "campaign": campaign["id"],
            "target": household["id"],
            "occasion": campaign["occasion"],
            "outcome": outcome,
        }
        return self.send("screening.household_visited.v1", {"task": task, "people": people})

    def send(self, kind: str, body: Any) -> Any:
        """Hand in one record; answers its receipt."""
        self._n += 1
        record = {"id": str(new_id()), "kind": kind, "at": clock.now().isoformat(), "n": self._n, "body": body}
        answer = self._client.post("/records", json={"records": [record]})
        assert answer.status_code == 200, answer.text
        return answer.json()["receipts"][0]


def enrol(district: District, worker: str) -> PlayedPhone:
    """A phone for this worker, by the office's code."""
    office = district.client("desk")
    account = next(row for row in office.get(f"/accounts?q={worker}").json()["rows"] if row["name"] == worker)
    code = office.post(f"/accounts/{account['id']}/enrolment", json={}).json()["code"]
    return PlayedPhone(district, code)


def roster(path: Path, rows: list[list[str]]) -> Path:
    """A roster as a district would hand it in, as csv."""
    head = [
        *("社区", "网格", "幢/楼栋", "单元", "室/门牌", "户主/与户主关系", "姓名", "性别"),
        *("证件类型", "证件号码", "出生日期", "手机号", "户籍/居住类别", "备注"),
    ]
    path.write_text("\n".join(",".join(row) for row in [head, *rows]) + "\n", encoding="utf-8-sig")
    return path


def address(path: str, **query: str) -> str:
    return path + ("?" + "&".join(f"{name}={quote(value)}" for name, value in query.items()) if query else "")
