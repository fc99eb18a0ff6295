"""Who stands where: now, and in the days to come, with the gaps. Names of colleagues, no residents."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import Named
from lianfang.ground.duty import models, queries, rules
from lianfang.ground.duty.permissions import Permission
from lianfang.ground.duty.terms import Crew, Shift, ShiftState, Station, Unmanned
from lianfang.ground.territory import queries as territory

DAYS_SHOWN = 7
MOST_NAMES = 50


class StationRow(msgspec.Struct, frozen=True):
    """A station, where it is, and who may plan there."""

    id: UUID
    name: str
    place: str
    may_plan: bool


class ShiftRow(msgspec.Struct, frozen=True):
    """A shift with its name in words, and what oneself may do about it just now."""

    id: UUID
    station: UUID
    station_name: str
    account: AccountId
    name: str
    crew: Crew
    night: bool
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    mine: bool
    may_sign_on: bool
    may_sign_off: bool
    may_drop: bool


class StationDays(msgspec.Struct, frozen=True):
    """One station's shifts of some days, and when a crew that is planned there at all has nobody."""

    station: StationRow
    shifts: list[ShiftRow]
    gaps: list[Unmanned]


class DutyRoster(msgspec.Struct, frozen=True):
    """Some days of all stations of an area; who is to be called now stands first."""

    area: AreaId
    from_day: date
    days: int
    on_call: list[ShiftRow]
    mine: list[ShiftRow]
    stations: list[StationDays]
    as_of: datetime


def roster(*, area: AreaId, from_day: date | None, viewer: Viewer) -> DutyRoster:
    """The seven days from one on (today, when none is named), on an area and all below it."""
    on = local_day(viewer.at)
    viewer.require(Permission.SEE, lineage=territory.lineage(area, on))
    first = from_day or on
    since = territory.start_of(first)
    until = since + timedelta(days=DAYS_SHOWN)
    rows = models.Shift.objects.filter(ends_at__gt=min(since, viewer.at), starts_at__lt=max(until, viewer.at))
    below = [shift for shift in queries.shifts(rows) if area in territory.lineage(shift.area, on)]
    stations = queries.stations(area=area, viewer=viewer)
    names = {each.id: each.name for each in stations}
    shown = [shift for shift in below if shift.dropped_at is None]
    called = {each.shift: n for n, each in enumerate(rules.on_call(shown, at=viewer.at))}
    rows_now = {row.id: row for row in _rows(shown, names, viewer)}
    in_days = [s for s in shown if s.ends_at > since and s.starts_at < until]
    return DutyRoster(
        area=area,
        from_day=first,
        days=DAYS_SHOWN,
        on_call=[rows_now[id] for id in called],
        mine=mine(viewer=viewer),
        stations=[_days(each, in_days, rows_now, since, until, viewer) for each in stations],
        as_of=viewer.at,
    )


def mine(*, viewer: Viewer) -> list[ShiftRow]:
    """One's own shifts that are not over, the next first, wherever they are."""
    found = [shift for shift in queries.shifts_of(account=viewer.account, since=viewer.at) if shift.dropped_at is None]
    names = queries.names_of_stations([shift.station for shift in found])
    return _rows(found, names, viewer)


def shift_row(shift: Shift, *, viewer: Viewer) -> ShiftRow:
    """One shift in words."""
    return _rows([shift], queries.names_of_stations([shift.station]), viewer)[0]


def station_row(station: Station, *, viewer: Viewer) -> StationRow:
    """One station in words."""
    on = local_day(viewer.at)
    found = territory.find(station.area, on)
    lineage = territory.lineage(station.area, on)
    place = " › ".join(found.path[-2:]) if found else ""
    return StationRow(station.id, station.name, place, viewer.may(Permission.PLAN, lineage=lineage))


def candidates(*, station: UUID, q: str, viewer: Viewer) -> list[Named]:
    """Who may be put on there, by name; the first of them."""
    found = queries.one_station(id=station, viewer=viewer, permission=Permission.PLAN)
    named = access.those_who_may(Permission.STAND, area=found.area, at=viewer.at)
    return [each for each in named if q.strip() in each.name][:MOST_NAMES]


def _days(
    station: Station,
    shifts: Sequence[Shift],
    rows: Mapping[UUID, ShiftRow],
    since: datetime,
    until: datetime,
    viewer: Viewer,
) -> StationDays:
    here = sorted((s for s in shifts if s.station == station.id), key=lambda s: (s.starts_at, s.crew, str(s.id)))
    crews = [crew for crew in Crew if any(shift.crew is crew for shift in here)]
    ahead = max(since, viewer.at)
    gaps = [gap for crew in crews for gap in rules.unmanned(here, crew=crew, since=ahead, until=until)]
    return StationDays(station_row(station, viewer=viewer), [rows[shift.id] for shift in here], gaps)


def _rows(shifts: Iterable[Shift], stations: Mapping[UUID, str], viewer: Viewer) -> list[ShiftRow]:
    found = list(shifts)
    names = access.names_of(shift.account for shift in found)
    return [_row(shift, stations, names, viewer) for shift in found]


def _row(shift: Shift, stations: Mapping[UUID, str], names: Mapping[UUID, str], viewer: Viewer) -> ShiftRow:
    plans = viewer.may(Permission.PLAN, lineage=territory.lineage(shift.area, local_day(viewer.at)))
    return ShiftRow(
        id=shift.id,
        station=shift.station,
        station_name=stations.get(shift.station, ""),
        account=shift.account,
        name=names.get(shift.account, ""),
        crew=shift.crew,
        night=rules.is_night(shift),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        state=rules.state_of(shift, at=viewer.at),
        mine=shift.account == viewer.account,
        may_sign_on=shift.on_at is None and rules.may_sign_on(shift, by=viewer.account, at=viewer.at),
        may_sign_off=rules.may_sign_off(shift, by=viewer.account, at=viewer.at),
        may_drop=plans and rules.may_drop(shift, at=viewer.at),
    )
