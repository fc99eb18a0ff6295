"""What can be done about codes of places: issue, withdraw, change for a new one; and forgetting what has been kept."""

from datetime import datetime
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, new_id
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import destroy, turn
from lianfang.foundation.plumbing import backup
from lianfang.foundation.plumbing.database import overwrite_deleted
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.posture import queries as posture
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory
from lianfang.operations.venues import queries, records, rules
from lianfang.operations.venues.permissions import Permission
from lianfang.operations.venues.terms import VenueCode


def issue_code(*, place: UUID, viewer: Viewer, at: datetime, contact: str = "") -> VenueCode:
    """A code for a registered place, for as long as the open incident runs whose pack lets gates ask.

    One that hung there counts for nothing any more: pictures of it are about.
    """
    viewer.require(Permission.ISSUE)
    found = registry.place(place, viewer=viewer)
    viewer.require(Permission.ISSUE, lineage=territory.lineage(found.grid, local_day(at)))
    incident = queries.asking(area=found.grid, at=at)
    if found.gone:
        raise Problem("venues.place_gone", status=409)
    if incident is None:
        raise Problem("venues.no_incident_asks", status=409)
    id, grid = new_id(), AreaId(found.grid)
    with turn(by=viewer.actor, at=at) as ledger:
        for code in queries.codes_at(place=place):
            if code.withdrawn_at is None:
                ledger.append(records.CODE_WITHDRAWN.name, records.CodeWithdrawn(code.id))
        body = records.CodeIssued(id, place, grid, incident.id, found.name, found.door, contact.strip()[:100])
        ledger.append(records.CODE_ISSUED.name, body)
    return queries.one_code(id=id, viewer=viewer, permission=Permission.ISSUE)


def withdraw_code(*, code: UUID, viewer: Viewer, at: datetime, reason: str = "") -> VenueCode:
    """It counts for nothing from now on. What phones still send from before is kept."""
    with turn(by=viewer.actor, at=at) as ledger:
        found = queries.one_code(id=code, viewer=viewer, permission=Permission.ISSUE)
        if found.withdrawn_at is not None:
            raise Problem("venues.withdrawn_already", status=409)
        ledger.append(records.CODE_WITHDRAWN.name, records.CodeWithdrawn(code, reason.strip()[:200]))
    return queries.one_code(id=code, viewer=viewer, permission=Permission.ISSUE)


def forget_visits(*, at: datetime) -> int:
    """Forget the days that have been kept for long enough, and every day of an incident that is forgotten: the rows
    go, and with the day's key whatever the ledger and older copies hold of it. Counts stay. Answers how many days.
    """
    gone = [key for key in keyring.living(rules.VISIT_KEYS) if _is_due(key, at)]
    for key in gone:
        incident, day = rules.visits_of_key(key)
        area = posture.incident(id=incident).area
        with turn(by=THE_HOUSE, at=at) as ledger:
            ledger.append(records.VISITS_FORGOTTEN.name, records.VisitsForgotten(incident, day, area))
            destroy(ledger, key, area=area)
        backup.forget_key(key)
    return len(gone)


def overwrite_forgotten() -> bool:
    """Leave nothing of the destroyed keys in the database's own files; what is left of rows says nothing without them.
    Outside of any transaction.
    """
    return overwrite_deleted(["plumbing_datakey"])


def _is_due(key: KeyName, at: datetime) -> bool:
    incident, day = rules.visits_of_key(key)
    return rules.is_due(day, today=local_day(at)) or posture.incident(id=incident).forgotten_at is not None
