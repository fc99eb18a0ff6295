"""What can be done about decision tables: put one in force on an area, from a midnight on."""

from datetime import date, datetime

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.policies import queries, rules
from lianfang.ground.policies.terms import InForce
from lianfang.ground.posture import actions as posture


def put_in_force(
    *,
    edition: str,
    area: AreaId,
    from_day: date,
    by: Actor,
    at: datetime,
    until_day: date | None = None,
    issuer: str = "",
    basis: str = "",
    incident: IncidentId | None = None,
) -> InForce:
    """Put a decision table in force on an area and all below it.

    From midnight of a day to come, or from now on for today. The table is stored whole: changing its file later changes
    nothing that was decided by it.
    """
    chosen = queries.editions().get(edition)
    if chosen is None:
        raise Problem("policies.no_such_edition", status=404, name=edition)
    starts_at, ends_at = rules.window_of(chosen, from_day=from_day, until_day=until_day, at=at)
    id = posture.issue_policy(
        code=chosen.code,
        title=chosen.title,
        rows=(msgspec.to_builtins(chosen),),
        issuer=issuer.strip() or chosen.issuer,
        basis=basis or chosen.basis,
        area=area,
        starts_at=starts_at,
        ends_at=ends_at,
        incident=incident,
        by=by,
        at=at,
    )
    return queries.policy(id=id)
