"""The tree of areas: as it is, as it was, and what changes it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import actions, queries
from lianfang.ground.territory.models import AreaClosure
from lianfang.ground.territory.terms import AreaKind, Node, OrganisationKind
from lianfang.ground.territory.tests.town import FIRST_DAY, NOW, ROWS, TODAY, id_of, load, path, row

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def change(which: str, on: date, **to: object) -> None:
    actions.change_area(area=id_of(which), on=on, by=THE_HOUSE, at=NOW, **to)


def closure(code: str, on: date) -> list[str]:
    """What the closure table says stood above an area, root first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.code FROM territory_closure c JOIN territory_area v ON v.id = c.ancestor_id"
            " WHERE c.area_id = %s AND c.valid_from <= %s AND (c.valid_to IS NULL OR c.valid_to > %s)"
            " ORDER BY c.depth DESC",
            [id_of(code), on, on],
        )
        return [code for (code,) in cursor.fetchall()]


def test_a_loaded_tree_knows_what_stands_above_and_below() -> None:
    load()
    assert path("U1", TODAY) == ["S", "P1", "C1", "G1", "B1", "U1"] == closure("U1", TODAY)
    assert [a.name for a in queries.children(id_of("C1"), TODAY)] == ["第1网格", "第2网格"]
    assert {a.code for a in queries.grids_under(id_of("S"), TODAY)} == {"G1", "G2", "G3"}
    assert queries.grid_of(id_of("U1"), TODAY) == id_of("G1")
    assert queries.area(id_of("G1")).path_name == "莘塍街道 › 东片 › 明镜社区 › 第1网格"


def test_loading_the_same_table_again_changes_nothing() -> None:
    load()
    again = load(on=TODAY)
    assert (again.added, again.changed, again.unchanged, again.position) == (0, 0, len(ROWS), None)


def test_a_new_name_in_the_table_renames_from_that_day_and_keeps_the_id() -> None:
    load()
    id = id_of("C1")
    loaded = load((row("C1", "community", "明镜新社区", "P1"), row("G4", "grid", "第4网格", "C1")), on=TODAY)
    assert (loaded.added, loaded.changed) == (1, 1)
    assert queries.area(id).name == "明镜新社区"
    assert queries.area_on(id, TODAY - DAY).name == "明镜社区"
    assert path("G4", TODAY) == ["S", "P1", "C1", "G4"] == closure("G4", TODAY)


def test_a_grid_that_moves_takes_everything_below_it_along_and_yesterday_stays() -> None:
    load()
    change("G1", TODAY, parent=id_of("C2"))
    assert path("U1", TODAY) == ["S", "C2", "G1", "B1", "U1"] == closure("U1", TODAY)
    assert path("U1", TODAY - DAY) == ["S", "P1", "C1", "G1", "B1", "U1"] == closure("U1", TODAY - DAY)
    assert id_of("U1") not in queries.subtree(id_of("C1"), TODAY)
    assert id_of("U1") in queries.subtree(id_of("C1"), TODAY - DAY)


def test_a_sector_moved_there_and_back_the_same_day_stands_where_it_stood() -> None:
    load()
    change("G1", TODAY, parent=id_of("C2"))
    change("G1", TODAY, parent=id_of("C1"))
    assert closure("U1", TODAY) == ["S", "P1", "C1", "G1", "B1", "U1"] == path("U1", TODAY)


def test_a_move_planned_for_next_month_leaves_today_alone() -> None:
    load()
    later = TODAY + 30 * DAY
    change("C1", later, parent=id_of("S"))
    assert closure("B1", TODAY) == ["S", "P1", "C1", "G1", "B1"]
    assert closure("B1", later) == ["S", "C1", "G1", "B1"] == path("B1", later)
    node = Node(id=new_id(), kind="building", name="9幢", parent=id_of("G1"), code="B9")
    actions.add_area(node=node, on=TODAY, by=THE_HOUSE, at=NOW)
    assert closure("B9", TODAY) == ["S", "P1", "C1", "G1", "B9"]
    assert closure("B9", later) == ["S", "C1", "G1", "B9"]


def test_a_move_dated_before_a_planned_one_below_it_is_refused() -> None:
    load()
    change("G1", TODAY + 30 * DAY, parent=id_of("C2"))
    with pytest.raises(Problem, match=r"territory\.later_change_exists"):
        change("C1", TODAY, parent=id_of("S"))


def test_an_area_cannot_stand_below_itself() -> None:
    load()
    actions.add_area(
        node=Node(id=new_id(), kind="division", name="瑞安市", code="330381"), on=FIRST_DAY, by=THE_HOUSE, at=NOW
    )
    city = Node(id=new_id(), kind="division", name="东区", code="D2", parent=id_of("330381"))
    actions.add_area(node=city, on=FIRST_DAY, by=THE_HOUSE, at=NOW)
    with pytest.raises(Problem, match=r"territory\.above_itself"):
        change("330381", TODAY, parent=city.id)


def test_an_estate_with_buildings_stays_in_a_grid_and_one_with_grids_stays_out_of_one() -> None:
    load((*ROWS, row("E2", "estate", "静海新村", "G1"), row("B2", "building", "2幢", "E2")))
    with pytest.raises(Problem, match=r"territory\.no_grid_above"):
        change("E2", TODAY, parent=id_of("C2"))
    with pytest.raises(Problem, match=r"territory\.grid_in_grid"):
        change("E1", TODAY, parent=id_of("G1"))
    change("E2", TODAY, parent=id_of("G2"))


