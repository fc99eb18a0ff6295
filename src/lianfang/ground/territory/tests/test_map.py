"""Outlines from a file, gates and sites, and what estates lack."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.tests.village import a_household
from lianfang.ground.territory import actions, queries, rules, shapes
from lianfang.ground.territory.shapes import ShapeError, read_shape
from lianfang.ground.territory.terms import Area, AreaKind, Datum, EstateGap, EstateKind, MarkerKind
from lianfang.ground.territory.tests.town import FIRST_DAY, NOW, ROWS, TODAY, id_of, load, row

API = "/api/v1/areas"
JSON = "application/json"
SQUARE = [[120.64, 27.78], [120.65, 27.78], [120.65, 27.79], [120.64, 27.79], [120.64, 27.78]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def drawn(*features: tuple[dict[str, Any], Any]) -> dict[str, Any]:
    found = [{"type": "Feature", "properties": says, "geometry": geometry} for says, geometry in features]
    return {"type": "FeatureCollection", "features": found}


def test_the_shift_of_chinese_maps_is_undone() -> None:
    """The published example, and back again to less than a millimetre."""
    assert shapes.to_gcj02((116.404, 39.915)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)
    for point in ((120.64, 27.78), (116.404, 39.915), (87.6, 43.8)):
        assert shapes.to_wgs84(shapes.to_gcj02(point)) == pytest.approx(point, abs=1e-11)


@pytest.mark.parametrize(
    ("code", "geometry"),
    [
        ("not_an_outline", {"type": "Point", "coordinates": [120.64, 27.78]}),
        ("not_an_outline", polygon([["a", "b"]])),
        ("not_an_outline", {"type": "Polygon", "coordinates": []}),
        ("not_an_outline", None),
        ("outline_not_closed", polygon(SQUARE[:-1])),
        ("outline_without_area", polygon([SQUARE[0], SQUARE[1], SQUARE[1], SQUARE[0]])),
        ("outline_crosses_itself", polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], [120.66, 27.8], SQUARE[0]])),
        ("outline_too_fine", polygon([[120.6 + n / 1e6, 27.7 + n % 2 / 1e6] for n in range(6000)] + [[120.6, 27.7]])),
        ("axes_swapped", polygon([[north, east] for east, north in SQUARE])),
        ("outside_the_country", polygon([[east - 120, north] for east, north in SQUARE])),
        ("outside_the_country", polygon([[1e400, 1e400]] * 4)),
    ],
)
def test_an_outline_that_cannot_be_is_named(code: str, geometry: Any) -> None:
    with pytest.raises(ShapeError, match=rf"territory\.{code}"):
        read_shape(geometry, Datum.WGS84)


def test_a_ring_with_a_hole_and_two_pieces_is_an_outline() -> None:
    hole = [[120.642, 27.782], [120.644, 27.782], [120.644, 27.784], [120.642, 27.782]]
    away = [[east + 0.1, north] for east, north in SQUARE]
    shape = read_shape({"type": "MultiPolygon", "coordinates": [[SQUARE, hole], [away]]}, Datum.WGS84)
    assert [len(polygon) for polygon in shape] == [2, 1]


@pytest.mark.parametrize(
    ("estate", "outlined", "gaps"),
    [
        ({"estate_kind": EstateKind.MODERN, "gates": 3}, True, []),
        ({"estate_kind": EstateKind.OPEN_STREET}, True, []),
        ({"estate_kind": EstateKind.OLD, "no_property_company": True}, True, ["no_property_company", "gates_unknown"]),
        ({}, False, ["kind_unknown", "gates_unknown", "no_outline"]),
    ],
)
def test_what_an_estate_lacks(estate: dict[str, Any], outlined: bool, gaps: list[str]) -> None:
    area = Area(AreaId(UUID(int=1)), AreaKind.ESTATE, None, "某小区", None, ("某小区",), **estate)
    assert rules.estate_gaps(area, outlined=outlined) == gaps


@pytest.mark.django_db
def test_a_file_is_drawn_whole_or_not_at_all_and_says_what_to_mend() -> None:
    load()
    how: dict[str, Any] = {"datum": Datum.GCJ02, "on": TODAY, "within": [id_of("C1")], "by": THE_HOUSE, "at": NOW}
    bad = drawn(({"name": "第1网格"}, polygon(SQUARE[:-1])), ({"code": "G3"}, polygon(SQUARE)), ({"name": "无"}, None))
    with pytest.raises(Exception, match=r"territory\.outlines_have_errors") as refused:
        actions.draw_outlines(document=bad, **how)
    errors = refused.value.details["errors"]  # type: ignore[attr-defined]
    assert [(e["row"], e["code"].removeprefix("territory.")) for e in errors] == [
        (1, "outline_not_closed"), (2, "outside_your_areas"), (3, "no_area_called_so"),
    ]  # fmt: skip
    assert actions.draw_outlines(document=drawn(({"name": "第1网格"}, polygon(SQUARE))), **how) == 1
    grid = id_of("G1")
    ((first, *_),) = queries.outlines([grid], TODAY)[grid][0]
    assert first == pytest.approx(shapes.to_wgs84((120.64, 27.78))) and first[0] != 120.64
    assert queries.outlines([grid], FIRST_DAY) == {}
    assert ledger.rebuild_differs() == []


@pytest.mark.django_db
def test_a_gate_is_put_moved_and_taken_away() -> None:
    load()
    how: dict[str, Any] = {"area": id_of("E1"), "kind": MarkerKind.GATE, "name": "东门", "by": THE_HOUSE, "at": NOW}
    gate = actions.set_marker(point=(120.64, 27.78), **how)
    actions.set_marker(point=(120.65, 27.78), marker=gate, **how)
    assert [marker.point for marker in queries.markers([id_of("E1")])] == [(120.65, 27.78)]
    with pytest.raises(Exception, match=r"territory\.marker_not_found"):
        actions.set_marker(point=None, marker=gate, **how | {"area": id_of("C1")})
    assert ledger.rebuild_differs() == []
    actions.set_marker(point=None, marker=gate, **how)
    assert queries.markers([id_of("E1")]) == [] and ledger.rebuild_differs() == []


@pytest.fixture
def desk(db: None) -> Any:
    load((*ROWS, row("E2", "estate", "静海新村", "C2", estate_kind="old", no_property_company=True, gates=2)))
    with clock.stopped_at(NOW):
        client = Client()
        client.force_login(Account.objects.get(id=hire("officer", Role.SUBDISTRICT_OFFICER)))
        yield client


@pytest.mark.django_db(databases=["default", "plumbing"])
def test_the_gap_list_the_outlines_and_the_map_over_http(desk: Client) -> None:
    found = desk.get(f"{API}/gaps?area={id_of('S')}&gap={EstateGap.NO_PROPERTY_COMPANY}").json()
    assert [(row["name"], row["gaps"]) for row in found["rows"]] == [
        ("静海新村", ["no_property_company", "no_outline"])
    ]
    asked = {"document": drawn(({"code": "C1"}, polygon(SQUARE)), ({"code": "G1"}, polygon(SQUARE))), "datum": "wgs84"}
    assert desk.post(f"{API}/outlines", asked, JSON).json() == {"areas": 2}
    gate = {"kind": "gate", "name": "东门", "east": 120.645, "north": 27.78}
    assert "marker" in desk.post(f"{API}/{id_of('G1')}/markers", gate, JSON).json()
    swapped = desk.post(f"{API}/{id_of('G1')}/markers", gate | {"east": 27.78, "north": 120.6}, JSON)
    assert (swapped.status_code, swapped.json()["code"]) == (422, "territory.axes_swapped")
    a_household("G1", people=9), a_household("G2", people=10)
    shown = desk.get(f"{API}/map?area={id_of('C1')}").json()
    assert shown["box"] == [[120.64, 27.78], [120.65, 27.79]]
    assert [(a["name"], a["people"], bool(a["shape"])) for a in shown["areas"]] == [
        ("明镜社区", None, True), ("第1网格", None, True), ("第2网格", 10, False),
    ]  # fmt: skip
    assert [(m["kind"], m["name"]) for m in shown["markers"]] == [("gate", "东门")]


@pytest.mark.django_db(databases=["default", "plumbing"])
def test_gaps_are_counted_per_community_and_leave_the_list_as_they_are_filled(desk: Client) -> None:
    (counts,) = desk.get(f"{API}/gaps/counts?area={id_of('C2')}").json()
    told = {"kind_unknown": 1, "gates_unknown": 1, "no_outline": 2, "no_property_company": 1}
    assert (counts["name"], counts["estates"], counts["lacking"], counts["gaps"]) == ("中塘社区", 2, 2, told)
    filled = {"estate_kind": "open_street"}
    assert desk.patch(f"{API}/{id_of('E1')}", filled, JSON).status_code == 200
    assert desk.get(f"{API}/gaps?gap=kind_unknown").json()["total"] == 0
    desk.post(f"{API}/outlines", {"document": drawn(({"code": "E1"}, polygon(SQUARE))), "datum": "wgs84"}, JSON)
    found = desk.get(f"{API}/gaps?q=中塘&sort=-name").json()
    assert [(row["name"], row["community"]) for row in found["rows"]] == [("静海新村", "中塘社区")]
    book = desk.get(f"{API}/gaps.xlsx")
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(book.streaming_content))).get_sheet_by_index(0)  # type: ignore[attr-defined]
    assert sheet.to_python()[1] == [
        "中塘社区", "静海新村", "莘塍街道 › 中塘社区 › 静海新村", "老旧小区", 2, "是", "没有物业、边界未画",
    ]  # fmt: skip


@pytest.mark.django_db(databases=["default", "plumbing"])
def test_a_file_is_seen_before_it_is_kept_and_comes_out_as_it_went_in(desk: Client) -> None:
    asked = {"document": drawn(({"code": "C1"}, polygon(SQUARE))), "datum": "gcj02"}
    looked = desk.post(f"{API}/outlines/look", asked, JSON).json()
    assert [(area["name"], area["had"]) for area in looked["areas"]] == [("明镜社区", None)]
    assert looked["areas"][0]["shape"][0][0][0] == pytest.approx(shapes.to_wgs84((120.64, 27.78)))
    assert queries.outlines([id_of("C1")], TODAY) == {}
    bad = desk.post(f"{API}/outlines/look", asked | {"document": drawn(({"code": "C9"}, polygon(SQUARE)))}, JSON).json()
    assert bad["code"] == "territory.outlines_have_errors" and "C9" in bad["details"]["errors"][0]["message"]
    desk.post(f"{API}/outlines", asked, JSON)
    out = desk.get(f"{API}/outlines.geojson?area={id_of('S')}&datum=gcj02").json()
    (ring,) = out["features"][0]["geometry"]["coordinates"][0]
    assert ring == [pytest.approx(point) for point in SQUARE]
    again = desk.post(f"{API}/outlines", {"document": out, "datum": "gcj02"}, JSON)
    assert again.json() == {"areas": 1}


@pytest.mark.django_db(databases=["default", "plumbing"])
def test_fewer_than_ten_people_leave_the_server_on_no_map(desk: Client) -> None:
    """Neither of the grid one looks at, nor of those below or beside, nor of any building."""
    desk.post(f"{API}/outlines", {"document": drawn(({"code": "G2"}, polygon(SQUARE))), "datum": "wgs84"}, JSON)
    a_household("G1", people=9), a_household("G2", people=12)
    for code, told in (("S", {}), ("C1", {"第1网格": None, "第2网格": 12}), ("G1", {"第1网格": None}), ("B1", {})):
        shown = desk.get(f"{API}/map?area={id_of(code)}").json()
        assert {a["name"]: a["people"] for a in shown["areas"] if a["kind"] == "grid"} == told
        others = [a for a in [*shown["areas"], *shown["around"]] if a["kind"] != "grid" or a in shown["around"]]
        assert [a["people"] for a in others if a["people"] is not None] == []
    assert [a["name"] for a in desk.get(f"{API}/map?area={id_of('G1')}").json()["around"]] == ["第2网格"]


@pytest.mark.django_db(databases=["default", "plumbing"])
@pytest.mark.parametrize("document", [{}, {"type": "FeatureCollection", "features": 7}, {"type": "Feature"}])
def test_what_is_no_map_is_said_to_be_none(desk: Client, document: Any) -> None:
    answer = desk.post(f"{API}/outlines", {"document": document, "datum": "gcj02"}, JSON)
    assert answer.status_code == 422 and answer.json()["message"]
