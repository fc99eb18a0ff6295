"""工作量: how much each worker has to do, and what nobody answers for."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import tables
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.campaigns.models import Task
from lianfang.ground.campaigns.tests import village
from lianfang.ground.registry import stewards
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load
from lianfang.screens.desk import workload
from lianfang.screens.desk.workload import Load, Workload

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])
GRIDS = ("G1", "G2", "G3")
_HOMES = {"G1": 3, "G2": 2, "G3": 1}


def a_sweep() -> dict[str, AccountId]:
    """Six households of three to be visited in three grids; three workers who may work anywhere, and an officer."""
    load()
    for grid, number in _HOMES.items():
        for _ in range(number):
            village.a_household(grid)
    village.a_campaign(ends_on=TODAY + timedelta(days=5))
    people = {name: hire(name, Role.GRID_WORKER) for name in ("王", "李", "赵")}
    return people | {"officer": hire("干部", Role.COMMUNITY_OFFICER, Role.SUBDISTRICT_OFFICER)}


def answer(grid: str, account: AccountId) -> None:
    access.assign_grid(grid=id_of(grid), account=account, by=THE_HOUSE, at=NOW)


def seen(people: dict[str, AccountId]) -> Workload:
    return workload.workload(area=id_of("S"), viewer=viewer(people["officer"]))


def test_each_worker_s_grids_households_people_and_open_tasks_are_counted() -> None:
    people = a_sweep()
    answer("G1", people["王"])
    answer("G3", people["王"])
    found = seen(people)
    (wang,) = found.workers
    assert (sorted(wang.areas), wang.load) == (["第1网格", "第3网格"], Load(2, 4, 12, 4))
    (gap,) = found.vacant
    assert (gap.grid.name, gap.load, [one.name for one in gap.owners]) == ("第2网格", Load(1, 2, 6, 2), ["干部同志"])
    assert found.total == Load(3, 6, 18, 6)


def test_it_leaves_as_a_workbook(tmp_path: Any) -> None:
    people = a_sweep()
    answer("G1", people["王"])
    book = BytesIO()
    workload.write_workload(book, seen(people))
    (tmp_path / "work.xlsx").write_bytes(book.getvalue())
    rows = [row.cells for row in tables.read_sheet(tmp_path / "work.xlsx")]
    assert [row[0] for row in rows[:2]] == ["责任人", "王同志"]
    assert rows[2][7] == "干部同志"


plans = st.tuples(
    st.lists(st.tuples(st.sampled_from(GRIDS), st.sampled_from(["王", "李", "赵"])), max_size=4),
    st.sampled_from(["王", "李", "赵"]),
    st.lists(st.sampled_from(["王", "李", "赵", None]), min_size=3, max_size=3),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans)
def test_whoever_leaves_no_open_task_is_orphaned(
    plan: tuple[list[tuple[str, str]], str, list[str | None]],
) -> None:
    """After the act each open task is one account's, or stands among the vacancies with somebody above to see to it."""
    from django.db import transaction

    assigned, leaver, successors = plan
    with transaction.atomic():
        people = a_sweep()
        for grid, name in assigned:
            answer(grid, people[name])
        gone = people[leaver]
        duties = territory.duties_of(gone, NOW).grids
        to = dict(zip((one.assignment for one in duties), successors, strict=False))
        heirs = {id: people[name] if name and name != leaver else None for id, name in to.items()}
        stewards.hand_over(account=gone, on=TODAY, successors=heirs, by=THE_HOUSE, at=NOW)
        access.close_account(account=gone, by=THE_HOUSE, at=NOW)
        found = seen(people)
        _nothing_is_orphaned(found, gone)
        transaction.set_rollback(True)
    keyring.forget_opened()


def _nothing_is_orphaned(found: Workload, gone: AccountId) -> None:
    shown = [area for each in found.workers for area in each.areas] + [gap.grid.name for gap in found.vacant]
    assert sorted(shown) == ["第1网格", "第2网格", "第3网格"]
    shown_tasks = sum(e.load.open_tasks for e in found.workers) + sum(g.load.open_tasks for g in found.vacant)
    assert shown_tasks == found.total.open_tasks == Task.objects.filter(state="untouched").count() == 6
    assert gone not in [each.account.id for each in found.workers]
    assert all(gap.owners and gone not in [one.id for one in gap.owners] for gap in found.vacant)
