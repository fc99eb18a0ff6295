"""Reading what a device sent, record by record, so that one bad record never spoils its batch."""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import RecordId
from lianfang.foundation.ledger.house import House
from lianfang.foundation.ledger.records import HandIn, Receipt, Record, SealedRecord
from lianfang.foundation.ledger.terms import Accepted, Fate, Heard, HeldWhy, Kind, Sender
from lianfang.foundation.ledger.turn import what_was_said
from lianfang.foundation.plumbing.sealing import open_sealed_record
from lianfang.foundation.plumbing.wire import holds_nul


class Sending(msgspec.Struct, frozen=True):
    """One request's records, as raw JSON, and whose they are."""

    raws: Sequence[bytes]
    sender: Sender
    received_at: datetime


class Arrival(msgspec.Struct):
    """One record on its way to a fate. Mutable: it collects what is found out about it."""

    raw: bytes
    sender: Sender
    received_at: datetime
    id: UUID | None = None
    record: Record | None = None
    kind: Kind | None = None
    heard: Heard | None = None
    said: bytes = b""
    accepted: Accepted | None = None
    fate: Fate | None = None
    code: str | None = None
    waits_for: UUID | None = None
    held_before: bool = False  # it waits in our own list already: there is nothing to hold anew
    where: str = ""
    clock_odd: bool = False

    def refuse(self, code: str, where: str = "") -> None:
        """Malformed, and nothing else."""
        self.fate, self.code, self.where = Fate.REFUSED, code, where

    def hold(self, why: HeldWhy, waits_for: UUID | None = None) -> None:
        """Kept, and waiting."""
        self.fate, self.code, self.waits_for = Fate.HELD, why, waits_for

    def receipt(self) -> Receipt:
        """What the device is told; the sentence is added where the language is known."""
        return Receipt(self.id, self.fate or Fate.HELD, self.code, self.where or None)


_record = msgspec.json.Decoder(Record)
_sealed_record = msgspec.json.Decoder(SealedRecord)


class _OnlyId(msgspec.Struct):
    id: UUID | None = None


def split(batch: bytes) -> list[bytes]:
    """The records of a batch, each as it was sent. Raises ValueError when it is not whole.

    A phone that writes half an emoji, which JavaScript lets it, makes JSON that is none. That is one record's fault:
    it must not keep the others from being stored, today and at every sending that follows.
    """
    try:
        return [bytes(raw) for raw in _batch.decode(batch).records]
    except (ValueError, RecursionError) as error:
        found = _split_leniently(_as_text(batch))
        if found is None:
            raise ValueError(str(error)) from None
        return [record.encode("utf-8", "surrogateescape") for record in found]


_batch = msgspec.json.Decoder(HandIn)
_lenient = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_BEGIN, _NEXT, _END = (
    re.compile(pattern) for pattern in (r'\s*\{\s*"records"\s*:\s*\[\s*', r"\s*,\s*", r"\s*\]\s*\}\s*$")
)


def _as_text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _split_leniently(text: str) -> list[str] | None:
    """Where each record begins and ends, whatever stands in it; None when that cannot be told."""
    mark = _BEGIN.match(text)
    found: list[str] = []
    try:
        while mark:
            _, end = _lenient.raw_decode(text, mark.end())
            found.append(text[mark.end() : end])
            if _END.match(text, end):
                return found
            mark = _NEXT.match(text, end)
    except (ValueError, RecursionError):
        return None
    return None


def read(raw: bytes, *, sender: Sender, received_at: datetime, house: House) -> Arrival:
    """Decode one record as far as it goes."""
    arrival = Arrival(raw=raw, sender=sender, received_at=received_at)
    try:
        arrival.record = record = _read_record(arrival)
        body = bytes(record.body)
        arrival.said = what_was_said(record.kind, record.at, record.n, body)
    except (ValueError, RecursionError) as error:
        _name(arrival)
        if arrival.fate is None:
            arrival.refuse("ledger.record_unreadable", str(error))
        return arrival
    arrival.id = record.id
    _read_body(arrival, record, body, house)
    return arrival


def _read_record(arrival: Arrival) -> Record:
    if b'"sealed"' not in arrival.raw:
        return _clean(arrival.raw)
    try:
        sealed = _sealed_record.decode(arrival.raw)
    except msgspec.ValidationError:
        return _clean(arrival.raw)
    arrival.id = sealed.id
    try:
        arrival.raw = open_sealed_record(sealed.id, b64decode(sealed.sealed, validate=True))
    except (ValueError, Base64Error):
        arrival.refuse("ledger.sealed_unreadable")
        raise
    record = _clean(arrival.raw)
    if record.id != sealed.id:
        raise ValueError("id")
    return record


def _clean(raw: bytes) -> Record:
    # A NUL cannot be stored as text on PostgreSQL, and no keyboard types one.
    if holds_nul(raw):
        raise ValueError("\\u0000")
    record = _record.decode(raw)
    try:
        if record.at.tzinfo is not UTC:
            record.at.astimezone(UTC)
    except OverflowError:  # the last hour of the year 9999, written in a time zone that is behind
        raise ValueError("Invalid RFC3339 encoded datetime - at `$.at`") from None
    return record


def _read_body(arrival: Arrival, record: Record, body: bytes, house: House) -> None:
    kind = house.kinds.get(record.kind)
    if kind is None:
        return arrival.hold(HeldWhy.NEWER_KIND)
    if not kind.from_devices:
        return arrival.refuse("ledger.kind_not_from_devices")
    try:
        decoded = house.body_decoders[record.kind].decode(body)
    except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
        return arrival.refuse("ledger.record_unreadable", str(error))
    arrival.kind = kind
    arrival.heard = Heard(
        id=RecordId(record.id),
        kind=record.kind,
        at=record.at,
        body=decoded,
        received_at=arrival.received_at,
        account=arrival.sender.account,
        device=arrival.sender.device,
        n=record.n,
        cause=RecordId(record.cause) if record.cause else None,
    )
    if arrival.sender.revoked:
        arrival.hold(HeldWhy.DEVICE_REVOKED)
    return None


def _name(arrival: Arrival) -> None:
    """Find at least the id of an unreadable record, so that the receipt can say which it was."""
    try:
        # A reader that lets half a character pass: an emoji cut in two must not cost the id.
        arrival.id = arrival.id or msgspec.convert(_lenient.decode(_as_text(arrival.raw)), _OnlyId).id
    except (ValueError, RecursionError):
        arrival.id = None
