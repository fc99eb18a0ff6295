"""The words of the ledger: fates, kinds, entries, projections. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, RecordId
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.measures import Measure


class Fate(StrEnum):
    """What became of a record that reached us. Only `refused` stays on the phone."""

    STORED = "stored"
    ALREADY_HELD = "already_held"  # same id, same content: sent again
    HELD = "held"  # kept, not yet counted, worked off by rule or by a person
    REFUSED = "refused"  # malformed and nothing else; the raw bytes are kept, sealed


class HeldWhy(StrEnum):
    """Why a record waits."""

    PARENT_MISSING = "ledger.parent_missing"
    UNKNOWN_REFERENCE = "ledger.unknown_reference"
    OUT_OF_SCOPE = "ledger.out_of_scope"
    PROJECTION_FAILED = "ledger.projection_failed"
    SAME_ID_OTHER_CONTENT = "ledger.same_id_other_content"
    DEVICE_REVOKED = "ledger.device_revoked"
    NEWER_KIND = "ledger.newer_kind"  # or a kind never heard of


class Reference(NamedTuple):
    """Something a record points at: `Reference("registry.household", id)`. Its module tells the ledger how to look
    it up.
    """

    kind: str
    id: UUID


class Known(Protocol):
    """What the references of a whole batch turned out to be, looked up once for the batch."""

    def get(self, reference: Reference) -> Any | None:
        """The module's small frozen Struct for it, or None when nobody has heard of it."""
        ...


class Accepted(msgspec.Struct, frozen=True):
    """A kind's answer: it happened there, under that key, and this much of it names nobody.

    `area` is a grid or something larger, never an entrance or building. `facts` (a Struct) holds codes, times, areas
    and results only. `subject` is the person, household or dwelling it is about; it enters the ledger as a keyed hash.
    `lately`: areas it lay in when the record was made; whoever may record there has not reached into another's.
    """

    area: AreaId
    key: KeyName
    facts: msgspec.Struct
    subject: UUID | None = None
    flags: tuple[str, ...] = ()
    lately: tuple[AreaId, ...] = ()


class Held(msgspec.Struct, frozen=True):
    """A kind's other answer: kept, but waiting, if known, for that id to arrive as a record or come into being."""

    why: HeldWhy
    waits_for: UUID | None = None


class Heard(msgspec.Struct, frozen=True):
    """A record as `accept()` sees it: decoded, with who sent it."""

    id: RecordId
    kind: str
    at: datetime
    body: Any
    received_at: datetime
    account: AccountId | None = None
    device: DeviceId | None = None
    n: int | None = None
    cause: RecordId | None = None


class Kind(msgspec.Struct, frozen=True):
    """One kind of record: `module.what_happened.v1`.

    `accept` is pure: (heard, known) → Accepted | Held. `wants` names the references to look up first.
    `parent` is the id of the record that must be held first, if any. `upcast` turns this version's body into the
    next's. Kinds that a device may send say so; all others enter only through `append`.
    """

    name: str
    body: type[msgspec.Struct]
    facts: type[msgspec.Struct]
    accept: Callable[[Heard, Known], Accepted | Held]
    wants: Callable[[Any], Iterable[Reference]] = lambda body: ()
    parent: Callable[[Any], UUID | None] = lambda body: None
    from_devices: bool = False
    makes: Callable[[Any], Iterable[UUID]] = (
        lambda body: ()
    )  # ids that come into being with it: frees what waited for them


class Entry(msgspec.Struct, frozen=True):
    """A record that was stored. `body` is None once its key is destroyed; `facts` stay for ever."""

    position: int
    id: RecordId
    kind: str
    at: datetime
    received_at: datetime
    day: date
    area: AreaId
    key: KeyName
    facts: Any
    body: Any
    actor: AccountId | None
    device: DeviceId | None
    flags: tuple[str, ...] = ()
    cause: RecordId | None = None
    attachments: int = 0
    n: int | None = None  # the device's own counter: in which order one hand did things


