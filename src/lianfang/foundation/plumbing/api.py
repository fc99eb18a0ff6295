"""HTTP for long work: how far is it?"""

from typing import Any
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Path

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.catalogue import LANGUAGES, sentence
from lianfang.foundation.plumbing.models import Job
from lianfang.foundation.plumbing.wire import Desk, ProblemReply, problem_reply


class Where(msgspec.Struct, frozen=True):
    """One job."""

    job_id: UUID


class Words(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str


class JobState(msgspec.Struct, frozen=True):
    """How far a job is.

    Waiting, running, done or failed; `total` is not known at once; `problem` only when it failed.
    """

    id: UUID
    state: str
    done: int
    total: int | None
    words: Words | None
    problem: ProblemReply | None
    result: Any = None


class JobView(Desk):
    """A job, for the one who asked for it."""

    def get(self, parsed_path: Path[Where]) -> JobState:
        """How far is it?"""
        job = Job.objects.filter(id=parsed_path.job_id, by=self.viewer.account).first()
        if job is None:
            raise Problem("jobs.not_found", status=404)
        return state_of(job, accept_language=self.request.headers.get("Accept-Language", ""))


def state_of(job: Job, *, accept_language: str = "") -> JobState:
    """A job's row as it is answered."""
    problem = Problem(job.problem, **msgspec.json.decode(job.problem_details)) if job.problem else None
    return JobState(
        id=job.id,
        state=job.state,
        done=job.done,
        total=job.total,
        words=_words(job),
        problem=problem_reply(problem, accept_language=accept_language) if problem else None,
        result=msgspec.json.decode(job.result),
    )


def _words(job: Job) -> Words | None:
    if not job.words:
        return None
    details = msgspec.json.decode(job.details)
    return Words(*(sentence(job.words, language, **details) for language in LANGUAGES))


urlpatterns = [path("jobs/<uuid:job_id>", JobView.as_view(), name="job")]
