"""When each device was last heard of. Kept in memory and written down every few seconds: every request of every phone
is a contact, and none of them is worth a transaction.
"""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from lianfang.foundation.plumbing.database import as_uuid, query
from lianfang.ground.access.models import DeviceContact


class Contact(msgspec.Struct, frozen=True):
    """The last one."""

    at: datetime
    clock_offset_s: float | None = None


ODD = timedelta(minutes=2)
_lock = threading.Lock()
_unwritten: dict[UUID, Contact] = {}


def note(device: UUID, *, at: datetime, device_clock: datetime | None = None) -> None:
    """A device was heard of; `device_clock` is what its own clock said then. Costs nothing."""
    offset = (device_clock - at).total_seconds() if device_clock else None
    with _lock:
        before = _unwritten.get(device)
        kept = before.clock_offset_s if before and offset is None else offset
        _unwritten[device] = Contact(at, kept)


def write() -> int:
    """Write down what was noted since the last time; answers for how many devices."""
    with _lock:
        noted = dict(_unwritten)
    if not noted:
        return 0
    known = last_written(noted)
    rows = [
        DeviceContact(
            device_id=id, at=c.at, clock_offset_s=c.clock_offset_s if c.clock_offset_s is not None else offset
        )
        for id, c in noted.items()
        for offset in [known[id].clock_offset_s if id in known else None]
    ]
    DeviceContact.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["device_id"], update_fields=["at", "clock_offset_s"]
    )
    with _lock:
        for id, contact in noted.items():
            if _unwritten.get(id) == contact:
                del _unwritten[id]
    return len(noted)


def last(devices: Iterable[UUID]) -> dict[UUID, Contact]:
    """The last contact of each device that was ever heard of."""
    ids = list(devices)
    found = last_written(ids)
    with _lock:
        fresh = {id: _unwritten[id] for id in ids if id in _unwritten}
    for id, contact in fresh.items():
        offset = contact.clock_offset_s
        if offset is None and id in found:
            offset = found[id].clock_offset_s
        found[id] = Contact(contact.at, offset)
    return found


def last_written(devices: Iterable[UUID]) -> dict[UUID, Contact]:
    """The same as written down."""
    rows = DeviceContact.objects.filter(device_id__in=list(devices))
    return {row.device_id: Contact(row.at, row.clock_offset_s) for row in rows}


_ODD = "SELECT device_id FROM access_devicecontact WHERE clock_offset_s > %s OR clock_offset_s < %s"


def with_odd_clocks() -> list[UUID]:
    """The devices whose own clock was off by more than can be overlooked when they last said what it shows."""
    most = ODD.total_seconds()
    rows = query(_ODD, (most, -most))
    with _lock:
        fresh = {id: c.clock_offset_s for id, c in _unwritten.items() if c.clock_offset_s is not None}
    written = {id for row in rows if (id := as_uuid(row[0])) and id not in fresh}
    return [*written, *(id for id, offset in fresh.items() if abs(offset) > most)]


def forget() -> None:
    """Drop what was not written down (between tests)."""
    with _lock:
        _unwritten.clear()
