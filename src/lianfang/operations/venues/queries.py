"""Codes of places and how often they were shown. None of it names a resident, so nothing is disclosed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import KeyName, incident_of
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Kept, Loader
from lianfang.foundation.plumbing import walls
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.territory import queries as territory
from lianfang.operations.venues import models, rules
from lianfang.operations.venues.measures import COUNTED
from lianfang.operations.venues.permissions import Permission
from lianfang.operations.venues.projections import TOKEN_FIELD
from lianfang.operations.venues.records import CODE, OPENED
from lianfang.operations.venues.terms import Seen, VenueCode, VenueCodeRow, VenueCodes, VenueHour, VenueWindow
from lianfang.operations.venues.warrant_records import WARRANT, WarrantRef

LONGEST_LOOK = 31 * 24  # hours of a window of counts
_WINDOW = "SELECT at, token, position FROM venues_visit WHERE code_no = %s AND at >= %s AND at < %s"


def codes(*, area: AreaId, viewer: Viewer) -> VenueCodes:
    """The codes of an area and all below it, those that count first."""
    on = local_day(viewer.at)
    viewer.require(Permission.SEE, lineage=territory.lineage(area, on))
    found = [code for code in map(_code, models.Code.objects.order_by("name", "no")) if _is_below(code, area, on)]
    rows = sorted((_row(code, viewer.at) for code in found), key=lambda row: not row.good)
    return VenueCodes(rows, asking(area=area, at=viewer.at) is not None, viewer.at)


def one_code(*, id: UUID, viewer: Viewer, permission: Permission) -> VenueCode:
    """A code of the viewer's areas; otherwise it is not there (404)."""
    viewer.require(permission)
    found: VenueCode | None = _load_codes([id]).get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    viewer.require(permission, lineage=territory.lineage(found.area, local_day(viewer.at)))
    return found


def row(*, id: UUID, viewer: Viewer) -> VenueCodeRow:
    """One code as the list shows it."""
    return _row(one_code(id=id, viewer=viewer, permission=Permission.SEE), viewer.at)


def window(*, id: UUID, starts_at: datetime, ends_at: datetime, viewer: Viewer) -> VenueWindow:
    """How many visits a code had between two moments, by the hour. Tokens are compared and stay here."""
    code = one_code(id=id, viewer=viewer, permission=Permission.SEE)
    if not 0 < (ends_at - starts_at).total_seconds() <= LONGEST_LOOK * 3600:
        raise Problem("venues.window_too_long", status=422, hours=LONGEST_LOOK)
    hours: dict[int, list[bytes]] = {}
    for seen in visits_of([code.no], starts_at=starts_at, ends_at=ends_at, at=viewer.at):
        hours.setdefault(rules.hour_of(seen.at), []).append(seen.token)
    rows = [
        VenueHour(datetime.fromtimestamp(hour * 3600, UTC), len(tokens), len(set(tokens)))
        for hour, tokens in sorted(hours.items())
    ]
    return VenueWindow(code.name, rows, sum(each.visits for each in rows), viewer.at)


def asking(*, area: AreaId, at: datetime) -> Incident | None:
    """The open incident whose pack lets gates ask here: a real one before a drill, the nearest before one above."""
    return next((each for each in posture.in_force(area=area, at=at).incidents if each.pack.gates), None)


def codes_at(*, place: UUID, incident: IncidentId | None = None) -> list[VenueCode]:
    """All that ever hung at a place, the latest first. For actions and warrants: who asks has seen to scope."""
    found = models.Code.objects.filter(place_id=place).order_by("-no")
    return [_code(each) for each in (found.filter(incident_id=incident) if incident else found)]


# --- visits: tokens only ----------------------------------------------------------------------------------------------


def visits_of(nos: Sequence[int], *, starts_at: datetime, ends_at: datetime, at: datetime) -> list[Seen]:
    """What was noted at these codes between two moments: one range of the clustered table for each. Nothing that has
    been kept for too long, whether or not it is gone already.
    """
    oldest = rules.seconds_of(rules.oldest_day(local_day(at)))
    since, until = max(int(starts_at.timestamp()), oldest), int(ends_at.timestamp())
    with walls.lifted(), connection.cursor() as cursor:
        return [seen for no in nos for seen in _seen(cursor, [no, since, until])]


