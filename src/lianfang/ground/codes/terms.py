"""The words of codes: restriction orders, evidence, and the status that follows from them. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, ResidentId
from lianfang.ground.codes.credential_terms import Attested as Attested
from lianfang.ground.codes.credential_terms import CodeVerdict as CodeVerdict
from lianfang.ground.codes.credential_terms import GateTrust as GateTrust
from lianfang.ground.policies.terms import PolicyDecision, Said
from lianfang.ground.posture.terms import Words

UNSIGNED_LAPSES_AFTER = timedelta(hours=24)
APPEAL_DUE_AFTER = timedelta(hours=24)

Plain = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class OrderGround(StrEnum):
    """Why somebody may be restricted at all. There is no "other": what is not about an infection is not ours."""

    CASE = "case"
    POSITIVE_TEST = "positive_test"
    CLOSE_CONTACT = "close_contact"
    CONTACT_OF_CONTACT = "contact_of_contact"
    FROM_HIGH_RISK_AREA = "from_high_risk_area"


class OrderMeasure(StrEnum):
    """What an order asks of the person."""

    CENTRAL_QUARANTINE = "central_quarantine"
    HOME_QUARANTINE = "home_quarantine"
    HOME_MONITORING = "home_monitoring"


class Longest(msgspec.Struct, frozen=True):
    """For how many days a measure may be ordered at most, from a day on, and where that stands."""

    measure: OrderMeasure
    days: int
    from_on: date
    source: Words


class ToldHow(StrEnum):
    """How the person heard of it."""

    IN_PERSON = "in_person"
    BY_PHONE = "by_phone"
    ON_PAPER = "on_paper"


class OrderAct(StrEnum):
    """What somebody did about an order."""

    PROPOSED = "proposed"
    SIGNED = "signed"
    DECLINED = "declined"
    TOLD = "told"
    ENDED = "ended"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"


class OrderVerb(StrEnum):
    """What somebody may do about an order just now."""

    SIGN = "sign"
    DECLINE = "decline"
    TELL = "tell"
    END = "end"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide_appeal"


class OrderState(StrEnum):
    """How far an order has come. Computed from its dates, never stored."""

    PROPOSED = "proposed"
    LAPSED = "lapsed"  # nobody signed it in time
    DECLINED = "declined"
    SIGNED = "signed"  # by two, but the person has not been told: it does not count yet
    LIVE = "live"
    SUSPENDED = "suspended"  # an appeal was not decided in time
    ENDED = "ended"  # by itself, sooner by a person, or on appeal


class Shown(msgspec.Struct, frozen=True):
    """A piece of evidence that an order rests on, in words that the person can read, and where it can be looked up."""

    words: Plain
    reference: Plain


class OrderTerms(msgspec.Struct, frozen=True):
    """What is proposed about one person."""

    resident: ResidentId
    incident: IncidentId
    ground: OrderGround
    evidence: Annotated[tuple[Shown, ...], msgspec.Meta(min_length=1, max_length=20)]
    measure: OrderMeasure
    basis: Plain
    issuer: Plain
    reason: Plain
    days: Annotated[int, msgspec.Meta(ge=1, le=60)]


class Order(msgspec.Struct, frozen=True):
    """A restriction order 管控决定 with what became of it. Its end is fixed by the signature; nothing has to run."""

    id: UUID
    area: AreaId
    terms: OrderTerms
    proposed_by: AccountId
    proposed_at: datetime
    signed_by: AccountId | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    declined_at: datetime | None = None
    told_at: datetime | None = None
    ended_at: datetime | None = None
    appealed_at: datetime | None = None
    appeal_decided_at: datetime | None = None


class Evidence(msgspec.Struct, frozen=True):
    """Something about a person that a policy may look at, and that the person can read: a test, a vaccination, a stay.

    Lists, tags and scans are none: there is no way to hand them in.
    """

    id: UUID
    words: Words
    facts: dict[str, Said]


class Colour(StrEnum):
    """How a status is drawn, always with a shape and a word beside it."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"  # nothing is known against them: look by hand


class CodeStatus(msgspec.Struct, frozen=True):
    """What follows at one moment, and from what. Kept nowhere."""

    colour: Colour
    at: datetime
    orders: tuple[UUID, ...]
    evidence: tuple[UUID, ...]
    decision: PolicyDecision | None
    words: Words
