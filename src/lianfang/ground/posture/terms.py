"""The words of posture: legal bases, packs, incidents, policies, and what is in force. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.foundation.kernel.measures import Measure


class IncidentState(StrEnum):
    """How far an incident has come. Computed from its dates, never stored."""

    PLANNED = "planned"
    OPEN = "open"
    ENDED = "ended"  # its time ran out
    CLOSED = "closed"  # somebody ended it sooner
    FORGOTTEN = "forgotten"  # its key is destroyed: the counts stay


class Words(msgspec.Struct, frozen=True):
    """The same thing said in both languages."""

    zh: str
    en: str


class Span(msgspec.Struct, frozen=True):
    """From that day on: how long an incident may last at most, and how long a proposal waits for its second person."""

    in_force_from: date
    longest_days: int
    waits_hours: int
    why: Words


class Basis(msgspec.Struct, frozen=True):
    """A law or regulation on which an incident may rest, in the version that is in force from that day."""

    code: str
    title: Words
    document: str
    in_force_from: date
    in_force_until: date | None = None
    longest_days: int | None = None  # where the law itself says so

    def holds(self, on: date) -> bool:
        """Was it in force on that day?"""
        return self.in_force_from <= on and (self.in_force_until is None or on < self.in_force_until)


class PackMeasure(Measure, frozen=True, kw_only=True):
    """A number counted from answers: how often `question` got one of `counts`, or the sum of its numbers (`adds`).

    Without a question it counts who was asked at all, and so is the denominator of the others.
    """

    question: str | None = None
    counts: tuple[bool | int | str, ...] = ()
    adds: bool = False


class PolicyDraft(msgspec.Struct, frozen=True):
    """A decision table as a pack proposes it. It comes into force only when somebody issues it."""

    code: str
    title: Words
    rows: tuple[dict[str, Any], ...]


class Level(StrEnum):
    """How far up a scale a number stands. Screens show each with a colour, a shape and the band's own word."""

    CALM = "calm"  # nothing to do
    WATCH = "watch"  # look again
    ACT = "act"  # do something
    URGENT = "urgent"  # do it now


class Band(msgspec.Struct, frozen=True):
    """One step of a scale: from this number on, up to where the next begins."""

    starts: float = msgspec.field(name="from")
    level: Level
    zh: str
    en: str


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one measure per so many of another 指数, such as containers per 100 houses.

    Not a share: its two measures may be of different units, so both are always shown with it. Its bands are the rows of
    the policy `bands`, dated data that a later policy of the same code takes the place of. Fewer than `fewest` of the
    denominator say nothing yet. `source`: where the figures were published; a pack that has none says so.
    """

    name: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    numerator: str
    denominator: str
    per: int = 100
    fewest: int = 1
    bands: str | None = None
    source: Words | None = None
    source_on: date | None = None


class Rhythm(msgspec.Struct, frozen=True):
    """How often the campaign of a pack begins anew: each day, or each week on a weekday (1 is Monday)."""

    every: Literal["daily", "weekly"]
    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)] | None = None


class CampaignDraft(msgspec.Struct, frozen=True):
    """The campaign that an incident with this pack begins with: which of its forms, for whom, for how many days."""

    form: str
    name: Words
    days: int = 7
    households: Literal["all", "with_age_from", "with_age_until"] = "all"
    years: int | None = None
    alone_from: int | None = None  # and whoever of at least these years lives alone
    recurs: Rhythm | None = None


class Roll(msgspec.Struct, frozen=True):
    """A roll call 点名: who is not yet as they should be (out of the house, seen and well).

    `settled` is a measure that counts people by a question's answers, `asked` the one that counts all who were asked.
    Of `settled` the latest visit's word stands, for people go back. Those with a yes to a question of `first` come
    first in the list, then the oldest.
    """

    asked: str
    settled: str
    left: Words
    nobody_left: Words
    first: tuple[str, ...] = ()


class Notice(msgspec.Struct, frozen=True):
    """What is said on paper to the people of a door: why we come, what we ask, what becomes of it."""

    title: Words
    body: Words


class Pack(msgspec.Struct, frozen=True):
    """A hazard as data: forms, policies, durations, measures, retention. `forms` are read by the module forms."""

    code: str
    version: int
    title: Words
    forms: tuple[dict[str, Any], ...] = ()
    policies: tuple[PolicyDraft, ...] = ()
    durations_days: dict[str, int] = {}
    measures: tuple[PackMeasure, ...] = ()
    retention_days: int = 30
    longest_days: int | None = None  # an incident of this hazard lasts no longer than that at a time
    indices: tuple[Index, ...] = ()
    campaign: CampaignDraft | None = None
    roll: Roll | None = None
    notices: tuple[Notice, ...] = ()
    gates: str | None = None  # by which code's decision table gates decide; without one no gate asks for anything


class Incident(msgspec.Struct, frozen=True):
    """An incident 应急: where, on what legal basis, from when until when.

    A drill is one marked so, and nothing else.
    """

    id: IncidentId
    name: str
    area: AreaId
    basis: str
    issuer: str
    pack: Pack
    starts_at: datetime
    ends_at: datetime
    drill: bool
    opened_by: AccountId | None = None
    closed_at: datetime | None = None
    forgotten_at: datetime | None = None
    end_written: bool = False  # its end stands in the ledger, and whatever ran under it has heard

    @property
    def kept_days(self) -> int:
        """How long after its end what only it asked is kept: of an exercise nothing."""
        return 0 if self.drill else self.pack.retention_days

    @property
    def due_at(self) -> datetime:
        """When what only it asked has been kept for long enough."""
        return self.over_at + timedelta(days=self.kept_days)

    @property
    def over_at(self) -> datetime:
        """When it ends, or ended."""
        return self.ends_at if self.closed_at is None else min(self.ends_at, self.closed_at)

    def is_open(self, at: datetime) -> bool:
        """Does it run at that instant? It ends by itself; closing only ends it sooner."""
        return self.starts_at <= at < self.over_at


class Part(StrEnum):
    """What a line of a difference is about."""

    COLLECTED = "collected"  # a form, and what its questions are about
    SEEN = "seen"  # what whoever holds these roles may see under the purpose of an incident
    GATE = "gate"
    CAMPAIGN = "campaign"
    NOTICE = "notice"
    POLICY = "policy"
    BESIDE = "beside"  # another incident on the same ground
    DESTROYED = "destroyed"
    REMAINS = "remains"


class Change(StrEnum):
    """What becomes of it."""

    BEGINS = "begins"
    GOES_ON = "goes_on"
    ENDS = "ends"
    STAYS = "stays"  # afterwards, for good


class Step(StrEnum):
    """What is about to be done to an incident; `standing`: nothing, this is what stands because of it."""

    OPENING = "opening"
    STANDING = "standing"
    RENEWING = "renewing"
    CLOSING = "closing"


class DifferenceLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is otherwise because of an incident. It names nobody."""

    part: Part
    code: str
    change: Change
    title: Words | None = None  # without one the screen has the words for `code`
    about: tuple[str, ...] = ()  # what the questions of a form are about, which roles may look
    questions: int = 0
    days: int | None = None  # kept for so long, or lasts so long
    until: datetime | None = None
    recurs: str | None = None
    drill: bool = False


