"""The words of duty: stations, crews, shifts, and who is on call. Pure."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId


class Crew(StrEnum):
    """In which crew somebody stands."""

    DUTY = "duty"  # 值班组: at the station
    RESPONSE = "response"  # 应急组: called when something happens


class ShiftState(StrEnum):
    """How far a shift has come. Computed from its times, never stored."""

    PLANNED = "planned"
    DROPPED = "dropped"
    MISSED = "missed"  # it runs, and they have not come
    ON = "on"
    OFF = "off"


class Station(msgspec.Struct, frozen=True):
    """Where somebody stands or sits 值守点."""

    id: UUID
    area: AreaId
    name: str


class Shift(msgspec.Struct, frozen=True):
    """A person at a station, from when until, not including, when."""

    id: UUID
    station: UUID
    area: AreaId
    account: AccountId
    crew: Crew
    starts_at: datetime
    ends_at: datetime
    dropped_at: datetime | None = None
    on_at: datetime | None = None
    off_at: datetime | None = None


class OnCall(msgspec.Struct, frozen=True):
    """Somebody who is to be called just now, and whether they are there."""

    shift: UUID
    account: AccountId
    crew: Crew
    until: datetime
    is_there: bool


class Unmanned(msgspec.Struct, frozen=True):
    """A time in which a crew of a station has nobody."""

    crew: Crew
    starts_at: datetime
    ends_at: datetime
