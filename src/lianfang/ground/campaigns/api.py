"""HTTP for campaigns: list, open, coverage at every level, who is missing (on paper too), close, correct."""

from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, IncidentId
from lianfang.foundation.kernel.measures import Measure
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.campaigns import (
    actions,
    burden_api,
    checks_api,
    needs_api,
    occasion_queries,
    paper,
    queries,
    teams_api,
)
from lianfang.ground.campaigns.concerning import campaign_seen, concerns, lies_in
from lianfang.ground.campaigns.measures import measures_of
from lianfang.ground.campaigns.occasion_queries import OccasionSeen
from lianfang.ground.campaigns.occasions import Recurrence
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.records import Occasion, People, Reason, Text
from lianfang.ground.campaigns.terms import (
    AttemptPolicy,
    Boundaries,
    CampaignRef,
    DisputedRow,
    HourCount,
    Outcome,
    Pace,
    RemainderCounts,
    RemainderRow,
    Totals,
)
from lianfang.ground.posture.terms import Words
from lianfang.ground.registry.terms import PlaceKind, TargetDefinition, TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind


class CampaignState(StrEnum):
    """How far a campaign has come. Computed from its days, never stored."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    CLOSED = "closed"


class Where(msgspec.Struct, frozen=True):
    """One campaign."""

    campaign_id: UUID


class TaskWhere(msgspec.Struct, frozen=True):
    """One household in a campaign."""

    campaign_id: UUID
    household_id: UUID


class Filter(msgspec.Struct, frozen=True):
    """Which campaigns to list."""

    state: CampaignState | None = None
    q: str = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class AreaFilter(msgspec.Struct, frozen=True):
    """Coverage of which area (without one: of the whole campaign), in which boundaries, the curve of which day, and of
    which occasion (without one: of the latest that has begun).
    """

    area: UUID | None = None
    occasion: Occasion | None = None
    day: date | None = None
    boundaries: Boundaries = Boundaries.KEPT


class MeasuresAsked(msgspec.Struct, frozen=True):
    """Of campaigns that go to what."""

    of: TargetKind = TargetKind.HOUSEHOLDS


class OccasionsAsked(msgspec.Struct, frozen=True):
    """Where."""

    area: UUID


class OccasionsReply(msgspec.Struct, frozen=True):
    """The occasions that have begun, latest first, and when the next one does."""

    campaign: UUID
    area: UUID
    rows: list[OccasionSeen]
    next_begins_on: date | None


class GridFilter(msgspec.Struct, frozen=True):
    """The remainder of which grid, on which occasion."""

    grid: UUID
    occasion: Occasion | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class AreaName(msgspec.Struct, frozen=True):
    """An area as a list shows it."""

    id: UUID
    name: str
    kind: AreaKind


class AreaPath(AreaName, frozen=True):
    """An area with where it is."""

    path: tuple[str, ...]


class FormName(msgspec.Struct, frozen=True):
    """The form of a campaign."""

    id: UUID
    code: str
    version: int
    title: Words


class CampaignRow(msgspec.Struct, frozen=True):
    """A campaign as a list shows it; the counts are those of the whole campaign."""

    id: UUID
    name: str
    area: AreaName
    incident: UUID | None
    drill: bool
    occasion: str
    form: FormName
    starts_on: date
    ends_on: date
    opened_at: datetime
    closed_at: datetime | None
    state: CampaignState
    totals: Totals
    pace: Pace | None
    attempts: AttemptPolicy
    attempts_since: datetime | None
    recurs: Recurrence | None = None
    next_begins_on: date | None = None
    of: TargetKind = TargetKind.HOUSEHOLDS
    places: tuple[PlaceKind, ...] = ()


class CoverageRow(Totals, frozen=True, kw_only=True):
    """Coverage of one area below the one asked for."""

    area: AreaName
    pace: Pace | None = None


class CoverageReply(msgspec.Struct, frozen=True):
    """How far a campaign has come, with the time and position it was true at."""

    as_of: datetime
    position: int
    campaign: UUID
    area: AreaPath
    totals: Totals
    rows: list[CoverageRow]
    hours: list[HourCount]
    boundaries: Boundaries = Boundaries.KEPT
    pace: Pace | None = None


class RemainderReply(msgspec.Struct, frozen=True):
    """Who is still missing on a grid. Without the right to names `rows` and `disputed` are null and the counts stay."""

    as_of: datetime
    campaign: UUID
    grid: AreaPath
    totals: Totals
    counts: RemainderCounts
    rows: list[RemainderRow] | None
    disputed: list[DisputedRow] | None
    total: int
    page: int
    page_size: int
    of: TargetKind = TargetKind.HOUSEHOLDS


class New(msgspec.Struct, frozen=True):
    """A campaign to open."""

    name: Text
    area: UUID
    form: UUID
    starts_on: date
    ends_on: date
    incident: UUID | None = None
    occasion: Occasion | None = None
    target: TargetDefinition | None = None
    attempts: AttemptPolicy | None = None
    recurs: Recurrence | None = None


class SetAttempts(msgspec.Struct, frozen=True):
    """How often and when to call again from now on, and why."""

    policy: AttemptPolicy
    reason: Reason


class Close(msgspec.Struct, frozen=True):
    """Why it ends."""

    reason: Reason


class ToPrint(msgspec.Struct, frozen=True):
    """The remainder of which grid, why on paper, and on which occasion."""

    grid: UUID
    reason: Annotated[str, msgspec.Meta(max_length=200)]
    occasion: Occasion | None = None


class Correct(msgspec.Struct, frozen=True):
    """What an entry said wrongly of a household, and how it was."""

    entry: UUID
    outcome: Outcome
    reason: Reason
    people: People = 0


class Corrected(msgspec.Struct, frozen=True):
    """Where the household stands now."""

    campaign: UUID
    household: UUID
    state: str
    outcome: Outcome | None


class Campaigns(Desk):
    """The campaigns on one's areas, and opening one."""

    def get(self, parsed_query: Query[Filter]) -> Page[CampaignRow]:
        """Campaigns on one's own areas, above and below them, latest first."""
        self.viewer.require(Permission.SEE)
        now, wanted = clock.now(), parsed_query
        found = [c for c in queries.campaigns() if concerns(c, self.viewer) and wanted.q.lower() in c.name.lower()]
        if wanted.state is not None:
            found = [c for c in found if _state(c, now) == wanted.state]
        start = (wanted.page - 1) * wanted.page_size
        rows = [_row(c, self.viewer, now) for c in found[start : start + wanted.page_size]]
        return Page(rows, len(found), wanted.page, wanted.page_size, now.isoformat())

    def post(self, parsed_body: Body[New]) -> CampaignRow:
        """Open a campaign: the households that meet the definition now are its list."""
        now, new, area = clock.now(), parsed_body, AreaId(parsed_body.area)
        self.viewer.require(Permission.OPEN, lineage=territory.lineage(area, local_day(now)))
        opened = actions.open_campaign(
            name=new.name,
            area=area,
            form=new.form,
            starts_on=new.starts_on,
            ends_on=new.ends_on,
            target=new.target,
            incident=IncidentId(new.incident) if new.incident else None,
            occasion=new.occasion,
            attempts=new.attempts,
            recurs=new.recurs,
            by=self.viewer.actor,
            at=now,
        )
        return _row(opened, self.viewer, now)


