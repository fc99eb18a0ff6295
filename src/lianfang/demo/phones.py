"""A played phone: the same requests in the same order as the field app, and a worker's bad luck on top.

It keeps what a phone keeps: a token, the slice of the register, an outbox, and its own count of what it has recorded
and of what was acknowledged. It forgets a record only when a receipt names it.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

import msgspec
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

from lianfang.demo.connection import NOT_NOW, Connection, HungUpError, Reply, asked_to_wait
from lianfang.demo.doors import Member
from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.plumbing import clock

MOST_AT_ONCE = 200
LONGEST_PAUSE = 2.0  # seconds between attempts
PATIENCE = 60.0  # seconds of a server being away before a drill gives up on it
RECORD_INFO = b"lianfang record v1"


class FeedHousehold(msgspec.Struct, frozen=True):
    """A household as the feed shows one; only what a drill needs of it."""

    id: str
    area: str
    grid: str
    door: str
    walk: int
    dwelling: str | None = None
    status: str = "living"
    residents: tuple[Member, ...] = ()


class FeedTask(msgspec.Struct, frozen=True):
    """A task and how far it has come."""

    campaign: str
    target: str
    occasion: str
    state: str


class Question(msgspec.Struct, frozen=True):
    """A question of today's form."""

    code: str
    per: str
    type: str
    choices: list[dict[str, Any]] = []
    default: Any = None


class Form(msgspec.Struct, frozen=True):
    """Today's form."""

    id: str
    questions: tuple[Question, ...] = ()


class FeedCampaign(msgspec.Struct, frozen=True):
    """A campaign that asks for visits."""

    id: str
    name: str
    occasion: str
    form: Form
    drill: bool = False


class DeviceCount(msgspec.Struct, frozen=True):
    """What the server says it has from this phone."""

    stored: int = 0
    held: int = 0
    highest_n: int = 0


class FeedPage(msgspec.Struct, frozen=True):
    """One page of `GET /api/v1/feed`."""

    position: int
    more: bool
    shape: str
    reset: bool = False
    campaigns: tuple[FeedCampaign, ...] = ()
    households: tuple[FeedHousehold, ...] = ()
    gone: tuple[str, ...] = ()
    tasks: tuple[FeedTask, ...] = ()
    device: DeviceCount = DeviceCount()


class Receipt(msgspec.Struct, frozen=True):
    """What became of one record."""

    id: str
    fate: str
    code: str | None = None


class HandInReply(msgspec.Struct, frozen=True):
    """Answer to a batch."""

    receipts: tuple[Receipt, ...]
    position: int
    device: DeviceCount | None = None


class Written(msgspec.Struct, frozen=True):
    """A record in the outbox: its id and its bytes, exactly as they go out every time."""

    id: str
    raw: msgspec.Raw


class Identity(msgspec.Struct, frozen=True):
    """What makes a phone the same phone tomorrow."""

    device: str
    token: str
    server_key: bytes


class LockedOutError(Exception):
    """The token opens nothing any more."""


_page = msgspec.json.Decoder(FeedPage)
_receipts = msgspec.json.Decoder(HandInReply)
_json = msgspec.json.Encoder()


