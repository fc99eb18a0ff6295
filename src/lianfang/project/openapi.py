"""One OpenAPI document for both paths: what the desk layer says about its endpoints, and what each raw route says
of itself.
"""

from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from dmr.openapi import build_schema
from dmr.routing import Router

from lianfang.foundation.plumbing.raw import Route
from lianfang.foundation.plumbing.wire import ProblemReply
from lianfang.project import wiring


@cache
def document() -> bytes:
    """The document, built once."""
    router = Router("api/v1/", wiring.exported("api", "urlpatterns"))
    desk = build_schema(router).convert()
    return msgspec.json.encode(_with_raw(desk, wiring.exported("api", "ROUTES")))


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
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, of_type)
    desk.setdefault("components", {}).setdefault("schemas", {}).update(components)
    desk["components"].setdefault("securitySchemes", {})["device"] = {"type": "http", "scheme": "bearer"}
    desk["info"] = {"title": "lianfang 联防", "version": "1"}
    return desk


def _operation(route: Route, of_type: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "x-lane": route.lane,
        "responses": _responses(route, of_type),
    }
    if route.reads is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": of_type[route.reads]}}}
    if route.needs_token:
        operation["security"] = [{"device": []}]
    if route.query:
        operation["parameters"] = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in route.query]
    return operation


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
