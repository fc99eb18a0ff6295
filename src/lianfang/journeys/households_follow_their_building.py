"""楼栋换网格,住户跟着走: when a building or an entrance comes to stand below another grid, its households go along.

A split or a merger at the desk takes them along by itself and leaves nothing to do here; a building moved alone, or a
workbook of areas, does not know of households.
"""

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger.terms import Entry, Reaction
from lianfang.foundation.plumbing import clock
from lianfang.ground.registry import actions as registry


def react(entry: Entry) -> None:
    """Whatever the change was, no door is left in a grid that its building has gone from."""
    registry.follow_buildings(by=THE_HOUSE, at=clock.now(), cause=entry.id)


_MOVES = frozenset({"territory.tree_loaded.v1", "territory.tree_taken_back.v1", "territory.area_changed.v1"})
REACTION = Reaction("households_follow_their_building", _MOVES, react)