class Log:
    """What all phones together saw of the server: how long it took, how often, what went wrong."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.records = 0
        self.fates: dict[str, int] = {}
        self.mishaps: dict[str, int] = {}
        self.strange: list[str] = []

    def mishap(self, what: str) -> None:
        """Count something that was done to the server on purpose, or that happened to a phone."""
        self.mishaps[what] = self.mishaps.get(what, 0) + 1


class Phone:
    """One enrolled phone in the hand of one worker."""

    def __init__(
        self,
        *,
        worker: str,
        connection: Connection,
        log: Log,
        random: Random,
        clock_off: timedelta = timedelta(0),
        batch: int = MOST_AT_ONCE,
    ) -> None:
        self.worker = worker
        self.log = log
        self.random = random
        self.clock_off = clock_off
        self.batch = batch
        self.device = ""
        self.token = ""
        self.n = 0
        self.outbox: list[Written] = []
        self.acknowledged: set[str] = set()
        self.delivered_before = 0
        self.held: set[str] = set()
        self.returned: list[Receipt] = []
        self.server_counts = DeviceCount()
        self.households: dict[str, FeedHousehold] = {}
        self.tasks: dict[tuple[str, str], str] = {}
        self.campaigns: tuple[FeedCampaign, ...] = ()
        self.wiped = False
        self._connection = connection
        self._position, self._shape = 0, ""
        self._server_key = b""
        self._last_batch: list[Written] = []

    async def enrol(self, code: str) -> None:
        """Scan the QR code."""
        body = {"enrolment_code": code, "device_name": self.name}
        reply = await self._patiently("POST", "/api/v1/tokens", _json.encode(body))
        if reply.status not in (200, 201):
            raise LockedOutError(f"{self.worker} {reply.status} {reply.body[:200]!r}")
        answer = reply.json()
        self.token, self.device = answer["token"], answer["device"]["id"]
        key = await self._patiently("GET", "/api/v1/server-key")
        self._server_key = b64decode(key.json()["public_key"])

    @property
    def name(self) -> str:
        """As the desk shows it."""
        return f"演练 {self.worker}"

    @property
    def identity(self) -> Identity:
        """To be remembered."""
        return Identity(self.device, self.token, self._server_key)

    async def wake(self, identity: Identity) -> None:
        """Be the phone of an earlier drill, whose outbox was empty: go on counting where the server says it was."""
        self.device, self.token, self._server_key = identity.device, identity.token, identity.server_key
        await self.sync()
        self.n = self.server_counts.highest_n
        self.delivered_before = self.server_counts.stored + self.server_counts.held

    async def sync(self) -> None:
        """Before leaving: everything that changed in my grids, page by page."""
        more = True
        while more:
            path = f"/api/v1/feed?after={self._position}&shape={self._shape}"
            reply = await self._patiently("GET", path)
            self._obey(reply)
            if reply.status != 200:
                raise LockedOutError(f"{self.worker} {reply.status}")
            more = self._take(_page.decode(reply.body))

    def _take(self, page: FeedPage) -> bool:
        if page.reset:
            self.households.clear()
            self.tasks.clear()
        for household in page.households:
            self.households[household.id] = household
        for id in page.gone:
            self.households.pop(id, None)
        for task in page.tasks:
            self.tasks[task.campaign, task.target] = task.state
        self.campaigns = page.campaigns
        self._position, self._shape, self.server_counts = page.position, page.shape, page.device
        return page.more

    def write(self, kind: str, body: dict[str, Any], *, at: datetime) -> str:
        """Save a record on the phone; answers its id."""
        self.n += 1
        id = str(new_id())
        record = {"id": id, "kind": kind, "at": at + self.clock_off, "n": self.n, "body": body}
        self.outbox.append(Written(id, msgspec.Raw(_json.encode(record))))
        return id

    async def send(self, *, hang_up: bool = False, most: int | None = None, sealed: bool = False) -> bool:
        """Hand in a batch from the outbox. Says whether receipts came; what has none stays."""
        batch = self.outbox[: most or self.batch]
        if not batch:
            return True
        try:
            receipts = await self._hand_in(batch, hang_up=hang_up, sealed=sealed)
        except HungUpError:
            self.log.mishap("acknowledgement lost" if hang_up else "connection broken")
            return False
        if receipts is None:
            return False
        self._settle(receipts)
        self._last_batch = batch
        return True

    async def send_again(self) -> None:
        """Send what was acknowledged already once more: nothing may change by it."""
        if not self._last_batch:
            return
        self.log.mishap("sent again")
        before = self.server_counts
        try:
            receipts = await self._hand_in(self._last_batch)
        except HungUpError:
            return
        for receipt in receipts or ():
            if receipt.fate == "refused" or (receipt.fate == "stored" and receipt.id not in self.held):
                self.log.strange.append(f"{self.worker}: {receipt.id} sent again was {receipt.fate}")
        if self.server_counts.stored + self.server_counts.held != before.stored + before.held:
            self.log.strange.append(f"{self.worker}: sending again changed the server's count of this phone")

    async def drain(self, *, patience: float = PATIENCE) -> None:
        """Send until nothing waits, with growing pauses while the server is away, for so many seconds at a stretch."""
        pause, waited = 0.05, 0.0
        while self.outbox:
            if await self.send():
                pause, waited = 0.05, 0.0
                continue
            if waited > patience:
                raise TimeoutError(f"{self.worker}: {len(self.outbox)} records still wait after {waited:.0f} s")
            await asyncio.sleep(pause * (1 + self.random.random()))
            waited += pause
            pause = min(LONGEST_PAUSE, pause * 2)

    def shuffle_outbox(self) -> None:
        """Whatever order records are in, they must add up to the same."""
        self.random.shuffle(self.outbox)
        self.log.mishap("shuffled")

    async def _hand_in(
        self, batch: Sequence[Written], *, hang_up: bool = False, sealed: bool = False
    ) -> Sequence[Receipt] | None:
        records = [self._sealed(one) for one in batch] if sealed else [one.raw for one in batch]
        began = perf_counter()
        reply = await self._request("POST", "/api/v1/records", _json.encode({"records": records}), hang_up=hang_up)
        self.log.seconds.append(perf_counter() - began)
        self._obey(reply)
        if reply.status in NOT_NOW:
            self.log.mishap(f"answered {reply.status}")
            return None
        if reply.status != 200:
            raise LockedOutError(f"{self.worker} {reply.status} {reply.body[:200]!r}")
        answer = _receipts.decode(reply.body)
        self.log.records += len(batch)
        if answer.device is not None:
            self.server_counts = answer.device
        return answer.receipts

    def _sealed(self, one: Written) -> dict[str, str]:
        suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
        enc, context = suite.create_sender_context(suite.kem.deserialize_public_key(self._server_key), info=RECORD_INFO)
        return {"id": one.id, "sealed": b64encode(enc + context.seal(bytes(one.raw), aad=one.id.encode())).decode()}

    def _settle(self, receipts: Iterable[Receipt]) -> None:
        """Forget what was acknowledged; keep and show what was refused."""
        known = set()
        for receipt in receipts:
            self.log.fates[receipt.fate] = self.log.fates.get(receipt.fate, 0) + 1
            if receipt.fate == "refused":
                self.returned.append(receipt)
            else:
                self.acknowledged.add(receipt.id)
            if receipt.fate == "held":
                self.held.add(receipt.id)
            known.add(receipt.id)
        self.outbox = [one for one in self.outbox if one.id not in known]

    def _obey(self, reply: Reply) -> None:
        if reply.headers.get("lianfang-wipe") == "people":
            self.households.clear()
            self.wiped = True

    async def _patiently(self, method: str, path: str, body: bytes = b"") -> Reply:
        """Ask, and ask again while the server is away or has others to see to first."""
        pause, waited = 0.05, 0.0
        while True:
            try:
                reply = await self._request(method, path, body)
                wait = asked_to_wait(reply)
                if wait is None or waited > PATIENCE:
                    return reply
                self.log.mishap(f"answered {reply.status}")
                pause = max(pause, wait)
            except HungUpError:
                self.log.mishap("connection broken")
                if waited > PATIENCE:
                    raise
            await asyncio.sleep(pause * (1 + self.random.random()))
            waited += pause
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _request(self, method: str, path: str, body: bytes = b"", *, hang_up: bool = False) -> Reply:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
            headers["Lianfang-Clock"] = (clock.now() + self.clock_off).isoformat()
        return await self._connection.request(method, path, body=body, headers=headers, hang_up=hang_up)

    def hang_up(self) -> None:
        """Close the connection."""
        self._connection.close()