class TallyTable(msgspec.Struct, frozen=True):
    """A wide table of counts: one row per (keys…, area, day), the module's measures as columns, at every level down
    to the grid.

    The table has the columns `keys`, `area_id`, `day` (primary key together) and one integer column per measure.

    `moves` names the table that keeps every change of it with the position it came by, so that the counts can be had
    as they were (`queries.counted_at`): columns `keys`, `position`, `no` (primary key together), `day`, `lineage` (the
    area and all above it, root first, 32 hexadecimal digits each) and the measures.
    """

    name: str
    measures: tuple[Measure, ...]
    keys: tuple[str, ...] = ()
    moves: str = ""


class Kept(msgspec.Struct, frozen=True):
    """Which rows of a tally outlive a data key: those whose `column` is one of `ids(key)`.

    The ids themselves tell records of that key from others where nothing else does.
    """

    table: TallyTable
    column: str
    ids: Callable[[KeyName], Sequence[UUID]]


class Fold(Protocol):
    """What a projection works with while it folds entries, inside the transaction that appended them."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Run one statement (placeholders are %s on both databases; UUID, datetime and date pass as they are);
        returns the cursor.
        """
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """The same for many rows."""
        ...

    def tally(
        self,
        table: TallyTable,
        *,
        area: AreaId,
        day: date,
        keys: Sequence[Any] = (),
        above: tuple[AreaId, ...] = (),
        **deltas: int,
    ) -> None:
        """Add to the counts of an area and of every area above it that day (`above`: of these, the area among them);
        written once when the fold ends.
        """
        ...

    def lineage(self, area: AreaId, on: date) -> tuple[AreaId, ...]:
        """The area and all above it as they were on that day, root first."""
        ...

    def areas_changed(self) -> None:
        """What stands above what is otherwise from here on: lineages are asked anew."""
        ...

    def part(self, entry: Entry, part: type[msgspec.Struct]) -> Any:
        """The engine's part in an entry of whatever kind, or None when it was erased."""
        ...

    def attachments(self, entry: Entry) -> Iterable[bytes]:
        """The opened attachments of an entry, in order; none once erased."""
        ...

    def seal(self, key: KeyName, plain: bytes, *, about: str) -> bytes:
        """Seal a value for a read-model column; `about` binds it to its place (`table/column/id`)."""
        ...

    def search_hash(self, key: KeyName, value: str, *, field: str) -> bytes:
        """The keyed hash (32 bytes) that lets one look for a value without storing it."""
        ...


class Projection(msgspec.Struct, frozen=True):
    """A read model: folds kinds by name, or every kind that carries `part` as a field of its body.

    `apply` is idempotent per entry and never reads a clock. `tables` are emptied before a rebuild and compared after
    it; a projection's tallies are listed as well.
    """

    name: str
    apply: Callable[[Sequence[Entry], Fold], None]
    tables: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    part: type[msgspec.Struct] | None = None
    tallies: tuple[TallyTable, ...] = ()


class Reaction(msgspec.Struct, frozen=True):
    """A journey: runs after commit from its own cursor, once per (entry, journey); what it does are entries with
    `cause=`.
    """

    name: str
    kinds: frozenset[str]
    react: Callable[[Entry], None]


class Loader(msgspec.Struct, frozen=True):
    """How a module looks up one kind of reference for a whole batch: ids → {id: small frozen Struct}, unknown ids
    left out.
    """

    kind: str
    load: Callable[[Sequence[UUID]], Mapping[UUID, Any]]


class Sender(msgspec.Struct, frozen=True):
    """The device that hands records in, and the areas (each with all below it) its account may record in."""

    account: AccountId
    device: DeviceId
    areas: frozenset[AreaId]
    revoked: bool = False
    as_of: int | None = None  # of which state of devices and accounts this was read; None: taken at its word
