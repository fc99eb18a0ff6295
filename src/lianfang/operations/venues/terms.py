"""The words of venues: codes at places, what was scanned, and warrants of two people. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, ResidentId

DAYS_KEPT = 14  # whole days after the day of a visit
NEAR = timedelta(minutes=15)  # two who were there within this time of each other were there together
LONGEST_WINDOW = timedelta(hours=24)  # of a warrant about a place
UNSIGNED_LAPSES_AFTER = timedelta(hours=24)
READ_WITHIN = timedelta(hours=24)

Plain = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ScanHow(StrEnum):
    """How a code came to be scanned, as far as whoever scanned it says."""

    AT_THE_DOOR = "at_the_door"  # by a colleague who stood there
    BY_KEEPER = "by_keeper"  # by whoever keeps the place
    SENT_ON = "sent_on"  # from a picture, or from afar: kept, and no visit


class PosterPaper(StrEnum):
    """What a poster is printed on."""

    A4 = "a4"
    ROLL = "roll"  # 80 mm wide, as receipts are


class VenueCode(msgspec.Struct, frozen=True):
    """A place's code 场所码. It is good for nothing once its incident is over, or it is withdrawn."""

    id: UUID
    no: int
    place: UUID
    area: AreaId
    incident: IncidentId
    name: str
    door: str
    contact: str
    issued_at: datetime
    withdrawn_at: datetime | None = None


class VenueCodeRow(msgspec.Struct, frozen=True):
    """A code at the desk: where it hangs, whether it counts now, and how often it was shown today."""

    id: UUID
    place: UUID
    name: str
    where: str
    incident_name: str
    ends_at: datetime
    drill: bool
    good: bool
    issued_at: datetime
    withdrawn_at: datetime | None
    visits_today: int


class VenueCodes(msgspec.Struct, frozen=True):
    """The codes of an area and all below it. `can_issue`: an open incident's pack lets gates ask there."""

    rows: list[VenueCodeRow]
    can_issue: bool
    as_of: datetime


class VenueHour(msgspec.Struct, frozen=True):
    """Visits that began in one hour, and how many different tokens there were among them."""

    hour: datetime
    visits: int
    different: int


class VenueWindow(msgspec.Struct, frozen=True):
    """How many were at a place in a window. It names nobody; whoever stayed from one hour into the next counts in
    both.
    """

    name: str
    hours: list[VenueHour]
    visits: int
    as_of: datetime


class WarrantTerms(msgspec.Struct, frozen=True):
    """What two people want to know, and why: who was at a place in a few hours, or who was near one case."""

    incident: IncidentId
    starts_at: datetime
    ends_at: datetime
    reason: Plain
    place: UUID | None = None
    resident: ResidentId | None = None


class WarrantState(StrEnum):
    """How far a warrant has come. Computed from its dates, never stored."""

    PROPOSED = "proposed"
    LAPSED = "lapsed"  # nobody signed it in time
    DECLINED = "declined"
    SIGNED = "signed"  # it may be read under it
    OVER = "over"  # its day, or its incident, is over


class Warrant(msgspec.Struct, frozen=True):
    """A warrant 查询令: two people let themselves look up who was there."""

    id: UUID
    area: AreaId
    terms: WarrantTerms
    proposed_by: AccountId
    proposed_at: datetime
    signed_by: AccountId | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    readings: int = 0


class WarrantRow(msgspec.Struct, frozen=True):
    """A warrant at the desk. `about`: the place, or the masked name of the case."""

    id: UUID
    state: WarrantState
    about: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    proposed_by: str
    proposed_at: datetime
    signed_by: str
    signed_at: datetime | None
    visits: int | None  # how many visits it reaches, before anybody is read; None until it is signed
    readings: int


class VenueWarrants(msgspec.Struct, frozen=True):
    """The warrants of an area and all below it, the latest first."""

    rows: list[WarrantRow]
    as_of: datetime


class PersonThere(msgspec.Struct, frozen=True):
    """Somebody whose code was noted: when first and last, and how often. It is no proof that they were there."""

    resident: ResidentId
    name: str
    where: str
    phone_masked: str
    first_at: datetime
    last_at: datetime
    times: int


class WarrantReading(msgspec.Struct, frozen=True):
    """What a warrant showed. `elsewhere`: people whom the reader may not see; `unknown`: without a code of ours, or
    one that was forgotten.
    """

    people: list[PersonThere]
    visits: int
    elsewhere: int
    unknown: int
    as_of: datetime


class Seen(msgspec.Struct, frozen=True):
    """A visit as the tables hold it: when, by which token, and at which position of the ledger."""

    at: datetime
    token: bytes
    position: int
