"""What travels: a record as a device sends it, the receipt it gets, and the page of both."""

from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.keys import REGISTER_KEY, KeyName
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.ledger.terms import Accepted, Fate, Heard, Kind, Known

MOST_RECORDS_AT_ONCE = 1000
MOST_BYTES_AT_ONCE = 8 * 1024 * 1024


class Record(msgspec.Struct, frozen=True):
    """A record as sent. `at` is the device's clock (evidence, never order), `n` the device's own counter."""

    id: UUID
    kind: Annotated[str, msgspec.Meta(min_length=3, max_length=120)]
    at: Instant
    body: msgspec.Raw
    n: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    cause: UUID | None = None


class SealedRecord(msgspec.Struct, frozen=True):
    """A record sealed to the server's public key on the phone (HPKE, base64): what a locked or revoked phone can
    still hand in.
    """

    id: UUID
    sealed: str


class HandIn(msgspec.Struct, frozen=True):
    """Body of `POST /api/v1/records`. Each record is decoded by itself, so that one bad one never spoils the batch."""

    records: list[msgspec.Raw]


class Receipt(msgspec.Struct, frozen=True):
    """What became of one record, in the order they were sent. `code` and `message` say why when it was not simply
    stored.
    """

    id: UUID | None
    fate: Fate
    code: str | None = None
    message: str | None = None


class DeviceCount(msgspec.Struct, frozen=True):
    """What the server has from this device, so that phone and server can notice when they differ.

    `held` includes what a person has set aside: it reached us, and the phone counts it as delivered.
    """

    stored: int
    held: int
    highest_n: int


class HandInReply(msgspec.Struct, frozen=True):
    """Answer to `POST /api/v1/records`, given after the commit that also moved every count."""

    receipts: list[Receipt]
    position: int
    device: DeviceCount | None = None


class HeldSettled(msgspec.Struct, frozen=True):
    """A person counted a held record, or set it aside, and said why."""

    held: UUID
    record: UUID | None
    why: str
    accepted: bool
    reason: str
    area: AreaId


class HeldSettledFacts(msgspec.Struct, frozen=True):
    """What may be known of it for ever."""

    why: str
    accepted: bool


def _accept_settled(heard: Heard, known: Known) -> Accepted:
    body: HeldSettled = heard.body
    return Accepted(area=body.area, key=REGISTER_KEY, facts=HeldSettledFacts(body.why, body.accepted))


class CountedTable(msgspec.Struct, frozen=True):
    """The rows of one tally that are kept for good; they stand in the entry's attachment of the same number."""

    table: str
    column: str
    ids: tuple[UUID, ...]
    columns: tuple[str, ...]
    rows: int
    totals: dict[str, int] = {}


class Counted(msgspec.Struct, frozen=True):
    """Final counts of what was recorded under a key, written before it is destroyed. A rebuild takes them from here."""

    key: KeyName
    area: AreaId
    tables: tuple[CountedTable, ...]


class CountedFacts(msgspec.Struct, frozen=True):
    """The sums, for whoever may never read more."""

    key: KeyName
    totals: dict[str, int]


def _accept_counted(heard: Heard, known: Known) -> Accepted:
    body: Counted = heard.body
    totals = {f"{one.table}.{name}": value for one in body.tables for name, value in one.totals.items()}
    return Accepted(area=body.area, key=REGISTER_KEY, facts=CountedFacts(body.key, totals))


COUNTED = Kind("ledger.counted.v1", Counted, CountedFacts, _accept_counted)
KINDS = (
    COUNTED,
    Kind("ledger.held_settled.v1", HeldSettled, HeldSettledFacts, _accept_settled),
)
