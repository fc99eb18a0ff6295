"""What venues do by the clock: every night the visits that have been kept for long enough are forgotten."""

from lianfang.foundation.plumbing import clock, jobs
from lianfang.operations.venues import actions


@jobs.task
def forget_visits(*, job: str) -> int:
    """Answers how many days were forgotten. Done when the server was off at its hour; again is harmless."""
    days = actions.forget_visits(at=clock.now())
    if days:
        actions.overwrite_forgotten()
    return days


SCHEDULE = (jobs.Scheduled(forget_visits, "20 0 * * *"),)
