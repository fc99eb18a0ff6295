"""Lanes 通道: who goes first when not everybody can go at once, and who is asked to come back later.

Somebody standing at a gate, then a visit being saved, a phone emptying its outbox, a screen being looked at, a file
being exported. Every route declares its lane. Work that waits is taken lane by lane; and once work of a lane, or of one
before it, has waited longer than that lane's patience, newcomers get a 503 with the time to come back. A short queue
that moves beats a long one in which nobody waits any more: phones keep what is not acknowledged, so nothing is lost.
"""

import math
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from enum import IntEnum
from time import monotonic
from typing import Any, TypeVar

from prometheus_client import Counter

from lianfang.foundation.kernel.problems import Problem

T = TypeVar("T")


class Lane(IntEnum):
    """In the order in which they are served."""

    GATE = 0
    SAVE = 1
    UPLOAD = 2
    DASHBOARD = 3
    EXPORT = 4


# Seconds that work may already have waited before newcomers are turned away. A later lane also waits for all lanes
# before it, so it gives way first; somebody at a gate is never turned away for others' sake.
PATIENCE = {Lane.GATE: math.inf, Lane.SAVE: 0.8, Lane.UPLOAD: 0.7, Lane.DASHBOARD: 0.6, Lane.EXPORT: 0.5}
# So many requests at a time, waiting ones included: what waits costs memory, and exports hold a thread for seconds.
MOST_INSIDE = {Lane.GATE: 512, Lane.SAVE: 4096, Lane.UPLOAD: 256, Lane.DASHBOARD: 256, Lane.EXPORT: 4}
TURNED_AWAY_FOR = 1.0  # seconds in which later lanes give way to somebody who could not be let in

turned_away = Counter("lianfang_turned_away", "Requests asked to come back later, by lane", ["lane"])
_standing_in: ContextVar[Lane] = ContextVar("lane", default=Lane.SAVE)
Waited = Callable[[Lane], float]


class Entrance:
    """Lets requests in, or says when to come back. Of one event loop."""

    def __init__(self) -> None:
        self._inside = dict.fromkeys(Lane, 0)
        self._watched: list[Waited] = []
        self._turned_away: dict[Lane, float] = {}

    def watch(self, waited: Waited) -> None:
        """One more place where work waits: for how many seconds already, in this lane and those before it."""
        self._watched.append(waited)

    def let_in(self, lane: Lane) -> "_Inside":
        """For the time of a request. Raises `wire.busy` (503)."""
        return _Inside(self, lane)

    def _enter(self, lane: Lane) -> None:
        self.admit(lane)
        if self._inside[lane] >= MOST_INSIDE[lane]:
            raise self._busy(lane)
        _standing_in.set(lane)
        self._inside[lane] += 1

    def _leave(self, lane: Lane) -> None:
        self._inside[lane] -= 1

    def admit(self, lane: Lane) -> None:
        """Has anybody waited too long for one more to join, or was somebody of an earlier lane just turned away?

        Raises `wire.busy` (503).
        """
        patience = PATIENCE[lane]
        if patience == math.inf:  # then nothing comes before it either: the first lane asks no questions
            return
        if self._others_come_first(lane) or any(waited(lane) > patience for waited in self._watched):
            raise self._busy(lane)

    def _others_come_first(self, lane: Lane) -> bool:
        """Work waits in waves, so one look can be lucky: who was turned away a moment ago comes first all the same."""
        if not self._turned_away:
            return False
        since = monotonic() - TURNED_AWAY_FOR
        return any(at > since for earlier, at in self._turned_away.items() if earlier < lane)

    def _busy(self, lane: Lane) -> Problem:
        self._turned_away[lane] = monotonic()
        turned_away.labels(lane.name.lower()).inc()
        return Problem("wire.busy", status=503)


class _Inside:
    """A request on its way. (Every request has one: a generator of contextlib costs four times as much.)"""

    __slots__ = ("_entrance", "_lane")

    def __init__(self, entrance: Entrance, lane: Lane) -> None:
        self._entrance, self._lane = entrance, lane

    def __enter__(self) -> None:
        self._entrance._enter(self._lane)

    def __exit__(self, *_: object) -> None:
        self._entrance._leave(self._lane)


def desk_lane(method: str, path: str) -> Lane:
    """The lane of a desk's address: acts go with what is saved, looking is a dashboard, a file is an export."""
    if method not in ("GET", "HEAD"):
        return Lane.SAVE
    return Lane.EXPORT if path.endswith((".xlsx", ".pdf")) else Lane.DASHBOARD


entrance = Entrance()


_ANY: tuple[Lane, ...] = tuple(Lane)  # the lanes that a thread serves
_GATES: tuple[Lane, ...] = (Lane.GATE,)


class LaneThreads(Executor):
    """Threads that take waiting work lane by lane, of the lane in which its request stands; one is kept for gates."""

    def __init__(self, threads: int, *, name: str) -> None:
        lock = threading.Lock()
        self._for_all, self._for_gates = threading.Condition(lock), threading.Condition(lock)
        self._waiting: dict[Lane, deque[tuple[float, Callable[[], None]]]] = {lane: deque() for lane in Lane}
        self._name = name
        self._up_to = {lane: [self._waiting[each] for each in Lane if each <= lane] for lane in Lane}
        self._due = [_ANY] * threads + [_GATES]  # a thread each, started with the first work
        self._ending = False

    def submit(self, work: Callable[..., T], /, *args: Any, **options: Any) -> "Future[T]":
        """See Executor."""
        future: Future[T] = Future()

        def run() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(*args, **options))
                except BaseException as error:  # whoever waits is told, whatever it was
                    future.set_exception(error)

        lane = _standing_in.get()
        with self._for_all:
            self._waiting[lane].append((monotonic(), run))
            self._start_threads()
            # One thread is woken, not all nine: they would take turns at finding nothing to do.
            self._for_all.notify()
            if lane is Lane.GATE:
                self._for_gates.notify()
        return future

    def waited(self, lane: Lane) -> float:
        """For how many seconds the oldest work of this lane, or of one before it, has waited."""
        if not any(self._up_to[lane]):  # without the lock: every request asks this, and mostly nothing waits
            return 0.0
        with self._for_all:
            heads = [queue[0][0] for queue in self._up_to[lane] if queue]
        return monotonic() - min(heads) if heads else 0.0

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See Executor. Threads end when nothing waits any more."""
        with self._for_all:
            self._ending = True
            self._for_all.notify_all()
            self._for_gates.notify_all()

    def _start_threads(self) -> None:
        while self._due:
            lanes = self._due.pop()
            threading.Thread(target=self._work, args=(lanes,), name=self._name, daemon=True).start()

    def _work(self, lanes: tuple[Lane, ...]) -> None:
        while (run := self._next(lanes)) is not None:
            run()

    def _next(self, lanes: tuple[Lane, ...]) -> Callable[[], None] | None:
        mine = self._for_gates if lanes is _GATES else self._for_all
        with mine:
            while True:
                for lane in lanes:
                    if self._waiting[lane]:
                        return self._waiting[lane].popleft()[1]
                if self._ending:
                    return None
                mine.wait()
