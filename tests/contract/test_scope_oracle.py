"""Who may do what where, decided twice: by a naive policy written down here, and by the server.

Every address of the router stands in TABLE with the roles that may use it and where its scope comes from; one that
does not stand there fails the build, and so does a line that no address answers to. Then the two are asked thousands
of random questions (who × address × area) and must agree on each: open, forbidden (403: nowhere), hidden (404: not
there), sign in (401).

To cover a new address: one line in TABLE. If it names a thing that no line named before, one line in World.targets as
well.
"""

import copy
import os
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from lianfang.foundation.kernel.people import Viewer
from tests.contract.town_of_the_oracle import AREAS, NOBODY, PARENT, Person, World

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])

R = {
    "grid": {"grid_worker", "grid_lead"},
    "field": {"grid_worker", "grid_lead", "volunteer", "sampler"},
    "officers": {"community_officer", "sector_officer", "subdistrict_officer"},
    "staff": {
        *("grid_worker", "grid_lead", "volunteer", "sampler", "community_officer", "sector_officer"),
        *("subdistrict_officer", "command", "hotline_operator", "tracer", "data_officer"),
        *("system_admin", "security_admin", "audit_admin"),
    },
}
SEES_ACCOUNTS = R["officers"] | {"system_admin", "security_admin"}
MANAGES = {"system_admin", "subdistrict_officer"}
ENROLS = R["officers"] | {"system_admin"}
APPROVES = {"security_admin", "system_admin"}
GRANTS_IN_FIELD = R["officers"] | {"security_admin"}
SHAPES_AREAS = {"subdistrict_officer", "data_officer"}
ASSIGNS = R["officers"] | {"data_officer"}
LOADS = SHAPES_AREAS | {"system_admin"}
AUDITS = {"audit_admin"}
PUBLIC, SIGNED_IN = frozenset[str]({"public"}), frozenset[str]({"signed in"})

Body = Callable[["World", str], dict[str, Any]]


class Line(NamedTuple):
    """One address: what it is, who may use it, whose area decides, what to send, which rows may come back."""

    address: str  # "METHOD route", as the router spells it, converters left out
    roles: set[str] | frozenset[str]
    of: str | None = None  # the thing in World.targets that lies in the area; None: it has no scope of its own
    query: str = ""
    body: Body | None = None
    rows: str | None = None  # the kind of rows that a list answers: all in scope and no other
    upload: bool = False  # it takes a file


def _area(world: "World", area: str) -> dict[str, Any]:
    return {"area": str(world.area[area])}


TABLE = (
    # access
    Line("GET session", PUBLIC),
    Line("POST session", PUBLIC, body=lambda w, a: {"account": "nobody", "password": "nothing"}),
    Line("DELETE session", PUBLIC),
    Line("GET me", SIGNED_IN),
    Line("POST me/password", SIGNED_IN, body=lambda w, a: {"old_password": "x", "new_password": "y"}),
    Line("GET accounts", SEES_ACCOUNTS, rows="account"),
    Line("GET accounts", SEES_ACCOUNTS, of="area", query="area={area}", rows="account"),
    Line(
        "POST accounts", MANAGES, of="area", body=lambda w, a: _area(w, a) | {"name": "new", "display_name": "新来的"}
    ),
    Line("GET accounts/<account_id>", SEES_ACCOUNTS, of="account"),
    Line("POST accounts/<account_id>/close", MANAGES, of="account", body=lambda w, a: {}),
    Line("POST accounts/<account_id>/password-reset", MANAGES, of="account"),
    Line(
        "POST accounts/<account_id>/roles",
        GRANTS_IN_FIELD,
        "area",
        "",
        lambda w, a: _area(w, a) | {"role": "grid_worker"},
    ),
    Line(
        "POST accounts/<account_id>/roles",
        {"security_admin"},
        "area",
        "",
        lambda w, a: _area(w, a) | {"role": "command"},
    ),
    Line("POST accounts/<account_id>/enrolment", ENROLS, of="account"),
    Line("GET roles", APPROVES, rows="proposal"),
    Line("DELETE roles/<grant_id>", GRANTS_IN_FIELD, of="grant"),
    Line("POST roles/<grant_id>/approve", APPROVES, of="proposal"),
    Line("POST roles/<grant_id>/decline", APPROVES, of="proposal", body=lambda w, a: {}),
    Line("PUT areas/<area_id>/responsible", ASSIGNS, of="area", body=lambda w, a: {"account": None}),
    Line("GET areas/<area_id>/workers", ASSIGNS, of="area"),
    Line("GET devices", SEES_ACCOUNTS, rows="device"),
    Line("GET devices/<device_id>", SEES_ACCOUNTS, of="device"),
    Line("POST devices/<device_id>/revoke", ENROLS, of="device", body=lambda w, a: {}),
    Line("GET disclosures", AUDITS, rows="look"),
    Line("GET audit", AUDITS, query="kind=access.people_disclosed", rows="look"),
    Line("GET audit/<record_id>", AUDITS, of="look"),
    # territory
    Line("GET areas", R["staff"]),
    Line("POST areas", SHAPES_AREAS, "area", "", lambda w, a: {"kind": "grid", "name": "新", "parent": str(w.area[a])}),
    Line("POST areas/workbook", LOADS, upload=True),
    Line("GET areas/template.xlsx", R["staff"]),
    Line("GET areas/export.xlsx", R["staff"]),
    Line("GET areas/<area_id>", R["staff"]),
    Line("PATCH areas/<area_id>", SHAPES_AREAS, of="area", body=lambda w, a: {"name": "改名"}),
    Line("POST areas/<area_id>/end", SHAPES_AREAS, of="area", body=lambda w, a: {"on": "2022-01-01"}),
    # plumbing
    Line("GET jobs/<job_id>", SIGNED_IN),
    Line("GET openapi.json", PUBLIC),
)

