"""What duty writes into the ledger. All are acts; they name accounts and no resident, and outlive every incident."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.duty.terms import Crew, Shift, Station

STATION, SHIFT = "duty.station", "duty.shift"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class StationOpened(msgspec.Struct, frozen=True):
    """Somebody is to stand there from now on."""

    station: UUID
    area: AreaId
    name: Name


class ShiftPlanned(msgspec.Struct, frozen=True):
    """Somebody is put on."""

    shift: UUID
    station: UUID
    account: AccountId
    crew: Crew
    starts_at: Instant
    ends_at: Instant


class ShiftDropped(msgspec.Struct, frozen=True):
    """They are not put on after all."""

    shift: UUID


class SignedOn(msgspec.Struct, frozen=True):
    """They have come."""

    shift: UUID


class SignedOff(msgspec.Struct, frozen=True):
    """They have gone."""

    shift: UUID


class StationFacts(msgspec.Struct, frozen=True):
    """What of a station stays readable for ever."""

    station: UUID


class ShiftFacts(msgspec.Struct, frozen=True):
    """What of a shift stays readable for ever."""

    shift: UUID
    crew: Crew | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def _accept_station(heard: Heard, known: Known) -> Accepted:
    return Accepted(heard.body.area, REGISTER_KEY, StationFacts(heard.body.station))


def _accept_planned(heard: Heard, known: Known) -> Accepted | Held:
    body: ShiftPlanned = heard.body
    station: Station | None = known.get(Reference(STATION, body.station))
    if station is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.station)
    return Accepted(station.area, REGISTER_KEY, ShiftFacts(body.shift, body.crew, body.starts_at, body.ends_at))


def _accept_on_shift(heard: Heard, known: Known) -> Accepted | Held:
    shift: Shift | None = known.get(Reference(SHIFT, heard.body.shift))
    if shift is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.shift)
    return Accepted(shift.area, REGISTER_KEY, ShiftFacts(shift.id))


def _on_shift(name: str, body: type[msgspec.Struct]) -> Kind:
    return Kind(name, body, ShiftFacts, _accept_on_shift, wants=_shift_of)


def _shift_of(body: Any) -> list[Reference]:
    return [Reference(SHIFT, body.shift)]


STATION_OPENED = Kind(
    "duty.station_opened.v1", StationOpened, StationFacts, _accept_station, makes=lambda body: [body.station]
)
SHIFT_PLANNED = Kind(
    "duty.shift_planned.v1",
    ShiftPlanned,
    ShiftFacts,
    _accept_planned,
    wants=lambda body: [Reference(STATION, body.station)],
    makes=lambda body: [body.shift],
)
SHIFT_DROPPED = _on_shift("duty.shift_dropped.v1", ShiftDropped)
SIGNED_ON = _on_shift("duty.signed_on.v1", SignedOn)
SIGNED_OFF = _on_shift("duty.signed_off.v1", SignedOff)

KINDS = (STATION_OPENED, SHIFT_PLANNED, SHIFT_DROPPED, SIGNED_ON, SIGNED_OFF)