class CampaignMeasures(Desk):
    """What the numbers mean."""

    def get(self, parsed_query: Query[MeasuresAsked]) -> list[Measure]:
        """Every measure with its definition and denominator, in the words of what a campaign goes to."""
        self.viewer.require(Permission.SEE)
        return list(measures_of(parsed_query.of))


class OneCampaign(Desk):
    """One campaign."""

    def get(self, parsed_path: Path[Where]) -> CampaignRow:
        """The campaign, if it concerns one's areas."""
        return _row(campaign_seen(parsed_path.campaign_id, self.viewer), self.viewer, clock.now())


class CampaignCoverage(Desk):
    """How far a campaign has come."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[AreaFilter]) -> CoverageReply:
        """All four numbers of an area and of each area directly below it, and the curve of a day."""
        now, viewer = clock.now(), self.viewer
        seen = campaign_seen(parsed_path.campaign_id, viewer)
        area, today = AreaId(parsed_query.area) if parsed_query.area else _own_area(seen, viewer), local_day(now)
        viewer.require(Permission.SEE, lineage=territory.lineage(area, today))
        count = queries.recount if parsed_query.boundaries is Boundaries.TODAY else queries.coverage
        occasion = occasion_queries.asked_for(seen, parsed_query.occasion)
        covered = count(campaign=seen.id, area=area, on=today, occasion=occasion)
        sums = {area: covered.totals} | {row.area: row.totals for row in covered.rows}
        paces = queries.paces(campaign=seen, totals=sums, at=now, occasion=occasion)
        return CoverageReply(
            as_of=now,
            position=ledger.head(),
            campaign=seen.id,
            area=_path(area),
            totals=covered.totals,
            rows=[_coverage_row(row.area, row.totals, paces.get(row.area)) for row in covered.rows],
            hours=queries.curve(campaign=seen.id, area=area, on=parsed_query.day or today, occasion=occasion),
            boundaries=parsed_query.boundaries,
            pace=paces.get(area),
        )


class CampaignOccasions(Desk):
    """The occasions of a campaign that recurs."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[OccasionsAsked]) -> OccasionsReply:
        """How far each of them came on an area: counts only. One that happens once has none."""
        now, viewer = clock.now(), self.viewer
        seen, area = campaign_seen(parsed_path.campaign_id, viewer), AreaId(parsed_query.area)
        viewer.require(Permission.SEE, lineage=territory.lineage(area, local_day(now)))
        rows = occasion_queries.occasions_seen(campaign=seen, area=area, at=now)
        return OccasionsReply(seen.id, area, rows, occasion_queries.next_begins_on(seen, local_day(now)))


