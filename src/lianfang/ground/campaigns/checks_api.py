"""HTTP for looking at visits again: what to look at, how many, what was found, what became of it."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Named
from lianfang.ground.campaigns import checks
from lianfang.ground.campaigns.checking import CheckFound, HowKept, Percent
from lianfang.ground.campaigns.checks import RecheckFinding, ToCheck
from lianfang.ground.campaigns.concerning import campaign_seen
from lianfang.ground.campaigns.permissions import Permission
from lianfang.ground.campaigns.records import People, Reason
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.posture.terms import Words


class ChecksWhere(msgspec.Struct, frozen=True):
    """One campaign."""

    campaign_id: UUID


class FindingWhere(msgspec.Struct, frozen=True):
    """One finding."""

    recheck_id: UUID


class SetChecks(msgspec.Struct, frozen=True):
    """How many of a hundred, and why."""

    percent: Percent
    reason: Reason


class SettleFinding(msgspec.Struct, frozen=True):
    """Keep the first visit, or say how it was."""

    how: HowKept
    reason: Reason
    outcome: Outcome | None = None
    people: People = 0


class FindingShown(msgspec.Struct, frozen=True):
    """A finding beside the first visit, with the names of colleagues and the words of the questions."""

    id: UUID
    household: UUID
    grid: Named
    visit: UUID
    found: CheckFound
    questions: list[Words]
    first_by: str
    first_at: datetime
    second_by: str
    second_at: datetime
    how: HowKept | None
    settled_at: datetime | None
    reason: str | None


class WorkerChecks(msgspec.Struct, frozen=True):
    """How one worker's visits stand: `differing` of `checked`, never without it."""

    name: str
    finished: int
    chosen: int
    checked: int
    differing: int


class ChecksReply(msgspec.Struct, frozen=True):
    """How a campaign stands with it. Workers by name: this is no ranking."""

    campaign: UUID
    percent: int
    since: datetime | None
    left: int
    findings: list[FindingShown]
    workers: list[WorkerChecks]
    may_set: bool


class VisitsToCheck(Desk):
    """What a second person is asked to look at again."""

    def get(self, parsed_path: Path[ChecksWhere]) -> list[ToCheck]:
        """On one's own grids, never one's own visits; each look is written down."""
        campaign = campaign_seen(parsed_path.campaign_id, self.viewer, Permission.RECHECK)
        return checks.to_check(campaign=campaign.id, viewer=self.viewer)


class Checks(Desk):
    """How a campaign stands with visits looked at again."""

    def get(self, parsed_path: Path[ChecksWhere]) -> ChecksReply:
        """What was found otherwise, and how many of whose visits were looked at."""
        return _reply(campaign_seen(parsed_path.campaign_id, self.viewer, Permission.SETTLE_FINDING), self.viewer)

    def post(self, parsed_path: Path[ChecksWhere], parsed_body: Body[SetChecks]) -> ChecksReply:
        """Declare how many of a hundred, of the visits heard from now on."""
        campaign, said = campaign_seen(parsed_path.campaign_id, self.viewer), parsed_body
        checks.set_percent(campaign=campaign.id, percent=said.percent, reason=said.reason, viewer=self.viewer)
        return _reply(campaign, self.viewer)


class FindingDone(msgspec.Struct, frozen=True):
    """It is settled."""

    recheck: UUID
    how: HowKept


class SettlingFinding(Desk):
    """What becomes of a finding."""

    def post(self, parsed_path: Path[FindingWhere], parsed_body: Body[SettleFinding]) -> FindingDone:
        """Correct the first visit, or keep it."""
        said, id = parsed_body, parsed_path.recheck_id
        checks.settle(
            recheck=id, how=said.how, reason=said.reason, outcome=said.outcome, people=said.people, viewer=self.viewer
        )
        return FindingDone(id, said.how)


def _reply(campaign: CampaignRef, viewer: Viewer) -> ChecksReply:
    found = checks.checks(campaign=campaign.id, viewer=viewer)
    people = {
        *found.rates,
        *(f.first_by for f in found.findings),
        *(f.second_by for f in found.findings if f.second_by),
    }
    names = accounts.names_of(people)
    words = {question.code: question.label for question in campaign.form.form.questions}
    workers = [WorkerChecks(names.get(who, ""), *msgspec.structs.astuple(rate)) for who, rate in found.rates.items()]
    return ChecksReply(
        campaign=campaign.id,
        percent=found.percent,
        since=found.since,
        left=found.left,
        findings=[_shown(each, names, words) for each in found.findings],
        workers=sorted(workers, key=lambda worker: worker.name),
        may_set=viewer.may(Permission.OPEN) and campaign.closed_at is None,
    )


def _shown(row: RecheckFinding, names: dict[UUID, str], words: dict[str, Words]) -> FindingShown:
    return FindingShown(
        id=row.id,
        household=row.household,
        grid=accounts.named_area(row.grid),
        visit=row.visit,
        found=row.found,
        questions=[words.get(code, Words(code, code)) for code in row.questions],
        first_by=names.get(row.first_by, ""),
        first_at=row.first_at,
        second_by=names.get(row.second_by, "") if row.second_by else "",
        second_at=row.second_at,
        how=row.how,
        settled_at=row.settled_at,
        reason=row.reason,
    )


urlpatterns = [
    path("campaigns/<uuid:campaign_id>/checks", Checks.as_view(), name="campaign-checks"),
    path("campaigns/<uuid:campaign_id>/to-check", VisitsToCheck.as_view(), name="campaign-to-check"),
    path("findings/<uuid:recheck_id>/settle", SettlingFinding.as_view(), name="finding-settle"),
]
