"""Whose doors they are 分派: which word on a door stands, and what is left of it when somebody leaves. Pure.

Nobody's word makes a door everybody's who works on that grid. Phones run the same cases (`vectors.json`, `givings`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId

MOST_HANDS = 12
MOST_DOORS = 500


class Giving(msgspec.Struct, frozen=True):
    """Doors of one grid given to somebody, or (`to` is empty) back to whoever works there.

    Buildings and entrances (`areas`), single households, or with neither the whole grid.
    """

    id: UUID
    campaign: CampaignId
    grid: AreaId
    to: tuple[AccountId, ...]
    since: datetime
    reason: str
    position: int
    areas: tuple[AreaId, ...] = ()
    households: tuple[HouseholdId, ...] = ()
    team: str | None = None

    @property
    def whole_grid(self) -> bool:
        """Does it speak of every door of its grid?"""
        return not self.areas and not self.households


class GivenDoor(msgspec.Struct, frozen=True):
    """A door as far as this matters: its household, and everything it lies in."""

    household: HouseholdId
    within: frozenset[AreaId]


def covers(giving: Giving, door: GivenDoor) -> bool:
    """Does it speak of that door?"""
    if giving.whole_grid:
        return giving.grid in door.within
    return door.household in giving.households or not door.within.isdisjoint(giving.areas)


def standing_giving(door: GivenDoor, givings: Iterable[Giving], *, at: datetime) -> Giving | None:
    """The word that stands on a door: of those that hold by then the one that holds from latest on; of two from the
    same moment on the one said last. However wide it is: whoever gives a whole grid means every door.

    None when nobody has given it, or it was given back: it is everybody's who works on its grid.
    """
    latest = latest_word(door, givings, at=at)
    return latest if latest and latest.to else None


def latest_word(door: GivenDoor, givings: Iterable[Giving], *, at: datetime) -> Giving | None:
    """The same, though it gave the door back."""
    said = [giving for giving in givings if giving.since <= at and covers(giving, door)]
    return max(said, key=_order, default=None)


def that_matter(givings: Collection[Giving], *, at: datetime) -> list[Giving]:
    """Without those that stand on no door any more, as a later word on their whole grid holds by now."""
    swept: dict[tuple[UUID, UUID], tuple[datetime, int]] = {}
    for giving in givings:
        if giving.whole_grid and giving.since <= at:
            key = giving.campaign, giving.grid
            swept[key] = max(swept.get(key, _order(giving)), _order(giving))
    kept = [g for g in givings if _order(g) >= swept.get((g.campaign, g.grid), _order(g))]
    return sorted((g for g in kept if not _says_nothing(g, swept)), key=_order)


def without(giving: Giving, leaver: AccountId, successor: AccountId) -> tuple[AccountId, ...]:
    """The same hands, one of them somebody else's."""
    return tuple(dict.fromkeys(successor if each == leaver else each for each in giving.to))


def is_latest(giving: Giving, givings: Iterable[Giving]) -> bool:
    """Has nobody said anything of its grid since?"""
    return all(_order(each) <= _order(giving) for each in givings if each.grid == giving.grid)


def _says_nothing(giving: Giving, swept: dict[tuple[UUID, UUID], tuple[datetime, int]]) -> bool:
    """Everything was given back: as if nothing had ever been given."""
    return giving.whole_grid and not giving.to and swept.get((giving.campaign, giving.grid)) == _order(giving)


def _order(giving: Giving) -> tuple[datetime, int]:
    return giving.since, giving.position


def hands_over(givings: Sequence[Giving], leaver: AccountId, *, at: datetime) -> list[Giving]:
    """What of these names somebody who leaves: now, or from a later day on."""
    return [giving for giving in that_matter(givings, at=at) if leaver in giving.to]
