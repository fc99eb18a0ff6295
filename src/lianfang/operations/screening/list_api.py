"""HTTP for walking lists: print one, a notice for the door, and type in what was written."""

from datetime import date, datetime
from io import BytesIO
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, CampaignId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import language_of
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.forms import queries as forms
from lianfang.ground.forms.terms import FormDocument
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.operations.screening import lists, paper
from lianfang.operations.screening.lists import Entered, Line, LineSaid, Printed
from lianfang.operations.screening.permissions import Permission

_PDF = "application/pdf"


class CampaignWhere(msgspec.Struct, frozen=True):
    """Of which campaign."""

    campaign_id: UUID


class ListWhere(msgspec.Struct, frozen=True):
    """Which list."""

    number: int


class LineWhere(msgspec.Struct, frozen=True):
    """Which line of which list."""

    number: int
    line: int


class ListToPrint(msgspec.Struct, frozen=True):
    """Of which grid, and why on paper."""

    grid: UUID
    reason: Annotated[str, msgspec.Meta(max_length=200)]


class ListSeen(msgspec.Struct, frozen=True):
    """A list with its form, to type in what was written."""

    number: int
    campaign: UUID
    name: str
    drill: bool
    grid: str
    printed_at: datetime
    first_day: date
    today: date
    form: FormDocument
    lines: list[Line]
    of: TargetKind = TargetKind.HOUSEHOLDS


class WalkingList(Desk):
    """A walking list on paper."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def post(self, parsed_path: Path[CampaignWhere], parsed_body: Body[ListToPrint]) -> FileResponse:
        """A PDF of who is still to be reached on a grid: masked, with a reason, noted before it leaves."""
        viewer, asked, grid = self.viewer, parsed_body, AreaId(parsed_body.grid)
        campaign = _campaign(parsed_path.campaign_id, viewer)
        viewer.require(Permission.PRINT_LIST, lineage=territory.lineage(grid, local_day(viewer.at)))
        found, targets, all = lists.print_list(campaign=campaign.id, grid=grid, viewer=viewer, reason=asked.reason)
        area, lang = territory.area(grid), language_of(self.request.headers.get("Accept-Language", ""))
        pdf = paper.walking_list(
            found, targets, all=all, grid=area, viewer=viewer, reason=asked.reason.strip(), lang=lang
        )
        return _file(pdf, f"{area.name}-{found.number}.pdf")


class DoorNotice(Desk):
    """What is said at a door, on paper."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[CampaignWhere]) -> FileResponse:
        """A PDF that names nobody: why we come, what is asked and for what, how long it is kept."""
        viewer = self.viewer
        campaign = _campaign(parsed_path.campaign_id, viewer)
        lang = language_of(self.request.headers.get("Accept-Language", ""))
        return _file(paper.door_notice(campaign, viewer=viewer, lang=lang), f"{campaign.name}.pdf")


class OneList(Desk):
    """A printed list."""

    def get(self, parsed_path: Path[ListWhere]) -> ListSeen:
        """Its lines by door, what was typed in already, and the form."""
        found = _seen(parsed_path.number, self.viewer)
        campaign = found.campaign
        return ListSeen(
            number=found.number,
            campaign=campaign.id,
            name=campaign.name,
            drill=campaign.drill,
            grid=territory.area(found.grid).name,
            printed_at=found.printed_at,
            first_day=local_day(found.printed_at),
            today=local_day(self.viewer.at),
            form=forms.document(campaign.form),
            lines=lists.lines(found, viewer=self.viewer),
            of=campaign.of,
        )


class OneLine(Desk):
    """One line of a printed list."""

    def post(self, parsed_path: Path[LineWhere], parsed_body: Body[LineSaid]) -> Entered:
        """Keep what was written, as the record a phone would have sent. Typed in before: nothing changes."""
        viewer = self.viewer
        found = _seen(parsed_path.number, viewer)
        return lists.enter_line(
            found, line=parsed_path.line, said=parsed_body, viewer=viewer, by=viewer.actor, at=viewer.at
        )


def _seen(number: int, viewer: Viewer) -> Printed:
    """A list of one's own grids; of others there is none."""
    viewer.require(Permission.ENTER_LIST)
    found = lists.printed(number=number)
    if not viewer.may(Permission.ENTER_LIST, lineage=territory.lineage(found.grid, local_day(viewer.at))):
        raise Problem("screening.list_unknown", status=404, number=number)
    return found


def _campaign(id: UUID, viewer: Viewer) -> CampaignRef:
    """One that meets the viewer's areas; for others there is none."""
    viewer.require(Permission.SEE)
    found = campaigns.campaign(id=CampaignId(id))
    if not any(_meets(found, root, viewer) for root in viewer.roots(Permission.SEE)):
        raise Problem("access.not_found", status=404)
    return found


def _meets(campaign: CampaignRef, area: AreaId, viewer: Viewer) -> bool:
    on = local_day(viewer.at)
    return campaign.area in territory.lineage(area, on) or area in territory.lineage(campaign.area, on)


def _file(pdf: bytes, name: str) -> FileResponse:
    return FileResponse(BytesIO(pdf), as_attachment=True, filename=name, content_type=_PDF, status=200)


urlpatterns = [
    path("campaigns/<uuid:campaign_id>/walking-list", WalkingList.as_view(), name="walking-list"),
    path("campaigns/<uuid:campaign_id>/notice", DoorNotice.as_view(), name="door-notice"),
    path("lists/<int:number>", OneList.as_view(), name="printed-list"),
    path("lists/<int:number>/lines/<int:line>", OneLine.as_view(), name="printed-list-line"),
]