class Difference(msgspec.Struct, frozen=True):
    """What is otherwise because of an incident. `mark` is another as soon as one line is."""

    step: Step
    drill: bool
    ends_at: datetime
    lines: tuple[DifferenceLine, ...]
    mark: str


class DifferenceMoved(msgspec.Struct, frozen=True):
    """How a difference is another than it was when somebody proposed it."""

    came: tuple[DifferenceLine, ...] = ()
    went: tuple[DifferenceLine, ...] = ()


class IncidentDraft(msgspec.Struct, frozen=True):
    """An incident as somebody wants it opened. Without `starts_at` it begins when the second person agrees."""

    name: str
    area: AreaId
    basis: str
    pack: str
    issuer: str
    ends_at: datetime
    starts_at: datetime | None = None
    drill: bool = False


class Opening(msgspec.Struct, frozen=True):
    """An opening that waits for its second person, and what it would have changed when it was proposed."""

    id: UUID
    wanted: IncidentDraft
    reason: str
    shown: tuple[DifferenceLine, ...]
    proposed_by: AccountId
    proposed_at: datetime
    incident: IncidentId | None = None  # the one that came of it
    confirmed_by: AccountId | None = None
    withdrawn_at: datetime | None = None


class Closing(msgspec.Struct, frozen=True):
    """An end before its time that waits for its second person."""

    id: UUID
    incident: IncidentId
    reason: str
    shown: tuple[DifferenceLine, ...]
    proposed_by: AccountId
    proposed_at: datetime


class Proposal(msgspec.Struct, frozen=True):
    """A renewal that waits for its second person."""

    id: UUID
    incident: IncidentId
    ends_at: datetime
    reason: str
    proposed_by: AccountId | None
    proposed_at: datetime
    shown: tuple[DifferenceLine, ...] = ()


class ForgettingProposal(msgspec.Struct, frozen=True):
    """A forgetting that waits for its second person."""

    id: UUID
    incident: IncidentId
    reason: str
    proposed_by: AccountId
    proposed_at: datetime


class Person(msgspec.Struct, frozen=True):
    """One of the two, by account and name."""

    account: AccountId
    name: str


class Certificate(msgspec.Struct, frozen=True):
    """Proof 证明 that an incident was forgotten: what, when, by whom, what went, what stays, where the chain stood."""

    key: str
    confirmed_at: datetime
    incident: IncidentId
    name: str
    area: str
    basis: str
    starts_at: datetime
    over_at: datetime
    retention_days: int
    drill: bool
    reason: str
    proposal: UUID
    proposed_by: Person
    proposed_at: datetime
    confirmed_by: Person
    entries_gone: dict[str, int]
    waiting_gone: int
    counts_kept: dict[str, int]
    position: int
    chain: str
    again_at: datetime | None = None  # forgotten once more, after an older copy was restored
    by_itself: bool = False  # an exercise: wiped at its end, as the two who opened it had decided


class Policy(msgspec.Struct, frozen=True):
    """A versioned, dated decision table with its issuer and legal basis.

    Pure rules read it; decisions keep id and version.
    """

    id: UUID
    code: str
    version: int
    title: Words
    issuer: str
    basis: str
    area: AreaId
    starts_at: datetime
    ends_at: datetime | None
    incident: IncidentId | None
    rows: tuple[dict[str, Any], ...]

    def holds(self, at: datetime) -> bool:
        """Is it in force at that instant, its incident aside?"""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


class Posture(msgspec.Struct, frozen=True):
    """What is in force on an area at an instant. No incident: routine."""

    incidents: tuple[Incident, ...] = ()
    policies: tuple[Policy, ...] = ()

    @property
    def incident(self) -> Incident | None:
        """The one that counts most: a real one before a drill, the nearest before one higher up."""
        return self.incidents[0] if self.incidents else None

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The hazard packs of the open incidents."""
        return tuple(i.pack for i in self.incidents)

    @property
    def drill(self) -> bool:
        """Is what runs here an exercise only?"""
        return bool(self.incidents) and all(i.drill for i in self.incidents)

    def policy(self, code: str) -> Policy | None:
        """The decision table of that name which is in force here."""
        return next((p for p in self.policies if p.code == code), None)
