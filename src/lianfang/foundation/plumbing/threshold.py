"""What is turned away at the threshold, by its headers alone: before a byte of a body is read or kept anywhere.

A roster of 300 MB would else lie on the disk before anybody could say that it is too large.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.wire import plain_problem, promised_size, retry_after

_ENVELOPE = 1 << 20  # what a form wraps around a file
_PLAIN = ("", "identity")


class Threshold:
    """Refuses what nobody behind it could use: called by a name that is not ours, too much, compressed, of unknown
    length, or with a NUL in its address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """See the class docstring."""
        problem = _objection(request)
        response = plain_problem(request, problem) if problem else self.get_response(request)
        if response.status_code in (503, 507):
            response.headers.setdefault("Retry-After", retry_after())
        return response


def _objection(request: HttpRequest) -> Problem | None:
    headers = request.headers
    try:
        request.get_host()
    except DisallowedHost:  # said here, because the log-in would else fail later and blame the page
        return Problem("wire.host_unknown", status=400)
    if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
        return Problem("wire.unreadable", where=r"\u0000")  # no text of ours holds one, and PostgreSQL takes none
    if headers.get("Content-Encoding", "").strip().lower() not in _PLAIN:
        return Problem("wire.compressed", status=415)
    if "Transfer-Encoding" in headers:
        return Problem("wire.length_missing", status=411)
    return _too_large(request.content_type or "", headers.get("Content-Length", ""))


def _too_large(content_type: str, length: str) -> Problem | None:
    size = promised_size(length)
    if content_type == "multipart/form-data":
        most = settings.LIANFANG_LARGEST_UPLOAD
        if size > most + _ENVELOPE:
            return Problem("tables.too_large", status=413, most_mb=most >> 20, has_mb=size >> 20)
    elif size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return Problem("wire.too_large", status=413, most=f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20} MB")
    return None
