"""The one server process: raw endpoints beside Django, the writer, journeys and jobs.

`/api/v1/records`, the feed and their like are served here directly; everything else goes to Django as WSGI in a
thread pool.
"""

import asyncio
import gc
import logging
import os
from typing import Any

from lianfang.foundation.plumbing import sqlite

sqlite.use_modern()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.project.settings")

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from lianfang.foundation.kernel.problems import Problem  # noqa: E402
from lianfang.foundation.ledger import actions as ledger  # noqa: E402
from lianfang.foundation.plumbing import raw  # noqa: E402
from lianfang.foundation.plumbing.collecting import SELDOM  # noqa: E402
from lianfang.foundation.plumbing.known_types import know_types  # noqa: E402
from lianfang.foundation.plumbing.lanes import LaneThreads, desk_lane, entrance  # noqa: E402
from lianfang.foundation.plumbing.wsgi import InThreads  # noqa: E402
from lianfang.project import wiring  # noqa: E402

log = logging.getLogger(__name__)
DESK_THREADS = 8


class Application:
    """ASGI: start and stop the workers, send each request where it belongs."""

    def __init__(self) -> None:
        self.routes = raw.Addresses(wiring.exported("api", "ROUTES"))
        threads = LaneThreads(DESK_THREADS, name="desk")
        self.desk = InThreads(get_wsgi_application(), threads)
        for waited in (threads.waited, ledger.writer.waited):
            entrance.watch(waited)
        self.workers = [ledger.writer, ledger.Runner(), *(worker() for worker in wiring.exported("jobs", "WORKERS"))]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """See the class docstring."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        route = self.routes.find(scope)
        if route is None:
            await self._serve_desk(scope, receive, send)
        else:
            await self._serve(route, scope, receive, send)

    async def _serve(self, route: raw.Route, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await raw.serve(route, scope, receive, send)
        except Exception:
            log.exception("a raw endpoint broke", extra={"path": route.path})
            await raw.send_answer(raw.problem_answer(Problem("wire.broken", status=500)), send)

    async def _serve_desk(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            with entrance.let_in(desk_lane(scope["method"], scope["path"])):
                await self.desk(scope, receive, send)
        except Problem as problem:
            language = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
            await raw.send_answer(raw.problem_answer(problem, language), send)

    async def _live(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.to_thread(self._start)
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self._stop)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        _import_everything()
        know_types()
        for worker in self.workers:
            worker.start()
        for worker in self.workers:
            if isinstance(worker, ledger.Runner):
                ledger.listen(worker.heard)
        _leave_in_peace()

    def _stop(self) -> None:
        for worker in reversed(self.workers):
            worker.stop()


def _import_everything() -> None:
    """Django would import the pages' modules with the first request, in whichever thread that comes to."""
    _ = get_resolver().url_patterns


def _leave_in_peace() -> None:
    """Let the garbage collector pass over what is loaded by now, and look less often.

    Left alone it walks through everything that is kept in memory again and again: a quarter of what a record costs.
    Next to nothing here is garbage of its kind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


application = Application()
