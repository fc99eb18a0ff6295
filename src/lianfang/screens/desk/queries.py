"""Puts the overview together: coverage from tallies by primary key, names of areas from memory, a few small look-ups
beside.
"""

import shutil
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing import backup, recovery
from lianfang.ground.access import queries as access
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import AreaTotals, CampaignRef, Pace, Totals
from lianfang.ground.posture import queries as posture
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import Area, AreaKind, Responsible
from lianfang.screens.desk import rules
from lianfang.screens.desk.terms import (
    AreaName,
    AreaPath,
    CampaignName,
    Health,
    Hour,
    Overview,
    OverviewRow,
    SharesHeld,
)


def overview(*, area: AreaId, campaign: CampaignId | None, viewer: Viewer, occasion: str | None = None) -> Overview:
    """One area: how far the campaign is there and below, how the day went, how the house is. Counts only.

    Without a campaign the latest that runs there; with none at all the numbers are nought and the health line stays.
    An occasion that is not one of its own is nobody's: the latest is shown.
    """
    at, on = viewer.at, local_day(viewer.at)
    chosen = _named(campaign, area, on) if campaign else _latest(area, at)
    which = occasion if chosen and occasion and chosen.named(occasion) else chosen.occasion if chosen else ""
    staff = _staff_of(area, at)
    covered = campaigns.coverage(campaign=chosen.id, area=area, on=on, occasion=which) if chosen else None
    totals = covered.totals if covered else Totals()
    sums = {area: totals} | {each.area: each.totals for each in covered.rows} if covered else {}
    paces = campaigns.paces(campaign=chosen, totals=sums, at=at, occasion=which) if chosen else {}
    health = health_of(vacancies=staff.grids - staff.taken, at=at)
    return Overview(
        as_of=at,
        position=ledger.head(),
        campaign=_named_so(chosen, which) if chosen else None,
        area=_path(territory.area(area)),
        totals=totals,
        rows=[_row(each, staff, paces.get(each.area)) for each in covered.rows] if covered else [],
        hours=_hours(chosen, which, area, at),
        health=health,
        alarms=list(
            rules.alarms(
                health=health,
                totals=totals,
                incident_days_left=posture.days_left(area=area, at=at),
                of=chosen.of if chosen else TargetKind.HOUSEHOLDS,
            )
        ),
        pace=paces.get(area),
    )


def _named_so(chosen: CampaignRef, occasion: str) -> CampaignName:
    return CampaignName(chosen.id, chosen.name, chosen.drill, occasion, chosen.recurs, chosen.of)


def health_of(*, vacancies: int, at: datetime) -> Health:
    """How the house itself is, from what is on disk and in the ledger."""
    copy = backup.last_backup()
    disk = shutil.disk_usage(_existing(Path(settings.LIANFANG_DATA)))
    return Health(
        held=ledger.held_count(),
        backup_age_s=int((at - copy.manifest.made_at).total_seconds()) if copy else None,
        disk_free_pct=disk.free * 100 // disk.total,
        clock_odd_devices=access.odd_clocks(),
        vacancies=vacancies,
        shares=None if settings.LIANFANG_DEMO else _shares(),
    )


def _shares() -> SharesHeld:
    made = access.share_set()
    return SharesHeld(len(made.confirmed) if made else 0, recovery.NEEDED)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _named(id: CampaignId, area: AreaId, on: date) -> CampaignRef:
    chosen = campaigns.campaign(id=id)
    if not _meets(chosen, area, on):
        raise Problem("access.not_found", status=404)
    return chosen


def _latest(area: AreaId, at: datetime) -> CampaignRef | None:
    """The latest that runs on all of the area, else the latest on a part of it; a real one before any exercise."""
    on = local_day(at)
    running = [c for c in campaigns.campaigns(open_at=at) if _meets(c, area, on)]
    return min(running, key=lambda c: (c.drill, c.area not in territory.lineage(area, on)), default=None)


def _meets(campaign: CampaignRef, area: AreaId, on: date) -> bool:
    return campaign.area in territory.lineage(area, on) or area in territory.lineage(campaign.area, on)


class _Team(msgspec.Struct):
    """Who answers for the grids of one area below, when the quietest of them was last heard of, how many never were."""

    grids: int = 0
    taken: int = 0
    name: str | None = None
    heard_at: datetime | None = None
    unheard: int = 0


class _Staff(msgspec.Struct, frozen=True):
    """The same for every area below one, as it was read at a moment."""

    read_at: datetime
    teams: dict[AreaId, _Team]

    @property
    def grids(self) -> int:
        return sum(team.grids for team in self.teams.values())

    @property
    def taken(self) -> int:
        return sum(team.taken for team in self.teams.values())


# Who answers for a grid changes by the week, and every open desk asks every few seconds.
_STAFF_STAYS = timedelta(seconds=5)
_staff: dict[AreaId, _Staff] = {}


def _staff_of(area: AreaId, at: datetime) -> _Staff:
    kept = _staff.get(area)
    if kept is None or not kept.read_at <= at < kept.read_at + _STAFF_STAYS:
        kept = _staff[area] = _read_staff(area, at)
    return kept


def _read_staff(area: AreaId, at: datetime) -> _Staff:
    on = local_day(at)
    grids = [grid.id for grid in territory.grids_under(area, on)]
    workers = territory.responsible_for(grids, at)
    heard = access.last_contacts({worker.account for worker in workers.values()})
    teams: dict[AreaId, _Team] = {}
    for grid in grids:
        lineage = territory.lineage(grid, on)
        below = next(iter(lineage[lineage.index(area) + 1 :]), grid)
        _join(teams.setdefault(below, _Team()), workers.get(grid), heard)
    return _Staff(at, teams)


def _join(team: _Team, worker: Responsible | None, heard: Mapping[AccountId, datetime]) -> None:
    team.grids += 1
    if worker is not None:
        team.taken += 1
        team.name = worker.name
        at = heard.get(worker.account)
        team.unheard += at is None
        team.heard_at = min((one for one in (team.heard_at, at) if one is not None), default=None)


def _row(below: AreaTotals, staff: _Staff, pace: Pace | None) -> OverviewRow:
    area, team = territory.area(below.area), staff.teams.get(below.area, _Team())
    is_grid = area.kind is AreaKind.GRID
    return OverviewRow(
        **msgspec.structs.asdict(below.totals),
        area=AreaName(area.id, area.name, area.kind),
        responsible=(team.name if is_grid else None) or rules.responsible(grids=team.grids, taken=team.taken),
        last_sync_at=team.heard_at,
        unheard=team.unheard,
        pace=pace,
    )


def _hours(campaign: CampaignRef | None, occasion: str, area: AreaId, at: datetime) -> list[Hour]:
    if campaign is None:
        return []
    curve = campaigns.curve(campaign=campaign.id, area=area, on=local_day(at), occasion=occasion)
    return [Hour(f"{c.hour:02}:00", c.households, c.people) for c in curve]


def _path(area: Area) -> AreaPath:
    return AreaPath(area.id, area.name, area.kind, area.path)
