"""Needs found on the way 途中发现: what a worker reports from a door with one tap, who sees to it, how it ended.

A fixed word, never free text: what somebody needs is personal, and a word for it is enough to send the right person.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.keys import REGISTER_KEY, KeyName
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.registry.terms import HouseholdRef

NEED = "campaigns.need"
_CAMPAIGN = "campaigns.campaign"
_HOUSEHOLD = "registry.household"


class NeedSort(StrEnum):
    """What sort of thing it is; it says how soon somebody should come."""

    DANGER = "danger"  # 危险
    HELP = "help"  # 帮助
    REPAIR = "repair"  # 维修


class NeedWord(StrEnum):
    """The one word."""

    GAS = "gas"  # 燃气
    FIRE = "fire"  # 消防隐患
    WIRING = "wiring"  # 电线
    SHOPPING = "shopping"  # 买菜买药
    CARE = "care"  # 要人照看
    PAPERS = "papers"  # 代办
    WATER = "water"  # 漏水、停水
    LIGHT = "light"  # 停电、路灯
    BUILDING = "building"  # 房屋破损


SORT_OF: Mapping[NeedWord, NeedSort] = dict(
    zip(NeedWord, [sort for sort in NeedSort for _ in range(3)], strict=True)  # three words each, in that order
)
DAYS: Mapping[NeedSort, int] = {NeedSort.DANGER: 0, NeedSort.HELP: 1, NeedSort.REPAIR: 3}


class HowSettled(StrEnum):
    """How it ended."""

    DONE = "done"  # 办好了
    PASSED_ON = "passed_on"  # 转给别的部门
    NOT_NEEDED = "not_needed"  # 不需要了


def due_on(word: NeedWord, found_on: date) -> date:
    """Danger the same day, help the next, repairs within three: until somebody names another day."""
    return found_on + timedelta(days=DAYS[SORT_OF[word]])


class NeedFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody saw that a household needs something. The record's own id is the need's."""

    household: HouseholdId
    word: NeedWord
    campaign: CampaignId | None = None


class NeedAssigned(msgspec.Struct, frozen=True):
    """Who sees to it (nobody yet: whoever works there), and until when. The latest word stands."""

    need: UUID
    owner: AccountId | None
    due_on: date


class NeedSettled(msgspec.Struct, frozen=True):
    """It is seen to."""

    need: UUID
    how: HowSettled


class NeedFacts(msgspec.Struct, frozen=True):
    """What stays readable for ever: that there was one, and of which sort."""

    sort: NeedSort


class SettledFacts(msgspec.Struct, frozen=True):
    """How one ended; not whose."""

    how: HowSettled


class AssignedFacts(msgspec.Struct, frozen=True):
    """Until when one was to be seen to."""

    due_on: date


class NeedRef(msgspec.Struct, frozen=True):
    """What a later record is told of a need: where it was found, under which key."""

    id: UUID
    household: HouseholdId
    grid: AreaId
    key: KeyName


def _accept_found(heard: Heard, known: Known) -> Accepted | Held:
    body: NeedFound = heard.body
    household: HouseholdRef | None = known.get(Reference(_HOUSEHOLD, body.household))
    if household is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.household)
    campaign: CampaignRef | None = known.get(Reference(_CAMPAIGN, body.campaign)) if body.campaign else None
    if body.campaign and campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    key = campaign.key if campaign else REGISTER_KEY
    facts, lately = NeedFacts(SORT_OF[body.word]), household.lately(heard.at)
    return Accepted(household.grid, key, facts, body.household, (), lately)


def _references(body: NeedFound) -> list[Reference]:
    campaign = [Reference(_CAMPAIGN, body.campaign)] if body.campaign else []
    return [Reference(_HOUSEHOLD, body.household), *campaign]


def _accept_assigned(heard: Heard, known: Known) -> Accepted | Held:
    return _of_need(heard, known, AssignedFacts(heard.body.due_on))


def _accept_settled(heard: Heard, known: Known) -> Accepted | Held:
    return _of_need(heard, known, SettledFacts(heard.body.how))


def _of_need(heard: Heard, known: Known, facts: msgspec.Struct) -> Accepted | Held:
    need: NeedRef | None = known.get(Reference(NEED, heard.body.need))
    if need is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.need)
    return Accepted(need.grid, need.key, facts, need.household)


def _need(body: NeedAssigned | NeedSettled) -> list[Reference]:
    return [Reference(NEED, body.need)]


NEED_FOUND = Kind("campaigns.need_found.v1", NeedFound, NeedFacts, _accept_found, wants=_references, from_devices=True)
NEED_ASSIGNED = Kind("campaigns.need_assigned.v1", NeedAssigned, AssignedFacts, _accept_assigned, wants=_need)
NEED_SETTLED = Kind("campaigns.need_settled.v1", NeedSettled, SettledFacts, _accept_settled, wants=_need)
NEED_KINDS = (NEED_FOUND, NEED_ASSIGNED, NEED_SETTLED)
