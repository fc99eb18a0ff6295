"""Outlines as others draw them: reading GeoJSON, seeing what is wrong with it, and bringing GCJ-02 to WGS-84. Pure.

Chinese map services shift every point by up to some hundred metres (GCJ-02, 火星坐标); files say seldom in which of the
two they are, so whoever brings one says it. Kept is WGS-84, and in which it came.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, pi, sin, sqrt
from typing import Any

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.territory.terms import Datum, Point, Ring, Shape, ShapeFeature

MOST_POINTS = 5000  # of one outline: a grid drawn by hand has some dozens
_EAST, _NORTH = (73.0, 136.0), (3.0, 54.0)  # the box in which any district lies
_AXIS, _FLATNESS = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 has it


class ShapeError(ValueError):
    """What is wrong with a feature, as the code of a problem."""


def features(document: Any) -> list[ShapeFeature]:
    """The features of a GeoJSON document, with what each calls itself."""
    if not isinstance(document, Mapping):
        raise ShapeError("territory.not_geojson")
    found = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(found, Sequence) or isinstance(found, str) or not found:
        raise ShapeError("territory.not_geojson")
    return [_feature(one) for one in found]


def _feature(one: Any) -> ShapeFeature:
    if not isinstance(one, Mapping) or one.get("type") != "Feature":
        raise ShapeError("territory.not_geojson")
    says = one.get("properties") or {}
    called = [str(says[key]).strip() for key in ("id", "code", "name") if isinstance(says, Mapping) and says.get(key)]
    return ShapeFeature(tuple(called), one.get("geometry"))


def read_shape(geometry: Any, datum: Datum) -> Shape:
    """A Polygon or MultiPolygon in WGS-84; raises ShapeError. Each ring closes, lies in the country and nowhere crosses
    itself.
    """
    kind, inner = (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, Mapping) else (None, None)
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(inner, Sequence):
        raise ShapeError("territory.not_an_outline")
    polygons = [inner] if kind == "Polygon" else inner
    shape = tuple(tuple(_ring(ring, datum) for ring in _listed(polygon)) for polygon in _listed(polygons))
    if sum(len(ring) for polygon in shape for ring in polygon) > MOST_POINTS:
        raise ShapeError("territory.outline_too_fine")
    for polygon in shape:
        for ring in polygon:
            _refuse_crossing(ring)
    return shape


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise ShapeError("territory.not_an_outline")
    return value


def _ring(ring: Any, datum: Datum) -> Ring:
    points = tuple(read_point(point, datum) for point in _listed(ring))
    if len(points) < 4 or points[0] != points[-1]:
        raise ShapeError("territory.outline_not_closed")
    if len(points) > MOST_POINTS:
        raise ShapeError("territory.outline_too_fine")
    if abs(_twice_the_area(points)) < 1e-12:
        raise ShapeError("territory.outline_without_area")
    return points


def point(at: Point, datum: Datum, *, name: str) -> Point:
    """A point of the map in WGS-84; raises the problem it has."""
    try:
        return read_point(at, datum)
    except ShapeError as error:
        raise Problem(str(error), status=422, name=name) from None


def read_point(point: Any, datum: Datum) -> Point:
    """(east, north) in WGS-84."""
    if not isinstance(point, Sequence) or len(point) < 2 or not all(_is_number(part) for part in point[:2]):
        raise ShapeError("territory.not_an_outline")
    east, north = float(point[0]), float(point[1])
    if _NORTH[0] <= east <= _NORTH[1] and _EAST[0] <= north <= _EAST[1]:
        raise ShapeError("territory.axes_swapped")
    if not (_EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]):
        raise ShapeError("territory.outside_the_country")
    return to_wgs84((east, north)) if datum is Datum.GCJ02 else (east, north)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def to_wgs84(point: Point) -> Point:
    """Undo the shift: the point whose shifted place this is, found by going back what it misses by."""
    east, north = point
    for _ in range(10):
        shown = to_gcj02((east, north))
        off = point[0] - shown[0], point[1] - shown[1]
        east, north = east + off[0], north + off[1]
        if max(map(abs, off)) < 1e-12:
            break
    return east, north


def to_gcj02(point: Point) -> Point:
    """Where a Chinese map service shows a WGS-84 point."""
    east, north = point
    x, y = east - 105.0, north - 35.0
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    up = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    up += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    up += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    right = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    right += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    right += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = north / 180.0 * pi
    magic = 1 - _FLATNESS * sin(radians) ** 2
    up = up * 180.0 / (_AXIS * (1 - _FLATNESS) / (magic * sqrt(magic)) * pi)
    right = right * 180.0 / (_AXIS / sqrt(magic) * cos(radians) * pi)
    return east + right, north + up


def _twice_the_area(ring: Ring) -> float:
    east, north = ring[0]  # from there, or the digits that tell are lost in the large numbers
    near = [(x - east, y - north) for x, y in ring]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(near))


def _refuse_crossing(ring: Ring) -> None:
    """A sweep from west to east: only sides that lie above each other are compared."""
    sides = sorted(zip(ring, ring[1:], range(len(ring)), strict=False), key=lambda side: min(side[0][0], side[1][0]))
    last = len(ring) - 2
    open_sides: list[tuple[Point, Point, int]] = []
    for a, b, no in sides:
        start = min(a[0], b[0])
        open_sides = [side for side in open_sides if max(side[0][0], side[1][0]) >= start]
        for c, d, other in open_sides:
            beside = abs(no - other) == 1 or {no, other} == {0, last}
            if not beside and _cross(a, b, c, d):
                raise ShapeError("territory.outline_crosses_itself")
        open_sides.append((a, b, no))


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0 and _near(a, b, c, d)


def _near(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Do their boxes touch? Sides on one line cross only then."""
    return all(max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i])) for i in (0, 1))


def _side(a: Point, b: Point, c: Point) -> int:
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 1e-16) - (turn < -1e-16)
