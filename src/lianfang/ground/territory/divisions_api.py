"""HTTP for a first tree: units of a public list, as somebody has mended them, below an area that is there."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.territory import divisions, queries
from lianfang.ground.territory.divisions import DivisionsTaken, Unit
from lianfang.ground.territory.permissions import Permission

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"^[0-9+]+$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*\S[^\x00]*$")]


class ListedUnit(msgspec.Struct, frozen=True):
    """A unit of the list; one that the list lacks gets a code of its own (330381007+01)."""

    code: Code
    name: Name
    parent: Code


class ListOfUnits(msgspec.Struct, frozen=True):
    """What lies below the unit `under`, which our area `below` stands for. `only_look` keeps nothing."""

    units: Annotated[list[ListedUnit], msgspec.Meta(min_length=1, max_length=5000)]
    under: Code
    below: UUID
    only_look: bool = False


class Divisions(Desk):
    """A part of a public list of divisions."""

    def post(self, parsed_body: Body[ListOfUnits]) -> DivisionsTaken:
        """Add what is new below the area; what is known there by code or name stays as it is."""
        viewer, asked, now = self.viewer, parsed_body, clock.now()
        viewer.require(Permission.LOAD)
        on, below = local_day(now), AreaId(asked.below)
        viewer.require(Permission.LOAD, lineage=queries.lineage(below, on))
        area = queries.area(below)
        if area.code is None:
            raise Problem("territory.area_without_code", status=409, name=area.name)
        units = [Unit(one.code, one.name.strip(), one.parent) for one in asked.units]
        rows = divisions.rows_under([Unit(asked.under, area.name, None), *units], asked.under, below=area.code)
        within = viewer.roots(Permission.LOAD)
        return divisions.take(rows=rows, on=on, by=viewer.actor, at=now, within=within, only_look=asked.only_look)


urlpatterns = [path("areas/divisions", Divisions.as_view(), name="areas-divisions")]
