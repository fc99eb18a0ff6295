"""Never counted twice, never dropped, whatever the network and the clocks do: what phones wrote down, what the server
shows and what stands in its ledger are the same number.

Phones here deliver the same facts again and again: in batches that are shuffled, split, merged, repeated, truncated,
torn off half-way, over two connections at once.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from lianfang.demo.connection import HungUpError, Reply, asked_to_wait
from lianfang.demo.phones import HandInReply, Phone, Written
from tests.crash.cutting import CuttingLine
from tests.crash.district import DATABASES, WORKERS, District, On, find_a_home, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

Say = Callable[..., None]
Size = Callable[[int, int], int]
BATCHES = (1, 2, 3, 10, 30, 100, 300)
DECADE = timedelta(days=3653)


@pytest.fixture(scope="module", params=DATABASES)
def server(request: pytest.FixtureRequest) -> Iterator[On]:
    with running(request.param) as server:
        yield server


# --- every way in which a batch can arrive ----------------------------------------------------------------------------


def test_whatever_way_batches_arrive_each_fact_is_counted_once(server: On, size: Size, proof: Say) -> None:
    deliveries, homes = size(100_000, 1_000_000), size(150, 1500)
    sent, cuts = asyncio.run(_deliver(server, deliveries, homes))
    proof(
        "P2",
        f"batches duplicated, shuffled, split, merged, truncated, torn off; {_kind(server)}",
        size=sent,
        facts=4 * 2 * homes,
        connections_cut=cuts,
        counted_twice=0,
        lost=0,
    )
    assert sent >= deliveries and cuts > deliveries / 2000
    assert "链条相符" in server.run("ledger", "verify")
    assert "完全一致" in server.run("ledger", "rebuild")


async def _deliver(server: On, deliveries: int, homes: int) -> tuple[int, int]:
    district, random = await District(server).open(), Random("deliveries")
    phones = [await district.enrolled(worker) for worker in WORKERS * 2]
    people = sum(_write_homes(district, phone, homes, random) for phone in phones)
    async with CuttingLine(server.port, random=random) as line:
        each = deliveries // (2 * len(phones))
        couriers = [Courier(district, phone, line.port, Random(f"{n}")) for n, phone in enumerate(phones * 2)]
        await asyncio.gather(*(courier.deliver(each) for courier in couriers))
    for phone in phones:
        await phone.drain()
        await phone.send_again()
    assert district.log.strange == []
    await _three_countings_agree(district, phones, homes=homes * len(phones), people=people)
    return sum(courier.delivered for courier in couriers), line.cuts


def _write_homes(district: District, phone: Phone, homes: int, random: Random) -> int:
    """Answers how many people live there."""
    lots = [random.randint(0, 5) for _ in range(homes)]
    for people in lots:
        find_a_home(phone, district.sheet(phone), people=people)
    return sum(lots)


async def _three_countings_agree(district: District, phones: Sequence[Phone], *, homes: int, people: int) -> None:
    """What phones wrote, what the sweep's sums say, and what stands in the ledger from each phone."""
    shown = await district.counts()
    assert (shown.found, shown.done, shown.people) == (homes, homes, people)
    for phone in phones:
        await phone.sync()
        assert (phone.server_counts.stored, phone.server_counts.held) == (phone.n, 0)
        assert _entries_from(district.server, phone) == phone.n
        phone.hang_up()


def _entries_from(server: On, phone: Phone) -> int:
    # (Its looks at the register are entries as well: those the server wrote down, and they carry no number.)
    device = phone.device if server.database else phone.device.replace("-", "")
    ((entries,),) = server.ask(
        f"SELECT count(DISTINCT record_id) FROM ledger_entry WHERE device = '{device}' AND n > 0"
    )
    return int(entries)