def test_a_grid_is_split_in_two_and_its_past_can_still_be_asked_for() -> None:
    load()
    old = id_of("G2")
    for code in ("G2a", "G2b"):
        node = Node(id=new_id(), kind="grid", name=code, parent=id_of("C1"), code=code)
        actions.add_area(node=node, on=TODAY, split_from=[old], by=THE_HOUSE, at=NOW)
    actions.end_area(area=old, on=TODAY, into=[id_of("G2a"), id_of("G2b")], by=THE_HOUSE, at=NOW)
    assert [a.code for a in queries.grids_under(id_of("C1"), TODAY)] == ["G1", "G2a", "G2b"]
    assert [a.code for a in queries.grids_under(id_of("C1"), TODAY - DAY)] == ["G1", "G2"]
    assert [queries.area(a).code for a in queries.lineage(old, TODAY)] == ["S", "P1", "C1", "G2"]


def test_an_area_with_others_below_it_does_not_end() -> None:
    load()
    with pytest.raises(Problem, match=r"territory\.has_areas_below"):
        actions.end_area(area=id_of("G1"), on=TODAY, by=THE_HOUSE, at=NOW)


def test_a_code_may_be_given_to_another_area_once_its_own_has_ended() -> None:
    load()
    with pytest.raises(Problem, match=r"territory\.code_twice"):
        change("G1", TODAY, code="G2")
    actions.end_area(area=id_of("G2"), on=TODAY, by=THE_HOUSE, at=NOW)
    change("G1", TODAY, code="G2")
    assert queries.find_by_path("明镜社区", "G2", on=TODAY) is not None


def test_what_was_rolled_back_is_not_remembered() -> None:
    load()
    with pytest.raises(RuntimeError), transaction.atomic():
        change("G1", TODAY, name="别名")
        assert queries.area(id_of("G1")).name == "别名"
        raise RuntimeError
    assert queries.area(id_of("G1")).name == "第1网格"


def test_areas_are_found_by_path_by_words_and_by_what_they_nearly_are() -> None:
    load()
    assert queries.find_by_path("明镜社区", "第2网格", on=TODAY) is not None
    assert queries.find_by_path("中塘社区", "第2网格", on=TODAY) is None
    assert [a.code for a in queries.search("明镜 2网格", TODAY)] == ["G2"]
    assert [a.name for a in queries.search("莘滕街道", TODAY)][:1] == ["莘塍街道"]
    assert queries.search("网格", TODAY, within=[id_of("C2")])[0].code == "G3"


def test_areas_under_in_sql_are_those_of_the_day() -> None:
    load()
    change("G1", TODAY, parent=id_of("C2"))
    with connection.cursor() as cursor:
        cursor.execute(queries.areas_under_sql(2), [id_of("C1"), id_of("B1"), TODAY, TODAY])
        assert len(cursor.fetchall()) == 2 + 2  # C1, G2; B1, U1


def test_the_database_lets_no_area_hang_in_two_places() -> None:
    load()
    elsewhere = AreaClosure(ancestor_id=id_of("C2"), area_id=id_of("G1"), depth=1, valid_from=TODAY)
    with pytest.raises(IntegrityError, match="territory_one_parent_at_a_time"), transaction.atomic():
        elsewhere.save(force_insert=True)


def test_organisations_are_a_tree_of_their_own() -> None:
    load()
    actions.load_tree(
        rows=[row("O1", "department", "街道办"), row("O2", "team", "排查组", "O1", area="C1")],
        on=FIRST_DAY,
        by=THE_HOUSE,
        at=NOW,
        tree=actions.Tree.ORGANISATIONS,
    )
    (office,) = queries.organisations(None, TODAY)
    (team,) = queries.organisations(office.id, TODAY)
    assert (team.kind, team.area, team.path) == (OrganisationKind.TEAM, id_of("C1"), ("街道办", "排查组"))
    actions.change_organisation(organisation=team.id, on=TODAY, by=THE_HOUSE, at=NOW, name="监察组")
    assert [queries.organisation(team.id, d).name for d in (TODAY - DAY, TODAY)] == ["排查组", "监察组"]
    actions.end_organisation(organisation=team.id, on=TODAY + DAY, by=THE_HOUSE, at=NOW)
    assert queries.organisations(office.id, TODAY + DAY) == []


def test_the_tree_rebuilt_from_entries_is_the_tree() -> None:
    load()
    change("G1", TODAY, parent=id_of("C2"))
    change("C1", TODAY, name="明镜新社区")
    actions.end_area(area=id_of("G2"), on=TODAY, into=[id_of("G1")], by=THE_HOUSE, at=NOW)
    load((row("G7", "grid", "第7网格", "C2"),), on=TODAY)
    assert ledger.rebuild_differs() == []
    assert path("U1", TODAY) == ["S", "C2", "G1", "B1", "U1"]
    assert {a.kind for a in queries.areas_below(id_of("G1"), TODAY)} == {
        AreaKind.GRID,
        AreaKind.BUILDING,
        AreaKind.ENTRANCE,
    }
