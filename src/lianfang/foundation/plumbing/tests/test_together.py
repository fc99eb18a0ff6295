"""Who asks alone waits for nobody; who asks at the same time is answered in one go, each with their own answer."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import together as module
from lianfang.foundation.plumbing.together import MOST_AT_ONCE, Together


@pytest.fixture(autouse=True)
def without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "close_old_connections", lambda: None)


class Desk:
    """Doubles numbers, and remembers in which groups it was asked; nought breaks it, and below it is a Problem."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self.go.set()

    def double(self, numbers: Sequence[int]) -> list[int | Problem]:
        self.groups.append(len(numbers))
        self.begun.set()
        assert self.go.wait(10)
        if 0 in numbers:
            raise ZeroDivisionError
        return [2 * n if n > 0 else Problem("test.negative") for n in numbers]


def asked(desk: Desk, first: Sequence[int], then: Sequence[int]) -> list[int | BaseException]:
    """The second ones are asked while the first are being answered."""

    async def ask() -> list[int | BaseException]:
        together: Together[int, int] = Together(desk.double)
        desk.go.clear()
        early = [asyncio.ensure_future(together.ask(n)) for n in first]
        assert await asyncio.to_thread(desk.begun.wait, 10)
        late = [asyncio.ensure_future(together.ask(n)) for n in then]
        await asyncio.sleep(0)
        desk.go.set()
        return await asyncio.gather(*early, *late, return_exceptions=True)

    return asyncio.run(ask())


def test_what_is_asked_meanwhile_is_answered_in_one_go() -> None:
    desk = Desk()
    assert asked(desk, [1], [2, 3, 4, 5]) == [2, 4, 6, 8, 10]
    assert desk.groups == [1, 4]


def test_no_group_is_longer_than_somebody_would_wait() -> None:
    desk = Desk()
    assert asked(desk, [1], [2] * (MOST_AT_ONCE + 1)) == [2] + [4] * (MOST_AT_ONCE + 1)
    assert desk.groups == [1, MOST_AT_ONCE, 1]


def test_a_problem_is_of_whoever_meets_it() -> None:
    first, second, third = asked(Desk(), [1], [-1, 3])
    assert (first, third) == (2, 6)
    assert isinstance(second, Problem) and second.code == "test.negative"


def test_a_question_that_breaks_its_group_breaks_alone() -> None:
    desk = Desk()
    first, broken, third = asked(desk, [1], [0, 3])
    assert (first, third) == (2, 6)
    assert isinstance(broken, ZeroDivisionError)
    assert desk.groups == [1, 2, 1, 1]


def test_afterwards_it_is_ready_for_the_next() -> None:
    async def twice() -> list[int]:
        together: Together[int, int] = Together(Desk().double)
        return [await together.ask(1), await together.ask(2)]

    assert asyncio.run(twice()) == [2, 4]


def test_whoever_waits_is_told_also_when_a_connection_cannot_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ConnectionError

    monkeypatch.setattr(module, "close_old_connections", broken)
    with pytest.raises(ConnectionError):
        asyncio.run(asyncio.wait_for(Together(Desk().double).ask(1), 10))


@pytest.mark.parametrize("away", [True, False])
def test_without_a_database_nobody_is_asked_again_alone(away: bool) -> None:
    from django.db import OperationalError

    calls = []

    def broken(numbers: Sequence[int]) -> list[int | Problem]:
        calls.append(len(numbers))
        raise OperationalError if away else ZeroDivisionError

    outcomes = Together(broken).outcomes([1, 2, 3])
    assert len(outcomes) == 3 and all(isinstance(each, Exception) for each in outcomes)
    assert calls == ([3] if away else [3, 1, 1, 1])
