"""Long work 后台任务: done by threads of the server, with progress that can be asked for, and resumed after a kill.

A task is an ordinary function under `@jobs.task` that takes `job=` (its own id) beside its arguments. `enqueue` puts
it in the queue (django-tasks-db, in the plumbing database); a `Runner` thread of the server takes it out. A server
that is killed leaves its tasks running on paper: the next one puts them back, so a task must be able to begin again
where it stopped, or from the start, without doing anything twice. Of several processes the steward alone takes tasks
and looks at the clock.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from apscheduler.triggers.cron import CronTrigger
from django.db import connections, router, transaction
from django_tasks import task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.models import Job
from lianfang.foundation.plumbing.steward import Stewardship

__all__ = ["Progress", "Runner", "Scheduled", "enqueue", "latest", "task"]

log = logging.getLogger(__name__)
Queued: TypeAlias = "DBTaskResult[..., Any]"

MOST_ATTEMPTS = 3  # a job that took the server down that often is not tried again
ABANDONED_AFTER = timedelta(seconds=60)
_SAID_AT_MOST_EVERY = 0.3  # seconds; a progress bar is not looked at more often


class JobFailedError(Exception):
    """Stands in the queue's own table in place of what went wrong, whose text might hold a name."""


def enqueue(task: Any, /, *, by: AccountId | None = None, **kwargs: Any) -> UUID:
    """Put a task in the queue once the running transaction commits; answers the id under which its progress is told."""
    id = new_id()
    transaction.on_commit(lambda: _put(id, task, by, kwargs))
    return id


def _put(id: UUID, task: Any, by: AccountId | None, kwargs: dict[str, Any]) -> None:
    with transaction.atomic(using=_database()):
        Job.objects.create(id=id, task=task.module_path, by=by, enqueued_at=clock.now())
        task.enqueue(job=str(id), **kwargs)
    _due.set()


def _database() -> str:
    """Where queue and progress stand: beside the ledger's file, or in the one PostgreSQL."""
    return router.db_for_write(Job)


_due = threading.Event()


class Progress:
    """A task tells how far it is: `Progress(job).say(done=300, total=1000, words="registry.import_reading")`."""

    def __init__(self, job: UUID | str) -> None:
        self._rows = Job.objects.filter(id=job)
        self._words = ""
        self._next = 0.0

    def say(
        self, *, done: int | None = None, total: int | None = None, words: str | None = None, **details: Any
    ) -> None:
        """Write it down, unless that was done a moment ago with the same words.

        `words` is a code of the locale files.
        """
        if words in (None, self._words) and monotonic() < self._next and (done is None or done != total):
            return
        self._next = monotonic() + _SAID_AT_MOST_EVERY
        changed: dict[str, Any] = {"beat_at": clock.now()}
        changed |= {name: value for name, value in (("done", done), ("total", total)) if value is not None}
        if words is not None:
            self._words = words
            changed |= {"words": words, "details": msgspec.json.encode(details).decode()}
        self._rows.update(**changed)


class Scheduled(msgspec.Struct, frozen=True):
    """A task that the clock enqueues.

    `cron` is five fields in the district's own time. Modules export `jobs.SCHEDULE`.
    """

    task: Any
    cron: str
    at_start: bool = True  # made up for at once when the server was off at its hour

    def __post_init__(self) -> None:
        if not isinstance(self.task, Task):
            raise TypeError(f"{self.task} is no task: @jobs.task is missing")

    def due(self, *, last: datetime | None, now: datetime) -> bool:
        """Has its hour passed since it last ran?"""
        if last is None:
            return self.at_start
        hour = CronTrigger.from_crontab(self.cron, timezone=LOCAL).get_next_fire_time(None, last + timedelta(seconds=1))
        return hour is not None and hour <= now


def latest(task: Any) -> Job | None:
    """The last job of this task, whatever became of it."""
    return Job.objects.filter(task=task.module_path).order_by("-enqueued_at").first()


_schedule: tuple[Scheduled, ...] = ()
_beats: tuple[Callable[[], object], ...] = ()


def install(schedule: Iterable[Scheduled], beats: Iterable[Callable[[], object]] = ()) -> None:
    """What the clock sets going, and what it does itself every few seconds because a job of it would be too much.

    Called by the wiring. Modules export `jobs.BEATS`: functions that are quick and harmless when repeated.
    """
    global _schedule, _beats
    _schedule, _beats = tuple(schedule), tuple(beats)


