"""What one process decided holds in the other from that moment, also under load."""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.plumbing import steward
from tests.processes.conftest import Caller
from tests.serving import Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.postgres_only("an SQLite file has one server process"),
]
Pair = tuple[Server, Server]


class Sent(NamedTuple):
    """One request of the load: when it began, what it said it was given, and its records' fates."""

    began: float
    status: int
    fates: list[str]
    wiped: bool


class Load:
    """A phone that hands in without a pause, two records at a time, and notes what it was told."""

    def __init__(self, phone: Caller, server: Server, grid: str) -> None:
        self.sent: list[Sent] = []
        self._phone, self._server, self._grid = phone, server, grid
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait_for(self, requests: int) -> None:
        wanted, deadline = len(self.sent) + requests, time.monotonic() + 30
        while len(self.sent) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.sent) >= wanted

    def stop(self) -> None:
        self._enough.set()
        self._thread.join()

    def _run(self) -> None:
        n = 0
        while not self._enough.is_set():
            began = time.monotonic()
            answer = self._phone.post(self._server, "records", {"records": [found(self._grid, n + i) for i in (1, 2)]})
            n += 2
            fates = [receipt["fate"] for receipt in answer.json().get("receipts", [])]
            self.sent.append(Sent(began, answer.status_code, fates, "lianfang-wipe" in answer.headers))


def found(grid: str, n: int) -> dict[str, Any]:
    body = {"household": str(new_id()), "dwelling": str(new_id()), "area": grid, "door": f"{n}号"}
    at = datetime.now(UTC).isoformat()
    return {"id": str(new_id()), "kind": "registry.household_found.v1", "at": at, "n": n, "body": body}


def grid_of(phone: Caller, server: Server) -> str:
    page = phone.get(server, "feed").json()
    return str(page["households"][0]["grid"])


def look_ups_of(phone: Caller, server: Server) -> list[str]:
    """A task and a person of the phone's own grid, as addresses."""
    page = phone.get(server, "feed").json()
    home = page["households"][0]
    task = f"campaigns/{page['campaigns'][0]['id']}/tasks/{home['id']}"
    return [task, f"residents/{home['residents'][0]['id']}?purpose=register_upkeep"]


def stored_after(server: Server, kind: str, device: str) -> int:
    """How many entries of this device have a later position than the latest decision of that kind."""
    with psycopg.connect(server.database_url) as database:
        ((decided,),) = database.execute("SELECT max(position) FROM ledger_entry WHERE kind = %s", (kind,)).fetchall()
        assert decided is not None
        later = "SELECT count(*) FROM ledger_entry WHERE device = %s AND position > %s"
        ((count,),) = database.execute(later, (device, decided)).fetchall()
    return int(count)


Decide = Callable[[Caller, Server, Caller], Any]


def revoke_the_phone(desk: Caller, server: Server, phone: Caller) -> Any:
    return desk.post(server, f"devices/{phone.device}/revoke", {"reason": "丢失"})


def close_the_account(desk: Caller, server: Server, phone: Caller) -> Any:
    return desk.post(server, f"accounts/{phone.account}/close", {"reason": "离职"})


@pytest.mark.parametrize(
    ("worker", "decide", "kind"),
    [
        ("grid-01", revoke_the_phone, "access.device_revoked.v1"),
        ("grid-02", close_the_account, "access.account_closed.v1"),
    ],
)
def test_a_phone_withdrawn_through_one_process_is_withdrawn_in_the_other_from_that_moment_under_load(
    pair: Pair, worker: str, decide: Decide, kind: str
) -> None:
    one, two = pair
    desk, phone = Caller(one, "desk"), Caller(two, worker)
    grid, look_ups = grid_of(phone, two), look_ups_of(phone, two)
    assert [phone.get(two, address).status_code for address in look_ups] == [200, 200]
    loads = [Load(phone, two, grid), Load(phone, two, grid), Load(phone, one, grid)]
    try:
        for load in loads:
            load.wait_for(20)
        assert decide(desk, one, phone).is_success
        decided = time.monotonic()
        reads = [phone.get(two, address) for address in (*look_ups, "feed")]
        for load in loads:
            load.wait_for(20)
    finally:
        for load in loads:
            load.stop()
    assert [read.json()["code"] for read in reads] == ["access.device_revoked"] * 3
    sent = [each for load in loads for each in load.sent]
    before = [each for each in sent if each.began < decided]
    after = [each for each in sent if each.began >= decided]
    assert any("stored" in each.fates for each in before)
    assert {fate for each in after for fate in each.fates} == {"held"} and {each.status for each in after} == {200}
    assert all(each.wiped for each in after)
    assert stored_after(two, kind, phone.device) == 0  # also of what stood in the other's queue meanwhile


def test_what_one_process_acknowledged_the_other_shows_at_once(pair: Pair) -> None:
    one, two = pair
    login = Caller(one, "desk")
    grid = login.get(one, "areas?kind=grid").json()["rows"][0]["id"]
    for n in range(5):
        record = found(grid, n)
        reply = login.post(one, "records", {"records": [record]}).json()
        assert reply["position"] <= position(two)
    assert "链条相符" in one.run("ledger", "verify")
    assert "完全一致" in one.run("ledger", "rebuild")


def position(server: Server) -> int:
    return int(httpx.get(f"{server.url}/readyz").json()["position"])


def test_processes_of_one_family_share_a_port_and_one_that_is_killed_is_started_again(district: Path) -> None:
    family = Server(district, "--processes", "2", demo=True)
    with family:
        phone = Caller(family, "desk")
        (first, second) = children_of(family.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: first not in children_of(family.pid))  # before that its own connections are still being cut
        assert phone.get(family, "me").status_code == 200  # the other one answers
        until(lambda: len(set(children_of(family.pid)) - {first, second}) == 1)
        assert phone.get(family, "me").status_code == 200


def test_nobody_goes_on_serving_when_the_parent_is_killed(district: Path) -> None:
    family = Server(district, "--processes", "2", demo=True)
    family.start()
    orphans = children_of(family.pid)
    family.kill()
    assert len(orphans) == 2
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans))


def test_the_clock_ticks_in_one_process_and_in_another_when_that_one_is_gone(district: Path) -> None:
    with Server(district, demo=True) as one:
        until(lambda: stewards(one) == 1)
        with Server(district, demo=True):
            time.sleep(1)
            assert stewards(one) == 1
            one.kill()
            until(lambda: stewards(one) == 1)


def stewards(server: Server) -> int:
    with psycopg.connect(server.database_url) as database:
        ((count,),) = database.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database()"
            " WHERE locktype = 'advisory' AND objid = %s AND granted",
            (steward.LOCK,),
        ).fetchall()
    return int(count)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(done: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
