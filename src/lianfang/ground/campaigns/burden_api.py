"""HTTP for the burden meter: what households were asked for this week."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Path, Query

from lianfang.foundation.kernel.ids import AreaId, HouseholdId
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.campaigns import burden
from lianfang.ground.campaigns.burden import BurdenReport, HomeBurden, HouseholdBurden


class AskedWeek(msgspec.Struct, frozen=True):
    """Where, and in the week around which day; without: one's own area, this week."""

    area: UUID | None = None
    on: date | None = None


class AskedHomes(AskedWeek, frozen=True):
    """And which page."""

    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class AskedHome(msgspec.Struct, frozen=True):
    """Which household."""

    household_id: UUID


class BurdenOfAreas(Desk):
    """What households were asked for."""

    def get(self, parsed_query: Query[AskedWeek]) -> BurdenReport:
        """By area and campaign: numbers, nobody in particular."""
        area = AreaId(parsed_query.area) if parsed_query.area else None
        return burden.burden(viewer=self.viewer, area=area, on=parsed_query.on)


class BurdenOfHousehold(Desk):
    """What one household was asked for."""

    def get(self, parsed_path: Path[AskedHome], parsed_query: Query[AskedWeek]) -> HouseholdBurden:
        """In a week, by which campaigns."""
        home = HouseholdId(parsed_path.household_id)
        return burden.burden_of(home, viewer=self.viewer, on=parsed_query.on)


class BurdenByGrid(Desk):
    """What households were asked for, grid by grid."""

    def get(self, parsed_query: Query[AskedWeek]) -> BurdenReport:
        """Those asked for most come first."""
        area = AreaId(parsed_query.area) if parsed_query.area else None
        return burden.burden_by_grid(viewer=self.viewer, area=area, on=parsed_query.on)


class BurdenOfHomes(Desk):
    """The households that were asked for most."""

    def get(self, parsed_query: Query[AskedHomes]) -> Page[HomeBurden]:
        """The highest first, masked."""
        asked = parsed_query
        area = AreaId(asked.area) if asked.area else None
        found = burden.burden_of_homes(
            viewer=self.viewer, area=area, on=asked.on, page=asked.page, page_size=asked.page_size
        )
        return Page(found.rows, found.total, asked.page, asked.page_size, clock.now().isoformat())


urlpatterns = [
    path("burden/grids", BurdenByGrid.as_view(), name="burden-by-grid"),
    path("burden/households", BurdenOfHomes.as_view(), name="burden-of-homes"),
    path("burden", BurdenOfAreas.as_view(), name="burden"),
    path("burden/households/<uuid:household_id>", BurdenOfHousehold.as_view(), name="burden-of-household"),
]
