"""The shells of the built pages: the desk at `/`, the phone at `/m/`, and what makes the phone's page work offline.

Shells are public and hold nobody's data; everything in them is asked for later, by somebody.
"""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_NOT_BUILT = "界面还没有构建,请运行 ./lf run。 / The front end is not built yet; run ./lf run."


def _page(name: str, content_type: str = "text/html; charset=utf-8") -> HttpResponseBase:
    file: Path = settings.LIANFANG_ASSETS / name
    if not file.is_file():
        return HttpResponse(_NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
    answer = FileResponse(file.open("rb"), content_type=content_type)
    # Asked for anew each time: the files it names carry their own digests and are kept for ever.
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
@ensure_csrf_cookie
def desk(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """The desk's shell, whatever address inside it was opened."""
    return _page("desk/index.html")


@require_safe
def field(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """The phone's shell."""
    return _page("field/index.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponseBase:
    """What keeps the phone's page working without a network."""
    return _page("sw.js", "text/javascript; charset=utf-8")


@require_safe
def web_manifest(request: HttpRequest) -> HttpResponseBase:
    """What the phone shows when the page is put on its home screen."""
    return _page("manifest.webmanifest", "application/manifest+json")


urlpatterns = [
    path("sw.js", service_worker),
    path("manifest.webmanifest", web_manifest),
    re_path(r"^m/(?P<rest>.*)$", field),
    re_path(r"^(?!api/|static/|healthz|readyz|metrics)(?P<rest>.*)$", desk),
]
