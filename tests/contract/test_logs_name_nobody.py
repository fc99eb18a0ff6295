"""Canaries: people who exist nowhere else are imported, visited, searched for and mistyped; no log line has them."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lianfang.demo import staff
from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.ledger.models import HeldRecord
from lianfang.foundation.ledger.turn import Turn
from lianfang.foundation.plumbing import logs
from lianfang.ground.registry import rules
from lianfang.ground.registry.tests.files import HEADER
from lianfang.ground.registry.tests.homes import changed, hand_in, publish
from tests.contract import strange_files as strange
from tests.serving import Server

NAME, PINYIN, FOREIGN = "令狐金丝雀", "linghujinsique", "Quisqualis Canaria"
NUMBER = "99999919900307" + "771"
NUMBER += rules.check_sign(NUMBER)
PHONE, STREET, PASSWORD = "15412345678", "金丝雀巷", "canary-pass-9"
CANARIES = (NAME, PINYIN, FOREIGN, NUMBER, NUMBER[:17], PHONE, STREET, PASSWORD, "金丝雀")


def assert_nobody_in(said: str) -> None:
    """Neither as it was written nor as JSON spells it."""
    plain = said + "".join(
        json.dumps(json.loads(line), ensure_ascii=False) for line in said.splitlines() if line[:1] == "{"
    )
    assert [canary for canary in CANARIES if canary.lower() in plain.lower()] == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One small grid."""
    server = Server(tmp_path_factory.mktemp("canaries"), demo=True)
    server.run("demo", "--grids", "1", "--people", "60")
    with server:
        yield server


class Caller:
    """Somebody with a token."""

    def __init__(self, server: Server, account: str) -> None:
        self._url = f"{server.url}/api/v1"
        login = staff.read_logins(server.data / "demo-accounts.txt")[account]
        asked = {"account": account, "password": login.password, "device_name": NAME}
        self._headers = {"Authorization": f"Bearer {self.post('tokens', asked).json()['token']}"}

    _headers: dict[str, str] = {}

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return httpx.post(f"{self._url}/{path}", json=body, headers=self._headers, timeout=30, **more)

    def get(self, path: str, **query: str) -> httpx.Response:
        return httpx.get(f"{self._url}/{path}", params=query, headers=self._headers, timeout=30)


def a_roster(path: Path, areas: list[dict[str, Any]]) -> Path:
    """The canary on a good row, on bad ones, and as a community that does not exist."""
    grid = next(a for a in areas if a["kind"] == "grid")
    community = grid["path_name"].split(" › ")[-2]
    good = [community, grid["name"], STREET, None, "1号", "户主", NAME, "女", "居民身份证", NUMBER, None, PHONE]
    again = [community, grid["name"], STREET, None, "2号", "户主", FOREIGN, "女", "居民身份证", NUMBER, None, PHONE]
    wrong = [NAME, NAME, STREET, None, "3号", NAME, NAME, NAME, NAME, NUMBER[:17] + "0", NAME, PHONE + "9"]
    return strange.xlsx(path, [HEADER, good, again, wrong])


@pytest.mark.server
@pytest.mark.slow
def test_a_working_day_with_canaries_leaves_none_in_the_server_s_log(server: Server, tmp_path: Path) -> None:
    desk, worker = Caller(server, "desk"), Caller(server, "grid-01")
    areas = desk.get("areas", kind="grid", page_size="200").json()["rows"]
    with a_roster(tmp_path / f"{NAME}.xlsx", areas).open("rb") as file:
        begun = httpx.post(f"{desk._url}/imports", files={"file": file}, headers=desk._headers).json()
    read = _until_read(desk, begun["id"])
    assert (read["good"], read["bad"]) == (1, 2), read
    assert desk.post(f"imports/{begun['id']}/publish").status_code == 201
    _until(lambda: desk.get(f"imports/{begun['id']}").json()["state"] == "published")
    for q in (NAME, PINYIN, PHONE, NUMBER, STREET, FOREIGN):
        assert desk.get("residents", q=q).status_code == desk.get("households", q=q).status_code == 200
    assert desk.get("residents", q=NAME).json()["total"] == 1
    assert desk.get("residents", q=NAME * 30).status_code == 400
    body = {
        "household": str(new_id()),
        "change": "added",
        "resident": str(new_id()),
        "person": {"name": NAME, "phone": PHONE},
    }
    kinds = ("registry.household_changed.v1", "screening.household_visited.v1", f"{PINYIN}.v1")
    at = "2021-12-10T08:00:00Z"
    records = [{"id": str(new_id()), "kind": kind, "at": at, "body": body} for kind in kinds]
    fates = [r["fate"] for r in worker.post("records", {"records": [*records, NAME]}).json()["receipts"]]
    assert fates == ["held", "refused", "held", "refused"]
    desk.post("records", {"records": NAME})
    asked = {"account": NAME, "password": PASSWORD, "device_name": FOREIGN}
    assert [worker.post(path, asked).status_code for path in ("tokens", "session")] == [401, 401]
    desk.post("campaigns", {"name": NAME, "area": PHONE})
    httpx.get(f"{server.url}/{NAME}/{PHONE}?q={NUMBER}")
    assert '"event"' in server.said, "it does log"
    assert_nobody_in(server.said)


def _until_read(desk: Caller, id: str) -> dict[str, Any]:
    _until(lambda: desk.get(f"imports/{id}").json()["state"] != "reading")
    return dict(desk.get(f"imports/{id}").json())


def _until(true: Any, *, seconds: float = 30) -> None:
    import time

    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What would stand on standard error."""
    root = logging.getLogger()
    before = root.handlers, root.level
    logs.configure()
    handler, stream = root.handlers[0], io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers, level = before
    root.setLevel(level)


@pytest.mark.django_db
def test_what_breaks_with_a_canary_in_its_hands_is_logged_without_it(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lianfang.ground.territory.tests import town

    town.load()
    publish({"name": NAME, "phone": PHONE, "id_number": NUMBER}, door=f"{STREET}1号")
    record = changed(change="added", resident=new_id(), person={"name": NAME, "phone": PHONE, "id_number": NUMBER})

    def stumble(self: Turn, entries: Any) -> None:
        raise ValueError(f"cannot fold {[entry.body for entry in entries if entry.body]} of {STREET}")

    whole = Turn.project
    monkeypatch.setattr(
        Turn, "project", lambda self, entries: stumble(self, entries) if entries else whole(self, entries)
    )
    hand_in(record)
    assert HeldRecord.objects.get().why == "ledger.projection_failed"
    assert "could not be folded" in written.getvalue() and "cannot fold" in written.getvalue()
    assert_nobody_in(written.getvalue())
