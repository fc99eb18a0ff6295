"""From arrivals to fates: one transaction for everything that has queued up.

A fact is never refused for being inconvenient: what cannot be counted now is held, with what it waits for. Whatever
order, splitting or repetition the records come in, the same entries and counts result.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from django.db import InterfaceError, OperationalError

from lianfang.foundation.kernel.ids import AreaId, DeviceId, new_id
from lianfang.foundation.kernel.keys import HELD_KEY
from lianfang.foundation.kernel.moments import CLOCK_ODD
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.arrivals import Arrival, Sending, read
from lianfang.foundation.ledger.house import House, installed
from lianfang.foundation.ledger.records import DeviceCount, HandInReply
from lianfang.foundation.ledger.terms import Accepted, Entry, Fate, Held, HeldWhy, Sender
from lianfang.foundation.ledger.turn import Saying, Turn, open_turn
from lianfang.foundation.ledger.turnstile import Lane
from lianfang.foundation.plumbing.database import as_uuid, marks
from lianfang.foundation.plumbing.sealing import keyring

log = logging.getLogger(__name__)

# Too late: what it belongs to was forgotten. The one thing that is refused without being malformed, and of which
# nothing is kept: keeping it would bring back what was promised to be gone.
FORGOTTEN = "ledger.forgotten"

# The database cannot be written at all: nothing is decided.
# (A broken constraint is a projection's fault, and one record's.)
NO_STORAGE = (OperationalError, InterfaceError)
_MOST_IN_A_QUERY = 4096


class HeldRaw(msgspec.Struct, frozen=True):
    """What is sealed with a held record: the record as it came, and where its sender might record."""

    raw: bytes
    areas: list[UUID]


def hand_in_group(sendings: Sequence[Sending], *, at: datetime) -> list[HandInReply]:
    """Decide and store the records of several requests in one transaction; replies in the same order."""
    house = installed()
    groups = [_read_all(sending, house) for sending in sendings]
    arrivals = [arrival for group in groups for arrival in group]
    try:
        with open_turn(Lane.RECORDS, by=THE_HOUSE, at=at) as turn:
            settled = _settle(turn, arrivals)
    except NO_STORAGE:
        raise
    except Exception:
        log.exception("a batch could not be folded; deciding its records one by one")
        groups = [_read_all(sending, house) for sending in sendings]
        settled = _one_by_one([arrival for group in groups for arrival in group], at=at)
    if settled.somebody_waits and work_off(_came_into_being(a for group in groups for a in group), at=at):
        settled.devices |= device_counts(settled.devices)
    return [
        HandInReply([a.receipt() for a in group], settled.position, settled.devices.get(sending.sender.device))
        for sending, group in zip(sendings, groups, strict=True)
    ]


class _Settled(msgspec.Struct):
    """What a transaction came to: the head, the devices' counts, and whether older records wait for something."""

    position: int = 0
    devices: dict[DeviceId, DeviceCount] = {}
    somebody_waits: bool = False


def _read_all(sending: Sending, house: House) -> list[Arrival]:
    return [read(raw, sender=sending.sender, received_at=sending.received_at, house=house) for raw in sending.raws]


def _settle(turn: Turn, arrivals: Sequence[Arrival]) -> _Settled:
    """Give every arrival its fate and write what follows from it."""
    _ask_who_they_are_now(turn, arrivals)
    firsts, twins = _tell_twins(arrivals)
    _answer_known(turn, firsts)
    _accept_in_rounds(turn, [a for a in firsts if a.fate is None])
    _place_revoked(turn, [a for a in firsts if a.code == HeldWhy.DEVICE_REVOKED])
    _answer_twins(twins)
    _keep_held(turn, [a for a in arrivals if a.fate is Fate.HELD and not a.held_before])
    _keep_refused(turn, [a for a in arrivals if a.fate is Fate.REFUSED])
    somebody_waits = turn.fold.execute(_SOMEBODY_WAITS).fetchone() is not None
    return _Settled(turn.head, _count_by_device(turn, arrivals), somebody_waits)