class CampaignRemainder(Desk):
    """Who is still missing."""

    def get(self, parsed_path: Path[Where], parsed_query: Query[GridFilter]) -> RemainderReply:
        """By name for the grid's own worker and lead, each page one disclosure; for all above: how many, and why.

        Places and buildings name nobody: whoever may look into the register there sees which they are.
        """
        now, viewer, wanted = clock.now(), self.viewer, parsed_query
        seen, grid = campaign_seen(parsed_path.campaign_id, viewer), AreaId(wanted.grid)
        lineage = territory.lineage(grid, local_day(now))
        viewer.require(Permission.SEE, lineage=lineage)
        named = viewer.may(queries.named_by(seen), lineage=lineage)
        occasion = occasion_queries.asked_for(seen, wanted.occasion)
        page = queries.remainder(
            campaign=seen.id,
            grid=grid,
            viewer=viewer,
            occasion=occasion,
            page=wanted.page,
            page_size=wanted.page_size if named else 0,
        )
        return RemainderReply(
            as_of=now,
            campaign=seen.id,
            grid=_path(grid),
            totals=page.totals,
            counts=page.counts,
            rows=None if page.rows is None else list(page.rows),
            disputed=queries.disputed(campaign=seen.id, grid=grid, occasion=occasion) if named else None,
            total=page.totals.remaining,
            page=wanted.page,
            page_size=wanted.page_size,
            of=seen.of,
        )


class RemainderOnPaper(Desk):
    """Who is still missing, to be carried along on the day the phone is broken."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def post(self, parsed_path: Path[Where], parsed_body: Body[ToPrint]) -> FileResponse:
        """A PDF for the grid's own worker and lead, in walking order: masked, with a reason, noted before it leaves."""
        viewer, asked = self.viewer, parsed_body
        seen, grid = campaign_seen(parsed_path.campaign_id, viewer), AreaId(asked.grid)
        viewer.require(Permission.NAME_REMAINDER, lineage=territory.lineage(grid, local_day(clock.now())))
        occasion = occasion_queries.asked_for(seen, asked.occasion)
        found = queries.remainder_on_paper(
            campaign=seen.id, grid=grid, viewer=viewer, reason=asked.reason, occasion=occasion
        )
        area, lang = territory.area(grid), language_of(self.request.headers.get("Accept-Language", ""))
        pdf = paper.remainder(found, campaign=seen, grid=area, viewer=viewer, reason=asked.reason.strip(), lang=lang)
        return FileResponse(
            BytesIO(pdf), as_attachment=True, filename=f"{area.name}.pdf", content_type="application/pdf", status=200
        )


