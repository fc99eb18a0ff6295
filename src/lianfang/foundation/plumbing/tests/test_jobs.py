"""Long work: done once, told about, and taken up again when the server was killed in the middle of it."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django_tasks_db.models import DBTaskResult

from lianfang.foundation.kernel.moments import utc
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import api, clock, jobs
from lianfang.foundation.plumbing.models import Job
from lianfang.project import wiring

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])

done: list[str] = []
may_go_on = Event()


@jobs.task
def write_down(*, job: str, what: str) -> str:
    """Something quick."""
    jobs.Progress(job).say(done=1, total=1, words="jobs.not_found")
    done.append(what)
    return what


@jobs.task
def wait_for_it(*, job: str) -> None:
    """Something slow."""
    jobs.Progress(job).say(done=3, total=10)
    assert may_go_on.wait(20)
    done.append("waited")


@jobs.task
def refuse(*, job: str) -> None:
    """Something that cannot be done, for a reason that people can be told."""
    raise Problem("registry.file_unreadable", row=37)


@jobs.task
def break_down(*, job: str) -> None:
    """Something with a mistake of ours in it, whose message happens to hold a name."""
    raise ValueError("张三 13800000000")


@pytest.fixture(autouse=True)
def fresh() -> None:
    done.clear()
    may_go_on.clear()


@pytest.fixture
def next_server() -> Iterator[jobs.Runner]:
    working = jobs.Runner(every=0.05)
    yield working
    may_go_on.set()
    working.stop()


@pytest.fixture
def runner(next_server: jobs.Runner) -> jobs.Runner:
    next_server.start()
    return next_server


def until(job: UUID, *states: str) -> Job:
    deadline = monotonic() + 20
    while monotonic() < deadline:
        row = Job.objects.get(id=job)
        if row.state in states:
            return row
        sleep(0.02)
    raise AssertionError(f"still {row.state}")


def test_a_task_is_done_by_a_thread_of_the_server_and_says_so(runner):
    row = until(jobs.enqueue(write_down, what="the dishes"), Job.DONE)
    assert done == ["the dishes"]
    assert (row.done, row.total, row.words, msgspec.json.decode(row.result)) == (1, 1, "jobs.not_found", "the dishes")


def test_progress_can_be_read_while_it_runs(runner):
    job = jobs.enqueue(wait_for_it)
    until(job, Job.RUNNING)
    deadline = monotonic() + 10
    while (state := api.state_of(Job.objects.get(id=job))).done != 3 and monotonic() < deadline:
        sleep(0.02)
    assert (state.state, state.done, state.total) == ("running", 3, 10)
    may_go_on.set()
    until(job, Job.DONE)


def test_a_problem_reaches_whoever_waits_as_code_and_sentence(runner):
    state = api.state_of(until(jobs.enqueue(refuse), Job.FAILED))
    assert state.problem is not None
    assert (state.problem.code, state.problem.details) == ("registry.file_unreadable", {"row": 37})


def test_what_broke_is_told_without_what_it_broke_on(runner):
    job = jobs.enqueue(break_down)
    row = until(job, Job.FAILED)
    assert row.problem == "jobs.broke"
    everything = str(list(Job.objects.values())) + str(list(DBTaskResult.objects.values()))
    assert "张三" not in everything and "13800000000" not in everything


def claimed_by_a_server_that_was_killed(job: UUID) -> None:
    killed = jobs.Runner(threads=0)
    claimed = killed._claim()
    assert claimed is not None and claimed[1] == job


def test_a_task_whose_server_was_killed_is_taken_up_by_the_next_one(next_server):
    job = jobs.enqueue(write_down, what="half done")
    claimed_by_a_server_that_was_killed(job)
    assert Job.objects.get(id=job).state == Job.RUNNING
    Job.objects.update(beat_at=clock.now() - 2 * jobs.ABANDONED_AFTER)  # how PostgreSQL knows; SQLite knows anyway
    next_server.start()
    row = until(job, Job.DONE)
    assert (done, row.attempts) == (["half done"], 2)


def test_a_task_that_kills_every_server_is_given_up_and_named():
    job = jobs.enqueue(write_down, what="poison")
    for _ in range(jobs.MOST_ATTEMPTS):
        claimed_by_a_server_that_was_killed(job)
        jobs.put_back(alone=True)
    row = Job.objects.get(id=job)
    assert (row.state, row.problem) == (Job.FAILED, "jobs.gave_up")
    assert not DBTaskResult.objects.ready().exists()


def test_beside_another_server_only_what_shows_no_life_is_put_back():
    job = jobs.enqueue(write_down, what="elsewhere")
    claimed_by_a_server_that_was_killed(job)
    assert jobs.put_back(before=clock.now() - jobs.ABANDONED_AFTER) == 0
    Job.objects.filter(id=job).update(beat_at=clock.now() - timedelta(minutes=2))
    assert jobs.put_back(before=clock.now() - jobs.ABANDONED_AFTER) == 1


NIGHTLY = jobs.Scheduled(write_down, "30 2 * * *")


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, utc(2021, 12, 10, 8), True),
        (utc(2021, 12, 9, 18, 30, 1), utc(2021, 12, 10, 8), False),  # 02:30 in Rui'an is 18:30 UTC the day before
        (utc(2021, 12, 9, 18, 30, 1), utc(2021, 12, 10, 18, 29), False),
        (utc(2021, 12, 9, 18, 30, 1), utc(2021, 12, 10, 18, 30), True),
        (utc(2021, 12, 1, 18, 30, 1), utc(2021, 12, 10, 8), True),  # off for a week: once, at once
    ],
)
def test_the_clock_enqueues_at_its_hour_and_makes_up_for_a_missed_one(last: Any, now: Any, due: bool):
    assert NIGHTLY.due(last=last, now=now) is due


def test_what_is_no_task_is_not_put_on_the_clock():
    with pytest.raises(TypeError, match="no task"):
        jobs.Scheduled(utc, "30 2 * * *")


def test_a_missed_night_is_made_up_for_once():
    jobs.install([jobs.Scheduled(_tonight, "30 2 * * *")])
    working = jobs.Runner(threads=1, every=0.01)
    working.start()
    sleep(0.5)
    working.stop()
    jobs.install(wiring.schedule(), wiring.beats())
    assert done == ["tonight"]


def test_what_is_done_every_few_seconds_is_done_again_and_again_and_goes_on_after_an_error():
    def beat() -> None:
        done.append("beat")
        if len(done) == 1:
            raise OSError("the disk was away for a moment")

    jobs.install([], [beat])
    working = jobs.Runner(threads=0, every=0.01)
    working.start()
    deadline = monotonic() + 10
    while len(done) < 3 and monotonic() < deadline:
        sleep(0.01)
    working.stop()
    jobs.install(wiring.schedule(), wiring.beats())
    assert len(done) >= 3


@jobs.task
def _tonight(*, job: str) -> None:
    done.append("tonight")


def test_nobody_else_can_ask_how_far_my_job_is(client):
    job = jobs.enqueue(write_down, what="mine", by=uuid4())
    answer = client.get(f"/api/v1/jobs/{job}")
    assert answer.status_code in (401, 404)
