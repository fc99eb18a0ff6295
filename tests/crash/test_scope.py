"""Nobody does or sees anything outside role, area and dates: the server and a naive policy, asked the same (P12).

Half of the decisions are asked on SQLite, half on PostgreSQL, both at the same time."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.conftest import town, world  # noqa: F401 - fixtures
from tests.contract.test_scope_oracle import TABLE, disagreements
from tests.crash.databases import on_postgresql  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])


def test_server_and_policy_agree(
    world: Any,  # noqa: F811
    size: Callable[[int, int], int],
    proof: Callable[..., None],
    chosen_database: str,
) -> None:
    decisions = size(50_000, 500_000)
    wrong = list(disagreements(world, decisions, seed=3))
    proof("P12", f"scope oracle: {len(TABLE)} lines; {chosen_database}", size=decisions, disagreements=len(wrong))
    assert wrong[:20] == []


def test_on_postgresql_it_is_the_same(on_postgresql: Callable[[], int]) -> None:  # noqa: F811
    assert on_postgresql() == 0
