"""A subdistrict begun as a real one is: its own area workbook, three administrators, its own roster, a sweep.

Everything after `lianfang init` is done through the desk's own addresses, over TLS and by name. Each grid is one
story's: what happens on one leaves the others as they were.
"""

import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import xlsxwriter

from lianfang.demo.people import with_check_digit
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing import clock
from tests.browser.line import Line
from tests.serving import BEFORE_IT_HANGS_UP, Server

NAME = "lianfang.local"
COMMUNITY = "明镜社区"
HOUSEHOLDS = 6  # on each grid, two people in each
AREA_HEADINGS = ("编码", "上级编码", "类别", "名称", "走访顺序")
ROSTER_HEADINGS = (
    *("社区", "网格", "幢/楼栋", "单元", "室/门牌", "户主/与户主关系", "姓名", "性别"),
    *("证件类型", "证件号码", "出生日期", "手机号", "户籍/居住类别", "备注"),
)
FAMILY_NAMES = "赵钱孙李周吴郑王"
QUESTIONS = [
    {
        "code": "fever",
        "category": "health",
        "again": "a sweep of its own, whatever the pack asks",
        "per": "person",
        "type": "yes_no",
        "default": False,
        "label": {"zh": "有人发热吗?", "en": "Does anybody have a fever?"},
    },
    {
        "code": "help_wanted",
        "category": "need",
        "again": "a sweep of its own, whatever the pack asks",
        "per": "household",
        "type": "choice",
        "label": {"zh": "家里要帮忙吗?", "en": "Does the household need help?"},
        "choices": [
            {"value": "none", "label": {"zh": "不用", "en": "No"}},
            {"value": "food", "label": {"zh": "买菜、送饭", "en": "Food"}},
        ],
    },
]
FORM = {"code": "sweep", "title": {"zh": "入户排查", "en": "Sweep"}, "questions": QUESTIONS}

# Run beside the server, on its own data: what the entries alone say, and how many of them came from each phone.
RECOUNT = """
import json, sys
from lianfang.foundation.plumbing import sqlite
sqlite.use_modern()
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "lianfang.project.settings"
import django
django.setup()
import msgspec
from lianfang.demo.recount import from_entries
from lianfang.foundation.ledger import queries as ledger
campaign, grid = sys.argv[1:]
recorded = (e for e in ledger.entries_after(0, limit=100_000) if e.device and not e.kind.startswith("access."))
entries = [entry for entry in recorded if str(entry.area) == grid]
said = [{"id": e.id, "kind": e.kind, "device": e.device, "at": e.at, "body": e.body} for e in entries]
count = from_entries(campaign, [grid])[grid]
print(msgspec.json.encode({"count": count, "remaining": count.remaining, "entries": said}).decode())
"""


