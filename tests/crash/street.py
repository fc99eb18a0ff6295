"""A street at work: phones that hand in visits and an office that acts, all the time, whatever happens to the server.

Each keeps what a promise is measured by: what was sent, and when it was acknowledged. A phone sends the same bytes
again until it has receipts; the office never repeats an act.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any, NamedTuple

import httpx
import msgspec

from lianfang.demo import staff
from lianfang.demo.connection import Connection, HungUpError, Reply
from lianfang.demo.desk import Desk, DeskRefusedError
from lianfang.demo.phones import FeedCampaign, FeedHousehold, FeedPage, HandInReply
from lianfang.demo.rounds import answers
from lianfang.foundation.kernel.ids import new_id
from tests.serving import Server

AWAY = (HungUpError, ConnectionError, OSError, asyncio.IncompleteReadError, TimeoutError)
LONGEST_WAIT_FOR_A_REPLY = 30.0  # two cores that others use as well, and a database that comes up meanwhile


class Phone:
    """An enrolled phone and everything it ever wrote."""

    def __init__(self, port: int, token: str, device: str, campaign: FeedCampaign, doors: list[FeedHousehold]) -> None:
        self.port, self.token, self.device = port, token, device
        self.written: list[str] = []
        self.acknowledged: dict[str, float] = {}
        self.statuses: dict[int, int] = {}
        self.asked: list[float] = []
        self._campaign, self._doors = campaign, cycle(doors)

    def write(self, records: int) -> tuple[list[str], bytes]:
        """So many visits, as one request's body."""
        ids = [str(new_id()) for _ in range(records)]
        raws = [self._visit(id, next(self._doors), len(self.written) + n + 1) for n, id in enumerate(ids)]
        self.written += ids
        return ids, b'{"records":[' + b",".join(raws) + b"]}"

    async def send(self, line: Connection, body: bytes) -> Reply:
        """One try."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.asked.append(time.perf_counter())
        asked = line.request("POST", "/api/v1/records", body=body, headers=headers)
        reply = await asyncio.wait_for(asked, LONGEST_WAIT_FOR_A_REPLY)
        self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
        return reply

    def take(self, reply: Reply) -> None:
        """Cross out what has a receipt."""
        now = time.perf_counter()
        for receipt in msgspec.json.decode(reply.body, type=HandInReply).receipts:
            assert receipt.fate in ("stored", "already_held"), receipt
            self.acknowledged.setdefault(receipt.id, now)

    def _visit(self, id: str, door: FeedHousehold, n: int) -> bytes:
        task = {"target": door.id, "campaign": self._campaign.id, "occasion": self._campaign.occasion}
        body = {
            "task": task | {"outcome": "done"},
            "present": [resident.id for resident in door.residents],
            "answers": answers(self._campaign.form.questions),
            "people": len(door.residents),
        }
        record = {"id": id, "kind": "screening.household_visited.v1", "at": datetime.now(UTC), "n": n, "body": body}
        return msgspec.json.encode(record)


class Act(NamedTuple):
    """What the office was told that it did: the id of the building it added, and when it was told."""

    id: str
    at: float


class Street:
    """Use it as a context: inside it everybody works, in a thread of their own; leaving it waits for nothing."""

    def __init__(self, server: Server, *, phones: int = 2, batch: int = 3, acts: bool = True) -> None:
        logins = staff.read_logins(server.data / "demo-accounts.txt")
        self._server, self._batch, self._login = server, batch, logins["desk"] if acts else None
        with httpx.Client(base_url=server.url, timeout=60) as client:
            self.phones = [enrol(client, server.port, logins[f"grid-{n:02}"]) for n in range(1, phones + 1)]
        self._grid = next(self.phones[0]._doors).grid
        self.acts: list[Act] = []
        self.named = self.refused_acts = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()), daemon=True)
        self._broke: BaseException | None = None

    @property
    def acknowledged(self) -> int:
        """Records with a receipt, so far."""
        return sum(len(phone.acknowledged) for phone in self.phones)

    def moments(self) -> list[tuple[str, float]]:
        """Every record and act that was acknowledged, and when."""
        return [pair for phone in self.phones for pair in phone.acknowledged.items()] + list(self.acts)

    def wait_for(self, more: int, *, acts: int = 0, seconds: float = 60) -> None:
        """Until so many more records and acts were acknowledged."""
        records, answered = self.acknowledged + more, len(self.acts) + acts
        deadline = time.monotonic() + seconds
        while self.acknowledged < records or len(self.acts) < answered:
            if self._broke:
                raise self._broke
            assert time.monotonic() < deadline, f"nothing comes through: {[p.statuses for p in self.phones]}"
            time.sleep(0.002)

    def __enter__(self) -> "Street":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._broke:
            raise self._broke

    async def _work(self) -> None:
        try:
            office = [self._office()] if self._login else []
            await asyncio.gather(*(self._walk(phone) for phone in self.phones), *office)
        except BaseException as broke:
            self._broke = broke

    async def _walk(self, phone: Phone) -> None:
        line = Connection("127.0.0.1", phone.port)
        while not self._stop.is_set():
            _, body = phone.write(self._batch)
            while not self._stop.is_set():
                reply = await _or_away(phone.send(line, body))
                if reply is None or reply.status in (503, 507):
                    line.close()
                    await asyncio.sleep(0.01)
                    continue
                assert reply.status == 200, (reply.status, reply.body[:300])
                phone.take(reply)
                break
        line.close()

    async def _office(self) -> None:
        assert self._login is not None
        cookies: dict[str, str] = {}
        while not self._stop.is_set():
            # A fresh line, and nobody who asks again: an act is never sent twice.
            desk = Desk(Connection("127.0.0.1", self._server.port), patience=0)
            desk._cookies = cookies
            try:
                if not cookies:
                    await asyncio.wait_for(desk.sign_in(self._login.account, self._login.password), 10)
                self.named += 1
                building = {"kind": "building", "name": f"{self.named} 号楼", "parent": self._grid}
                added = await asyncio.wait_for(desk.post("/api/v1/areas", building), LONGEST_WAIT_FOR_A_REPLY)
                self.acts.append(Act(added["id"], time.perf_counter()))
            except AWAY:
                await asyncio.sleep(0.01)
            except DeskRefusedError as refused:
                assert any(code in str(refused) for code in (": 503", ": 507", ": 401", ": 403")), refused
                cookies.clear() if ": 40" in str(refused) else None
                self.refused_acts += ": 50" in str(refused)
                await asyncio.sleep(0.05)
            finally:
                desk.hang_up()
            await asyncio.sleep(0.02)


async def _or_away(sending: Any) -> Reply | None:
    try:
        reply: Reply = await sending
    except AWAY:
        return None
    return reply


def enrol(client: httpx.Client, port: int, login: staff.Login) -> Phone:
    """A phone of this worker's, with the doors of their grids."""
    asked = {"account": login.account, "password": login.password, "device_name": "street"}
    answer = client.post("/api/v1/tokens", json=asked)
    assert answer.status_code == 201, answer.text
    given = answer.json()
    pages = list(_feed(client, given["token"]))
    doors = [household for page in pages for household in page.households]
    return Phone(port, given["token"], given["device"]["id"], pages[-1].campaigns[0], doors)


