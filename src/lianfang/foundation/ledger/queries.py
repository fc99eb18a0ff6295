"""Reading the ledger: its head, entries decoded, what is held, the chain's state. Shows no person's data by itself."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, RecordId
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.ledger.folding import attachment_place
from lianfang.foundation.ledger.handing_in import device_counts
from lianfang.foundation.ledger.house import House, installed
from lianfang.foundation.ledger.models import Attachment, Batch, HeldRecord
from lianfang.foundation.ledger.models import Entry as Row
from lianfang.foundation.ledger.rules import FIRST_DIGEST, chained, entry_digest
from lianfang.foundation.ledger.terms import Entry, Loader, TallyTable
from lianfang.foundation.ledger.turn import body_place
from lianfang.foundation.plumbing.backup_parts import Witness
from lianfang.foundation.plumbing.database import query
from lianfang.foundation.plumbing.sealing import keyring

__all__ = [
    "Broken",
    "HeldView",
    "attachments_of",
    "batches",
    "device_counts",
    "entries_after",
    "entries_between",
    "head",
    "held_open",
    "verify",
]


class HeldView(msgspec.Struct, frozen=True):
    """A held record as a list shows it: what kind, why, since when, from whose device; not what it says."""

    id: UUID
    record: UUID | None
    kind: str
    why: str
    received_at: datetime
    account: UUID | None
    device: UUID | None
    area: AreaId | None


class Broken(msgspec.Struct, frozen=True):
    """Where the chain does not hold, and how."""

    position: int
    what: str


def head() -> int:
    """The position of the latest entry; 0 in an empty ledger."""
    return int(query(f"SELECT {HEAD_SQL}")[0][0])


# The same inside a statement that says as of when it is.
HEAD_SQL = "(SELECT coalesce(max(position), 0) FROM ledger_entry)"


def chain_head() -> tuple[int, bytes]:
    """Where the chain ends, and its digest there: to be kept where nobody who writes these tables can reach it."""
    newest = Batch.objects.order_by("-last").first()
    return (newest.last, bytes(newest.digest)) if newest else (0, FIRST_DIGEST)


def position_at(at: datetime) -> int:
    """The last position that was given by then; 0 before the first commit."""
    found = Batch.objects.filter(committed_at__lte=at).order_by("-last").values_list("last", flat=True).first()
    return found or 0


class Moved(msgspec.Struct, frozen=True):
    """What was counted on a day in an area (the last of its lineage) up to a position."""

    lineage: tuple[AreaId, ...]
    day: date
    by: tuple[Any, ...]
    counts: dict[str, int]


def counted_at(table: TallyTable, *, keys: Mapping[str, Any], position: int, by: tuple[str, ...] = ()) -> list[Moved]:
    """A tally as it stood at a position, added up again from all that ever moved it, each grid by itself.

    It is the same for ever: a later correction, other boundaries or forgetting add moves and alter none. `by` are
    further key columns to keep apart.
    """
    names = [measure.name for measure in table.measures]
    grouped = ", ".join(("lineage", "day", *by))
    sums = ", ".join(f"sum({name})" for name in names)
    where = " AND ".join(f"{name} = %s" for name in keys)
    sql = f"SELECT {grouped}, {sums} FROM {table.moves} WHERE {where} AND position <= %s GROUP BY {grouped}"
    rows = query(f"{sql} ORDER BY {grouped}", [*keys.values(), position])
    start = 2 + len(by)
    return [
        Moved(_lineage(row[0]), _day(row[1]), tuple(row[2:start]), dict(zip(names, map(int, row[start:]), strict=True)))
        for row in rows
    ]


def _lineage(text: str) -> tuple[AreaId, ...]:
    return tuple(AreaId(UUID(text[at : at + 32])) for at in range(0, len(text), 32))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def batches() -> Iterator[tuple[int, int, int]]:
    """Every commit as (first, last, head)."""
    latest = head()
    for first, last in Batch.objects.order_by("last").values_list("first", "last").iterator(chunk_size=2000):
        yield first, last, latest


def entries_between(first: int, last: int) -> list[Entry]:
    """Entries by position, both ends included, bodies opened where the key still lives."""
    house = installed()
    return [
        _decoded(row, house) for row in Row.objects.filter(position__gte=first, position__lte=last).order_by("position")
    ]


def entries_after(position: int, *, kinds: frozenset[str] | None = None, limit: int = 500) -> list[Entry]:
    """The next entries after a position, of some kinds."""
    rows = Row.objects.filter(position__gt=position)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    house = installed()
    return [_decoded(row, house) for row in rows.order_by("position")[:limit]]


def attachments_of(entry: Entry) -> Iterator[bytes]:
    """The opened attachments of an entry, in order; none once its key is destroyed."""
    key = keyring.get(entry.key) if entry.attachments else None
    if key is not None:
        rows = Attachment.objects.filter(record_id=entry.id).order_by("no").values_list("no", "sealed")
        for no, sealed in rows.iterator(chunk_size=8):
            yield key.open(bytes(sealed), about=attachment_place(entry.id, no))


def areas_with_entries(areas: Sequence[UUID], *, after: int) -> set[UUID]:
    """Of these areas those under which something was filed after a position."""
    found: set[UUID] = set()
    for some in (areas[start : start + 500] for start in range(0, len(areas), 500)):
        rows = Row.objects.filter(position__gt=after, area_id__in=some)
        found |= set(rows.values_list("area_id", flat=True).distinct())
    return found


def entry_of(record: UUID) -> Entry | None:
    """One entry by its record id."""
    row = Row.objects.filter(record_id=record).first()
    return _decoded(row, installed()) if row else None


def said_by(records: Sequence[UUID]) -> dict[UUID, tuple[UUID | None, datetime]]:
    """Whose account each of these records is, and when it reached us."""
    found: dict[UUID, tuple[UUID | None, datetime]] = {}
    for some in (records[start : start + 500] for start in range(0, len(records), 500)):
        rows = Row.objects.filter(record_id__in=some).values_list("record_id", "actor", "received_at")
        found |= {record: (actor, at) for record, actor, at in rows}
    return found


def entries_of(records: Collection[UUID]) -> list[Entry]:
    """These entries by their record ids, in the order they came; unknown ones left out."""
    house, ids = installed(), sorted(records)
    parts = [ids[start : start + _MOST_IN_A_QUERY] for start in range(0, len(ids), _MOST_IN_A_QUERY)]
    rows = [row for part in parts for row in Row.objects.filter(record_id__in=part)]
    return [_decoded(row, house) for row in sorted(rows, key=lambda row: row.position)]


def entries_at(positions: Collection[int]) -> list[Entry]:
    """The same by their positions."""
    house, wanted = installed(), sorted(positions)
    parts = [wanted[start : start + _MOST_IN_A_QUERY] for start in range(0, len(wanted), _MOST_IN_A_QUERY)]
    return [
        _decoded(row, house) for part in parts for row in Row.objects.filter(position__in=part).order_by("position")
    ]


_MOST_IN_A_QUERY = 500


def _decoded(row: Row, house: House) -> Entry:
    kind = house.kinds.get(row.kind)
    key = keyring.get(KeyName(row.key)) if kind else None
    body = None
    if key is not None:
        body = house.body_decoders[row.kind].decode(
            key.open(bytes(row.sealed), about=body_place(row.record_id, row.kind))
        )
    return Entry(
        position=row.position,
        id=RecordId(row.record_id),
        kind=row.kind,
        at=row.at,
        received_at=row.received_at,
        day=row.day,
        area=AreaId(row.area_id),
        key=KeyName(row.key),
        facts=msgspec.json.decode(row.facts, type=kind.facts if kind else Any),
        body=body,
        actor=AccountId(row.actor) if row.actor else None,
        device=DeviceId(row.device) if row.device else None,
        flags=tuple(flag for flag in row.flags.split(",") if flag),
        cause=RecordId(row.cause) if row.cause else None,
        attachments=row.attachments,
        n=row.n,
    )


def held_open(*, limit: int = 200) -> list[HeldView]:
    """What waits to be worked off, oldest first."""
    rows = HeldRecord.objects.filter(settled_at=None).order_by("received_at", "id")[:limit]
    return [HeldView(r.id, r.record_id, r.kind, r.why, r.received_at, r.account, r.device, _area(r)) for r in rows]


def _area(row: HeldRecord) -> AreaId | None:
    return AreaId(row.area_id) if row.area_id else None


def held_count() -> int:
    """How many records wait."""
    return int(query("SELECT count(*) FROM ledger_heldrecord WHERE settled_at IS NULL")[0][0])


def chain_at(position: int) -> str:
    """The chain's digest at the commit that holds this position, in hexadecimal."""
    batch = Batch.objects.filter(last__gte=position).order_by("last").first()
    return bytes(batch.digest).hex() if batch else ""


