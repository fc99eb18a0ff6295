"""The addresses of the server, as its router knows them."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

PREFIX = "api/v1/"


def api_addresses() -> Iterator[str]:
    """`METHOD route` of every endpoint below /api/v1/, converters left out."""
    for route, view in _views(get_resolver().url_patterns):
        if route.startswith(PREFIX):
            endpoints = getattr(getattr(view, "view_class", None), "api_endpoints", None) or {"GET": None}
            for method in endpoints:
                yield f"{method} {re.sub(r'<[a-z]+:', '<', route.removeprefix(PREFIX))}"


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def raw_addresses() -> Iterator[str]:
    """`METHOD path` of every endpoint that phones reach without Django."""
    from lianfang.project import wiring

    for route in wiring.exported("api", "ROUTES"):
        yield f"{route.method} {route.path}"