def _feed(client: httpx.Client, token: str) -> Iterator[FeedPage]:
    after, shape, more = 0, "", True
    while more:
        said = client.get(f"/api/v1/feed?after={after}&shape={shape}", headers={"Authorization": f"Bearer {token}"})
        page = msgspec.json.decode(said.content, type=FeedPage)
        after, shape, more = page.position, page.shape, page.more
        yield page


Read = Callable[[str], list[tuple[Any, ...]]]


class Found(NamedTuple):
    """What the database holds, beside what the street knows."""

    acknowledged: int
    lost: int
    twice: int
    counts_differ: int


def compare(street: Street, read: Read, *, acknowledged: set[str] | None = None) -> Found:
    """Acknowledged and not there; there more than once; devices whose count on the server is not their entries."""
    expected = {id for id, _ in street.moments()} if acknowledged is None else acknowledged
    entries = [_plain(id) for (id,) in read("SELECT record_id FROM ledger_entry")]
    areas = [_plain(id) for (id,) in read("SELECT id FROM territory_area")]
    names = [name for (name,) in read("SELECT name FROM territory_area")]
    kept = {*entries, *areas}
    lost = {id for id in expected if _plain(id) not in kept}
    twice = len(entries) - len(set(entries)) + len(areas) - len(set(areas))
    street_names = [name for name in names if str(name).endswith(" 号楼")]
    twice += len(street_names) - len(set(street_names))
    return Found(len(expected), len(lost), twice, sum(not _counts_agree(phone, read) for phone in street.phones))


def _counts_agree(phone: Phone, read: Read) -> bool:
    """What the server says it has from the phone, what it really has, and what the phone was told."""
    device = phone.device.replace("-", "")
    spelt = f"REPLACE(CAST(device AS TEXT), '-', '') = '{device}'"
    kind = "kind = 'screening.household_visited.v1'"
    ids = {_plain(id) for (id,) in read(f"SELECT record_id FROM ledger_entry WHERE {spelt} AND {kind}")}
    [(stored,)] = read(f"SELECT COALESCE(SUM(stored), 0) FROM ledger_devicetally WHERE {spelt}")
    return int(stored) == len(ids) and ids <= {_plain(id) for id in phone.written}


def _plain(id: Any) -> str:
    return str(id).replace("-", "")
