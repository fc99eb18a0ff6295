"""Who is on call now, and when nobody is. None of it names a resident."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Loader
from lianfang.ground.duty import models, rules
from lianfang.ground.duty.permissions import Permission
from lianfang.ground.duty.records import SHIFT, STATION
from lianfang.ground.duty.terms import Crew, OnCall, Shift, Station, Unmanned
from lianfang.ground.territory import queries as territory


def on_call(*, area: AreaId, viewer: Viewer) -> list[OnCall]:
    """Who is on call now on an area and all below it, the duty crew first."""
    on = local_day(viewer.at)
    viewer.require(Permission.SEE, lineage=territory.lineage(area, on))
    rows = models.Shift.objects.filter(starts_at__lte=viewer.at + rules.COMES_EARLY, ends_at__gt=viewer.at)
    below = [shift for shift in map(_shift, rows) if area in territory.lineage(shift.area, on)]
    return rules.on_call(below, at=viewer.at)


def unmanned(*, station: UUID, crew: Crew, since: datetime, until: datetime, viewer: Viewer) -> list[Unmanned]:
    """When nobody of a crew is planned at a station."""
    found = one_station(id=station, viewer=viewer, permission=Permission.SEE)
    rows = models.Shift.objects.filter(station_id=found.id, starts_at__lt=until, ends_at__gt=since)
    return rules.unmanned([_shift(row) for row in rows], crew=crew, since=since, until=until)


def stations(*, area: AreaId, viewer: Viewer) -> list[Station]:
    """The stations of an area and all below it, by name."""
    on = local_day(viewer.at)
    viewer.require(Permission.SEE, lineage=territory.lineage(area, on))
    rows = models.Station.objects.order_by("name", "id")
    return [_station(row) for row in rows if area in territory.lineage(AreaId(row.area_id), on)]


def names_of_stations(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What stations are called, for lists."""
    return {station.id: station.name for station in _load_stations(list(set(ids))).values()}


def shifts(rows: Iterable[models.Shift]) -> list[Shift]:
    """Rows as shifts, for whoever has asked for them within some area."""
    return [_shift(row) for row in rows]


def one_station(*, id: UUID, viewer: Viewer, permission: Permission) -> Station:
    """A station of the viewer's areas; otherwise it is not there (404)."""
    viewer.require(permission)
    found: Station | None = _load_stations([id]).get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(permission, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def one_shift(*, id: UUID, viewer: Viewer, permission: Permission) -> Shift:
    """A shift of the viewer's areas; otherwise it is not there (404)."""
    viewer.require(permission)
    found: Shift | None = _load_shifts([id]).get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    if not (permission is Permission.STAND and found.account == viewer.account):  # one's own is one's own anywhere
        viewer.require(permission, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def shifts_of(*, account: AccountId, since: datetime) -> list[Shift]:
    """Somebody's shifts that end after a moment, wherever they are: rest is rest."""
    rows = models.Shift.objects.filter(account_id=account, ends_at__gt=since)
    return [_shift(row) for row in rows.order_by("starts_at", "id")]


def _shift(row: models.Shift) -> Shift:
    return Shift(
        id=row.id,
        station=row.station_id,
        area=AreaId(row.area_id),
        account=AccountId(row.account_id),
        crew=Crew(row.crew),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        dropped_at=row.dropped_at,
        on_at=row.on_at,
        off_at=row.off_at,
    )


def _station(row: models.Station) -> Station:
    return Station(row.id, AreaId(row.area_id), row.name)


def _load_stations(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    rows = models.Station.objects.filter(id__in=list(ids))
    return {row.id: _station(row) for row in rows}


def _load_shifts(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {row.id: _shift(row) for row in models.Shift.objects.filter(id__in=list(ids))}


LOADERS = (Loader(STATION, _load_stations), Loader(SHIFT, _load_shifts))
