"""The second wall: with the first one torn down the database still shows nobody of another grid."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from lianfang.foundation.kernel.ids import HouseholdId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Viewer
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock, walls
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.models import Said
from lianfang.ground.campaigns.tests.village import hand_in
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.models import Resident
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.registry.tests.homes import publish
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.operations.screening.models import Finding
from lianfang.operations.screening.tests.shops import a_look, a_place, an_inspection
from lianfang.project import roles, wiring

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "plumbing"]),
    pytest.mark.postgres_only("SQLite has no roles; there the query's own check stands alone"),
]
THEIRS, OTHERS = HouseholdId(new_id()), HouseholdId(new_id())


@pytest.fixture(autouse=True)
def two_grids() -> Iterator[None]:
    """Somebody lives in the worker's grid, somebody else in another."""
    town.load()
    publish({"name": "张三"}, grid="G1", household=THEIRS)
    publish({"name": "李四"}, grid="G2", household=OTHERS)
    with clock.stopped_at(NOW):
        yield


@pytest.fixture
def worker() -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire("wang", Role.GRID_WORKER, Role.COMMUNITY_OFFICER, area="G1")))
    return client


@pytest.fixture
def first_wall_torn_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever anybody asks for is permitted, and everywhere is theirs."""
    monkeypatch.setattr(Viewer, "require", lambda *args, **more: None)
    monkeypatch.setattr(Viewer, "may", lambda *args, **more: True)
    monkeypatch.setattr(registry, "grids_in", lambda *args, **more: sorted([id_of("G1"), id_of("G2")]))


def shown(client: Client) -> str:
    """Everything a worker's pages say about people, one page after the other."""
    paths = ("residents", "households", f"households/{OTHERS}", f"households/{THEIRS}", "disagreements")
    return " ".join(client.get(f"/api/v1/{path}").content.decode() for path in paths)


@pytest.mark.usefixtures("first_wall_torn_down")
def test_with_the_first_wall_torn_down_another_grid_s_people_are_still_nowhere(worker: Client) -> None:
    said = shown(worker)
    assert "张" in said and "李" not in said


@pytest.mark.usefixtures("first_wall_torn_down")
def test_it_is_the_second_wall_that_hid_them(worker: Client) -> None:
    with walls.owner_at_work():
        said = shown(worker)
    assert "张" in said and "李" in said


def test_whoever_has_no_areas_sees_nobody() -> None:
    with walls.behind((), local_day(NOW)):
        assert Resident.objects.count() == 0
    assert Resident.objects.count() == 2


def test_what_was_said_and_found_at_places_and_buildings_stands_behind_the_wall_of_their_grid() -> None:
    shops = {grid: a_place("小店", grid=grid) for grid in ("G1", "G2")}
    inspections = an_inspection(), an_inspection(TargetKind.BUILDINGS)
    at_shops = [a_look(inspections[0], shop, exit_blocked=True) for shop in shops.values()]
    hand_in([*at_shops, a_look(inspections[1], id_of("B1"), exit_blocked=True)])
    for root, seen in (("G1", {shops["G1"], id_of("B1")}), ("G2", {shops["G2"]})):
        with walls.behind([id_of(root)], local_day(NOW)):
            for table in (Said, Finding):
                assert set(table.objects.values_list("target_id", flat=True)) == seen


def test_what_one_request_left_on_a_connection_says_nothing_about_the_next() -> None:
    with walls.behind([id_of("G1")], local_day(NOW)):
        assert Resident.objects.count() == 1
        connection.close()  # back into the pool, still as the reader
        assert Resident.objects.count() == 1  # and taken out again behind the same wall
        connection.close()
    assert Resident.objects.count() == 2


def test_a_turn_steps_out_of_the_wall_and_back_behind_it() -> None:
    with walls.behind([id_of("G1")], local_day(NOW)):
        with ledger.turn(by=THE_HOUSE, at=NOW) as turn:
            assert turn.fold.execute("SELECT count(*) FROM registry_resident").fetchone() == (2,)
        assert Resident.objects.count() == 1
        with pytest.raises(RuntimeError), ledger.turn(by=THE_HOUSE, at=NOW):
            raise RuntimeError("power cut")
        assert Resident.objects.count() == 1


@pytest.mark.parametrize("table", roles.APPENDED)
@pytest.mark.parametrize("what", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_writer_can_neither_alter_nor_remove_what_was_appended(table: str, what: str) -> None:
    column = next(iter(connection.introspection.get_primary_key_columns(connection.cursor(), table) or ()))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(what.format(table, column, column))


def test_a_reader_changes_nothing_that_is_folded_and_appends_nothing() -> None:
    for statement in (
        "UPDATE registry_resident SET name = ''",
        "DELETE FROM campaigns_task",
        "DELETE FROM access_grant",
    ):
        assert_denied_to_the_reader(statement)
    assert_denied_to_the_reader("INSERT INTO ledger_batch (last, first, committed_at, digest) VALUES (9, 9, now(), '')")


def assert_denied_to_the_reader(statement: str) -> None:
    with (
        walls.behind([id_of("S")], local_day(NOW)),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        connection.cursor().execute(statement)


def test_every_folded_table_that_knows_a_grid_or_a_household_is_walled() -> None:
    """A table that is new and about people fails here until its module names it in WALLED."""
    folded = set(ledger.tables_of(ledger.installed()))
    walled = {each.table for each in wiring.exported("projections", "WALLED")}
    about_people = {"grid_id", "household_id", "target_id", "resident_id"}
    tells = {
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.db_table in folded and about_people & {field.name for field in model._meta.fields}
    }
    assert tells - walled - {"registry_gridcount", "territory_responsibility"} == set()


def test_the_wall_is_looked_up_once_for_a_page_and_not_for_each_row() -> None:
    with walls.behind([id_of("S")], local_day(NOW)), connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT id FROM registry_resident ORDER BY name_key LIMIT 50")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "hashed SubPlan" in plan or "Hash" in plan, plan


def test_what_is_printed_can_be_applied_again_and_again() -> None:
    printed: list[Any] = roles.for_this_database()
    roles.apply()
    roles.apply()
    assert roles.for_this_database() == printed
    assert walls.standing()