class CampaignAttempts(Desk):
    """How often and when a campaign calls again."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[SetAttempts]) -> CampaignRow:
        """Declare it from now on, for whoever may open campaigns there."""
        now, viewer, new = clock.now(), self.viewer, parsed_body
        seen = campaign_seen(parsed_path.campaign_id, viewer)
        viewer.require(Permission.OPEN, lineage=territory.lineage(seen.area, local_day(now)))
        told = actions.set_attempts(campaign=seen.id, policy=new.policy, reason=new.reason, by=viewer.actor, at=now)
        return _row(told, viewer, now)


class CloseCampaign(Desk):
    """The end of a campaign."""

    def post(self, parsed_path: Path[Where], parsed_body: Body[Close]) -> CampaignRow:
        """Close it. What was recorded before and arrives later still counts."""
        now = clock.now()
        seen = campaign_seen(parsed_path.campaign_id, self.viewer)
        self.viewer.require(Permission.CLOSE, lineage=territory.lineage(seen.area, local_day(now)))
        closed = actions.close_campaign(campaign=seen.id, reason=parsed_body.reason, by=self.viewer.actor, at=now)
        return _row(closed, self.viewer, now)


class CorrectTask(Desk):
    """The only way back from done or struck."""

    def post(self, parsed_path: Path[TaskWhere], parsed_body: Body[Correct]) -> Corrected:
        """Say what an entry got wrong, and how it was."""
        now, viewer, new = clock.now(), self.viewer, parsed_body
        seen, household = campaign_seen(parsed_path.campaign_id, viewer), HouseholdId(parsed_path.household_id)
        grid = queries.grid_of(campaign=seen.id, target=household)
        viewer.require(Permission.CORRECT, lineage=territory.lineage(grid, local_day(now)))
        corrected = actions.correct_task(
            campaign=seen.id,
            target=household,
            entry=new.entry,
            outcome=new.outcome,
            reason=new.reason,
            people=new.people,
            by=viewer.actor,
            at=now,
        )
        stands = queries.task_state(campaign=seen.id, target=household, occasion=corrected.occasion)
        assert stands is not None
        return Corrected(seen.id, household, stands.state, stands.outcome)


def _own_area(campaign: CampaignRef, viewer: Viewer) -> AreaId:
    """The campaign's area for whoever may see all of it, else the viewer's own part of it."""
    on = local_day(viewer.at)
    roots = viewer.roots(Permission.SEE)
    if roots.intersection(territory.lineage(campaign.area, on)):
        return campaign.area
    return min(root for root in roots if lies_in(root, campaign, viewer))


def _state(campaign: CampaignRef, now: datetime) -> CampaignState:
    if campaign.closed_at is not None:
        return CampaignState.CLOSED
    today = local_day(now)
    if today > campaign.ends_on:
        return CampaignState.OVER
    return CampaignState.RUNNING if campaign.starts_on <= today else CampaignState.PLANNED


def _row(campaign: CampaignRef, viewer: Viewer, now: datetime) -> CampaignRow:
    form, area = campaign.form, _own_area(campaign, viewer)
    totals = queries.totals(campaign=campaign.id, area=area)
    return CampaignRow(
        id=campaign.id,
        name=campaign.name,
        area=AreaName(**_name(campaign.area)),
        incident=campaign.incident,
        drill=campaign.drill,
        occasion=campaign.occasion,
        form=FormName(form.id, form.form.code, form.version, form.form.title),
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        opened_at=campaign.opened_at,
        closed_at=campaign.closed_at,
        state=_state(campaign, now),
        totals=totals,
        pace=queries.paces(campaign=campaign, totals={area: totals}, at=now).get(area),
        attempts=queries.attempts_of(campaign, now),
        attempts_since=max((dated.since for dated in campaign.policies), default=None),
        recurs=campaign.recurs,
        next_begins_on=occasion_queries.next_begins_on(campaign, local_day(now)),
        of=campaign.of,
        places=campaign.places,
    )


def _coverage_row(area: AreaId, totals: Totals, pace: Pace | None) -> CoverageRow:
    return CoverageRow(**msgspec.structs.asdict(totals), area=AreaName(**_name(area)), pace=pace)


def _path(area: AreaId) -> AreaPath:
    return AreaPath(**_name(area), path=territory.area(area).path)


def _name(area: AreaId) -> dict[str, Any]:
    found = territory.area(area)
    return {"id": found.id, "name": found.name, "kind": found.kind}


urlpatterns = [
    path("campaigns", Campaigns.as_view(), name="campaigns"),
    path("campaigns/measures", CampaignMeasures.as_view(), name="campaign-measures"),
    path("campaigns/<uuid:campaign_id>", OneCampaign.as_view(), name="campaign"),
    path("campaigns/<uuid:campaign_id>/coverage", CampaignCoverage.as_view(), name="campaign-coverage"),
    path("campaigns/<uuid:campaign_id>/occasions", CampaignOccasions.as_view(), name="campaign-occasions"),
    path("campaigns/<uuid:campaign_id>/remainder", CampaignRemainder.as_view(), name="campaign-remainder"),
    path(
        "campaigns/<uuid:campaign_id>/remainder/paper", RemainderOnPaper.as_view(), name="campaign-remainder-on-paper"
    ),
    path("campaigns/<uuid:campaign_id>/attempts", CampaignAttempts.as_view(), name="campaign-attempts"),
    path("campaigns/<uuid:campaign_id>/close", CloseCampaign.as_view(), name="campaign-close"),
    path(
        "campaigns/<uuid:campaign_id>/tasks/<uuid:household_id>/correct", CorrectTask.as_view(), name="campaign-correct"
    ),
    *burden_api.urlpatterns,
    *needs_api.urlpatterns,
    *teams_api.urlpatterns,
    *checks_api.urlpatterns,
]
