"""Records and desk acts take turns, the desk first, and nobody goes in twice."""

import threading
import time

from lianfang.foundation.ledger.turnstile import Lane, Turnstile


def test_one_at_a_time() -> None:
    turnstile, inside, most = Turnstile(), 0, 0
    lock = threading.Lock()

    def go(lane: Lane) -> None:
        nonlocal inside, most
        for _ in range(50):
            with turnstile.turn(lane):
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    together([threading.Thread(target=go, args=(lane,)) for lane in (*Lane, *Lane)])
    assert most == 1


def test_the_desk_goes_before_records_that_came_earlier() -> None:
    turnstile, order = Turnstile(), []
    holding, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with turnstile.turn(Lane.RECORDS):
            holding.set()
            go_on.wait()

    def pass_through(lane: Lane) -> None:
        with turnstile.turn(lane):
            order.append(lane)

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait()
    waiting = []
    for lane in (Lane.RECORDS, Lane.RECORDS, Lane.DESK):
        waiting.append(threading.Thread(target=pass_through, args=(lane,)))
        waiting[-1].start()
        until(lambda: len(turnstile._waiting[lane]) >= 1)  # noqa: B023 - asked at once
        time.sleep(0.01)
    go_on.set()
    for thread in (holder, *waiting):
        thread.join()
    assert order == [Lane.DESK, Lane.RECORDS, Lane.RECORDS]


def test_whoever_fails_inside_leaves_the_door_open() -> None:
    turnstile = Turnstile()
    for _ in range(2):
        try:
            with turnstile.turn(Lane.DESK):
                raise KeyError
        except KeyError:
            continue
    with turnstile.turn(Lane.RECORDS):
        assert turnstile._busy


def together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def until(true: object, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.001)
