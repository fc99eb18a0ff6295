"""What the overview shows. Pure."""

from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.ground.campaigns.terms import Pace, Recurrence, Totals
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory.terms import AreaKind


class AreaName(msgspec.Struct, frozen=True):
    """An area as a table shows it."""

    id: UUID
    name: str
    kind: AreaKind


class AreaPath(AreaName, frozen=True):
    """An area with where it is."""

    path: tuple[str, ...]


class CampaignName(msgspec.Struct, frozen=True):
    """The campaign whose numbers are shown."""

    id: UUID
    name: str
    drill: bool
    occasion: str
    recurs: Recurrence | None = None
    of: TargetKind = TargetKind.HOUSEHOLDS


class OverviewRow(Totals, frozen=True, kw_only=True):
    """One area below: its numbers, who answers for it (a grid's worker, else how many of its grids have one), when the
    quietest of its grids was last heard of (one always was just now; who was not is the news), and how many never were.
    """

    area: AreaName
    responsible: str | None
    last_sync_at: datetime | None
    unheard: int
    pace: Pace | None


class Hour(msgspec.Struct, frozen=True):
    """What was finished within an hour of today; `hour` as a clock shows it."""

    hour: str
    households: int
    people: int


class SharesHeld(msgspec.Struct, frozen=True):
    """How many people have shown that they hold a recovery share, and how many it takes."""

    confirmed: int
    needed: int


class Health(msgspec.Struct, frozen=True):
    """How the house itself is. No backup ever made: `backup_age_s` is null, and something to be worried about.

    `shares` is null where there is nothing to bring back: in the demo.
    """

    held: int
    backup_age_s: int | None
    disk_free_pct: int
    clock_odd_devices: int
    vacancies: int
    shares: SharesHeld | None = None


class Alarm(msgspec.Struct, frozen=True):
    """Something that a person should see to."""

    code: str
    message: str = ""
    details: dict[str, int | str] = {}


class Overview(msgspec.Struct, frozen=True):
    """The first page of the desk."""

    as_of: datetime
    position: int
    campaign: CampaignName | None
    area: AreaPath
    totals: Totals
    rows: list[OverviewRow]
    hours: list[Hour]
    health: Health
    alarms: list[Alarm]
    pace: Pace | None = None
