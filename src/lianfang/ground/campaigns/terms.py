"""The words of campaigns: outcomes, states, what is counted. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY, KeyName, incident_key
from lianfang.ground.forms.terms import FormDocument, PublishedForm


class Outcome(StrEnum):
    """How an attempt to reach a household ended, in the worker's words."""

    DONE = "done"  # 已完成
    NOBODY_HOME = "nobody_home"  # 没人在
    REFUSED = "refused"  # 不愿接受
    ELSEWHERE = "elsewhere"  # 人在外地
    MOVED_AWAY = "moved_away"  # 已搬走
    VACANT = "vacant"  # 空户


class TaskState(StrEnum):
    """How far a task has come. Later members win over earlier ones."""

    UNTOUCHED = "untouched"  # 未走访
    ATTEMPTED = "attempted"  # 尝试未遇
    DONE = "done"  # 已完成
    STRUCK = "struck"  # 已核销


class Origin(StrEnum):
    """How a household came into a campaign."""

    LISTED = "listed"  # it stood in the register when the campaign began
    FOUND = "found"  # it was learnt of afterwards: at the door, or by a later roster


class Said(msgspec.Struct, frozen=True):
    """One outcome that somebody recorded. `corrects` names the entry whose outcome it takes the place of."""

    entry: UUID
    outcome: Outcome
    at: datetime
    day: date
    hour: int
    people: int = 0
    by: AccountId | None = None
    appointment: str | None = None
    corrects: UUID | None = None
    position: int = 0  # when we heard of it: decides where it is counted, never what


class Standing(msgspec.Struct, frozen=True):
    """Where a task stands after everything that was said about it."""

    state: TaskState = TaskState.UNTOUCHED
    outcome: Outcome | None = None
    entry: UUID | None = None  # whose word it is
    by: AccountId | None = None
    at: datetime | None = None
    day: date | None = None  # the day and hour it counts on
    hour: int | None = None
    people: int = 0
    attempts: int = 0
    appointment: str | None = None
    disputed: bool = False  # struck by one, and met by another
    heard: int = 0  # the position of the first word that brought it here


class Stay(msgspec.Struct, frozen=True, array_like=True):
    """Where a household's task has lain from a position on: the day it came there, and all above the grid (root first,
    the grid last).
    """

    position: int
    day: date
    above: tuple[AreaId, ...]


class Joining(msgspec.Struct, frozen=True):
    """How and when a household came into a campaign, and how many people the register expects there."""

    origin: Origin
    on: date
    people_due: int = 0


class CampaignRef(msgspec.Struct, frozen=True):
    """What a record's kind is told about a campaign it points at: `Reference("campaigns.campaign", id)`."""

    id: CampaignId
    name: str
    area: AreaId
    incident: IncidentId | None
    occasion: str
    form: PublishedForm
    starts_on: date
    ends_on: date
    drill: bool
    opened_at: datetime
    closed_at: datetime | None = None

    @property
    def key(self) -> KeyName:
        """Under what its answers are sealed."""
        return incident_key(self.incident) if self.incident else REGISTER_KEY


class CampaignDocument(msgspec.Struct, frozen=True):
    """A campaign as a phone gets it."""

    id: CampaignId
    name: str
    occasion: str
    drill: bool
    incident: IncidentId | None
    form: FormDocument
    starts_on: date
    ends_on: date
    listed: int


class TaskDocument(msgspec.Struct, frozen=True):
    """A task as a phone gets it."""

    campaign: CampaignId
    target: HouseholdId
    occasion: str
    state: TaskState
    outcome: Outcome | None
    at: datetime | None
    position: int
    appointment: str | None = None


class TaskSeen(msgspec.Struct, frozen=True):
    """Where one task stands, and nothing of anybody: `position` is of its last change, `as_of` the ledger's last when
    this was read.
    """

    campaign: CampaignId
    target: HouseholdId
    state: TaskState
    position: int
    as_of: int


class Totals(msgspec.Struct, frozen=True):
    """Coverage in numbers: households, and people once each. The denominator is never shown without its parts.

    done / (listed + found − struck); remaining = untouched + attempted.
    """

    listed: int = 0
    found: int = 0
    struck: int = 0
    done: int = 0
    attempted: int = 0
    people: int = 0
    people_due: int = 0
    disputed: int = 0
    due: int = 0
    untouched: int = 0
    remaining: int = 0

    @classmethod
    def of(cls, sums: Mapping[str, int]) -> "Totals":
        """From the sums of a tally."""
        counted = {name: int(sums.get(name) or 0) for name in COUNTED}
        due = counted["listed"] + counted["found"] - counted["struck"]
        remaining = due - counted["done"]
        return cls(**counted, due=due, remaining=remaining, untouched=remaining - counted["attempted"])


COUNTED = ("listed", "found", "struck", "done", "attempted", "people", "people_due", "disputed")


class Boundaries(StrEnum):
    """In which boundaries a figure is given."""

    KEPT = "kept"  # 按当时计数的区域: each count stays where it was counted
    TODAY = "today"  # 按现在的区域: counted again, by where each household lies now


class AreaTotals(msgspec.Struct, frozen=True):
    """Coverage of one area below the one asked for."""

    area: AreaId
    totals: Totals


class HourCount(msgspec.Struct, frozen=True):
    """What was finished within one hour of a day."""

    hour: int
    households: int
    people: int


class Coverage(msgspec.Struct, frozen=True):
    """How far a campaign has come on an area, and on each area directly below it."""

    campaign: CampaignId
    area: AreaId
    totals: Totals
    rows: tuple[AreaTotals, ...] = ()


class RemainderCounts(msgspec.Struct, frozen=True):
    """Why households of a grid are still to be reached. Each household once; those with an appointment first."""

    untouched: int = 0
    appointment: int = 0
    nobody_home: int = 0
    refused: int = 0
    elsewhere: int = 0


class RemainderRow(msgspec.Struct, frozen=True):
    """A household that is still to be reached."""

    household: HouseholdId
    state: TaskState
    outcome: Outcome | None
    at: datetime | None
    attempts: int
    appointment: str | None
    door: str
    head: str
    people: int


class DisputedRow(msgspec.Struct, frozen=True):
    """A household that one has struck and another has met: somebody has to say which.

    `entry` is what a correction names.
    """

    household: HouseholdId
    entry: UUID
    outcome: Outcome
    at: datetime


class Remainder(msgspec.Struct, frozen=True):
    """Who is still missing on a grid. `rows` is None when names were not asked for."""

    campaign: CampaignId
    grid: AreaId
    totals: Totals
    counts: RemainderCounts
    rows: tuple[RemainderRow, ...] | None = None
