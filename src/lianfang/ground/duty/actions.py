"""What can be done about duty: open a station, plan and drop shifts, come on and go off."""

from datetime import datetime, timedelta
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.access import queries as access
from lianfang.ground.duty import queries, records, rules
from lianfang.ground.duty.permissions import Permission
from lianfang.ground.duty.terms import Crew, Shift, Station
from lianfang.ground.territory import queries as territory


def open_station(*, area: AreaId, name: str, viewer: Viewer, at: datetime) -> Station:
    """Somebody is to stand there."""
    viewer.require(Permission.PLAN, lineage=territory.lineage(area, local_day(at)))
    if not name.strip():
        raise Problem("duty.name_missing", status=422)
    id = new_id()
    with turn(by=viewer.actor, at=at) as ledger:
        ledger.append(records.STATION_OPENED.name, records.StationOpened(id, area, name.strip()[:100]))
    return queries.one_station(id=id, viewer=viewer, permission=Permission.PLAN)


def plan_shift(
    *,
    station: UUID,
    account: AccountId,
    starts_at: datetime,
    ends_at: datetime,
    viewer: Viewer,
    at: datetime,
    crew: Crew = Crew.DUTY,
) -> Shift:
    """Put somebody on, for at most 12 hours and with 8 hours of rest on both sides, wherever else they stand."""
    id = new_id()
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.one_station(id=station, viewer=viewer, permission=Permission.PLAN)
        named = access.those_who_may(Permission.STAND, area=found.area, at=at)
        if not any(each.id == account for each in named):
            raise Problem("duty.cannot_stand", status=422)
        theirs = queries.shifts_of(account=account, since=starts_at - timedelta(days=1))
        rules.check_shift(starts_at=starts_at, ends_at=ends_at, theirs=theirs, at=at)
        body = records.ShiftPlanned(id, found.id, account, crew, starts_at, ends_at)
        ledger.append(records.SHIFT_PLANNED.name, body)
    return queries.one_shift(id=id, viewer=viewer, permission=Permission.PLAN)


def drop_shift(*, shift: UUID, viewer: Viewer, at: datetime) -> Shift:
    """They are not put on after all."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.one_shift(id=shift, viewer=viewer, permission=Permission.PLAN)
        rules.check_dropping(found, at=at)
        ledger.append(records.SHIFT_DROPPED.name, records.ShiftDropped(shift))
    return queries.one_shift(id=shift, viewer=viewer, permission=Permission.PLAN)


def sign_on(*, shift: UUID, viewer: Viewer, at: datetime) -> Shift:
    """Come on duty, oneself."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.one_shift(id=shift, viewer=viewer, permission=Permission.STAND)
        rules.check_signing_on(found, by=viewer.account, at=at)
        if found.on_at is None:
            ledger.append(records.SIGNED_ON.name, records.SignedOn(shift))
    return queries.one_shift(id=shift, viewer=viewer, permission=Permission.STAND)


def sign_off(*, shift: UUID, viewer: Viewer, at: datetime) -> Shift:
    """Go off duty, oneself. Whoever forgets is off when the shift ends."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.one_shift(id=shift, viewer=viewer, permission=Permission.STAND)
        rules.check_signing_off(found, by=viewer.account)
        ledger.append(records.SIGNED_OFF.name, records.SignedOff(shift))
    return queries.one_shift(id=shift, viewer=viewer, permission=Permission.STAND)