def near_to(tokens: Collection[bytes], *, nos: Collection[int], at: datetime) -> list[Seen]:
    """Whoever was noted at the same code shortly before or after one of these tokens. Set against each other in the
    database's own order: first the few of these tokens, then the range beside each.
    """
    oldest, mine, among = rules.seconds_of(rules.oldest_day(local_day(at))), set(tokens), set(nos)
    found: dict[int, Seen] = {}
    with walls.lifted(), connection.cursor() as cursor:
        for no, moment in _where(cursor, sorted(mine)):
            if no not in among or moment < oldest:
                continue
            since, until = rules.near(datetime.fromtimestamp(moment, UTC))
            beside = _seen(cursor, [no, since, until + 1])
            found |= {seen.position: seen for seen in beside if seen.token not in mine}
    return sorted(found.values(), key=lambda seen: seen.position)


def tokens_of(
    numbers: Collection[UUID], *, incident: IncidentId, starts_at: datetime, ends_at: datetime
) -> list[bytes]:
    """By which tokens somebody with these credentials was noted in a window, as far as the days' keys are there."""
    found: list[bytes] = []
    keys: dict[date, Any] = {}
    for hour, day in rules.hours_between(starts_at, ends_at):
        if day not in keys:
            keys[day] = _key_of(rules.visit_key(incident, day))
        if (key := keys[day]) is not None:
            texts = (rules.token_text(hour=hour, credential=number).encode() for number in numbers)
            found += [key.search_hash(text, field=TOKEN_FIELD.encode())[:16] for text in texts]
    return found


def _where(cursor: Any, tokens: Sequence[bytes]) -> list[tuple[int, int]]:
    """At which code and when each of these tokens was noted."""
    rows: list[tuple[int, int]] = []
    for part in (tokens[start : start + 400] for start in range(0, len(tokens), 400)):
        cursor.execute(f"SELECT code_no, at FROM venues_visit WHERE token IN ({', '.join(['%s'] * len(part))})", part)
        rows += cursor.fetchall()
    return rows


def _seen(cursor: Any, params: Sequence[Any]) -> list[Seen]:
    cursor.execute(_WINDOW, params)
    return [Seen(datetime.fromtimestamp(at, UTC), bytes(token), pos) for at, token, pos in cursor.fetchall()]


def _key_of(name: KeyName) -> Any:
    """A day without visits has no key, a day forgotten has none any more."""
    try:
        return keyring.get(name)
    except LookupError:
        return None


# --- inside -----------------------------------------------------------------------------------------------------------


def _row(code: VenueCode, at: datetime) -> VenueCodeRow:
    incident = posture.incident(id=code.incident)
    today = models.Day.objects.filter(code_id=code.id, area_id=code.area, day=local_day(at))
    return VenueCodeRow(
        id=code.id,
        place=code.place,
        name=code.name,
        where=" ".join(part for part in (territory.area(area_id=code.area).name, code.door) if part),
        incident_name=incident.name,
        ends_at=incident.over_at,
        drill=incident.drill,
        good=rules.is_good(code, incident, at=at),
        issued_at=code.issued_at,
        withdrawn_at=code.withdrawn_at,
        visits_today=today.aggregate(all=Sum("visits"))["all"] or 0,
    )


def _is_below(code: VenueCode, area: AreaId, on: date) -> bool:
    return area in territory.lineage(code.area, on)


def _code(row: models.Code) -> VenueCode:
    return VenueCode(
        id=row.id,
        no=row.no,
        place=row.place_id,
        area=AreaId(row.area_id),
        incident=IncidentId(row.incident_id),
        name=row.name,
        door=row.door,
        contact=row.contact,
        issued_at=row.issued_at,
        withdrawn_at=row.withdrawn_at,
    )


def _load_codes(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return {row.id: _code(row) for row in models.Code.objects.filter(id__in=list(ids))}


def _load_incidents(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    """By code: the incident under which it was issued."""
    return {id: posture.incident(id=code.incident) for id, code in _load_codes(ids).items()}


def _load_warrants(ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    rows = models.Warrant.objects.filter(id__in=list(ids))
    return {row.id: WarrantRef(row.id, AreaId(row.area_id), IncidentId(row.incident_id)) for row in rows}


def _under(key: KeyName) -> Sequence[UUID]:
    incident = incident_of(key)
    return [incident] if incident else []


LOADERS = (Loader(CODE, _load_codes), Loader(OPENED, _load_incidents), Loader(WARRANT, _load_warrants))
KEPT = (Kept(COUNTED, "incident_id", _under),)
