"""A grid is split while phones are out: who carries what afterwards, and what becomes of what they recorded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AreaId, HouseholdId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.tests.village import a_campaign, a_visit
from lianfang.ground.registry import actions as registry
from lianfang.ground.registry.terms import GridPart
from lianfang.ground.registry.tests.homes import publish_many
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of
from lianfang.screens.field.tests.phone import ask
from lianfang.screens.field.tests.test_api import a_worker, enrolled

pytestmark = pytest.mark.usefixtures("town")
HOMES = [HouseholdId(UUID(int=0x100 + n)) for n in range(4)]


@pytest.fixture(autouse=True)
def a_working_morning() -> Iterator[None]:
    with clock.stopped_at(NOW + timedelta(minutes=2)):
        yield


class Phone:
    """A worker's phone: asks on from where it was, and keeps what an offline phone would keep."""

    def __init__(self, name: str, grid: str) -> None:
        self.account = a_worker(name, grid)
        self.token = enrolled(self.account)["token"]
        self.after, self.shape = 0, ""
        self.homes: set[str] = set()
        self.tasks: set[str] = set()

    def sync(self) -> dict[str, Any]:
        page: dict[str, Any] = ask(
            "GET", f"/api/v1/feed?after={self.after}&shape={self.shape}", token=self.token
        ).json()
        if page["reset"]:
            self.homes, self.tasks = set(), set()
        self.homes |= {home["id"] for home in page["households"]}
        self.tasks |= {task["target"] for task in page["tasks"]}
        self.homes -= set(page["gone"])
        self.tasks &= self.homes
        self.after, self.shape = page["position"], page["shape"]
        return page

    def hand_in(self, *records: dict[str, Any]) -> list[str]:
        reply = ask("POST", "/api/v1/records", body={"records": list(records)}, token=self.token).json()
        return [receipt["fate"] for receipt in reply["receipts"]]


def ids(*numbers: int) -> set[str]:
    return {str(HOMES[n]) for n in numbers}


def split(*doors: str, **part: Any) -> AreaId:
    new = GridPart(name="第4网格", code="G4", doors=doors, **part)
    done = registry.redraw(grid=id_of("G1"), parts=[new], by=THE_HOUSE, at=clock.now())
    assert done.parts[1].grid is not None
    return done.parts[1].grid


def a_sweep() -> Any:
    publish_many([(f"{n + 1}幢1单元101", "G1", home, [{"name": "张三"}]) for n, home in enumerate(HOMES)])
    return a_campaign(ends_on=TODAY + timedelta(days=3))


def remaining(campaign: Any, grid: AreaId) -> tuple[int, int]:
    totals = campaigns.totals(campaign=campaign.id, area=grid)
    return totals.done, totals.remaining


def test_a_split_during_a_sweep_with_phones_offline() -> None:
    campaign = a_sweep()
    old, new = Phone("grid-01", "G1"), Phone("grid-04", "G2")
    old.sync(), new.sync()
    assert old.homes == old.tasks == ids(0, 1, 2, 3) and not new.homes
    assert old.hand_in(a_visit(campaign, HOMES[0], people=1)) == ["stored"]
    offline = [a_visit(campaign, HOMES[1], people=1), a_visit(campaign, HOMES[2], people=1)]

    with clock.stopped_at(NOW + timedelta(hours=2)):
        grid = split("1-2幢")
        access.grant_role(account=new.account, role=Role.GRID_WORKER, area=grid, by=THE_HOUSE, at=clock.now())
    with clock.stopped_at(NOW + timedelta(hours=3)):
        assert remaining(campaign, id_of("G1")) == (1, 2) and remaining(campaign, grid) == (0, 1)
        page = new.sync()
        assert page["reset"] and new.homes == new.tasks == ids(0, 1)
        page = old.sync()
        assert not page["reset"] and set(page["gone"]) == ids(0, 1)
        assert old.homes == old.tasks == ids(2, 3)
        assert old.hand_in(*offline) == ["stored", "stored"], "recorded before the news came"
        assert remaining(campaign, id_of("G1")) == (2, 1) and remaining(campaign, grid) == (1, 0)
        assert [task["state"] for task in new.sync()["tasks"]] == ["done"]


def test_what_comes_back_to_a_grid_comes_back_to_its_phone() -> None:
    a_sweep()
    phone = Phone("grid-01", "G1")
    phone.sync()
    with clock.stopped_at(NOW + timedelta(hours=2)):
        grid = split("1-2幢")
        back = GridPart(grid=id_of("G1"), doors=("2幢",))
        registry.redraw(grid=grid, parts=[back], by=THE_HOUSE, at=clock.now())
        assert set(phone.sync()["gone"]) == ids(0)
        assert phone.homes == ids(1, 2, 3)


def test_a_phone_with_both_grids_loses_nothing() -> None:
    a_sweep()
    phone = Phone("lead-01", "C1")
    phone.sync()
    with clock.stopped_at(NOW + timedelta(hours=2)):
        split("1-2幢")
        phone.sync()
        assert phone.homes == phone.tasks == ids(0, 1, 2, 3)