class Courier:
    """Carries one phone's facts to the server, with no sense of order, over a line that is cut."""

    def __init__(self, district: District, phone: Phone, port: int, random: Random) -> None:
        self._line = district.a_phone(phone.worker, port=port)
        self._line.token = phone.token
        self._facts = list(phone.outbox)
        self._random = random
        self.delivered = 0

    async def deliver(self, most: int) -> None:
        """So many records, the same ones again and again."""
        while self.delivered < most:
            batch = self._random.choices(self._facts, k=self._random.choice(BATCHES))
            self.delivered += len(batch)
            if self._random.random() < 0.08:
                await self._truncated(batch)
            else:
                await self._whole(batch)
        self._line.hang_up()

    async def _whole(self, batch: Sequence[Written]) -> None:
        if (reply := await self._offer(_body(batch))) is None:
            return
        assert reply.status == 200, reply.body
        receipts = msgspec.json.decode(reply.body, type=HandInReply).receipts
        assert [receipt.id for receipt in receipts] == [one.id for one in batch]
        # A visit may come before its household: then it waits, and is counted when that comes.
        odd = [r for r in receipts if r.fate == "refused" or r.code not in (None, "ledger.unknown_reference")]
        assert odd == []

    async def _truncated(self, batch: Sequence[Written]) -> None:
        """Cut inside a record, and still sent as if it were whole: nothing of it may be stored in part."""
        whole = _body(batch)
        if (reply := await self._offer(whole[: self._random.randrange(len(whole))])) is None:
            return
        assert (reply.status, reply.json()["code"]) == (400, "ledger.batch_unreadable")

    async def _offer(self, body: bytes) -> Reply | None:
        """Once, or as often as the server asks to come back later; None if the line was cut."""
        while True:
            try:
                reply = await self._line._request("POST", "/api/v1/records", body)
            except HungUpError:
                return None
            if (wait := asked_to_wait(reply)) is None:
                return reply
            await asyncio.sleep(wait)


def _body(batch: Sequence[Written]) -> bytes:
    return msgspec.json.encode({"records": [one.raw for one in batch]})


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_clocks_ten_years_off_and_jumping_change_no_count_and_no_order(server: On, size: Size, proof: Say) -> None:
    homes = size(100, 1000)
    before = _head(server)
    phone, odd = asyncio.run(_sweep_with_a_mad_clock(server, homes))
    proof("P5", f"device clocks ± 10 years, jumping; {_kind(server)}", size=phone.n, flagged=odd, lost=0)
    rows = server.ask(
        f"SELECT n, received_at, day, flags FROM ledger_entry WHERE position > {before} ORDER BY position"
    )
    mine = [row for row in rows if row[0] is not None]
    assert [came for _, came, *_ in mine] == sorted(came for _, came, *_ in mine), "in the order they were received"
    today = datetime.now(UTC).date()
    assert all(abs((_day(day) - today).days) <= 8 for _, _, day, _ in mine), (
        "an odd clock moves no count to another year"
    )
    assert odd == sum("clock_odd" in flags for *_, flags in mine) > homes


async def _sweep_with_a_mad_clock(server: On, homes: int) -> tuple[Phone, int]:
    """Every record at another time of another decade; answers how many the server flagged."""
    district, random = await District(server).open(), Random("clocks")
    phone = await district.enrolled(WORKERS[0], batch=50)
    people = 0
    for n in range(homes):
        phone.clock_off = random.choice((DECADE, -DECADE, timedelta(hours=9), random.uniform(-1, 1) * DECADE))
        find_a_home(phone, district.sheet(phone), people=n % 4)
        people += n % 4
        if random.random() < 0.1:
            await phone.send()  # its token is good, whatever year its clock shows
    await phone.drain()
    shown = await district.counts()
    assert (shown.found, shown.done, shown.people) == (homes, homes, people)
    ((odd,),) = server.ask("SELECT max(clock_odd) FROM ledger_devicetally")
    phone.hang_up()
    return phone, int(odd)


# --- ids and phones that are not what they seem -----------------------------------------------------------------------