def verify(*, heads: Mapping[int, bytes] = MappingProxyType({})) -> list[Broken]:
    """Recompute every digest and the chain over them. Needs no key; an empty list means nothing was altered,
    removed or reordered. The first of the list is the first position that is wrong.

    Somebody who can write these tables can chain anew what they altered, or cut off the end. Against that help only
    `heads` that were kept elsewhere: the positions and digests of commits as they once were.
    """
    broken: list[Broken] = []
    expected, previous, vouched_for = 1, FIRST_DIGEST, 0
    rows = _readable(Row.objects.order_by("position").iterator(chunk_size=2000))
    for batch in Batch.objects.order_by("last").iterator(chunk_size=2000):
        if batch.first != expected:
            return [*broken, Broken(expected, "chain")]
        digests, altered = [], len(broken)
        for _ in range(batch.first, batch.last + 1):
            row = next(rows, None)
            if row is None or row.position != expected:
                return [*broken, Broken(expected, "missing")]
            if _digest(row) != bytes(row.digest):
                broken.append(Broken(row.position, "altered"))
            digests.append(bytes(row.digest))
            expected += 1
        previous = chained(previous, digests)
        if previous != bytes(batch.digest):
            # Which of its entries was chained anew cannot be told; one that shows it by itself is named already.
            return broken if len(broken) > altered else [*broken, Broken(batch.first, "chain")]
        if heads.get(batch.last, previous) != previous:
            return [*broken, Broken(vouched_for + 1, "head")]
        vouched_for = batch.last if batch.last in heads else vouched_for
    if next(rows, None) is not None:
        broken.append(Broken(expected, "unchained"))
    elif any(head >= expected or (head and head > vouched_for) for head in heads):
        broken.append(Broken(min(vouched_for + 1, expected), "head"))
    return broken