# The naive policy


def decide(person: Person, line: Line, area: str) -> str:
    """What the server should say."""
    if line.roles == PUBLIC:
        return "open"
    if person is NOBODY:
        return "sign in"
    if line.roles == SIGNED_IN:
        return "open"
    held = [place for role, place, now in person.roles if now and role in line.roles]
    if not held:
        return "forbidden"
    return "open" if line.of is None or any(covers(place, area) for place in held) else "hidden"


def covers(place: str, area: str | None) -> bool:
    """Is the place the area or above it?"""
    while area is not None:
        if area == place:
            return True
        area = PARENT[area]
    return False


def seen(person: Person, line: Line, within: str | None, world: World) -> set[str]:
    """The ids a list should hold: of things in the areas where this person holds one of the roles."""
    held = [place for role, place, now in person.roles if now and role in line.roles]
    return {
        id
        for id, area in world.rows(line.rows or "")
        if any(covers(place, area) for place in held) and (within is None or covers(within, area))
    }


# What the server says

_SAYS = {
    (401, "access.not_signed_in"): "sign in",
    (403, "access.not_permitted"): "forbidden",
    (404, "access.not_found"): "hidden",
}


def ask(client: Client, line: Line, area: str, world: World) -> tuple[str, Any]:
    """Ask it for real, and undo whatever that did."""
    method, route = line.address.split(" ")
    query = "&".join(filter(None, (line.query.format(area=world.area[area]), "page_size=200" if line.rows else "")))
    content = msgspec.json.encode(line.body(world, area)) if line.body else b""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic(using="plumbing"), transaction.atomic():
        address = f"/api/v1/{world.filled(route, area)}?{query}"
        if line.upload:
            answer = client.post(address, {"file": SimpleUploadedFile("some.csv", b"a,b")})
        else:
            answer = client.generic(method, address, content, content_type="application/json")
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="plumbing")
    client.cookies = cookies
    is_json = answer.headers.get("Content-Type", "").startswith("application/json") and not answer.streaming
    json = answer.json() if is_json and answer.content else {}
    assert answer.status_code < 500, (line.address, area, json)
    code = json.get("code", "") if isinstance(json, dict) else ""
    return _SAYS.get((answer.status_code, code), "open"), json


def disagreements(world: World, decisions: int, seed: int) -> Iterator[str]:
    """Ask both, many times, at random."""
    dice = random.Random(seed)
    for _ in range(decisions):
        person, line, area = dice.choice(world.people), dice.choice(TABLE), dice.choice(AREAS)
        expected, (said, json) = decide(person, line, area), ask(world.phone(person), line, area, world)
        if said != expected:
            yield f"{person.name} {person.roles} {line.address} at {area}: {said}, should be {expected}"
        elif said == "open" and line.rows:
            within = area if line.of else None
            found, should = {row["id"] for row in json["rows"]}, seen(person, line, within, world)
            if found != should:
                many, few = len(found - should), len(should - found)
                yield f"{person.name} {line.address}: {many} rows too many, {few} missing"


DECISIONS = int(os.environ.get("LIANFANG_ORACLE_DECISIONS", "5000"))


@pytest.mark.slow
def test_server_and_policy_agree(world: World) -> None:
    assert list(disagreements(world, DECISIONS, seed=1)) == []


def test_nobody_and_everybody_agree_on_each_line(world: World) -> None:
    """Each line once for somebody of every role and for nobody: so that no line escapes the dice."""
    wrong = []
    for line in TABLE:
        for person in world.one_of_each_role():
            expected, (said, _) = decide(person, line, "G1"), ask(world.desk(person), line, "G1", world)
            if said != expected:
                wrong.append(f"{person.name} {line.address}: {said}, should be {expected}")
    assert wrong == []


def test_every_address_stands_in_the_table() -> None:
    from tests.contract.addresses import api_addresses

    known, there = {line.address for line in TABLE}, set(api_addresses())
    assert sorted(there - known) == [], "add a line to TABLE for each"
    assert sorted(known - there) == [], "no address answers to these lines"


def test_administrators_open_no_line_that_shows_people() -> None:
    from tests.contract.addresses import SHOWS_PEOPLE

    admins = {"system_admin", "security_admin", "audit_admin"}
    found = [line.address for line in TABLE if line.address in SHOWS_PEOPLE and admins & line.roles]
    assert found == []


@pytest.mark.parametrize("sabotage", ["scope", "permission", "rows"])
def test_the_oracle_notices(world: World, monkeypatch: pytest.MonkeyPatch, sabotage: str) -> None:
    """A server that forgets the scope, the permission, or to filter a list is found out."""
    from lianfang.ground.access import queries

    require = Viewer.require
    if sabotage == "scope":
        monkeypatch.setattr(Viewer, "require", lambda self, permission, lineage=(): require(self, permission))
    elif sabotage == "permission":
        monkeypatch.setattr(Viewer, "require", lambda self, permission, lineage=(): None)
    else:
        from django.db.models import Q

        monkeypatch.setattr(queries, "_seen", lambda viewer, permission, within=None: Q())
    assert list(disagreements(world, 400, seed=2))
