"""The shortest way past all buildings of a grid."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.ground.campaigns import queries, walking
from lianfang.ground.campaigns.tests.village import NOW, TODAY, a_campaign, a_household
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.terms import Datum
from lianfang.ground.territory.tests import town

RUIAN = (120.64, 27.78)
STEP = 0.0004  # some 40 metres


def at(x: float, y: float) -> tuple[float, float]:
    return RUIAN[0] + x * STEP, RUIAN[1] + y * STEP


def length(points: tuple[tuple[float, float], ...], way: tuple[int, ...]) -> float:
    return walking.length(way, walking.distances(points))


def test_two_rows_numbered_from_the_left_are_walked_to_and_fro() -> None:
    rows = tuple(at(x, y) for y in (0, 1) for x in range(6))
    by_number = tuple(range(12))
    way = walking.order(rows)
    assert length(rows, way) < 0.75 * length(rows, by_number)
    assert all(length(rows, pair) < 50 for pair in pairwise(way))


def test_a_way_begins_near_the_first_building_and_is_the_same_every_time() -> None:
    lane = tuple(at(x, 0) for x in range(9))
    assert walking.order(lane) == tuple(range(9))
    walking.order.cache_clear()
    assert walking.order(lane) == tuple(range(9))


@settings(max_examples=25)
@given(st.integers(0, 30), st.integers(0, 10**6))
def test_every_building_is_passed_once_and_never_by_a_longer_way_than_by_number(count: int, seed: int) -> None:
    draw = Random(seed)
    points = tuple(at(draw.uniform(0, 9), draw.uniform(0, 9)) for _ in range(count))
    way = walking.order(points)
    assert sorted(way) == list(range(count))
    assert count < 3 or length(points, way) <= length(points, tuple(range(count))) + 0.5


def draw(**places: float) -> None:
    """Blocks of a building's size, so many steps to the east."""
    features = []
    for code, x in places.items():
        (west, south), (east, north) = at(x, 0), at(x + 0.3, 0.3)
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        features.append(
            {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    document = {"type": "FeatureCollection", "features": features}
    territory.draw_outlines(
        document=document, datum=Datum.WGS84, on=TODAY, within=[town.id_of("S")], by=THE_HOUSE, at=NOW
    )


@pytest.mark.django_db
def test_the_remainder_goes_by_the_way_and_by_number_where_nothing_is_drawn() -> None:
    more = (town.row(f"B{n}", "building", f"{n}幢", "G1", walk=n) for n in (2, 3, 4))
    town.load((*town.ROWS, *more))
    homes = {code: a_household(code) for code in ("B4", "B3", "B2", "U1")}
    campaign = a_campaign()
    draw(B1=0, B3=1, B2=2)
    way = queries.walking_order(grid=town.id_of("G1"), on=TODAY)
    assert way == {town.id_of(code): rank for code, rank in {"B1": 0, "U1": 0, "B3": 1, "B2": 2}.items()}
    worker = Clerk("worker", Role.GRID_WORKER, area="G1")
    _, page = worker.get(f"campaigns/{campaign.id}/remainder?grid={town.id_of('G1')}")
    assert [row["household"] for row in page["rows"]] == [str(homes[code]) for code in ("U1", "B3", "B2", "B4")]


@pytest.mark.django_db
def test_of_a_grid_that_nobody_has_drawn_there_is_no_way() -> None:
    town.load()
    assert queries.walking_order(grid=town.id_of("G1"), on=TODAY) == {}
