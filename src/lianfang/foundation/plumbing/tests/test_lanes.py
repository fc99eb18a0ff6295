"""When not everybody can go at once, a person at a gate goes first and an export comes back later."""

import threading
from collections.abc import Callable
from contextvars import copy_context

import pytest

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import lanes
from lianfang.foundation.plumbing.lanes import MOST_INSIDE, PATIENCE, Entrance, Lane, LaneThreads, desk_lane


def test_later_lanes_lose_patience_first() -> None:
    assert [PATIENCE[lane] for lane in Lane] == sorted((PATIENCE[lane] for lane in Lane), reverse=True)


def test_as_waiting_grows_exports_are_turned_away_first_and_gates_never() -> None:
    waited = [0.0]
    entrance = Entrance()
    entrance.watch(lambda lane: waited[0])

    def may_come_in() -> list[str]:
        return [lane.name for lane in Lane if not _turned_away(lambda lane=lane: entrance.admit(lane))]

    in_turn = []
    for waited[0] in (0.0, 0.55, 0.65, 0.75, 5.0):
        entrance._turned_away.clear()
        in_turn.append(may_come_in())
    assert in_turn == [
        ["GATE", "SAVE", "UPLOAD", "DASHBOARD", "EXPORT"],
        ["GATE", "SAVE", "UPLOAD", "DASHBOARD"],
        ["GATE", "SAVE", "UPLOAD"],
        ["GATE", "SAVE"],
        ["GATE"],
    ]


def test_as_long_as_a_save_is_turned_away_no_screen_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waited = [100.0], [1.0]
    monkeypatch.setattr(lanes, "monotonic", lambda: now[0])
    entrance = Entrance()
    entrance.watch(lambda lane: waited[0])
    assert _turned_away(lambda: entrance.admit(Lane.SAVE))
    waited[0] = 0.0  # the wave is over, the next one comes
    assert _turned_away(lambda: entrance.admit(Lane.DASHBOARD))
    assert not _turned_away(lambda: entrance.admit(Lane.SAVE))
    now[0] += 1.1
    assert not _turned_away(lambda: entrance.admit(Lane.DASHBOARD))


def test_no_more_exports_at_a_time_than_there_are_threads_for() -> None:
    entrance = Entrance()
    inside = [entrance.let_in(Lane.EXPORT) for _ in range(MOST_INSIDE[Lane.EXPORT])]
    for each in inside:
        each.__enter__()
    assert _turned_away(lambda: entrance.let_in(Lane.EXPORT).__enter__())
    inside[0].__exit__(None, None, None)
    assert not _turned_away(lambda: entrance.let_in(Lane.EXPORT).__enter__())


def _turned_away(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Problem as problem:
        assert (problem.code, problem.status) == ("wire.busy", 503)
        return True
    return False


def test_waiting_work_is_taken_lane_by_lane() -> None:
    threads = LaneThreads(1, name="test")
    done: list[Lane] = []
    first, go = _in_the_way(threads)
    waiting = [
        _ask(threads, lane, lambda lane=lane: done.append(lane)) for lane in (Lane.EXPORT, Lane.SAVE, Lane.UPLOAD)
    ]
    go.set()
    for each in (first, *waiting):
        each.result(timeout=10)
    assert done == [Lane.SAVE, Lane.UPLOAD, Lane.EXPORT]
    threads.shutdown()


def test_a_gate_is_served_while_every_thread_is_busy_with_others() -> None:
    threads = LaneThreads(2, name="test")
    busy = [_in_the_way(threads) for _ in range(2)]
    assert _ask(threads, Lane.GATE, lambda: "green").result(timeout=10) == "green"
    for _, go in busy:
        go.set()
    threads.shutdown()


def test_it_says_how_long_a_lane_has_waited_and_counts_the_lanes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(lanes, "monotonic", lambda: now[0])
    threads = LaneThreads(1, name="test")
    first, go = _in_the_way(threads)
    waiting = _ask(threads, Lane.UPLOAD, lambda: None)
    now[0] = 103.0
    assert (threads.waited(Lane.SAVE), threads.waited(Lane.UPLOAD), threads.waited(Lane.EXPORT)) == (0.0, 3.0, 3.0)
    go.set()
    first.result(timeout=10), waiting.result(timeout=10)
    assert threads.waited(Lane.EXPORT) == 0.0
    threads.shutdown()


def test_what_goes_wrong_inside_reaches_whoever_asked() -> None:
    threads = LaneThreads(1, name="test")
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result(timeout=10)
    assert threads.submit(lambda: "still there").result(timeout=10) == "still there"
    threads.shutdown()


def _in_the_way(threads: LaneThreads):  # type: ignore[no-untyped-def]
    """Work that keeps a thread until it is told to go."""
    begun, go = threading.Event(), threading.Event()
    first = _ask(threads, Lane.SAVE, lambda: (begun.set(), go.wait(10)))
    assert begun.wait(10)
    return first, go


def _ask(threads: LaneThreads, lane: Lane, work: Callable[[], object]):  # type: ignore[no-untyped-def]
    def ask():  # type: ignore[no-untyped-def]
        lanes._standing_in.set(lane)
        return threads.submit(work)

    return copy_context().run(ask)


def test_a_desk_that_acts_goes_before_one_that_looks_and_one_that_takes_a_file() -> None:
    asked = [("POST", "/api/v1/devices/1/revoke"), ("GET", "/api/v1/overview"), ("GET", "/api/v1/areas/export.xlsx")]
    assert [desk_lane(*each) for each in asked] == [Lane.SAVE, Lane.DASHBOARD, Lane.EXPORT]
