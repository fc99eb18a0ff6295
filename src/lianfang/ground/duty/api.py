"""HTTP for duty: the roster of a week, who is on call now, stations, shifts, coming on and going off."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.access.terms import Named
from lianfang.ground.duty import actions, roster
from lianfang.ground.duty.records import Name
from lianfang.ground.duty.roster import DutyRoster, ShiftRow, StationRow
from lianfang.ground.duty.terms import Crew


class RosterFilter(msgspec.Struct, frozen=True):
    """Of which area, and from which day on; today, when none is named."""

    area: UUID
    from_day: date | None = None


class StationWhere(msgspec.Struct, frozen=True):
    """One station."""

    station_id: UUID


class ShiftWhere(msgspec.Struct, frozen=True):
    """One shift."""

    shift_id: UUID


class StandFilter(msgspec.Struct, frozen=True):
    """Accounts whose name holds these words."""

    q: Annotated[str, msgspec.Meta(max_length=60)] = ""


class NewStation(msgspec.Struct, frozen=True):
    """Where somebody is to stand."""

    area: UUID
    name: Name


class NewShift(msgspec.Struct, frozen=True):
    """Who is to stand there, in which crew, from when until when."""

    station: UUID
    account: UUID
    starts_at: Instant
    ends_at: Instant
    crew: Crew = Crew.DUTY


class RosterOfDuty(Desk):
    """Who stands where."""

    def get(self, parsed_query: Query[RosterFilter]) -> DutyRoster:
        """Who is to be called now, one's own shifts, and seven days of every station."""
        return roster.roster(area=AreaId(parsed_query.area), from_day=parsed_query.from_day, viewer=self.viewer)


class Stations(Desk):
    """Where somebody is to stand."""

    def post(self, parsed_body: Body[NewStation]) -> StationRow:
        """Open one."""
        new, viewer = parsed_body, self.viewer
        opened = actions.open_station(area=AreaId(new.area), name=new.name, viewer=viewer, at=viewer.at)
        return roster.station_row(opened, viewer=viewer)


class CandidatesForStation(Desk):
    """Who may be put on there."""

    def get(self, parsed_path: Path[StationWhere], parsed_query: Query[StandFilter]) -> list[Named]:
        """By name; the first of them."""
        return roster.candidates(station=parsed_path.station_id, q=parsed_query.q, viewer=self.viewer)


class Shifts(Desk):
    """Who stands when."""

    def post(self, parsed_body: Body[NewShift]) -> ShiftRow:
        """Put somebody on."""
        new, viewer = parsed_body, self.viewer
        planned = actions.plan_shift(
            station=new.station,
            account=AccountId(new.account),
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            crew=new.crew,
            viewer=viewer,
            at=viewer.at,
        )
        return roster.shift_row(planned, viewer=viewer)


class DropShift(Desk):
    """Not after all."""

    def post(self, parsed_path: Path[ShiftWhere]) -> ShiftRow:
        """Only what has not begun."""
        viewer = self.viewer
        dropped = actions.drop_shift(shift=parsed_path.shift_id, viewer=viewer, at=viewer.at)
        return roster.shift_row(dropped, viewer=viewer)


class SignOn(Desk):
    """Coming."""

    def post(self, parsed_path: Path[ShiftWhere]) -> ShiftRow:
        """Oneself."""
        viewer = self.viewer
        return roster.shift_row(actions.sign_on(shift=parsed_path.shift_id, viewer=viewer, at=viewer.at), viewer=viewer)


class SignOff(Desk):
    """Going."""

    def post(self, parsed_path: Path[ShiftWhere]) -> ShiftRow:
        """Oneself."""
        viewer = self.viewer
        return roster.shift_row(
            actions.sign_off(shift=parsed_path.shift_id, viewer=viewer, at=viewer.at), viewer=viewer
        )


urlpatterns = [
    path("duty", RosterOfDuty.as_view(), name="duty"),
    path("duty/stations", Stations.as_view(), name="duty-stations"),
    path("duty/stations/<uuid:station_id>/candidates", CandidatesForStation.as_view(), name="duty-candidates"),
    path("duty/shifts", Shifts.as_view(), name="duty-shifts"),
    path("duty/shifts/<uuid:shift_id>/drop", DropShift.as_view(), name="duty-shift-drop"),
    path("duty/shifts/<uuid:shift_id>/on", SignOn.as_view(), name="duty-shift-on"),
    path("duty/shifts/<uuid:shift_id>/off", SignOff.as_view(), name="duty-shift-off"),
]
