"""Addresses: every module's endpoints under /api/v1/, the OpenAPI document, and the pages' shells."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.wire import plain_problem, problem_of
from lianfang.project import openapi, wiring
from lianfang.screens import pages


def endpoints() -> list[URLPattern | URLResolver]:
    """Every module's `api.urlpatterns`, lower layers first."""
    return wiring.exported("api", "urlpatterns")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page that was open for too long."""
    return plain_problem(request, Problem("wire.no_csrf", status=403))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """No such page."""
    return plain_problem(request, Problem("wire.no_such_page", status=404))


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What came cannot be read, or comes by an address that is not ours."""
    problem = problem_of(exception) or Problem("wire.unreadable", where=str(exception))
    return plain_problem(request, problem)


def broken(request: HttpRequest) -> HttpResponse:
    """Ours to mend; the log knows what it was. A database that is away breaks before any page is asked, too."""
    error = sys.exc_info()[1]
    problem = problem_of(error) if isinstance(error, Exception) else None
    storage = problem if problem and problem.status in (503, 507) else None
    return plain_problem(request, storage or Problem("wire.broken", status=500))


handler400 = unreadable
handler404 = not_found
handler500 = broken

urlpatterns = [
    path("api/v1/", include((endpoints(), "api"))),
    path("api/v1/openapi.json", openapi.document_view),
    *pages.urlpatterns,
]
