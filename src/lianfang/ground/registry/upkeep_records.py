"""What an office agrees about its register: by which figures it is judged, and how many homes there should be."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.territory.records import AREA
from lianfang.ground.territory.terms import AreaRef

Source = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class UpkeepAgreed(msgspec.Struct, frozen=True):
    """From a day on, what nobody has confirmed for so many months is to be looked at, and who is older than anybody."""

    area: AreaId
    from_on: date
    stale_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    oldest_years: Annotated[int, msgspec.Meta(ge=100, le=150)]
    issuer: Source


class HomesExpected(msgspec.Struct, frozen=True):
    """How many homes there should be by somebody's count: whose, and of which day."""

    area: AreaId
    homes: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
    source: Source
    counted_on: date


class UpkeepFacts(msgspec.Struct, frozen=True):
    """What may be known of it for ever: all of it. It names nobody."""

    area: AreaId


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: UpkeepAgreed | HomesExpected = heard.body
    area: AreaRef | None = known.get(Reference(AREA, body.area))
    if area is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.area)
    return Accepted(area.filed_under, REGISTER_KEY, UpkeepFacts(body.area))


def _area(body: UpkeepAgreed | HomesExpected) -> Iterable[Reference]:
    return [Reference(AREA, body.area)]


UPKEEP_KINDS: tuple[Kind, ...] = (
    Kind("registry.upkeep_agreed.v1", UpkeepAgreed, UpkeepFacts, _accept, wants=_area),
    Kind("registry.homes_expected.v1", HomesExpected, UpkeepFacts, _accept, wants=_area),
)
