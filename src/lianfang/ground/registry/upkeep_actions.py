"""What an office says about its register: how many homes to expect, and by which figures it is judged."""

from datetime import date, datetime

from lianfang.foundation.kernel.ids import AreaId, RecordId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.upkeep_records import HomesExpected, UpkeepAgreed
from lianfang.ground.territory import queries as territory


def expect_homes(*, area: AreaId, homes: int, source: str, counted_on: date, viewer: Viewer, at: datetime) -> RecordId:
    """Somebody counted the homes of an area. The latest count is what is expected there."""
    _permit(viewer, area)
    if counted_on > local_day(at):
        raise Problem("registry.counted_in_the_future", status=422)
    with ledger.turn(by=viewer.actor, at=at) as turn:
        body = HomesExpected(area, homes, _said(source), counted_on)
        return turn.append("registry.homes_expected.v1", body).id


def agree_upkeep(
    *, area: AreaId, from_on: date, stale_months: int, oldest_years: int, issuer: str, viewer: Viewer, at: datetime
) -> RecordId:
    """From a day on the register of an area is judged by these figures. What was judged before stays as it was."""
    _permit(viewer, area)
    if from_on < local_day(at):
        raise Problem("registry.agreed_for_the_past", status=422)
    with ledger.turn(by=viewer.actor, at=at) as turn:
        body = UpkeepAgreed(area, from_on, stale_months, oldest_years, _said(issuer))
        return turn.append("registry.upkeep_agreed.v1", body).id


def _permit(viewer: Viewer, area: AreaId) -> None:
    viewer.require(Permission.UPKEEP)
    viewer.require(Permission.UPKEEP, lineage=territory.lineage(area, local_day(viewer.at)))


def _said(who: str) -> str:
    if not who.strip():
        raise Problem("registry.source_missing", status=422)
    return who.strip()
