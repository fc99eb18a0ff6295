"""场所: a shop goes along with its building and its door; what it was stays known; who answers for it is said."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.registry import actions, following, redrawing
from lianfang.ground.registry.models import Place
from lianfang.ground.registry.terms import GridPart, PlaceKind
from lianfang.ground.registry.tests.test_any_subject import PLACES, published, taken_back
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import OrganisationKind, Span
from lianfang.ground.territory.tests.office import an_organisation
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]
API, JSON = "/api/v1", "application/json"


@pytest.fixture
def at_now() -> Iterator[None]:
    with clock.stopped_at(NOW):
        yield


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=hire("office", Role.SUBDISTRICT_OFFICER, area="S")))
    return client


def a_place(name: str, door: str = "", *, grid: str = "G1") -> UUID:
    return following.set_place(grid=id_of(grid), kind=PlaceKind.SHOP, name=name, door=door, by=THE_HOUSE, at=NOW)


def stands_in(place: UUID) -> str:
    return areas.area(AreaId(Place.objects.get(id=place).grid_id)).name


def redraw(*parts: GridPart, end: bool = False, grid: str = "G1") -> None:
    redrawing.redraw(grid=id_of(grid), parts=parts, end=end, by=THE_HOUSE, at=NOW)


class TestGoingAlong:
    """Exactly as households do."""

    def test_with_its_building_when_the_grid_is_split(self) -> None:
        shop, other = a_place("利民超市", "1幢101"), a_place("河边小店", "9幢1号")
        redraw(GridPart(name="新网格", areas=(id_of("B1"),)))
        assert (stands_in(shop), stands_in(other)) == ("新网格", "第1网格")
        assert Place.objects.get(id=shop).area_id == id_of("B1")

    def test_with_its_door_when_the_doors_are_on_a_list(self) -> None:
        shops = [a_place("前街早点", "前街12号"), a_place("后街粮油", "后街3号"), a_place("流动摊位")]
        redraw(GridPart(name="前街网格", doors=("前街1-59号",)))
        assert [stands_in(shop) for shop in shops] == ["前街网格", "第1网格", "第1网格"]

    def test_one_that_nobody_gave_a_door_goes_with_the_rest(self) -> None:
        shop = a_place("流动摊位")
        plan = redrawing.plan(grid=id_of("G1"), parts=[GridPart(grid=id_of("G2"), rest=True)], on=TODAY)
        assert [part.places for part in plan.parts] == [0, 1]
        redraw(GridPart(grid=id_of("G2"), rest=True), end=True)
        assert stands_in(shop) == "第2网格"

    def test_with_a_building_that_is_moved_alone(self) -> None:
        shop = a_place("利民超市", "1幢101")
        territory.change_area(area=id_of("B1"), on=TODAY, by=THE_HOUSE, at=NOW, parent=id_of("G2"))
        redrawing.follow_buildings(by=THE_HOUSE, at=NOW)
        assert stands_in(shop) == "第2网格"
        redrawing.follow_buildings(by=THE_HOUSE, at=NOW)
        assert [look["why"] for look in looks(shop)] == ["added", "moved"]

    def test_no_grid_ends_while_a_shop_stands_in_it(self) -> None:
        a_place("利民超市")
        with pytest.raises(Problem, match=r"registry\.grid_with_places"):
            actions.end_area(area=id_of("G1"), on=TODAY + timedelta(days=1), into=[], by=THE_HOUSE, at=NOW)

    def test_a_list_taken_back_afterwards_is_taken_back_where_its_places_stand_now(self, desk: Client) -> None:
        done = published(desk, "places", PLACES)
        redraw(GridPart(name="新网格", areas=(id_of("B1"),)))
        assert taken_back(desk, done["id"])["kept"] == 0
        assert not Place.objects.filter(gone=False).exists()

    def test_the_register_can_be_built_again(self, desk: Client) -> None:
        published(desk, "places", PLACES)
        shop = a_place("利民超市", "1幢102")
        redraw(GridPart(name="新网格", areas=(id_of("B1"),)))
        following.end_place(place=shop, by=THE_HOUSE, at=NOW)
        assert ledger.rebuild_differs() == []


def looks(place: UUID) -> list[dict[str, str]]:
    client = Client()
    client.force_login(Account.objects.get(id=hire("reader", Role.SUBDISTRICT_OFFICER, area="S")))
    return list(client.get(f"{API}/places/{place}").json()["looks"])


class TestAtTheDesk:
    """One place, with whom to ask about it and what it was."""

    def test_it_is_written_down_put_right_and_closed_and_each_look_stays(self, desk: Client) -> None:
        new = {"grid": str(id_of("G1")), "name": "好又多", "kind": "shop", "door": "1幢101"}
        made = desk.post(f"{API}/places", new, JSON).json()
        assert (made["building"], made["door"]) == ("1幢", "1幢101")
        right = {"name": "好又多超市", "kind": "market", "door": "1幢1单元102", "reason": "招牌换了"}
        assert desk.patch(f"{API}/places/{made['id']}", right, JSON).json()["building"] == "1幢 1单元"
        ended = desk.post(f"{API}/places/{made['id']}/end", {}, JSON).json()
        assert [look["why"] for look in ended["looks"]] == ["added", "corrected", "ended"]
        assert [look["name"] for look in ended["looks"]] == ["好又多", "好又多超市", "好又多超市"]
        assert {look["by"] for look in ended["looks"]} == {"office同志"}
        assert desk.get(f"{API}/places").json()["rows"] == []
        assert desk.patch(f"{API}/places/{made['id']}", right, JSON).status_code == 404

    def test_two_of_one_name_in_a_grid_are_refused(self, desk: Client) -> None:
        a_place("好又多")
        twin = {"grid": str(id_of("G1")), "name": "好 又多", "kind": "shop"}
        answer = desk.post(f"{API}/places", twin, JSON)
        assert (answer.status_code, answer.json()["code"]) == (409, "registry.place_there_already")
        assert desk.post(f"{API}/places", twin | {"grid": str(id_of("G2"))}, JSON).status_code == 201

    def test_whom_to_ask_the_worker_the_contact_and_who_looks_after_what_is_above(self, desk: Client) -> None:
        shop, worker = a_place("利民超市", "1幢101"), hire("赵", Role.GRID_WORKER, area="G1")
        how = {"by": THE_HOUSE, "at": NOW}
        access.assign_grid(grid=id_of("G1"), account=worker, **how)  # type: ignore[arg-type]
        access.make_contact(area=id_of("B1"), account=worker, days=Span(TODAY), **how)  # type: ignore[arg-type]
        bureau = an_organisation("市场监管所", OrganisationKind.DEPARTMENT)
        territory.look_after(area=id_of("C1"), organisation=bureau, about="包片", days=Span(TODAY), **how)  # type: ignore[arg-type]
        found = desk.get(f"{API}/places/{shop}").json()["answering"]
        assert [(one["what"], one["name"], one["of"]) for one in found] == [
            ("worker", "赵同志", "第1网格"),
            ("contact", "赵同志", "1幢"),
            ("liaison", "市场监管所", "明镜社区"),
        ]

    def test_outside_of_one_s_grids_there_is_no_such_place(self) -> None:
        shop = a_place("利民超市")
        client = Client()
        client.force_login(Account.objects.get(id=hire("elsewhere", Role.GRID_WORKER, area="G3")))
        assert client.get(f"{API}/places/{shop}").status_code == 404
        assert client.get(f"{API}/places").json()["total"] == 0
