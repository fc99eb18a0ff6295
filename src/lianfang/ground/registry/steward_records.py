"""What enters the ledger about household stewards: who answers for which households, on which days."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.registry.terms import Stewardship
from lianfang.ground.territory.records import AREA
from lianfang.ground.territory.terms import AreaRef


class StewardshipSet(msgspec.Struct, frozen=True):
    """These are the households of a steward; the latest word stands. No day at all: it never was."""

    stewardship: Stewardship
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class StewardFacts(msgspec.Struct, frozen=True):
    """What may be known of it for ever: how many households, not which and not whose."""

    stewardship: UUID
    households: int


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    one: Stewardship = heard.body.stewardship
    grid: AreaRef | None = known.get(Reference(AREA, one.grid))
    if grid is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=one.grid)
    return Accepted(grid.filed_under, REGISTER_KEY, StewardFacts(one.id, len(one.households)))


def _grid(body: StewardshipSet) -> Iterable[Reference]:
    return [Reference(AREA, body.stewardship.grid)]


STEWARDSHIP_SET = Kind("registry.stewardship_set.v1", StewardshipSet, StewardFacts, _accept, wants=_grid)
