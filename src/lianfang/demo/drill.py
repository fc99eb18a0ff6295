"""The drill 演练.

69 workers sweep the district through the same HTTP as real phones, and at the end three countings must agree.

What phones wrote down, what the server shows, and what is recounted from the entries: household by household, person
by person. It is a demonstration while one looks on, a load generator when it is not paced, and an end-to-end test
either way.
"""

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic

import msgspec

from lianfang.demo.connection import Connection
from lianfang.demo.counts import Book, Count, total
from lianfang.demo.office import Office
from lianfang.demo.phones import MOST_AT_ONCE, FeedCampaign, Identity, LockedOutError, Log, Phone
from lianfang.demo.rounds import Round

SHARE_OF_THE_TIME_FOR_DOORS = 0.92  # the rest is for last batches and for counting
REVOKED_AFTER = 0.4  # of that worker's doors
ODD_CLOCKS = (timedelta(hours=9), timedelta(days=-3653), timedelta(days=3653), timedelta(minutes=-25))


class Plan(msgspec.Struct, frozen=True):
    """What to play."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: tuple[str, ...] = ()
    seconds: float = 0.0  # 0: as fast as it goes
    seed: str = "drill"
    misfortunes: bool = True
    loses_a_phone: bool = True
    batch: int = MOST_AT_ONCE  # records in one request
    tls: ssl.SSLContext | None = None
    memory: Path | None = None  # where enrolled phones are remembered from one drill to the next


class People(msgspec.Struct, frozen=True):
    """Everybody who stood on a phone's list when the drill began, and what became of their household's task."""

    listed: int = 0
    reached: int = 0
    remaining: int = 0
    struck: int = 0


class Worker(msgspec.Struct):
    """A worker with the grids they answer for and every phone they had during the drill."""

    name: str
    round: Round
    phones: list[Phone]
    grids: tuple[str, ...] = ()


class Played(msgspec.Struct, frozen=True):
    """A drill that was played to its end."""

    campaign: FeedCampaign
    counts: Mapping[str, Count]  # by grid, as the phones have it
    people: People
    log: Log
    phones: Sequence[Phone]
    seconds: float
    doors: int


class Drill:
    """One drill, from handing out codes to the last receipt."""

    def __init__(self, plan: Plan, office: Office, *, now: Callable[[], datetime]) -> None:
        self.log = Log()
        self._plan = plan
        self._office = office
        self._now = now
        self._draw = Random(plan.seed)
        self._doors = 0
        self._due = 0
        self._began = 0.0
        self._remembered = read_memory(plan.memory) if plan.memory else {}

    async def play(self) -> Played:
        """Enrol, walk, hand in what is left. Raises when a phone could not get rid of what it wrote."""
        campaign = await self._office.campaign()
        workers = await asyncio.gather(*(self._leave(name, campaign) for name in self._plan.workers))
        self._due = max(1, max(len(worker.round.to_visit(campaign)) for worker in workers))
        self._began = monotonic()
        loses = self._plan.misfortunes and self._plan.loses_a_phone and len(workers) > 1
        unlucky = self._draw.choice(workers) if loses else None
        sheet = workers[0].phones[0].campaigns
        chosen = next(each for each in sheet if each.id == campaign)
        await asyncio.gather(*(self._day(worker, chosen, revoked=worker is unlucky) for worker in workers))
        seconds = monotonic() - self._began
        phones = [phone for worker in workers for phone in worker.phones]
        for phone in phones:
            await self._compare(phone)
            phone.hang_up()
        return Played(chosen, self._counts(workers), self._people(workers), self.log, phones, seconds, self._doors)

    async def _leave(self, name: str, campaign: str) -> Worker:
        """Before leaving: a phone is enrolled and fetches its slice."""
        phone = await self._old_phone(name) or await self._new_phone(name)
        grids = tuple(sorted({household.grid for household in phone.households.values()}))
        before = await self._office.coverage(campaign, grids)
        book = Book(total(before.values()))
        walk = Round(
            phone=phone,
            book=book,
            seed=f"{self._plan.seed}/{campaign}",
            now=self._now,
            pace=self.pace,
            misfortunes=self._plan.misfortunes,
        )
        walk.open_book(campaign)
        return Worker(name, walk, [phone], grids)

    async def _old_phone(self, name: str) -> Phone | None:
        """The phone of the last drill, if its token still opens something."""
        if name not in self._remembered:
            return None
        phone = self._phone(name)
        try:
            await phone.wake(self._remembered[name])
        except LockedOutError:
            return None
        return phone

    async def _new_phone(self, name: str) -> Phone:
        phone = self._phone(name)
        await self._enrol(phone, attempts=3)
        self._remembered[name] = phone.identity
        if self._plan.memory:
            write_memory(self._plan.memory, self._remembered)
        return phone

    def _phone(self, name: str) -> Phone:
        odd = self._plan.misfortunes and self._draw.random() < 0.06
        phone = Phone(
            worker=name,
            connection=Connection(self._plan.host, self._plan.port, tls=self._plan.tls),
            log=self.log,
            random=Random(f"{self._plan.seed}/{name}/luck"),
            batch=self._plan.batch,
            clock_off=self._draw.choice(ODD_CLOCKS) if odd else timedelta(0),
        )
        if odd:
            self.log.mishap("clock off")
        return phone

    async def _enrol(self, phone: Phone, *, attempts: int) -> None:
        try:
            await phone.enrol(await self._office.enrolment_code(phone.worker))
            await phone.sync()
        except LockedOutError:  # perhaps the answer was lost, and with it the code, which is good once
            if attempts == 1:
                raise
            await self._enrol(phone, attempts=attempts - 1)

    async def _day(self, worker: Worker, campaign: FeedCampaign, *, revoked: bool) -> None:
        if revoked:
            await worker.round.walk(campaign, stop_after=int(len(worker.round.to_visit(campaign.id)) * REVOKED_AFTER))
            await self._lose_phone(worker, campaign)
        await worker.round.walk(campaign)
        await worker.round.phone.drain()
        if self._plan.misfortunes:
            await worker.round.phone.send_again()

    async def _lose_phone(self, worker: Worker, campaign: FeedCampaign) -> None:
        """The phone is reported lost with unsent records in it, found again, and hands them in.

        The worker goes on with a new one.
        """
        lost = worker.round.phone
        self.log.mishap("revoked")
        for _ in range(3):
            worker.round.ring_next(campaign)  # written on the phone, not sent
        await self._office.revoke(lost.device)
        await self._must_be_locked_out(lost)
        unsent = [one.id for one in lost.outbox]
        while lost.outbox:
            await lost.send(sealed=True)
        held = lost.held.intersection(unsent)  # what came before its parent was held for a while as well
        if set(unsent) - lost.acknowledged or not held:
            self.log.strange.append(f"{worker.name}: a revoked phone's records were not all taken in")
        if await self._office.accept_held(lost.name) < len(held):
            self.log.strange.append(f"{worker.name}: not all of a revoked phone's records were found and counted")
        phone = await self._new_phone(worker.name)
        worker.phones.append(phone)
        worker.round.take(phone)

    async def _must_be_locked_out(self, phone: Phone) -> None:
        try:
            await phone.sync()
        except LockedOutError:
            if not phone.wiped:
                self.log.strange.append(f"{phone.worker}: a revoked phone was not told to wipe people")
        else:
            self.log.strange.append(f"{phone.worker}: a revoked phone still reads the feed")

    async def pace(self) -> None:
        """Between two doors: as long as fits the time, or just let the others go on."""
        self._doors += 1
        if not self._plan.seconds:
            await asyncio.sleep(0)
            return
        each = self._plan.seconds * SHARE_OF_THE_TIME_FOR_DOORS / (self._due * 1.25)
        await asyncio.sleep(each * self._draw.uniform(0.4, 1.6))

    async def _compare(self, phone: Phone) -> None:
        """Phone and server compare counters, as at every sync."""
        if not phone.wiped:
            await phone.sync()
        counts = phone.server_counts
        delivered = phone.delivered_before + len(phone.acknowledged)
        if counts.stored + counts.held != delivered or counts.highest_n != phone.n:
            what = f"{counts.stored}+{counts.held} of {delivered}, n {counts.highest_n} of {phone.n}"
            self.log.strange.append(f"{phone.worker}: phone and server differ: {what}")
        if phone.returned:
            self.log.strange.append(f"{phone.worker}: {len(phone.returned)} refused, first {phone.returned[0].code}")

    def _counts(self, workers: Sequence[Worker]) -> dict[str, Count]:
        return {worker.grids[0] if worker.grids else worker.name: worker.round.book.count() for worker in workers}

    def _people(self, workers: Sequence[Worker]) -> People:
        states: dict[str, int] = {}
        for worker in workers:
            for state, people in worker.round.book.people_by_state().items():
                states[state] = states.get(state, 0) + people
        remaining = states.get("untouched", 0) + states.get("attempted", 0)
        return People(sum(states.values()), states.get("done", 0), remaining, states.get("struck", 0))


def read_memory(path: Path) -> dict[str, Identity]:
    """The phones of earlier drills, by worker."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Identity]) if path.exists() else {}


def write_memory(path: Path, phones: Mapping[str, Identity]) -> None:
    """Tokens are secrets, even those of a drill."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(phones))