class Runner:
    """The threads that work jobs off, and one that looks at the clock. Started and stopped with the server."""

    def __init__(self, *, threads: int = 2, every: float = 5.0) -> None:
        self._every = every
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._running: set[UUID] = set()
        self._name = str(new_id())
        self._stewardship = Stewardship()
        names = [(f"jobs-{n}", self._guarded(self._work)) for n in range(threads)]
        names.append(("jobs-clock", self._guarded(self._watch, at_last=self._stewardship.give_up)))
        self._threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in names]

    def start(self) -> None:
        """Begin. Nothing is taken before the clock's thread has put back what the last server left unfinished."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, patience: float = 5.0) -> None:
        """Take nothing new. What still runs after `patience` seconds is resumed by the next server."""
        self._stopping.set()
        _due.set()
        deadline = monotonic() + patience
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(0.0, deadline - monotonic()))

    def _guarded(self, loop: Callable[[], None], *, at_last: Callable[[], None] = lambda: None) -> Callable[[], None]:
        """A thread outlives whatever goes wrong in it, a database that is away for a while above all."""

        def work() -> None:
            try:
                while not self._stopping.is_set():
                    try:
                        loop()
                    except Exception:
                        log.exception("a thread of the jobs goes on after an error")
                        connections.close_all()
                        self._stopping.wait(self._every)
            finally:
                at_last()
                connections.close_all()

        return work

    def _work(self) -> None:
        if not self._ready.wait(timeout=1.0):
            return
        claimed = self._claim()
        if claimed is None:
            _due.wait(timeout=1.0)
            _due.clear()
            return
        row, job = claimed
        self._running.add(job)
        try:
            run(row, job)
        finally:
            self._running.discard(job)

    def _claim(self) -> tuple[Queued, UUID] | None:
        with exclusive_transaction(_database()):
            row: Queued | None = DBTaskResult.objects.ready().get_locked()
            if row is None:
                return None
            row.claim(self._name)
            job = _job_of(row)
            now = clock.now()
            attempts = len(row.worker_ids)
            Job.objects.filter(id=job).update(state=Job.RUNNING, started_at=now, beat_at=now, attempts=attempts)
            return row, job

    def _watch(self) -> None:
        for beat in _beats:
            beat()
        if self._stewardship.held():
            self._keep_house(clock.now())
        else:
            self._ready.clear()
        self._stopping.wait(self._every)

    def _keep_house(self, now: datetime) -> None:
        Job.objects.filter(id__in=list(self._running)).update(beat_at=now)
        # Beside this server's SQLite there is no other: at its start, whatever runs on paper runs nowhere.
        alone = not self._ready.is_set() and connections[_database()].vendor == "sqlite"
        put_back(alone=alone, before=now - ABANDONED_AFTER)
        self._ready.set()
        for scheduled in _schedule:
            last = latest(scheduled.task)
            if scheduled.due(last=last.enqueued_at if last else None, now=now):
                enqueue(scheduled.task)


def put_back(*, alone: bool = False, before: datetime | None = None) -> int:
    """Give tasks whose server is gone back to the queue, or give up on those that failed it too often.

    Answers how many.

    `alone`: there is no other server, so what runs on paper runs nowhere. Else only what gave no sign of life since
    `before`.
    """
    count = 0
    for row in DBTaskResult.objects.running():
        job = Job.objects.filter(id=_job_of(row)).first()
        if job is None or alone or (before is not None and job.beat_at is not None and job.beat_at < before):
            count += _put_back(row, _job_of(row))
    if count:
        _due.set()
    return count


def _put_back(row: Queued, job: UUID) -> bool:
    if len(row.worker_ids) >= MOST_ATTEMPTS:
        _fail(row, job, Problem("jobs.gave_up", attempts=MOST_ATTEMPTS))
        return False
    with transaction.atomic(using=_database()):
        DBTaskResult.objects.filter(id=row.id).update(status="READY")
        Job.objects.filter(id=job).update(state=Job.WAITING)
    return True


def _job_of(row: Queued) -> UUID:
    return UUID(row.args_kwargs["kwargs"]["job"])


def run(row: Queued, job: UUID) -> None:
    """Do one claimed task and write down what became of it."""
    try:
        value = msgspec.json.encode(row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"]))
    except Problem as problem:
        _fail(row, job, problem)
    except Exception as error:
        log.exception("a job failed", extra={"job": str(job), "task": row.task_path})
        _fail(row, job, Problem("jobs.broke", cause=type(error).__name__))
    else:
        with transaction.atomic(using=_database()):
            row.set_successful(None)
            Job.objects.filter(id=job).update(state=Job.DONE, finished_at=clock.now(), result=value.decode())


def _fail(row: Queued, job: UUID, problem: Problem) -> None:
    details = msgspec.json.encode(problem.details).decode()
    with transaction.atomic(using=_database()):
        row.set_failed(JobFailedError(problem.code))
        Job.objects.filter(id=job).update(
            state=Job.FAILED, problem=problem.code, problem_details=details, finished_at=clock.now()
        )


WORKERS = (Runner,)
