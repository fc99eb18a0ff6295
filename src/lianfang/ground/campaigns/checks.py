"""Looking at visits again: how many, which, what was found, and what the officer does about it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, DeviceId, HouseholdId
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.ledger.terms import Loader
from lianfang.foundation.plumbing import walls
from lianfang.ground.campaigns import checking as rule
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.checking import Checkable, CheckFound, CheckRate, HowKept, Percent, Rechecked
from lianfang.ground.campaigns.checking_records import (
    CHECKS_SET,
    FINDING_SETTLED,
    RECHECK,
    ChecksSet,
    FindingSettled,
    RecheckRef,
)
from lianfang.ground.campaigns.memory import CAMPAIGNS
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.records import TASK_CORRECTED, TaskCorrected, TaskOutcome
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory import queries as territory

MOST_AT_ONCE = 30  # of what one phone is shown of one campaign


class ToCheck(msgspec.Struct, frozen=True):
    """A visit that somebody else is asked to look at again: the door, and what was answered. Not why it was chosen."""

    campaign: CampaignId
    household: HouseholdId
    visit: UUID
    door: str
    at: datetime
    answers: dict[str, Any]


class RecheckFinding(msgspec.Struct, frozen=True):
    """A visit that a second person found otherwise, and what became of that."""

    id: UUID
    campaign: CampaignId
    household: HouseholdId
    grid: AreaId
    visit: UUID
    found: CheckFound
    questions: tuple[str, ...]
    first_by: AccountId
    first_at: datetime
    second_by: AccountId | None
    second_at: datetime
    how: HowKept | None
    settled_at: datetime | None
    reason: str | None


class ChecksOf(msgspec.Struct, frozen=True):
    """How a campaign stands with it on the viewer's areas."""

    percent: int
    since: datetime | None
    left: int
    findings: list[RecheckFinding]
    rates: dict[AccountId, CheckRate]


def set_percent(*, campaign: CampaignId, percent: Percent, reason: str, viewer: Viewer) -> None:
    """Declare how many of a hundred finished visits, of those heard from now on, are looked at again."""
    found = _campaign(campaign)
    viewer.require(Permission.OPEN, lineage=territory.lineage(found.area, local_day(viewer.at)))
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    if found.of is not TargetKind.HOUSEHOLDS:
        raise Problem("campaigns.checks_for_homes", status=409)
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        if _campaign(campaign).closed_at is not None:
            raise Problem("campaigns.closed_already", status=409)
        turn.append(CHECKS_SET.name, ChecksSet(campaign, percent, reason.strip()))


def are_declared(campaign: CampaignId) -> bool:
    """Are visits of that campaign looked at again?"""
    return _percent(campaign)[0] > 0


def to_check(*, campaign: CampaignId, viewer: Viewer) -> list[ToCheck]:
    """What a second person is asked to look at on the viewer's grids: never a visit of their own. One disclosure."""
    viewer.require(Permission.RECHECK)
    running, grids = _campaign(campaign), _grids(viewer, Permission.RECHECK)
    percent, _ = _percent(campaign)
    with walls.lifted():  # the lot is drawn among all of a worker's visits, wherever they were
        visits, found = _visits(campaign), _rechecks(campaign)
    known = {visit.entry: visit for visit in visits}
    left = rule.still_to_check(rule.sample(visits, percent), rule.by_a_second_person(found, visits))
    others = [each.entry for each in left if known[each.entry].by != viewer.account]
    rows = models.Checkable.objects.filter(entry_id__in=others, grid_id__in=list(grids)).order_by("entry_id")
    shown = list(rows[:MOST_AT_ONCE])
    said: dict[UUID, dict[str, Any]] = {
        entry.id: getattr(entry.body, "answers", None) or {}
        for entry in entries.entries_of([row.entry_id for row in shown])
    }
    doors = _doors(shown, running, viewer)
    return [
        ToCheck(campaign, HouseholdId(r.target_id), r.entry_id, doors[r.target_id], r.at, said.get(r.entry_id, {}))
        for r in shown
        if r.target_id in doors
    ]


def checks(*, campaign: CampaignId, viewer: Viewer) -> ChecksOf:
    """What was found otherwise and how each worker's visits stand, on the viewer's areas. Decides nothing."""
    viewer.require(Permission.SETTLE_FINDING)
    _campaign(campaign)
    grids = _grids(viewer, Permission.SETTLE_FINDING)
    percent, since = _percent(campaign)
    with walls.lifted():
        visits, rechecks = _visits(campaign), _rechecks(campaign)
    seconds, chosen = rule.by_a_second_person(rechecks, visits), rule.sample(visits, percent)
    here = {
        id
        for id, grid in models.Checkable.objects.filter(campaign_id=campaign).values_list("entry_id", "grid_id")
        if grid in grids
    }
    ours = [visit for visit in visits if visit.entry in here]
    left = [each for each in rule.still_to_check(chosen, seconds) if each.entry in here]
    counted = {each.visit for each in seconds}
    rows = models.Recheck.objects.filter(campaign_id=campaign, found__in=[CheckFound.DIFFERS, CheckFound.NOT_VISITED])
    firsts = {visit.entry: visit for visit in ours}
    findings = [
        _finding(row, firsts[row.visit_id])
        for row in rows.order_by("-position")
        if row.visit_id in firsts and row.visit_id in counted and row.checked_by != firsts[row.visit_id].by
    ]
    return ChecksOf(percent, since, len(left), findings, rule.rates(ours, chosen, seconds))


