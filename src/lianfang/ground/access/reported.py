"""Who has reported in where. It says where somebody lives and works, so each look at it is noted."""

from collections.abc import Sequence

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.roles import Purpose
from lianfang.ground.access import actions
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import MAY_ASSIGN, REPORT_INS, Link


def report_ins(*, viewer: Viewer, area: AreaId | None = None) -> list[Link]:
    """Who has reported in to an area of the viewer's (without one: to any of them). Each look is noted."""
    viewer.require(MAY_ASSIGN)
    on = local_day(viewer.at)
    if area is not None:
        viewer.require(MAY_ASSIGN, lineage=areas.lineage(area, on))
    within = [area] if area else sorted(viewer.roots(MAY_ASSIGN))
    found = areas.links(areas=within, kinds=REPORT_INS, on=on)
    note(viewer=viewer, found=found, area=within[0])
    return found


def note(*, viewer: Viewer, found: Sequence[Link], area: AreaId) -> None:
    """Somebody looks at these. Whoever may not decide there may not look either."""
    viewer.require(MAY_ASSIGN)
    viewer.require(MAY_ASSIGN, lineage=areas.lineage(area, local_day(viewer.at)))
    people = sorted({each.account for each in found if each.account})
    if people:
        actions.disclose(
            viewer=viewer,
            what="territory.report_ins",
            purpose=Purpose.REGISTER_UPKEEP,
            area=area,
            subjects=people,
            permission=MAY_ASSIGN,
        )
