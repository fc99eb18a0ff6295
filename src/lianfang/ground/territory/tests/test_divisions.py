"""A public list of divisions as a first tree: read as downloaded, cut, and never laid over what the office has."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.territory import actions, divisions, queries
from lianfang.ground.territory.divisions import read_units, rows_under
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

LISTS = {
    "provinces": ["code,name", '33,"浙江省"', '11,"北京市"'],
    "cities": ["code,name,provinceCode", '3303,"温州市",33', '1101,"市辖区",11'],
    "areas": ["code,name,cityCode,provinceCode", '330381,"瑞安市",3303,33', '110101,"东城区",1101,11'],
    "streets": ["code,name,areaCode,provinceCode,cityCode", '330381007,"莘塍街道",330381,33,3303'],
    "villages": [
        "code,name,streetCode,provinceCode,cityCode,areaCode",
        '330381007030,"明镜社区居委会",330381007,33,3303,330381',
        '330381007201,"仙甲村委会",330381007,33,3303,330381',
        '330381007202,"董田居委会",330381007,33,3303,330381',
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in LISTS.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def told(rows: list[divisions.TreeRow]) -> list[tuple[str, str, str, str | None]]:
    return [(row.code, str(row.kind), row.name, row.parent) for row in rows]


STREET = [
    ("33", "division", "浙江省", None),
    ("3303", "division", "温州市", "33"),
    ("330381", "division", "瑞安市", "3303"),
    ("330381007", "subdistrict", "莘塍街道", "330381"),
    ("330381007030", "community", "明镜社区", "330381007"),
    ("330381007201", "village", "仙甲村", "330381007"),
    ("330381007202", "community", "董田居委会", "330381007"),
]


def test_a_part_comes_with_all_that_stands_above_it(folder: Path) -> None:
    assert told(rows_under(read_units([folder]), "330381007")) == STREET
    assert told(rows_under(read_units([folder]), "330381007030"))[-1] == STREET[4]


def test_headings_of_the_list_are_no_places(folder: Path) -> None:
    whole = {code: parent for code, _, _, parent in told(rows_under(read_units([folder])))}
    assert (whole["110101"], "1101" in whole) == ("11", False)


def test_the_nested_and_the_flat_json_say_the_same(folder: Path, tmp_path: Path) -> None:
    street = {"code": "330381007", "name": "莘塍街道"}
    nested = [{"code": "33", "name": "浙江省", "children": [{"code": "3303", "name": "温州市", "children": [
        {"code": "330381", "name": "瑞安市", "children": [street]}]}]}]  # fmt: skip
    (tmp_path / "pcas-code.json").write_text(json.dumps(nested), "utf-8")
    assert told(rows_under(read_units([tmp_path / "pcas-code.json"]), "330381007")) == STREET[:4]
    flat = [street | {"areaCode": "330381", "cityCode": "3303", "provinceCode": "33"}]
    (tmp_path / "gbk.csv").write_bytes("\n".join(LISTS["areas"]).encode("gb18030"))
    (tmp_path / "streets.json").write_text(json.dumps(flat), "utf-8")
    rows = rows_under(read_units([tmp_path / "gbk.csv", tmp_path / "streets.json"]), "330381007")
    assert told(rows) == [("330381", "division", "瑞安市", "3303"), STREET[3]]


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "{", '[{"code": "x", "name": "某"}]', "code,name\n33,\n", "\x00\x01"]
)
def test_what_is_no_list_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    with pytest.raises(Problem, match=r"territory\.(not_divisions|division_unknown)"):
        rows_under(read_units([tmp_path / "list.csv"]), "330381")


@pytest.mark.django_db
def test_it_only_adds_and_never_renames_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("areas", "take", str(folder), "--under", "330381007")
    assert "加上了 added 7(行政区划 3、街道 1、社区 2、村 1)" in capsys.readouterr().out
    actions.change_area(area=_id("330381007201"), name="仙甲新村", **how())
    actions.change_area(area=_id("330381007202"), code="C9", **how())
    call_command("areas", "take", str(folder), "--under", "330381007", "--only-look")
    assert "已有、没有动 known and left alone: 6" in (said := capsys.readouterr().out)
    assert "没有加 left out, their names are there: 1 董田居委会" in said
    call_command("areas", "take", str(folder), "--under", "330381007")
    assert queries.area(_id("330381007201")).name == "仙甲新村"


@pytest.mark.django_db
def test_a_subdistrict_that_is_there_takes_what_lies_below_its_unit(folder: Path) -> None:
    load()
    rows = rows_under(read_units([folder]), "330381007", below="S")
    taken = divisions.take(rows=rows, on=TODAY, by=THE_HOUSE, at=NOW)
    assert (taken.added, taken.known, taken.alike) == (3, 0, ())
    assert queries.area(id_of("330381007201")).path_name == "莘塍街道 › 仙甲村"
    again = divisions.take(rows=rows, on=TODAY, by=THE_HOUSE, at=NOW)
    assert (again.added, again.known) == (0, 3)


@pytest.mark.django_db
def test_a_list_of_villages_alone_hangs_on_nothing_and_is_refused(folder: Path) -> None:
    with pytest.raises(Problem, match=r"territory\.tree_has_errors"):
        divisions.take(rows=rows_under(read_units([folder / "villages.csv"])), on=TODAY, by=THE_HOUSE, at=NOW)


@pytest.mark.django_db(databases=["default", "plumbing"])
def test_at_the_desk_names_are_mended_and_missing_places_added_before_anything_is_kept() -> None:
    load()
    with clock.stopped_at(NOW):
        desk = Client()
        desk.force_login(Account.objects.get(id=hire("officer", Role.SUBDISTRICT_OFFICER)))
        street = {"under": "330381007", "below": str(id_of("S"))}
        units = [
            {"code": "330381007030", "name": "明镜社区居委会", "parent": "330381007"},
            {"code": "330381007+01", "name": "仙甲村", "parent": "330381007"},
        ]
        asked = street | {"units": units}
        looked = desk.post("/api/v1/areas/divisions", asked | {"only_look": True}, "application/json").json()
        assert (looked["added"], looked["kinds"]) == (2, {"community": 1, "village": 1})
        assert queries.find_by_path("330381007+01", on=TODAY) is None
        assert desk.post("/api/v1/areas/divisions", asked, "application/json").json()["added"] == 2
        assert queries.area(id_of("330381007+01")).path_name == "莘塍街道 › 仙甲村"
        again = street | {"units": [{"code": "330381007099", "name": "仙甲村", "parent": "330381007"}]}
        told = desk.post("/api/v1/areas/divisions", again, "application/json").json()
        assert (told["added"], told["alike"]) == (0, ["仙甲村"])


def how() -> dict[str, object]:
    today = queries.area(_id("330381007")).valid_from
    return {"on": today, "by": THE_HOUSE, "at": NOW}


def _id(code: str) -> divisions.AreaId:
    return id_of(code, on=local_day(clock.now()))
