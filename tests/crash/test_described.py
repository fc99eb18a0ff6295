"""Whatever its own document allows, and more, breaks no address: schemathesis makes it, from the document alone (P14).

Raw routes are asked by test_fuzz.py, and what they answer is compared with nothing here.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core import NOT_SET
from schemathesis.generation import GenerationMode

from lianfang.project import wiring
from tests.contract.conftest import town, world  # noqa: F401 - fixtures
from tests.contract.test_strange_values import Description, described  # noqa: F401 - a fixture
from tests.contract.town_of_the_oracle import World
from tests.crash.test_fuzz import undone

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])

PHASES = (Phase.explicit, Phase.generate)  # what it finds is told as it was found: shrinking takes minutes


def test_no_address_breaks_under_what_its_description_allows(
    world: World,  # noqa: F811
    described: Description,  # noqa: F811
    size: Callable[[int, int], int],
    proof: Callable[..., None],
) -> None:
    examples, asked, broken = size(10, 300), 0, list[str]()
    people = world.one_of_each_role()[1:]
    raw = {(route.method, route.path) for route in wiring.exported("api", "ROUTES")}
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) in raw:
            continue
        for mode in GenerationMode:
            broken += _asked(operation, mode, world.phone(people[asked % len(people)]), examples)
            asked += examples
    proof("P14", "schemathesis on the OpenAPI document", size=asked, broken=len(broken))
    assert asked
    assert not broken, "\n".join(broken[:20])


def _asked(operation: Any, mode: GenerationMode, phone: Client, examples: int) -> list[str]:
    broken: list[str] = []

    @seed(1)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=PHASES, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        with undone():
            status = _status(phone, case)
        if status >= 500:
            broken.append(f"{status} {operation.label} ({mode.value}) {case.query} {case.body!r:.300}")

    with suppress(Unsatisfiable):  # an address that takes nothing cannot be asked wrongly
        ask()
    return broken


def _status(phone: Client, case: Any) -> int:
    path = f"{case.formatted_path}?{urlencode(case.query or {}, doseq=True, errors='replace')}"
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        return int(phone.post(path, {name: str(value) for name, value in case.body.items()}).status_code)
    body = b"" if case.body is NOT_SET else json.dumps(case.body, default=str).encode("utf-8", "replace")
    return int(phone.generic(case.method, path, body, content_type="application/json").status_code)
