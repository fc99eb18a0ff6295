"""What enters the ledger about posts and who holds them, and about who else has to do with an area.

Each entry says the whole of a post from a day on, or the whole of a holding: the latest word on it stands, so that a
correction is the same kind as what it corrects. Who holds a post is sealed with the body.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.territory.terms import AreaRef, Link, Span, Standing

AREA = "territory.area"


class Why(StrEnum):
    """What was done to a holding."""

    APPOINTED = "appointed"
    ENDED = "ended"
    CORRECTED = "corrected"


class PostSet(msgspec.Struct, frozen=True):
    """From that day on a post looks like this; nobody wanted: there is no such post any more."""

    post: UUID
    organisation: UUID
    area: AreaId
    name: str
    wanted: int
    on: date
    reason: str | None = None


class PostHeld(msgspec.Struct, frozen=True):
    """On these days this account holds the post. The latest word on a holding stands; no day at all: it never was.

    `sole`: the post has one seat on all these days, so nobody else may hold it in the same standing.
    """

    holding: UUID
    post: UUID
    area: AreaId
    account: AccountId
    name: str
    standing: Standing
    days: Span
    why: Why
    acting_for: UUID | None = None
    sole: bool = True
    reason: str | None = None


class LinkSet(msgspec.Struct, frozen=True):
    """This is how somebody has to do with an area; the latest word on a link stands."""

    link: Link
    why: Why
    reason: str | None = None


class LinkFacts(msgspec.Struct, frozen=True):
    """What may be known of a link for ever: its kind, not who."""

    link: UUID
    kind: str
    why: str


class PostFacts(msgspec.Struct, frozen=True):
    """What may be known of a post for ever."""

    post: UUID
    on: date
    wanted: int


class HoldingFacts(msgspec.Struct, frozen=True):
    """The same of who holds it: that it changed, not who."""

    post: UUID
    on: date
    standing: str
    why: str


def filed(area: UUID, known: Known, facts: msgspec.Struct) -> Accepted | Held:
    """Under an area that somebody has heard of; never under a building or an entrance."""
    found: AreaRef | None = known.get(Reference(AREA, area))
    if found is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=area)
    return Accepted(found.filed_under, REGISTER_KEY, facts)


def area_of(body: Any) -> Iterable[Reference]:
    """The area that an entry is about."""
    return [Reference(AREA, body.area)]


def _accept_post(heard: Heard, known: Known) -> Accepted | Held:
    body: PostSet = heard.body
    return filed(body.area, known, PostFacts(body.post, body.on, body.wanted))


def _accept_holding(heard: Heard, known: Known) -> Accepted | Held:
    body: PostHeld = heard.body
    return filed(body.area, known, HoldingFacts(body.post, body.days.starts_on, body.standing, body.why))


def _accept_link(heard: Heard, known: Known) -> Accepted | Held:
    body: LinkSet = heard.body
    return filed(body.link.area, known, LinkFacts(body.link.id, body.link.kind, body.why))


def _area_of_link(body: LinkSet) -> Iterable[Reference]:
    return [Reference(AREA, body.link.area)]


KINDS: tuple[Kind, ...] = (
    Kind("territory.post_set.v1", PostSet, PostFacts, _accept_post, wants=area_of),
    Kind("territory.post_held.v1", PostHeld, HoldingFacts, _accept_holding, wants=area_of),
    Kind("territory.link_set.v1", LinkSet, LinkFacts, _accept_link, wants=_area_of_link),
)