def settle(
    *,
    recheck: UUID,
    how: HowKept,
    reason: str,
    viewer: Viewer,
    outcome: Outcome | None = None,
    people: int = 0,
) -> None:
    """Correct the first visit as a visit is always corrected, or keep it; with a reason, once."""
    viewer.require(Permission.SETTLE_FINDING)
    if not reason.strip():
        raise Problem("campaigns.reason_missing")
    if how is HowKept.CORRECTED and outcome is None:
        raise Problem("campaigns.say_how_it_was", status=422)
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        row = models.Recheck.objects.filter(id=recheck).first()
        if row is None or not viewer.may(
            Permission.SETTLE_FINDING, lineage=territory.lineage(AreaId(row.grid_id), local_day(viewer.at))
        ):
            raise Problem("access.not_found", status=404)
        if row.settled_at is not None:
            raise Problem("campaigns.finding_settled_already", status=409)
        if outcome is not None and how is HowKept.CORRECTED:
            campaign = _campaign(CampaignId(row.campaign_id))
            task = TaskOutcome(campaign.id, HouseholdId(row.target_id), campaign.occasion, outcome)
            turn.append(TASK_CORRECTED.name, TaskCorrected(row.visit_id, task, reason.strip(), people))
        turn.append(FINDING_SETTLED.name, FindingSettled(recheck, how, reason.strip()))


def _campaign(id: CampaignId) -> CampaignRef:
    found = CAMPAIGNS.now().get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def _grids(viewer: Viewer, permission: Permission) -> set[UUID]:
    return set(territory.grid_ids(viewer.roots(permission), local_day(viewer.at)))


def _percent(campaign: CampaignId) -> tuple[int, datetime | None]:
    latest = models.CheckPolicy.objects.filter(campaign_id=campaign).order_by("-position").first()
    return (latest.percent, latest.since) if latest else (0, None)


def _visits(campaign: CampaignId) -> list[Checkable]:
    """Finished visits that still stand: one that was corrected needs nobody to look at it again."""
    corrected = models.Said.objects.filter(campaign_id=campaign).exclude(corrects=None)
    gone = set(corrected.values_list("corrects", flat=True))
    settled = set(models.Recheck.objects.filter(campaign_id=campaign).values_list("visit_id", flat=True))
    return [
        Checkable(
            entry=row.entry_id,
            by=AccountId(row.made_by),
            device=DeviceId(row.device_id) if row.device_id else None,
            at=row.at,
            n=row.n,
            alike=row.alike,
            lot=row.lot,
        )
        for row in models.Checkable.objects.filter(campaign_id=campaign).order_by("position")
        if row.entry_id not in gone or row.entry_id in settled
    ]


def _rechecks(campaign: CampaignId) -> list[Rechecked]:
    rows = models.Recheck.objects.filter(campaign_id=campaign).order_by("position")
    return [
        Rechecked(row.visit_id, CheckFound(row.found), AccountId(row.checked_by) if row.checked_by else None)
        for row in rows
    ]


def _doors(rows: Sequence[models.Checkable], campaign: CampaignRef, viewer: Viewer) -> dict[UUID, str]:
    """Their doors, grid by grid, each look written down."""
    purpose = Purpose.INCIDENT_RESPONSE if campaign.incident else Purpose.REGISTER_UPKEEP
    doors: dict[UUID, str] = {}
    for grid in sorted({row.grid_id for row in rows}):
        homes = registry.households_of(
            [HouseholdId(row.target_id) for row in rows if row.grid_id == grid],
            viewer=viewer,
            area=AreaId(grid),
            what="campaigns.to_check",
            permission=Permission.RECHECK,
            purpose=purpose,
            page_size=MOST_AT_ONCE,
        )
        doors |= {home.id: home.door for home in homes.rows}
    return doors


def _finding(row: models.Recheck, first: Checkable) -> RecheckFinding:
    return RecheckFinding(
        id=row.id,
        campaign=CampaignId(row.campaign_id),
        household=HouseholdId(row.target_id),
        grid=AreaId(row.grid_id),
        visit=row.visit_id,
        found=CheckFound(row.found),
        questions=msgspec.json.decode(row.questions, type=tuple[str, ...]),
        first_by=first.by,
        first_at=first.at,
        second_by=AccountId(row.checked_by) if row.checked_by else None,
        second_at=row.at,
        how=HowKept(row.how) if row.how else None,
        settled_at=row.settled_at,
        reason=row.reason,
    )


def _load(ids: Collection[UUID]) -> dict[UUID, RecheckRef]:
    rows = models.Recheck.objects.in_bulk(list(ids)).values()
    return {
        row.id: RecheckRef(row.id, HouseholdId(row.target_id), AreaId(row.grid_id), KeyName(row.key_name))
        for row in rows
    }


LOADERS = (Loader(RECHECK, _load),)
