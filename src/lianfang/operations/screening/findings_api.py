"""HTTP for findings: counts by area with what they mean, and the list for those who work there."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Query

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.measures import Measure
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.territory import queries as territory
from lianfang.operations.screening import findings
from lianfang.operations.screening.findings import FindingCounts, FindingRow
from lianfang.operations.screening.measures import FINDING_MEASURES
from lianfang.operations.screening.permissions import Permission


class FindingsAsked(msgspec.Struct, frozen=True):
    """Where; without, on all of one's own grids. Those open, or those fixed."""

    area: UUID | None = None
    fixed: bool = False
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class FindingAreaAsked(msgspec.Struct, frozen=True):
    """Counts of which area; without one of the largest of one's own."""

    area: UUID | None = None


class FindingsCounted(msgspec.Struct, frozen=True):
    """The area itself first, then those directly below it, and what the numbers mean."""

    as_of: datetime
    rows: list[FindingCounts]
    measures: list[Measure]


class Findings(Desk):
    """What was found at doors."""

    def get(self, parsed_query: Query[FindingsAsked]) -> Page[FindingRow]:
        """Soonest due first; of those fixed, the latest first."""
        asked, viewer = parsed_query, self.viewer
        rows = findings.rows(viewer=viewer, area=AreaId(asked.area) if asked.area else None, fixed=asked.fixed)
        start = (asked.page - 1) * asked.page_size
        shown = rows[start : start + asked.page_size]
        return Page(shown, len(rows), asked.page, asked.page_size, viewer.at.isoformat())


class FindingNumbers(Desk):
    """How many."""

    def get(self, parsed_query: Query[FindingAreaAsked]) -> FindingsCounted:
        """Counts only: by area down to the grid."""
        viewer, on = self.viewer, local_day(self.viewer.at)
        viewer.require(Permission.SEE)
        roots = sorted(viewer.roots(Permission.SEE), key=lambda root: (len(territory.lineage(root, on)), root))
        area = AreaId(parsed_query.area) if parsed_query.area else roots[0]
        viewer.require(Permission.SEE, lineage=territory.lineage(area, on))
        return FindingsCounted(viewer.at, findings.counts(area=area, on=on), list(FINDING_MEASURES))


urlpatterns = [
    path("findings", Findings.as_view(), name="findings"),
    path("findings/counts", FindingNumbers.as_view(), name="finding-counts"),
]
