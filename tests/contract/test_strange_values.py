"""Each field of each address is given what no form would send: the answer is never "something broke".

The addresses and a body that is right come from the scope oracle, the fields from the server's own description.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.test_scope_oracle import TABLE, Line, ask, decide
from tests.contract.town_of_the_oracle import Person, World

pytestmark = [pytest.mark.django_db(databases=["default", "plumbing"]), pytest.mark.slow]

STRANGE: tuple[Any, ...] = (
    *(None, "", "x" * 70_000, "\u202e", "😀" * 30, "%", True, [], {"a": {"a": 1}}),
    *(-1, 1.5, 2**31, 2**63, 10**30),
    *("9999-12-31", "0001-01-01", "2021-12-10T08:00:00"),
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"),
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
)
METHODS = ("get", "post", "put", "patch", "delete")
Description = dict[str, Any]


@pytest.fixture(scope="module")
def described() -> Description:
    """What the server says of itself."""
    from lianfang.project import urls
    from lianfang.project.openapi import document

    assert urls.urlpatterns  # the addresses are known once they are loaded
    return dict(json.loads(document()))


def operations(described: Description) -> dict[str, Description]:
    """`METHOD route` → its description, spelt as in the oracle's table."""
    return {
        f"{method.upper()} {_spelt(path)}": item[method]
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    }


def _spelt(path: str) -> str:
    return re.sub(r"{(\w+)}", r"<\1>", path.removeprefix("/api/v1/"))


def fields_of(described: Description, operation: Description) -> list[str]:
    """The names of what its JSON body may hold."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", {}))


def twisted(line: Line, described: Description, operation: Description) -> Iterator[tuple[str, Any, Line]]:
    """The line with one strange value in one place, for every place and value."""
    for name in fields_of(described, operation):
        for value in STRANGE:
            right = line.body or (lambda world, area: {})
            yield name, value, line._replace(body=lambda w, a, r=right, n=name, v=value: r(w, a) | {n: v})
    for name in (p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"):
        for value in STRANGE:
            spelt = quote(str(value)).replace("{", "{{").replace("}", "}}")
            yield f"?{name}", value, line._replace(query=f"{line.query}&{name}={spelt}")


def somebody_who_may(line: Line, world: World) -> tuple[Person, str]:
    """Someone the line opens to, and where."""
    places = world.areas_with(line.of)
    may = ((p, area) for area in places for p in world.one_of_each_role()[1:] if decide(p, line, area) == "open")
    return next(may, (world.people[1], places[0]))


def test_no_strange_value_breaks_any_address(world: World, described: Description) -> None:
    known, broken, asked = operations(described), [], 0
    for line in TABLE:
        person, area = somebody_who_may(line, world)
        for place, value, strange in twisted(line, described, known.get(line.address, {})):
            said, _ = ask(world.phone(person), strange, area, world)
            asked += 1
            if said == "broken":
                broken.append(f"{line.address} {place}={value!r:.40}")
    assert broken == []
    assert asked > 3000, "the description names its fields no more"
