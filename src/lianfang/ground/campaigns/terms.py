"""The words of campaigns: outcomes, states, what is counted. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY, KeyName, incident_key
from lianfang.ground.campaigns.occasions import BegunOccasion, OccasionDays, count_key, named, occasion_on
from lianfang.ground.campaigns.occasions import Recurrence as Recurrence
from lianfang.ground.forms.terms import FormDocument, PublishedForm
from lianfang.ground.registry.terms import PlaceKind, TargetKind


class Outcome(StrEnum):
    """How an attempt to reach a household, place or building ended, in the worker's words.

    Of a place `nobody_home` says that it was shut, `moved_away` that it is closed for good; of a building that it is no
    more. The screens say so.
    """

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


Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", max_length=5)]


class AttemptPolicy(msgspec.Struct, frozen=True):
    """How often and when to call again where nobody was met: declared for a campaign, from a moment on.

    It is advice to whoever walks: what happened at a door is kept whatever the policy says.
    """

    hours_between: Annotated[int, msgspec.Meta(ge=0, le=72)] = 4
    off_peak_from: Clock | None = "18:00"  # who was missed by day is called on in the evening
    notice_at: Annotated[int, msgspec.Meta(ge=2, le=9)] = 3  # the attempt that leaves a notice at the door
    quiet_from: Clock = "21:00"  # nobody is called on from then on, unless they named the hour themselves
    quiet_until: Clock = "08:00"


class DatedPolicy(msgspec.Struct, frozen=True):
    """A policy and from when on it holds."""

    since: datetime
    policy: AttemptPolicy


class CallStep(StrEnum):
    """What to do about a door that is still open."""

    NOW = "now"  # 现在可以去
    WAIT = "wait"  # 过一会儿再去
    QUIET = "quiet"  # 安静时段,不上门
    PROMISED = "promised"  # 约好了
    CLOSED = "closed"  # 两次不愿接受,不再上门


class Call(msgspec.Struct, frozen=True):
    """The next call at a door: when (local time, if not at once), the how many-th it is, whether to leave a notice."""

    step: CallStep
    not_before: str | None = None
    attempt: int = 1
    leave_notice: bool = False


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
    refusals: int = 0
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


class MeantPeople(msgspec.Struct, frozen=True):
    """Whom in a household a campaign is about, where that is not everybody: by age, or by age where they live alone."""

    from_years: int | None = None
    until_years: int | None = None
    alone_from: int | None = None


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
    policies: tuple[DatedPolicy, ...] = ()  # how to call again, earliest first
    recurs: Recurrence | None = None
    meant: MeantPeople | None = None
    begun: tuple[BegunOccasion, ...] = ()  # first to last; of one that recurs, `occasion` is the last of them
    of: TargetKind = TargetKind.HOUSEHOLDS
    places: tuple[PlaceKind, ...] = ()  # the kinds of places it goes to; none named: every kind

    @property
    def key(self) -> KeyName:
        """Under what its answers are sealed."""
        return incident_key(self.incident) if self.incident else REGISTER_KEY

    def named(self, occasion: str) -> OccasionDays | None:
        """The occasion of that name, with its days."""
        if self.recurs is None:
            return OccasionDays(occasion, self.starts_on, self.ends_on) if occasion == self.occasion else None
        return named(self.recurs, starts_on=self.starts_on, ends_on=self.ends_on, occasion=occasion)

    def occasion_on(self, day: date) -> str | None:
        """To which occasion a day belongs."""
        if self.recurs is None:
            return self.occasion
        found = occasion_on(self.recurs, starts_on=self.starts_on, ends_on=self.ends_on, day=day)
        return found.occasion if found else None

    def count_key(self, occasion: str | None = None) -> UUID:
        """Under which id an occasion is counted: the latest that has begun, or the one named."""
        return count_key(self.id, occasion or self.occasion, self.recurs)


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
    attempts: AttemptPolicy = AttemptPolicy()
    recurs: Recurrence | None = None
    meant: MeantPeople | None = None
    rechecks: bool = False  # a second person looks again at some of its visits
    of: TargetKind = TargetKind.HOUSEHOLDS


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
    attempts: int = 0
    refusals: int = 0


class GivingDocument(msgspec.Struct, frozen=True):
    """A giving as a phone of that grid gets it: whether it is its own, and the names of those it is given to."""

    id: UUID
    campaign: CampaignId
    grid: AreaId
    areas: tuple[AreaId, ...]
    households: tuple[HouseholdId, ...]
    since: datetime
    position: int
    mine: bool
    hands: tuple[str, ...]
    team: str | None
    reason: str | None


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


MOST_GRIDS_OF_A_PHONE = 12  # more than that no phone carries


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


class WorkedDay(msgspec.Struct, frozen=True):
    """A day on which households were finished: in which hour the first of them, in which the last, and how many."""

    day: date
    first_hour: int
    last_hour: int
    households: int


class Forecast(StrEnum):
    """How it looks, at the present pace."""

    NOTHING_DUE = "nothing_due"  # 没有要走的户
    COMPLETE = "complete"  # 全部走到
    OVER = "over"  # 已经结束
    NOT_BEGUN = "not_begun"  # 还没开始
    TOO_LITTLE = "too_little"  # 走得太少,还说不准
    STANDS_STILL = "stands_still"  # 好几天没有人走
    IN_TIME = "in_time"  # 来得及
    LATE = "late"  # 来不及


class Pace(msgspec.Struct, frozen=True):
    """At this rate: when the last household is reached. Without enough to go by it says why, and promises nothing.

    `per_hour` are households finished per hour walked on the last three days on which anybody walked; `left` is how
    many the last day of the campaign would end with.
    """

    outlook: Forecast
    finish: datetime | None = None
    per_hour: float | None = None
    left: int = 0


class Coverage(msgspec.Struct, frozen=True):
    """How far a campaign has come on an area, and on each area directly below it."""

    campaign: CampaignId
    area: AreaId
    totals: Totals
    rows: tuple[AreaTotals, ...] = ()


class RemainderCounts(msgspec.Struct, frozen=True):
    """Why households of a grid are still to be reached. Each household once; those with an appointment first.

    `closed` refused twice and are not called on again; `refused` did so once.
    """

    untouched: int = 0
    appointment: int = 0
    nobody_home: int = 0
    refused: int = 0
    elsewhere: int = 0
    closed: int = 0


class RemainderRow(msgspec.Struct, frozen=True):
    """A household that is still to be reached; or a place or building, which `household` names then."""

    household: HouseholdId
    state: TaskState
    outcome: Outcome | None
    at: datetime | None
    attempts: int
    appointment: str | None
    door: str
    head: str
    people: int
    call: Call
    name: str = ""  # of a place or building: its own


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
