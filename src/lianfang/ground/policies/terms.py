"""The words of decision tables: what is asked, which row answers, what follows, and how it is said. Pure."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.posture.terms import Words

UNKNOWN = "unknown"  # nobody knows, or what was said cannot be read: every input may be so
NOT_YET = "not_yet"  # of an instant: it lies after the moment of deciding, so a clock is wrong or somebody tricks it

Said = str | float  # a fact as it is stored: a choice, a number, or an instant in ISO 8601


class Verdict(StrEnum):
    """What a row says shall follow. None of these restricts anybody by itself: that takes an order of two people."""

    PASS = "pass"
    TEST_FIRST = "test_first"
    TURN_BACK = "turn_back"
    QUARANTINE_FIRST = "quarantine_first"  # may go on after quarantine
    QUARANTINE = "quarantine"
    STEPS = "steps"  # what `steps` say, one after the other
    NOTHING = "nothing"  # no measure
    ASK_A_PERSON = "ask_a_person"


class StepPlace(StrEnum):
    """Where a step is spent, or what an area counts as while it lasts."""

    CENTRAL = "central_quarantine"
    HOME = "home_quarantine"
    MONITORED = "home_monitoring"
    HIGH_RISK = "high_risk_area"
    MEDIUM_RISK = "medium_risk_area"


class Described(msgspec.Struct, frozen=True, tag_field="kind"):
    """What every input has."""

    name: str
    title: Words


class OneOf(Described, frozen=True, tag="one_of"):
    """A fact that is one of a few words."""

    values: dict[str, Words]


class HoursSince(Described, frozen=True, tag="hours_since"):
    """A fact that is an instant; rows speak of the hours since."""


class NumberOf(Described, frozen=True, tag="number"):
    """A fact that is a number, from `least` on."""

    least: int = 0
    unit: Words = Words("", "")


Input = OneOf | HoursSince | NumberOf


class Between(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of numbers. Each bound says whether it belongs to it."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None


class PolicyStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many days in a place, with tests on these days of it."""

    place: StepPlace
    days: int
    test_days: tuple[int, ...] = ()


class PolicyLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row: for these facts (an input left out: whatever it is), this follows, for this reason.

    `open`: the question that the text itself leaves open. Such a row asks a person, and says what to ask them.
    """

    name: str
    when: dict[str, tuple[str | Between, ...]]
    then: Verdict
    because: Words
    steps: tuple[PolicyStep, ...] = ()
    open: Words | None = None


class Edition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision table as it was published: by whom, on what ground, for where, from which day until which.

    Two editions of one `code` take each other's place. `number` counts our readings of the same text.
    """

    code: str
    name: str
    number: int
    title: Words
    issuer: str
    basis: str
    document: Words
    issued_for: Words
    source: Words
    valid_from: date
    inputs: tuple[Input, ...]
    rows: tuple[PolicyLine, ...]
    valid_until: date | None = None


class InForce(msgspec.Struct, frozen=True):
    """An edition that somebody put in force on an area, with all below it."""

    id: UUID
    version: int
    area: AreaId
    issuer: str
    basis: str
    starts_at: datetime
    ends_at: datetime | None
    edition: Edition

    def holds(self, at: datetime) -> bool:
        """Is it in force at that instant? From its start up to, not including, its end."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


class PolicyDecision(msgspec.Struct, frozen=True):
    """What a table said, with all that is needed to say it again: which version, which facts, when, and by which row.

    `row` is empty when no table was in force.
    """

    policy: UUID | None
    code: str
    edition: str
    version: int
    at: datetime
    inputs: dict[str, Said]
    row: str
    verdict: Verdict
    steps: tuple[PolicyStep, ...]
    open_question: bool
    explanation: Words
