"""The drill against a server in memory: three countings agree, and disagree when something is lost."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from lianfang.demo import phones
from lianfang.demo.drill import Drill, Plan, Played
from lianfang.demo.report import Countings, differences, disagreements, lines
from lianfang.demo.tests.fake_server import FakeServer
from lianfang.foundation.kernel.ids import new_id

NOW = datetime(2021, 12, 10, 8, tzinfo=UTC)
WORKERS = ("grid-01", "grid-02", "grid-03")


def a_district(households: int = 120) -> dict[str, list[dict[str, Any]]]:
    return {worker: [_household(worker, n) for n in range(households)] for worker in WORKERS}


def _household(grid: str, n: int) -> dict[str, Any]:
    residents = [{"id": str(new_id()), "name": "张**", "versions": {}} for _ in range(1 + n % 4)]
    id = f"{grid}-{n}"
    return {"id": id, "area": grid, "grid": grid, "door": f"{n}号", "walk": n, "residents": residents}


def play(server: FakeServer, **changes: Any) -> Played:
    async def drill() -> Played:
        async with server:
            plan = Plan(port=server.port, workers=WORKERS, **changes)
            return await Drill(plan, server, now=lambda: NOW).play()

    return asyncio.run(drill())


@pytest.fixture(autouse=True)
def unsealed(monkeypatch):
    """Sealing is proved against the real server."""
    monkeypatch.setattr(phones.Phone, "_sealed", lambda self, one: one.raw)


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_with_all_its_bad_luck_a_drill_ends_with_every_count_the_same(seed):
    server = FakeServer(a_district())
    played = play(server, seed=seed)
    assert played.log.strange == []
    assert played.counts == {worker: server.book(worker).count() for worker in WORKERS}
    assert {"acknowledgement lost", "sent again", "shuffled", "revoked"} <= set(played.log.mishaps)


def test_every_household_is_reached_struck_or_named_as_remaining():
    played = play(FakeServer(a_district()))
    for count in played.counts.values():
        assert count.listed == 120 and count.untouched == 0
        assert count.done + count.struck + count.remaining == count.listed + count.found
        assert count.done > 100


def test_whoever_is_asked_to_come_back_comes_back():
    server = FakeServer(a_district())
    server.busy_every = 3
    played = play(server, misfortunes=False)
    assert played.log.strange == [] and played.log.mishaps["answered 503"] > len(WORKERS)
    assert played.counts == {worker: server.book(worker).count() for worker in WORKERS}


def test_answers_that_break_off_after_storing_are_asked_for_again_and_count_once():
    server = FakeServer(a_district())
    server.cut_every = 7
    played = play(server, misfortunes=False)
    assert played.log.strange == []
    assert played.counts == {worker: server.book(worker).count() for worker in WORKERS}


def test_a_record_acknowledged_but_not_kept_is_noticed():
    server = FakeServer(a_district())
    server.loses = 100
    assert any("differ" in line for line in play(server, misfortunes=False).log.strange)


def test_what_differs_is_named_by_grid_and_number():
    played = play(FakeServer(a_district()), misfortunes=False)
    shown = dict(played.counts)
    assert differences(played.counts, shown) == []
    shown["grid-02"] = shown["grid-02"] + shown["grid-02"]
    (line,) = differences(played.counts, shown)
    assert line.startswith("grid-02") and "done" in line


def test_the_report_says_what_was_reached_and_whether_the_countings_agree():
    played = play(FakeServer(a_district()))
    who = played.people
    assert who.listed == sum(1 + n % 4 for n in range(120)) * 3
    assert who.reached + who.remaining + who.struck == who.listed
    same = Countings(played.counts, played.counts, played.counts)
    assert disagreements(same) == [] and "✓" in "".join(lines(played, same))
    less = Countings(played.counts, played.counts, {**played.counts, "grid-01": played.counts["grid-02"]})
    assert len(disagreements(less)) == 1 and "✗" in "".join(lines(played, less))
