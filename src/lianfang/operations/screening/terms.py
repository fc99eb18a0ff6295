"""The words of screening: the board 统计板 of an incident's pack, and its roll call 点名. Pure."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, CampaignId, HouseholdId, IncidentId, ResidentId
from lianfang.foundation.kernel.measures import Unit
from lianfang.ground.posture.terms import Band, Level, Words
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory.terms import AreaKind


class MeasureSaid(msgspec.Struct, frozen=True):
    """A measure as it stands over its column."""

    name: str
    unit: Unit
    title: Words
    definition: Words


class IndexSaid(msgspec.Struct, frozen=True):
    """An index as it stands over its column: what it is, and by which table it is judged since when.

    `issuer`, `version` and `since` are of the policy in force; without one there are no bands.
    """

    name: str
    title: Words
    definition: Words
    numerator: str
    denominator: str
    per: int
    fewest: int
    bands: tuple[Band, ...] = ()
    issuer: str | None = None
    version: int | None = None
    since: datetime | None = None
    source: Words | None = None
    source_on: date | None = None


class IndexValue(msgspec.Struct, frozen=True):
    """An index of one area: both its numbers, and the value with one decimal. None: too few, or none at all."""

    name: str
    over: int
    under: int
    value: str | None
    level: Level | None = None
    word: Words | None = None


class Left(msgspec.Struct, frozen=True):
    """Who is left of a roll call: people who were met and are not settled, and people of homes nobody has met."""

    met: int
    unmet: int
    people: int


class AreaBoard(msgspec.Struct, frozen=True):
    """One area on the board."""

    area: AreaId
    name: str
    kind: AreaKind
    within: str
    counts: dict[str, int]
    indices: tuple[IndexValue, ...]
    left: Left | None = None


class RollSaid(msgspec.Struct, frozen=True):
    """What being left is called."""

    left: Words
    nobody_left: Words


class Board(msgspec.Struct, frozen=True):
    """An incident's numbers since a day, for an area and each grid below it; the worst grids first."""

    as_of: datetime
    position: int
    incident: IncidentId
    title: Words
    drill: bool
    since: date
    campaign: UUID | None
    path: tuple[str, ...]
    measures: tuple[MeasureSaid, ...]
    indices: tuple[IndexSaid, ...]
    roll: RollSaid | None
    total: AreaBoard
    grids: tuple[AreaBoard, ...]


class RollRow(msgspec.Struct, frozen=True):
    """Somebody who is left, masked. `why`: said to be so, not said, or not met."""

    household: HouseholdId
    resident: ResidentId | None  # none: people the register does not know
    door: str
    name: str
    age: int | None
    help: tuple[Words, ...]
    why: str
    people: int = 1


class RollCall(msgspec.Struct, frozen=True):
    """Who is left on a grid: those who need help first, then the oldest."""

    as_of: datetime
    incident: IncidentId
    grid: AreaId
    name: str
    said: RollSaid
    people: int
    rows: tuple[RollRow, ...]


class FindingDocument(msgspec.Struct, frozen=True):
    """An open finding as a phone gets it: a re-check to be made at this door by that day. Of a place or building
    `household` names that.
    """

    campaign: CampaignId
    household: HouseholdId
    question: str
    label: Words
    found_on: date
    due_on: date
    of: TargetKind = TargetKind.HOUSEHOLDS
