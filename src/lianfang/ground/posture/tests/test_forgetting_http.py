"""The two signatures of a forgetting, as a desk sends them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import forgotten
from lianfang.ground.posture import actions
from lianfang.ground.posture.terms import Incident
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
LONG_AGO = town.NOW - timedelta(days=60)


@pytest.fixture
def over(settings: Any, tmp_path: Path) -> Incident:
    """An incident that ended a while ago."""
    settings.LIANFANG_BACKUPS = tmp_path / "backups"
    town.load()
    return actions.open_incident(
        name="去年的应急",
        area=town.id_of("S"),
        basis="public_health_emergencies",
        pack="household_sweep",
        issuer="莘塍街道办事处",
        ends_at=LONG_AGO + timedelta(days=3),
        by=THE_HOUSE,
        at=LONG_AGO,
    )


def test_one_proposes_another_agrees_and_it_is_done(over: Incident) -> None:
    one, two = Clerk("one", Role.SUBDISTRICT_OFFICER), Clerk("two", Role.DATA_OFFICER)
    address = f"incidents/{over.id}/forgetting"
    status, seen = one.get(address)
    assert (status, seen["due"], seen["forgotten_at"], seen["proposal"]) == (200, True, None, None)
    _, proposed = one.post(address, {"reason": "保存期已满"})
    assert proposed["proposal"]["proposed_by_me"] and proposed["forgotten_at"] is None
    sign = {"proposal": proposed["proposal"]["id"]}
    status, problem = one.post(address, sign)
    assert (status, problem["code"]) == (409, "posture.second_forgetter_needed")
    status, done = two.post(address, sign)
    assert status == 201 and done["forgotten_at"] is not None
    assert one.get(f"incidents/{over.id}")[1]["state"] == "forgotten"
    assert one.get(f"incidents/{over.id}/certificate")[1]["chain"]
    assert {file.suffix for file in forgotten.folders()[0].iterdir()} == {".json", ".pdf"}
    status, problem = two.post(address, sign)
    assert (status, problem["code"]) == (404, "posture.forgetting_unknown")


def test_a_worker_neither_proposes_nor_looks_and_nobody_forgets_what_runs(over: Incident) -> None:
    worker, leader = Clerk("worker", Role.GRID_WORKER, area="G1"), Clerk("leader", Role.COMMAND)
    assert worker.get(f"incidents/{over.id}/forgetting")[0] == 403
    assert worker.post(f"incidents/{over.id}/forgetting", {"reason": "好奇"})[0] == 403
    assert leader.get(f"incidents/{over.id}/certificate")[1]["code"] == "posture.not_forgotten"