class Street:
    """The district, its server, and the officer at the desk."""

    def __init__(self, folder: Path, grids: int) -> None:
        self.server = Server(folder, "--lan")
        self._folder = folder
        self.grids = [f"明镜-{n:02}" for n in range(1, grids + 1)]
        self.campaign = ""
        self._ids: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._clients: list[httpx.Client] = []

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.server.port + 443}"

    @property
    def line(self) -> Line:
        """A way to the server, by its name, that can be cut."""
        return Line(NAME, self.server.port + 443)

    @property
    def authority(self) -> Path:
        return self.server.keys / "tls" / "authority.crt"

    def __enter__(self) -> "Street":
        areas = _workbook(self._folder / "区域.xlsx", AREA_HEADINGS, _areas(self.grids))
        passwords = _passwords(self.server.run("init", "--areas", str(areas), "--names", "张三,李四,王五"))
        self.server.start()
        self._hire(passwords)
        self._load(_workbook(self._folder / "花名册.xlsx", ROSTER_HEADINGS, _roster(self.grids)))
        self.campaign = self._open_sweep()
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.close()  # else the server waits for them
        self.server.__exit__()

    # --- beginning ---

    def _hire(self, passwords: Mapping[str, str]) -> None:
        """The system administrator makes the account, the security administrator says what it may do."""
        admin, security = (self._newcomer(name, passwords[name]) for name in ("admin", "security"))
        root = _ask(admin, "GET", "/me")["grants"][0]["area"]["id"]
        made = _ask(admin, "POST", "/accounts", {"name": "desk", "display_name": "周主任", "area": root})
        _ask(security, "POST", f"/accounts/{made['id']}/roles", {"role": "subdistrict_officer", "area": root})
        self.root, self.desk = root, self._newcomer("desk", made["password"])
        made = _ask(admin, "POST", "/accounts", {"name": "deputy", "display_name": "吴副主任", "area": root})
        _ask(security, "POST", f"/accounts/{made['id']}/roles", {"role": "subdistrict_officer", "area": root})
        self.deputy = self._newcomer("deputy", made["password"])
        grids = _ask(self.desk, "GET", "/areas?kind=grid&page_size=200")["rows"]
        self._ids = {grid["name"]: grid["id"] for grid in grids}
        for grid in self.grids:
            self._accounts[grid] = self._worker(grid)

    def _worker(self, grid: str) -> str:
        area = self._ids[grid]
        new = {"name": f"worker-{grid[-2:]}", "display_name": f"网格员{grid[-2:]}", "area": area}
        account = str(_ask(self.desk, "POST", "/accounts", {**new, "with_password": False})["id"])
        _ask(self.desk, "POST", f"/accounts/{account}/roles", {"role": "grid_worker", "area": area})
        _ask(self.desk, "PUT", f"/areas/{area}/responsible", {"account": account})
        return account

    def _newcomer(self, account: str, password: str) -> httpx.Client:
        """Signs in for the first time, and so with a password of their own."""
        client = httpx.Client(
            base_url=f"https://127.0.0.1:{self.server.port + 443}/api/v1",
            verify=ssl.create_default_context(cafile=str(self.authority)),
            headers={"Host": self.url.removeprefix("https://"), "Referer": f"{self.url}/"},
            timeout=30,
            limits=BEFORE_IT_HANGS_UP,
        )
        self._clients.append(client)
        client.headers["X-CSRFToken"] = _ask(client, "GET", "/session")["csrf"]
        me = _ask(client, "POST", "/session", {"account": account, "password": password})
        client.headers["X-CSRFToken"] = me["csrf"]
        own = {"old_password": password, "new_password": f"{password}-my-own"}
        client.headers["X-CSRFToken"] = _ask(client, "POST", "/me/password", own)["csrf"]
        return client

    def _load(self, roster: Path) -> None:
        answer = self.desk.post("/imports", files={"file": (roster.name, roster.read_bytes())})
        assert answer.status_code < 300, answer.text
        id = answer.json()["id"]
        read = self._until(f"/imports/{id}", "ready", "failed")
        assert (read["state"], read["bad"], read["problem"]) == ("ready", 0, None), read
        _ask(self.desk, "POST", f"/imports/{id}/publish", {})
        assert self._until(f"/imports/{id}", "published", "failed")["state"] == "published"

    def _until(self, path: str, *states: str) -> Any:
        deadline = time.monotonic() + 60
        while (answer := _ask(self.desk, "GET", path))["state"] not in states:
            assert time.monotonic() < deadline, answer
            time.sleep(0.1)
        return answer

    def _open_sweep(self) -> str:
        today = local_day(clock.now())
        ends_on = today + timedelta(days=10)
        incident = {
            "name": "排查",
            "area": self.root,
            "basis": "emergency_response_2024",
            "pack": "household_sweep",
            "issuer": "莘塍街道办事处",
            "ends_at": f"{ends_on + timedelta(days=2)}T00:00:00+08:00",
        }
        opening = f"/incidents/openings/{_ask(self.desk, 'POST', '/incidents', incident)['id']}"
        seen = _ask(self.deputy, "GET", opening)["now"]["mark"]
        opened = _ask(self.deputy, "POST", f"{opening}/confirm", {"seen": seen})["incident"]
        form = _ask(self.desk, "POST", "/forms", {"area": self.root, "form": FORM})["id"]
        sweep = {
            "name": "入户排查",
            "area": self.root,
            "form": form,
            "incident": opened,
            "starts_on": today.isoformat(),
            "ends_on": ends_on.isoformat(),
        }
        return str(_ask(self.desk, "POST", "/campaigns", sweep)["id"])

    # --- at the desk ---

    def enrolment(self, grid: str) -> str:
        """The address in the QR code that the desk shows to the phone of this grid's worker."""
        return str(_ask(self.desk, "POST", f"/accounts/{self._accounts[grid]}/enrolment", {})["address"])

    def devices(self, grid: str) -> list[Any]:
        return list(_ask(self.desk, "GET", f"/devices?account={self._accounts[grid]}")["rows"])

    def revoke(self, grid: str) -> None:
        (device,) = self.devices(grid)
        _ask(self.desk, "POST", f"/devices/{device['id']}/revoke", {"reason": "手机丢失"})

    def held(self, grid: str) -> list[Any]:
        """What waits at the desk and came from this grid's worker."""
        sender = f"网格员{grid[-2:]}"
        return [row for row in _ask(self.desk, "GET", "/held")["rows"] if row["sender"] == sender]

    def settle(self, held: Mapping[str, Any], *, accept: bool = True) -> None:
        _ask(self.desk, "POST", f"/held/{held['id']}/settle", {"accept": accept, "reason": "已打电话核实"})

    def households(self, grid: str) -> list[Any]:
        return list(_ask(self.desk, "GET", f"/households?area={self._ids[grid]}&page_size=200")["rows"])

    def household(self, id: str) -> Any:
        return _ask(self.desk, "GET", f"/households/{id}")

    # --- counting ---

    def coverage(self, grid: str) -> dict[str, int]:
        """What the server shows of this grid."""
        query = f"/campaigns/{self.campaign}/coverage?area={self._ids[grid]}"
        return dict(_ask(self.desk, "GET", query)["totals"])

    def recount(self, grid: str) -> Any:
        """What the entries alone say of it, and the entries that phones brought."""
        command = [sys.executable, "-c", RECOUNT, self.campaign, self._ids[grid]]
        done = subprocess.run(command, env=self.server.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _ask(client: httpx.Client, method: str, path: str, body: Any = None) -> Any:
    answer = client.request(method, path, json=body)
    assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json()


def _passwords(said: str) -> dict[str, str]:
    return dict(re.findall(r"^  (admin|security|audit)\s+(\S+)", said, re.MULTILINE))


def _workbook(path: Path, headings: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate([headings, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def _areas(grids: list[str]) -> Iterator[tuple[str, ...]]:
    yield ("J", "", "街道", "莘塍街道", "")
    yield ("J1", "J", "社区", COMMUNITY, "1")
    for n, grid in enumerate(grids, start=1):
        yield (f"G{n}", "J1", "网格", grid, str(n))
        yield (f"B{n}", f"G{n}", "楼栋", f"{n}幢", "1")
        yield (f"E{n}", f"B{n}", "单元", "1单元", "1")


def _roster(grids: list[str]) -> Iterator[tuple[str, ...]]:
    """Two people behind each door; the second has no document, which is normal."""
    for n, grid in enumerate(grids, start=1):
        for nth in range(HOUSEHOLDS):
            home = (COMMUNITY, grid, f"{n}幢", "1单元", f"{nth // 2 + 1}0{nth % 2 + 1}")
            name = FAMILY_NAMES[(n + nth) % len(FAMILY_NAMES)]
            number = with_check_digit(f"999999196{nth}0101{n}{nth}1")
            rest = ("", "", "户籍人口", "")
            yield (*home, "户主", f"{name}建国", "男", "居民身份证", number, *rest)
            yield (*home, "配偶", f"{name}桂兰", "女", "无证件", "", *rest)
