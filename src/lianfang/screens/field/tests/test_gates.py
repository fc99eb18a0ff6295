"""What a phone takes along of gates: all it decides by, and no list of anybody for those who stand at no door."""

import msgspec
import pytest

from lianfang.foundation.kernel.roles import Role
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.operations.checkpoints import actions
from lianfang.operations.checkpoints.tests.gatehouse import Gatehouse
from lianfang.screens.field import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def gatehouse() -> Gatehouse:
    return Gatehouse()


def test_a_volunteer_carries_the_gate_and_no_household(gatehouse: Gatehouse) -> None:
    page = queries.feed(viewer=viewer(gatehouse.volunteer), after=0, shape="")
    assert page.gates is not None and [gate.name for gate in page.gates.gates] == ["沈海高速东山出口"]
    assert (page.scope.grids, page.households, page.tasks, page.more) == ([], [], [], False)


def test_a_grid_worker_carries_both_and_one_without_a_gate_only_the_list(gatehouse: Gatehouse) -> None:
    worker, elsewhere = hire("worker", Role.GRID_WORKER, area="C1"), hire("elsewhere", Role.GRID_WORKER, area="G3")
    both, list_only = (queries.feed(viewer=viewer(each), after=0, shape="") for each in (worker, elsewhere))
    assert both.gates is not None and len(both.scope.grids) == 2
    assert list_only.gates is None and len(list_only.scope.grids) == 1


def test_when_the_gate_is_closed_its_volunteer_carries_nothing(gatehouse: Gatehouse) -> None:
    actions.close_gate(gate=gatehouse.gate.id, viewer=viewer(gatehouse.officer), at=viewer(gatehouse.officer).at)
    with raises("field.nothing_to_carry"):
        queries.feed(viewer=viewer(gatehouse.volunteer), after=0, shape="")


def test_all_of_it_is_small(gatehouse: Gatehouse) -> None:
    page = queries.feed(viewer=viewer(gatehouse.volunteer), after=0, shape="")
    assert len(msgspec.json.encode(page.gates)) < 24_000
