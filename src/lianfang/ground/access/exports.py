"""Long lists of people leave by two 名单导出: one asks and says what for, another agrees, then the first may fetch it
for a day. Which lists there are the modules above say; here stands who asked, who agreed, and for how many rows.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, RecordId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import rules
from lianfang.ground.access.memory import ACCOUNTS
from lianfang.ground.access.models import Export
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.records import ExportAsked, ExportDecided
from lianfang.ground.territory import queries as territory

_SHOWN_FOR = timedelta(days=7)


class ExportState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    AGREED = "agreed"  # may be fetched
    DECLINED = "declined"
    OVER = "over"  # was agreed to, more than a day ago; or nobody answered for a week


class ExportView(msgspec.Struct, frozen=True):
    """One of them, for whoever asked and for whoever may agree."""

    id: UUID
    what: str
    area: str
    rows: int
    reason: str
    by: str
    at: datetime
    state: ExportState
    decided_by: str
    said: str
    mine: bool
    until: datetime | None  # agreed to, it may be fetched until then


class AgreedExport(msgspec.Struct, frozen=True):
    """What two have agreed on: this list, at most so many rows, for this reason."""

    area: AreaId
    rows: int
    reason: str
    query: str
    agreed_by: str


def ask_export(*, what: str, area: AreaId, rows: int, reason: str, permission: str, query: str, viewer: Viewer) -> UUID:
    """Ask another person; answers the id under which it may be fetched later."""
    viewer.require(permission, lineage=territory.lineage(area, local_day(viewer.at)))
    if not rules.says_why(reason):
        raise Problem("access.reason_missing", status=422)
    if rows > rules.MOST_BY_TWO:
        raise Problem("access.export_too_long", status=422, rows=rows, most=rules.MOST_BY_TWO)
    id = new_id()
    body = ExportAsked(id, what, area, rows, reason.strip()[:400], permission, query)
    with ledger.turn(by=viewer.actor, at=viewer.at) as turn:
        turn.append("access.export_asked.v1", body)
    return id


def decide_export(*, export: UUID, agree: bool, viewer: Viewer, at: datetime, reason: str = "") -> RecordId:
    """The second person agrees or does not: never who asked, and only who may look at the same list themselves."""
    viewer.require(Permission.AGREE_EXPORT)
    with ledger.turn(by=viewer.actor, at=at) as turn:
        row = _row(export)
        lineage = territory.lineage(AreaId(row.area_id), local_day(at))
        for permission in (Permission.AGREE_EXPORT, row.permission):
            viewer.require(permission, lineage=lineage)
        if row.asked_by == viewer.account:
            raise Problem("access.needs_another_person", status=403)
        if _state(row, at) is not ExportState.WAITING:
            raise Problem("access.export_decided", status=409)
        body = ExportDecided(export, AreaId(row.area_id), agree, reason.strip()[:400])
        return turn.append("access.export_decided.v1", body).id


def agreed_export(export: UUID, *, what: str, viewer: Viewer) -> AgreedExport:
    """What may be fetched now, by who asked for it; all else is not there, or not agreed to yet."""
    row = _row(export)
    if row.what != what or row.asked_by != viewer.account:
        raise Problem("access.not_found", status=404)
    viewer.require(row.permission, lineage=territory.lineage(AreaId(row.area_id), local_day(viewer.at)))
    if _state(row, viewer.at) is not ExportState.AGREED:
        raise Problem("access.export_not_agreed", status=409)
    return AgreedExport(AreaId(row.area_id), row.rows, row.reason, row.query, _name(row.decided_by))


def exports(*, viewer: Viewer) -> list[ExportView]:
    """One's own of the last days, and what waits for oneself; latest first."""
    rows = Export.objects.filter(asked_at__gt=viewer.at - _SHOWN_FOR).order_by("-asked_at", "-id")
    return [_view(row, viewer) for row in rows if row.asked_by == viewer.account or _may_agree(row, viewer)]


def exports_waiting(*, viewer: Viewer) -> list[ExportView]:
    """What waits for oneself."""
    return [view for view in exports(viewer=viewer) if not view.mine]


def _may_agree(row: Export, viewer: Viewer) -> bool:
    lineage = territory.lineage(AreaId(row.area_id), local_day(viewer.at))
    both = (Permission.AGREE_EXPORT, row.permission)
    return _state(row, viewer.at) is ExportState.WAITING and all(viewer.may(each, lineage=lineage) for each in both)


def _state(row: Export, at: datetime) -> ExportState:
    if row.decided_at is None:
        return ExportState.WAITING if at < row.asked_at + _SHOWN_FOR else ExportState.OVER
    if not row.agreed:
        return ExportState.DECLINED
    return ExportState.AGREED if at < row.decided_at + rules.EXPORT_LASTS else ExportState.OVER


def _view(row: Export, viewer: Viewer) -> ExportView:
    state = _state(row, viewer.at)
    until = row.decided_at + rules.EXPORT_LASTS if state is ExportState.AGREED and row.decided_at else None
    area = territory.area(AreaId(row.area_id)).name
    by, decided_by = _name(row.asked_by), _name(row.decided_by)
    mine = row.asked_by == viewer.account
    return ExportView(
        row.id, row.what, area, row.rows, row.reason, by, row.asked_at, state, decided_by, row.said, mine, until
    )


def _name(account: UUID | None) -> str:
    known = ACCOUNTS.get(AccountId(account)) if account else None
    return known.name if known else ""


def _row(export: UUID) -> Export:
    row = Export.objects.filter(id=export).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return row
