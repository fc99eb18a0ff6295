"""In which order to walk the buildings of a grid 导航顺序: the shortest way past all. Pure: same points, same way.

Within a building the way goes by entrance, floor and door, as the register numbers them.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

from lianfang.ground.territory.terms import Point

_METRES_OF_A_DEGREE = 111_320
_CENTIMETRES = 100  # the solver counts in whole numbers
_MANY = 150  # beyond so many points a first way must do: bettering it would take minutes


@lru_cache(maxsize=2048)
def order(points: tuple[Point, ...]) -> tuple[int, ...]:
    """The numbers of the points (east, north) in walking order: beginning and end lie where that is shortest.

    A good way by local search, not a proven best one, and never a longer one than the points as they come; it ends by
    itself, without a clock, so that it is the same everywhere. Of the two directions it takes the one that begins
    nearer to the first point.
    """
    if len(points) < 3:
        return tuple(range(len(points)))
    metres = distances(points)
    way = min(_solved(metres), tuple(range(len(points))), key=lambda one: length(one, metres))
    return way if way.index(0) <= len(way) // 2 else way[::-1]


def distances(points: Sequence[Point]) -> list[list[float]]:
    """In metres, as the crow flies."""
    wide = cos(radians(sum(north for _, north in points) / len(points)))
    flat = [(east * _METRES_OF_A_DEGREE * wide, north * _METRES_OF_A_DEGREE) for east, north in points]
    return [[hypot(a[0] - b[0], a[1] - b[1]) for b in flat] for a in flat]


def length(way: Sequence[int], metres: Sequence[Sequence[float]]) -> float:
    """How far one walks."""
    return sum(metres[here][there] for here, there in pairwise(way))


def _solved(metres: Sequence[Sequence[float]]) -> tuple[int, ...]:
    # Slow to import, and most processes never ask.
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    count = len(metres)
    nowhere = count  # a place without distance from anything: the way begins and ends there, so it is open at both ends
    table = [[round(metre * _CENTIMETRES) for metre in row] + [0] for row in metres] + [[0] * (count + 1)]
    manager = pywrapcp.RoutingIndexManager(count + 1, 1, nowhere)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(table))
    asked: Any = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    if count > _MANY:
        asked.solution_limit = 1
    found = model.SolveWithParameters(asked)
    way, index = list[int](), found.Value(model.NextVar(model.Start(0)))
    while not model.IsEnd(index):
        way.append(manager.IndexToNode(index))
        index = found.Value(model.NextVar(index))
    return tuple(way)
