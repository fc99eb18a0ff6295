"""P16. The database is gone for minutes: phones go on saving, nobody storms the server, and all drains in order after.

PostgreSQL is stopped under the running server. The phones here obey the rule of the field app (web/outbox/sync.ts):
whoever is told 503 waits as long as Retry-After says and a chance longer.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import httpx
import pytest

from lianfang.demo import staff
from lianfang.demo.connection import Connection
from tests import postgres
from tests.crash import street
from tests.crash.cluster import Cluster
from tests.crash.lives import Lives

pytestmark = [pytest.mark.server, pytest.mark.slow]

PHONES = 10
BATCH = 500  # as the field app sends at most
LONGEST_DRAIN = 300.0
SHORTEST_RETRY_AFTER = 2.0


def test_a_database_that_is_gone_for_minutes_costs_patience_and_no_record(
    folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    seconds, records = size(60, 600), size(5_000, 50_000)
    try:
        cluster = Cluster(folder)
    except postgres.NotInstalled as missing:
        pytest.skip(str(missing))
    with cluster, Lives(folder, database_url=cluster.url) as server:
        server.run("demo", "--grids", str(PHONES), "--people", "1500")
        server.start()
        phones = _phones(server)
        found = asyncio.run(_outage(server, cluster, phones, seconds, records))
        assert server.ended is None, "it needed a restart"
        lost, out_of_order = _compare(cluster, phones)
        proof(
            "P16",
            f"PostgreSQL stopped for {seconds} s under the running server",
            size=records,
            lost=lost,
            out_of_order=out_of_order,
            **found._asdict(),
        )
        assert (lost, out_of_order) == (0, 0)
        assert found.drained_in_s < LONGEST_DRAIN
        assert found.requests_while_gone <= PHONES * (seconds / SHORTEST_RETRY_AFTER + 2)
        assert (found.ready_while_gone, found.desk_said) == (0, "503")
        server.kill()
        assert "链条相符" in server.run("ledger", "verify")


class Outage(NamedTuple):
    """What was seen from outside."""

    requests_while_gone: int
    ready_while_gone: int
    desk_said: str
    ready_again_after_s: float
    drained_in_s: float


def _phones(server: Lives) -> list["PatientPhone"]:
    logins = staff.read_logins(server.data / "demo-accounts.txt")
    with httpx.Client(base_url=server.url, timeout=60) as client:
        return [PatientPhone(street.enrol(client, server.port, logins[f"grid-{n:02}"])) for n in range(1, PHONES + 1)]


class PatientPhone:
    """Saves whatever happens; sends the oldest first; waits as it is told."""

    def __init__(self, phone: street.Phone) -> None:
        self.phone = phone
        self.outbox: list[tuple[list[str], bytes]] = []
        self._chance = Random(phone.device)

    def save(self, records: int) -> None:
        """Visits, while the server may be wherever it likes."""
        for _ in range(0, records, BATCH):
            self.outbox.append(self.phone.write(min(BATCH, records)))

    async def drain(self, stop: asyncio.Event) -> None:
        """Until the outbox is empty and nothing more will be saved."""
        line = Connection("127.0.0.1", self.phone.port)
        while self.outbox or not stop.is_set():
            if not self.outbox:
                await asyncio.sleep(0.1)
                continue
            reply = await self.phone.send(line, self.outbox[0][1])
            if reply.status == 200:
                self.phone.take(reply)
                self.outbox.pop(0)
                continue
            assert reply.status == 503, (reply.status, reply.body[:300])
            wait = float(reply.headers["retry-after"])
            await asyncio.sleep(wait + self._chance.random() * max(1, wait / 2))
        line.close()


async def _outage(server: Lives, cluster: Cluster, phones: list[PatientPhone], seconds: int, records: int) -> Outage:
    stop = asyncio.Event()
    draining = [asyncio.create_task(phone.drain(stop)) for phone in phones]
    cluster.stop()
    began = time.perf_counter()
    ready, desk = await _go_on_saving(server, phones, began, seconds, records)
    gone_until = time.perf_counter()
    await asyncio.to_thread(cluster.start)
    back = time.perf_counter()
    async with httpx.AsyncClient() as client:
        while (await client.get(f"{server.url}/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
    ready_again = time.perf_counter() - back
    stop.set()
    await asyncio.wait_for(asyncio.gather(*draining), LONGEST_DRAIN)
    asked = sum(began < at < gone_until for phone in phones for at in phone.phone.asked)
    return Outage(asked, ready, desk, round(ready_again, 1), round(time.perf_counter() - back, 1))


async def _go_on_saving(
    server: Lives, phones: list[PatientPhone], began: float, seconds: int, records: int
) -> tuple[int, str]:
    """Spread over the outage; meanwhile somebody asks whether the server is ready, and somebody opens a page."""
    ready, said = 0, set()
    share = -(-records // (PHONES * 10))
    somebody = {"sessionid": "somebody"}
    async with httpx.AsyncClient(base_url=server.url, timeout=30, cookies=somebody) as client:
        for tenth in range(1, 11):
            for phone in phones:
                phone.save(share)
            ready += (await client.get("/readyz")).status_code == 200
            said.add(str((await client.get("/api/v1/me")).status_code))
            await asyncio.sleep(max(0.0, began + seconds * tenth / 10 - time.perf_counter()))
    return ready, " ".join(sorted(said))


def _compare(cluster: Cluster, phones: list[PatientPhone]) -> tuple[int, int]:
    """Records saved and not in the ledger; records that stand there before one that the same phone wrote earlier."""
    rows = cluster.read("SELECT record_id, device, n FROM ledger_entry WHERE n IS NOT NULL ORDER BY position")
    kept = {str(id) for id, _, _ in rows}
    numbers: dict[str, list[int]] = {}
    for _, device, n in rows:
        numbers.setdefault(str(device), []).append(n)
    lost = sum(id not in kept for phone in phones for id in phone.phone.written)
    return lost, sum(after < before for ns in numbers.values() for before, after in itertools.pairwise(ns))
