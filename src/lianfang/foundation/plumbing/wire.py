"""What endpoints speak: msgspec Structs in and out, problems as `{code, message, details}`, one OpenAPI document.

A desk endpoint is a class on `Desk`; the REST layer is django-modern-rest, which decodes Structs and describes them.
"""

import logging
import re
import secrets
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from dmr import Controller, ResponseSpec
from dmr.exceptions import DataParsingError, InternalServerError
from dmr.parsers import MultiPartParser
from dmr.plugins.msgspec import MsgspecJsonParser, MsgspecSerializer

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.database import commit_begun, disk_is_full, is_away

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


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # not where somebody really typed a backslash before it


def holds_nul(body: bytes) -> bool:
    """Is there a NUL in it, as JSON spells it? No text of ours holds one, and PostgreSQL takes none."""
    return rb"\u0000" in body and _NUL.search(body) is not None


def promised_size(length: str) -> int:
    """What a Content-Length says, 0 when it is none. (To Python ² is a digit and no number.)"""
    return int(length[:19]) if length.isascii() and length.isdigit() else 0


class _Json(MsgspecJsonParser):
    """JSON; what the layer's own parser would let through or break over is unreadable too."""

    def parse(self, to_deserialize: Any, *args: Any, **options: Any) -> Any:
        """Decode a body."""
        if holds_nul(to_deserialize):
            raise DataParsingError(r"\u0000")
        try:
            return super().parse(to_deserialize, *args, **options)
        except (msgspec.ValidationError, RecursionError) as error:  # a number out of all bounds, nesting without end
            raise DataParsingError(str(error)) from None


class FormParser(MultiPartParser):
    """Fields and files of a form."""

    def parse(self, *args: Any, **options: Any) -> None:
        """Read it; what is typed into a field may hold no NUL either."""
        super().parse(*args, **options)
        request: HttpRequest = options["request"]
        if any("\0" in value for values in request.POST.lists() for value in (values[0], *values[1])):
            raise Problem("wire.unreadable", where=r"\u0000")
        if any(len(files) > 1 for _, files in request.FILES.lists()):
            raise Problem("tables.one_at_a_time", status=422)  # of two, one would be dropped without a word


def problem_of(error: Exception) -> Problem | None:
    """What an error of reading a request, or of a database that cannot be used, comes to; None for any other."""
    match error:
        case Problem():
            return error
        case RequestDataTooBig():
            return Problem("wire.too_large", status=413, most=f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20} MB")
        case UnreadablePostError():
            return Problem("wire.unreadable", where="connection closed")
        case OverflowError() | DataError():  # the year 9999 in another time zone, a page number of thirty digits
            return Problem("wire.unreadable", where="Number out of range")
        case SuspiciousOperation() | BadRequest():
            return Problem("wire.unreadable", where=str(error))
    if is_away(error):
        log.error("the database cannot be used", exc_info=error)
        if disk_is_full(error):
            return Problem("wire.disk_full", status=507)
        # Whoever hears that nothing was saved does it again: that must not be said of a commit nobody heard the end of.
        return Problem("wire.perhaps_saved" if commit_begun() else "wire.database_away", status=503)
    return None


_PROBLEM_STATUSES = (401, 403, 404, 409, 411, 413, 415, 422, 503, 507)


class Desk(Controller[MsgspecSerializer]):
    """Base of every desk endpoint: signed in by session or token, CSRF checked, problems answered in the reader's
    language.
    """

    is_abstract = True
    csrf_exempt = False
    parsers: ClassVar[Any] = (_Json(),)
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
        problem = problem_of(exc)
        if problem is not None:
            return self.to_error(self._reply(problem), status_code=HTTPStatus(problem.status))
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


def retry_after() -> str:
    """When to come back, in seconds; not for everybody at the same moment."""
    return str(2 + secrets.randbelow(6))


def plain_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The same answer for the few views that are not `Desk` endpoints (404 pages, CSRF failures)."""
    reply = problem_reply(problem, accept_language=request.headers.get("Accept-Language", ""))
    return HttpResponse(msgspec.json.encode(reply), status=problem.status, content_type="application/json")