def _readable(rows: Iterator[Row]) -> Iterator[Row | None]:
    """Up to the first row in which a column holds what no entry ever held; that one is as good as missing."""
    try:
        yield from rows
    except (ValueError, TypeError):
        yield None


def _digest(row: Row) -> bytes:
    pieces: list[bytes] = []
    if row.attachments:
        found = Attachment.objects.filter(record_id=row.record_id).order_by("no").values_list("no", "sealed")
        if [no for no, _ in found] != list(range(row.attachments)):
            return b""  # pieces that are fewer or more, or counted otherwise, are not this entry's
        pieces = [bytes(sealed) for _, sealed in found]
    open_fields = (
        *(row.position, row.record_id, row.kind, row.at, row.received_at, row.day, row.n, row.actor, row.device),
        *(row.area_id, row.key, row.flags, row.cell, row.cause, row.facts),
        *(bytes(row.subject) if row.subject is not None else None, bytes(row.content)),
    )
    return entry_digest(open_fields, sealed=bytes(row.sealed), attachments=pieces)


def table_digests(tables: Sequence[str]) -> dict[str, bytes]:
    """A digest per table that depends on its rows and not on their order."""
    return {table: _table_digest(table) for table in tables}


def _table_digest(table: str) -> bytes:
    total = 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        order = sorted(range(len(cursor.description)), key=lambda i: cursor.description[i][0])
        for row in iter(cursor.fetchone, None):
            plain = [bytes(row[i]) if isinstance(row[i], memoryview) else row[i] for i in order]
            total += int.from_bytes(hashlib.sha256(repr(plain).encode()).digest())
    return (total % 2**256).to_bytes(32)


LOADERS: tuple[Loader, ...] = ()


def _chain_head(copy: Any) -> dict[str, Any]:
    """Where the chain of a copied database ends, and whether every position below is there."""
    newest = copy.execute("SELECT last, digest FROM ledger_batch ORDER BY last DESC LIMIT 1").fetchone()
    last, digest = newest or (0, FIRST_DIGEST)
    (entries,) = copy.execute("SELECT count(*) FROM ledger_entry").fetchone()
    return {"position": last, "digest": bytes(digest).hex(), "entries": entries}


def _is_ours(seen: dict[str, Any]) -> bool:
    """Was that the head of this very ledger at some time?"""
    batch = Batch.objects.filter(last=seen["position"]).first()
    digest = bytes(batch.digest) if batch else FIRST_DIGEST
    return bool(seen["entries"] == seen["position"] and seen["digest"] == digest.hex())


def _faults() -> list[str]:
    return [f"ledger {one.position} {one.what}" for one in verify()]


WITNESSES: tuple[Witness, ...] = (Witness("ledger", _chain_head, _is_ours, _faults),)


class EntryView(msgspec.Struct, frozen=True):
    """An entry as the log shows it: what happened, when, where, through whom. Never what was said about whom."""

    position: int
    id: RecordId
    kind: str
    at: datetime
    received_at: datetime
    area: AreaId
    actor: AccountId | None
    device: DeviceId | None
    flags: list[str]
    facts: dict[str, Any]


def entries_page(
    *,
    areas: Any = None,
    kind: str = "",
    actor: AccountId | None = None,
    after: int = 0,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[EntryView], int]:
    """One page of the log, latest first, and how long it is. Opens no body. `areas` is where to look an area up."""
    rows = Row.objects.filter(position__gt=after)
    rows = rows.filter(area_id__in=areas) if areas is not None else rows
    rows = rows.filter(kind__startswith=kind) if kind else rows
    rows = rows.filter(actor=actor) if actor else rows
    everything = areas is None and not kind and actor is None
    total = head() - after if everything else rows.count()
    if everything:  # positions have no gaps, so a page is found without counting up to it
        rows, offset = rows.filter(position__lte=head() - offset), 0
    return [_viewed(row) for row in rows.order_by("-position")[offset : offset + limit]], max(total, 0)


def entry_view(record: UUID) -> EntryView | None:
    """One entry of the log by its record id."""
    row = Row.objects.filter(record_id=record).first()
    return _viewed(row) if row else None


def _viewed(row: Row) -> EntryView:
    return EntryView(
        position=row.position,
        id=RecordId(row.record_id),
        kind=row.kind,
        at=row.at,
        received_at=row.received_at,
        area=AreaId(row.area_id),
        actor=AccountId(row.actor) if row.actor else None,
        device=DeviceId(row.device) if row.device else None,
        flags=[flag for flag in row.flags.split(",") if flag],
        facts=msgspec.json.decode(row.facts),
    )
