"""One OpenAPI document for both paths: what the desk layer says about its endpoints, and what each raw route says
of itself.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from dmr.openapi import build_schema
from dmr.routing import Router

from lianfang.foundation.plumbing.lanes import desk_lane
from lianfang.foundation.plumbing.raw import Route
from lianfang.foundation.plumbing.wire import ProblemReply
from lianfang.project import wiring


@cache
def document() -> bytes:
    """The document, built once."""
    _tell_apart()
    router = Router("api/v1/", wiring.exported("api", "urlpatterns"))
    desk = build_schema(router).convert()
    return msgspec.json.encode(_with_raw(desk, wiring.exported("api", "ROUTES")))


def _tell_apart() -> None:
    """Modules name their Structs for themselves (`New`, `Filter`); in one document a name stands for one thing.

    Those whose name is not theirs alone get their module's before it: `PostureNew`, `FormsNew`.
    """
    for count_in in (_module, _module_and_file):
        named: dict[str, list[type[msgspec.Struct]]] = {}
        for struct in _structs(msgspec.Struct):
            named.setdefault(struct.__name__, []).append(struct)
        for same in named.values():
            for struct in same if len(same) > 1 else ():
                struct.__name__ = count_in(struct) + struct.__name__


def _structs(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for below in struct.__subclasses__():
        if below.__module__.startswith("lianfang.") and not _stands_outside(below.__module__):
            yield below
        yield from _structs(below)


def _stands_outside(module: str) -> bool:
    """Tests and the demo's phones have words of their own for what they hear; whether they are loaded is by chance."""
    return ".tests" in module or module.startswith("lianfang.demo.")


def _module(struct: type) -> str:
    return struct.__module__.split(".")[-2].capitalize()


def _module_and_file(struct: type) -> str:
    return struct.__module__.split(".")[-1].capitalize()


def document_view(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json."""
    return HttpResponse(document(), content_type="application/json")


def _with_raw(desk: dict[str, Any], routes: list[Route]) -> dict[str, Any]:
    types = [t for route in routes for t in (route.reads, route.answers) if t is not None]
    schemas, components = msgspec.json.schema_components(
        [*types, ProblemReply], ref_template="#/components/schemas/{name}"
    )
    of_type = dict(zip([*types, ProblemReply], schemas, strict=True)) if types else {}
    paths = desk.setdefault("paths", {})
    for path, operations in paths.items():
        for method in _METHODS & operations.keys():
            operations[method]["x-lane"] = desk_lane(method.upper(), path).name.lower()
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, of_type)
    desk.setdefault("components", {}).setdefault("schemas", {}).update(components)
    desk["components"].setdefault("securitySchemes", {})["device"] = {"type": "http", "scheme": "bearer"}
    desk["info"] = {"title": "lianfang 联防", "version": "1"}
    return desk


_METHODS = {"get", "put", "post", "patch", "delete"}


def _operation(route: Route, of_type: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "x-lane": route.lane.name.lower(),
        "responses": _responses(route, of_type),
    }
    if route.reads is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": of_type[route.reads]}}}
    if route.needs_token:
        operation["security"] = [{"device": []}]
    if parameters := _parameters(route):
        operation["parameters"] = parameters
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    ids = re.findall(r"{(\w+)}", route.path)
    id: dict[str, Any] = {"in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    asked: dict[str, Any] = {"in": "query", "schema": {"type": "string"}}
    return [{"name": name} | id for name in ids] + [{"name": name} | asked for name in route.query]


def _responses(route: Route, of_type: dict[Any, Any]) -> dict[str, Any]:
    answer = (
        {"application/json": {"schema": of_type[route.answers]}}
        if route.answers
        else {"text/plain": {"schema": {"type": "string"}}}
    )
    good = "201" if route.path == "/api/v1/tokens" else "200"
    problem = {"application/json": {"schema": of_type[ProblemReply]}}
    return {good: {"description": route.summary, "content": answer}} | {
        str(status): {"description": "problem", "content": problem} for status in route.problems
    }