def test_the_same_id_with_other_content_is_kept_for_a_person_and_overwrites_nothing(server: On, proof: Say) -> None:
    held, shown = asyncio.run(_say_it_twice_and_differently(server))
    proof("P2", f"same id, other content; {_kind(server)}", size=10, held=held, overwritten=0)
    assert (held, shown.done, shown.people) == (10, 10, 10 * 3)


async def _say_it_twice_and_differently(server: On) -> tuple[int, Any]:
    district = await District(server).open()
    phone = await district.enrolled(WORKERS[0])
    for _ in range(10):
        find_a_home(phone, district.sheet(phone), people=3)
    visits = [one for one in phone.outbox if b"household_visited" in bytes(one.raw)]
    await phone.drain()
    twins = [Written(one.id, msgspec.Raw(bytes(one.raw).replace(b'"people":3', b'"people":300'))) for one in visits]
    for _ in range(3):
        receipts = await phone._hand_in(twins) or ()
        assert {(r.fate, r.code) for r in receipts} == {("held", "ledger.same_id_other_content")}
    waiting = (await district.desk.get("/api/v1/held?page_size=200"))["rows"]
    held = [row for row in waiting if row["kind"] == "screening.household_visited.v1"]
    assert phone.server_counts.held == len(held), "the phone is told that they wait"
    phone.hang_up()
    return len(held), await district.counts()


def test_of_a_cloned_phone_everything_is_counted_and_the_difference_is_told(server: On, proof: Say) -> None:
    phone, clone, shown = asyncio.run(_clone_a_phone(server))
    proof("P2", f"cloned phone: two hands, one token, one counter; {_kind(server)}", size=40, lost=0)
    assert shown.done == 20
    assert phone.n == clone.n == 20, "both counted on from the same number"
    assert phone.server_counts.stored == 40 > phone.n, "so each can see that the server has more than it sent"


async def _clone_a_phone(server: On) -> tuple[Phone, Phone, Any]:
    district = await District(server).open()
    phone = await district.enrolled(WORKERS[0])
    clone = district.a_phone(WORKERS[0])
    await clone.wake(phone.identity)
    for _ in range(10):
        find_a_home(phone, district.sheet(phone), people=2)
        find_a_home(clone, district.sheet(clone), people=2)
    await asyncio.gather(phone.drain(), clone.drain())
    for each in (phone, clone):
        await each.sync()
        each.hang_up()
    return phone, clone, await district.counts()


def test_a_reinstalled_phone_sends_its_old_day_again_and_it_counts_once(server: On, proof: Say) -> None:
    old, new, shown = asyncio.run(_reinstall_a_phone(server))
    proof("P2", f"reinstalled phone with its old outbox; {_kind(server)}", size=60, counted_twice=0, lost=0)
    assert (old.server_counts.stored, new.server_counts.stored) == (20, 20 + 2)
    assert (shown.done, shown.people) == (21, 42)


async def _reinstall_a_phone(server: On) -> tuple[Phone, Phone, Any]:
    """Half of its outbox was handed in; after that it is another device, counts from one, and has all of it again."""
    district = await District(server).open()
    old = await district.enrolled(WORKERS[0])
    for _ in range(20):
        find_a_home(old, district.sheet(old), people=2)
    whole = list(old.outbox)
    await old.send(most=20)
    new = await district.enrolled(WORKERS[0])
    find_a_home(new, district.sheet(new), people=2)
    new.outbox += whole
    await new.drain()
    assert new.device != old.device and new.returned == []
    for each in (old, new):
        await each.sync()
        each.hang_up()
    return old, new, await district.counts()


def _head(server: On) -> int:
    ((head,),) = server.ask("SELECT max(position) FROM ledger_entry")
    return int(head)


def _day(value: Any) -> Any:
    return datetime.fromisoformat(value).date() if isinstance(value, str) else value


def _kind(server: On) -> str:
    return "PostgreSQL" if server.database else "SQLite"
