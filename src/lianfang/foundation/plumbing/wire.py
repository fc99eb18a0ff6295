"""What endpoints speak: msgspec Structs in and out, problems as `{code, message, details}`, one OpenAPI document.

A desk endpoint is a class on `Desk`; the REST layer is django-modern-rest, which decodes Structs and describes them.
"""

import logging
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from dmr import Controller, ResponseSpec
from dmr.exceptions import InternalServerError
from dmr.plugins.msgspec import MsgspecSerializer

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import language_of, sentence

log = logging.getLogger(__name__)
T = TypeVar("T")


class ProblemReply(msgspec.Struct, frozen=True):
    """Every error answer, on every path."""

    code: str
    message: str
    details: dict[str, Any] = {}


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list, and how long the list is."""

    rows: list[T]
    total: int
    page: int
    page_size: int
    as_of: str


def problem_reply(problem: Problem, *, accept_language: str = "") -> ProblemReply:
    """A problem as it is answered, in the language asked for."""
    language = language_of(accept_language)
    return ProblemReply(problem.code, sentence(problem.code, language, **problem.details), problem.details)


_PROBLEM_STATUSES = (401, 403, 404, 409, 413, 422, 503)


class Desk(Controller[MsgspecSerializer]):
    """Base of every desk endpoint: signed in by session or token, CSRF checked, problems answered in the reader's
    language.
    """

    is_abstract = True
    csrf_exempt = False
    error_model: ClassVar[Any] = ProblemReply
    responses: ClassVar[Any] = [ResponseSpec(ProblemReply, status_code=HTTPStatus(s)) for s in _PROBLEM_STATUSES]

    @property
    def viewer(self) -> Viewer:
        """Who asks. Raises `access.not_signed_in` (401)."""
        viewer: Viewer | None = getattr(self.request, "viewer", None)
        if viewer is None:
            raise Problem("access.not_signed_in", status=401)
        return viewer

    def handle_error(self, endpoint: Any, controller: Any, exc: Exception) -> HttpResponse:
        """Answer a problem as JSON; everything else goes on to the layer's own handler."""
        if isinstance(exc, Problem):
            return self.to_error(self._reply(exc), status_code=HTTPStatus(exc.status))
        raise exc

    def format_error(self, error: str | Exception, *, loc: Any = None, error_type: Any = None) -> ProblemReply:
        """What could not be read, said with the place where reading stopped."""
        if isinstance(error, InternalServerError):
            return self._reply(Problem("wire.broken", status=500))
        payload = getattr(error, "payload", None)
        where = "; ".join(str(item.get("msg", "")) for item in payload) if payload else str(error)
        return self._reply(Problem("wire.unreadable", where=where))

    def _reply(self, problem: Problem) -> ProblemReply:
        return problem_reply(problem, accept_language=self.request.headers.get("Accept-Language", ""))


def plain_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The same answer for the few views that are not `Desk` endpoints (404 pages, CSRF failures)."""
    reply = problem_reply(problem, accept_language=request.headers.get("Accept-Language", ""))
    return HttpResponse(msgspec.json.encode(reply), status=problem.status, content_type="application/json")