def _ask_who_they_are_now(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    """A phone may have been withdrawn, or its account closed, while its records stood in the queue; what another
    process decided is known since the turn began.
    """
    standing = {
        sender.device: turn.house.standing(sender, turn.at)
        for sender in {id(a.sender): a.sender for a in arrivals}.values()
    }
    for arrival in arrivals:
        now = standing[arrival.sender.device]
        if now is not arrival.sender and now != arrival.sender:
            arrival.sender = now
            if now.revoked and arrival.heard is not None and arrival.fate is None:
                arrival.hold(HeldWhy.DEVICE_REVOKED)


_SOMEBODY_WAITS = "SELECT 1 FROM ledger_heldrecord WHERE settled_at IS NULL AND waits_for IS NOT NULL LIMIT 1"


def _one_by_one(arrivals: Sequence[Arrival], *, at: datetime) -> _Settled:
    """After a projection failed on the batch: every record in its own transaction, the failing ones held."""
    total = _Settled()
    for arrival in arrivals:
        try:
            with open_turn(Lane.RECORDS, by=THE_HOUSE, at=at) as turn:
                settled = _settle(turn, [arrival])
        except NO_STORAGE:
            raise
        except Exception:
            log.exception("a record could not be folded; it is held", extra={"record": str(arrival.id)})
            arrival.accepted = None
            arrival.hold(HeldWhy.PROJECTION_FAILED)
            with open_turn(Lane.RECORDS, by=THE_HOUSE, at=at) as turn:
                settled = _settle(turn, [arrival])
        total = _Settled(settled.position, total.devices | settled.devices, settled.somebody_waits)
    return total


def _tell_twins(arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[tuple[Arrival, Arrival]]]:
    """Split off what came twice in this very group: (twin, the first of its id)."""
    firsts: dict[UUID, Arrival] = {}
    twins: list[tuple[Arrival, Arrival]] = []
    for arrival in arrivals:
        if arrival.id is None or arrival.fate is Fate.REFUSED:
            continue
        first = firsts.setdefault(arrival.id, arrival)
        if first is not arrival:
            twins.append((arrival, first))
    return list(firsts.values()), twins


def _answer_twins(twins: Iterable[tuple[Arrival, Arrival]]) -> None:
    for twin, first in twins:
        if twin.said != first.said:
            twin.hold(HeldWhy.SAME_ID_OTHER_CONTENT)
        elif first.fate is Fate.STORED:
            twin.fate, twin.code = Fate.ALREADY_HELD, None
        else:
            twin.fate, twin.code, twin.held_before = first.fate, first.code, True


def _answer_known(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    """Already held, or the same id saying something else."""
    ids = [a.id for a in arrivals if a.id is not None]
    entries = {as_uuid(i): (key, bytes(content)) for i, key, content in _rows(turn, _KNOWN_ENTRIES, ids)}
    held: dict[Any, list[tuple[str, bytes, bool]]] = {}
    for i, why, content, settled in _rows(turn, _KNOWN_HELD, ids):
        held.setdefault(as_uuid(i), []).append((why, bytes(content), settled is not None))
    for arrival in arrivals:
        if arrival.id in entries:
            _compare_with_entry(arrival, *entries[arrival.id])
        if arrival.id in held:
            _compare_with_held(turn, arrival, held[arrival.id])


_KNOWN_ENTRIES = "SELECT record_id, key, content FROM ledger_entry WHERE record_id IN ({ids})"
_KNOWN_HELD = "SELECT record_id, why, content, settled_at FROM ledger_heldrecord WHERE record_id IN ({ids})"
_KNOWN_PARENTS = "SELECT record_id FROM ledger_entry WHERE record_id IN ({ids})"


def _rows(turn: Turn, sql: str, ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(ids), _MOST_IN_A_QUERY):
        spelt, part = marks(ids[start : start + _MOST_IN_A_QUERY])
        found += turn.fold.execute(sql.format(ids=spelt), part).fetchall()
    return found


def _compare_with_entry(arrival: Arrival, key_name: str, content: bytes) -> None:
    key = keyring.get(key_name)  # type: ignore[arg-type]
    # After the key is gone nothing can be compared any more, and nothing new may be kept about it either.
    if key is None or key.content_hash(arrival.said) == content:
        arrival.fate, arrival.code = Fate.ALREADY_HELD, None
    else:
        arrival.hold(HeldWhy.SAME_ID_OTHER_CONTENT)


def _compare_with_held(turn: Turn, arrival: Arrival, rows: Sequence[tuple[str, bytes, bool]]) -> None:
    content = keyring.ensure(HELD_KEY, at=turn.at).content_hash(arrival.said)
    same = [(why, settled) for why, known, settled in rows if known in (content, b"")]  # empty: since forgotten
    if not same:
        if arrival.fate is None:
            arrival.hold(HeldWhy.SAME_ID_OTHER_CONTENT)
    elif arrival.fate is not Fate.ALREADY_HELD:
        why, settled = same[0]
        arrival.fate, arrival.code = (Fate.ALREADY_HELD, None) if settled else (Fate.HELD, why)
        arrival.held_before = True


def _accept_in_rounds(turn: Turn, arrivals: list[Arrival]) -> None:
    """Accept what can be; then what only waited for that; until nothing moves any more."""
    due = arrivals
    while due:
        _ask_kinds(turn, due)
        accepted = [a for a in due if a.accepted is not None and a.fate is None]
        _store(turn, accepted)
        made = _came_into_being(accepted)
        due = [a for a in arrivals if a.fate is Fate.HELD and a.waits_for in made]
        for arrival in due:
            arrival.fate = arrival.code = arrival.waits_for = None
        turn.known.doubt()


def _ask_kinds(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    """Every kind's own `accept()`, the parent it needs, and whether it lies inside its sender's areas."""
    heard = [(a, a.kind, a.heard) for a in arrivals if a.kind is not None and a.heard is not None]
    turn.known.preheat(reference for _, kind, h in heard for reference in kind.wants(h.body))
    parents = [kind.parent(h.body) for _, kind, h in heard]
    named = {parent for parent in parents if parent is not None}
    stored = {as_uuid(i) for (i,) in _rows(turn, _KNOWN_PARENTS, list(named))} if named else set()
    on = turn.at.date()
    reach = cache(lambda areas, area: not areas.isdisjoint(turn.fold.lineage(area, on)))
    for (arrival, kind, h), parent in zip(heard, parents, strict=True):
        if parent is not None and parent not in stored:
            arrival.hold(HeldWhy.PARENT_MISSING, parent)
            continue
        answer = kind.accept(h, turn.known)
        if isinstance(answer, Held):
            arrival.hold(answer.why, answer.waits_for)
        elif keyring.is_destroyed(answer.key):
            arrival.refuse(FORGOTTEN)
        elif not any(reach(arrival.sender.areas, area) for area in (answer.area, *answer.lately)):
            arrival.hold(HeldWhy.OUT_OF_SCOPE)
            arrival.accepted = answer
        else:
            arrival.accepted = answer


def _place_revoked(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    """Find out where a withdrawn phone's records belong, so that somebody of that place gets to see that they wait."""
    for arrival in arrivals:
        if arrival.kind is not None and arrival.heard is not None:
            answer = turn.consider(arrival.kind, arrival.heard)
            arrival.accepted = answer if isinstance(answer, Accepted) else None


def _store(turn: Turn, accepted: Sequence[Arrival]) -> list[Entry]:
    entries = turn.write_many(
        [
            Saying(a.kind, a.heard, a.accepted, bytes(a.record.body), a.said)
            for a in accepted
            if a.kind and a.heard and a.accepted and a.record
        ]
    )
    turn.project(entries)
    for arrival, entry in zip(accepted, entries, strict=True):
        arrival.fate, arrival.clock_odd = Fate.STORED, CLOCK_ODD in entry.flags
    return entries


def _came_into_being(arrivals: Iterable[Arrival]) -> set[UUID]:
    """The ids that others may have waited for: of the stored records themselves and of what they make."""
    stored = [a for a in arrivals if a.fate is Fate.STORED and a.kind and a.heard]
    made = {a.id for a in stored if a.id}
    for a in stored:
        made.update(a.kind.makes(a.heard.body))  # type: ignore[union-attr]
    return made


def _keep_held(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    if not arrivals:
        return
    key = keyring.ensure(HELD_KEY, at=turn.at)
    rows = []
    for a in arrivals:
        id = new_id()
        sealed = key.seal(msgspec.msgpack.encode(HeldRaw(a.raw, list(a.sender.areas))), about=held_place(id))
        kind = a.record.kind if a.record else ""
        area = a.accepted.area if a.accepted else None
        rows.append(
            (
                *(id, a.id, kind, a.code, a.waits_for, area, a.received_at, a.sender.account, a.sender.device),
                *(sealed, key.content_hash(a.said), None, ""),
            )
        )
    turn.fold.executemany(
        "INSERT INTO ledger_heldrecord (id, record_id, kind, why, waits_for, area_id, received_at, account, device,"
        f" sealed, content, settled_at, settled_how) VALUES ({', '.join(['%s'] * 13)})",
        rows,
    )


def held_place(id: UUID) -> bytes:
    """What binds a held record to its row."""
    return f"held/{id}".encode()


def _keep_refused(turn: Turn, arrivals: Sequence[Arrival]) -> None:
    arrivals = [a for a in arrivals if a.code != FORGOTTEN]
    if not arrivals:
        return
    key = keyring.ensure(HELD_KEY, at=turn.at)
    rows = []
    for a in arrivals:
        id = new_id()
        rows.append((id, a.received_at, a.sender.device, a.code, key.seal(a.raw, about=refused_place(id))))
    turn.fold.executemany(
        "INSERT INTO ledger_refused (id, received_at, device, code, sealed) VALUES (%s, %s, %s, %s, %s)", rows
    )


def refused_place(id: UUID) -> bytes:
    """What binds a refused record to its row."""
    return f"refused/{id}".encode()


def _count_by_device(turn: Turn, arrivals: Sequence[Arrival]) -> dict[DeviceId, DeviceCount]:
    """Add to what we have from each device; answers the sums."""
    counts: dict[DeviceId, list[int]] = {}
    latest: dict[DeviceId, datetime] = {}
    for a in arrivals:
        device = a.sender.device
        row = counts.setdefault(device, [0, 0, 0, 0])
        row[0] += a.fate is Fate.STORED
        row[1] += a.fate is Fate.HELD and not a.held_before
        row[2] = max(row[2], (a.record.n or 0) if a.record else 0)
        row[3] += a.fate is Fate.STORED and a.clock_odd
        latest[device] = max(a.received_at, latest.get(device, a.received_at))
    sums: dict[DeviceId, DeviceCount] = {}
    due = [(device, *row, latest[device]) for device, row in sorted(counts.items())]
    for start in range(0, len(due), _DEVICES_AT_ONCE):
        part = due[start : start + _DEVICES_AT_ONCE]
        values = [value for row in part for value in row]
        for device, *row in turn.fold.execute(_count_devices(len(part)), values).fetchall():
            sums[DeviceId(as_uuid(device))] = DeviceCount(*row)  # type: ignore[arg-type]
    return sums


_HIGHEST = (
    "CASE WHEN excluded.highest_n > ledger_devicetally.highest_n"
    " THEN excluded.highest_n ELSE ledger_devicetally.highest_n END"
)
_DEVICES_AT_ONCE = 64


@cache
def _count_devices(devices: int) -> str:
    return (
        "INSERT INTO ledger_devicetally (device, stored, held, highest_n, clock_odd, last_at)"
        f" VALUES {', '.join(['(%s, %s, %s, %s, %s, %s)'] * devices)}"
        " ON CONFLICT (device) DO UPDATE SET stored = ledger_devicetally.stored + excluded.stored,"
        f" held = ledger_devicetally.held + excluded.held, highest_n = {_HIGHEST},"
        " clock_odd = ledger_devicetally.clock_odd + excluded.clock_odd, last_at = excluded.last_at"
        " RETURNING device, stored, held, highest_n"
    )


def device_counts(devices: Iterable[DeviceId]) -> dict[DeviceId, DeviceCount]:
    """What we have from these devices."""
    from lianfang.foundation.ledger.models import DeviceTally

    rows = DeviceTally.objects.filter(device__in=list(devices)).values_list("device", "stored", "held", "highest_n")
    return {DeviceId(device): DeviceCount(stored, held, highest) for device, stored, held, highest in rows}


def work_off(came: Iterable[UUID], *, at: datetime) -> int:
    """Try again whatever was waiting for these ids, each by itself, until nothing is freed any more; answers how
    many were stored.
    """
    from lianfang.foundation.ledger.models import HeldRecord

    freed, came = 0, set(came)
    while came:
        part = list(came)[:_MOST_IN_A_QUERY]
        came.difference_update(part)
        for row in HeldRecord.objects.filter(waits_for__in=part, settled_at=None).order_by("received_at", "id"):
            arrival = retry(row, at=at)
            if arrival.fate is Fate.STORED:
                freed += 1
                came |= _came_into_being([arrival])
    return freed


def retry(row: Any, *, at: datetime, anywhere: bool = False) -> Arrival:
    """Decide a held record again; `anywhere` when a person vouches for its place or its device. It stays held
    unless it is stored.
    """
    arrival = _reread(row)
    try:
        with open_turn(Lane.RECORDS, by=THE_HOUSE, at=at) as turn:
            if anywhere:
                _vouch(turn, arrival)
            _answer_entry_only(turn, arrival)
            if arrival.fate is None:
                _accept_in_rounds(turn, [arrival])
            if arrival.fate in (Fate.STORED, Fate.ALREADY_HELD):
                _settle_row(turn, row, stored=arrival.fate is Fate.STORED)
            else:
                _note_why(turn, row, arrival)
    except NO_STORAGE:
        raise
    except Exception:
        log.exception("a held record could not be folded", extra={"record": str(arrival.id)})
        arrival.hold(HeldWhy.PROJECTION_FAILED)
    return arrival


def _reread(row: Any) -> Arrival:
    kept = msgspec.msgpack.decode(
        keyring.need(HELD_KEY).open(bytes(row.sealed), about=held_place(row.id)), type=HeldRaw
    )
    sender = Sender(row.account, row.device, frozenset(AreaId(area) for area in kept.areas))
    return read(kept.raw, sender=sender, received_at=row.received_at, house=installed())


def _vouch(turn: Turn, arrival: Arrival) -> None:
    """A person has confirmed it: its sender's areas no longer matter."""
    if arrival.kind and arrival.heard:
        turn.known.preheat(arrival.kind.wants(arrival.heard.body))
        answer = arrival.kind.accept(arrival.heard, turn.known)
        if isinstance(answer, Accepted):
            arrival.sender = Sender(arrival.sender.account, arrival.sender.device, frozenset([answer.area]))


def _answer_entry_only(turn: Turn, arrival: Arrival) -> None:
    for _, key, content in _rows(turn, _KNOWN_ENTRIES, [arrival.id] if arrival.id else []):
        _compare_with_entry(arrival, key, bytes(content))


def _settle_row(turn: Turn, row: Any, *, stored: bool) -> None:
    turn.fold.execute(
        "UPDATE ledger_heldrecord SET settled_at = %s, settled_how = %s WHERE id = %s AND settled_at IS NULL",
        (turn.at, "counted" if stored else "known", row.id),
    )
    turn.fold.execute(
        "UPDATE ledger_devicetally SET stored = stored + %s, held = held - 1 WHERE device = %s",
        (int(stored), row.device),
    )


def _note_why(turn: Turn, row: Any, arrival: Arrival) -> None:
    turn.fold.execute(
        "UPDATE ledger_heldrecord SET why = %s, waits_for = %s WHERE id = %s",
        (arrival.code or row.why, arrival.waits_for, row.id),
    )
