"""What posture does by the clock: ends are written down, exercises wiped, and every night what follows a forgetting is
done again, harmlessly.

A crash may have come between the commit and its papers; a copy may have been out of reach; a reader may have kept the
database's log open.
"""

from lianfang.foundation.plumbing import clock, copies, jobs
from lianfang.ground.posture import actions, queries


@jobs.task
def finish_forgetting(*, job: str) -> int:
    """Answers how many incidents are forgotten altogether."""
    found = queries.forgotten()
    for done, incident in enumerate(found, start=1):
        actions.after_forgetting(incident=incident.id)
        jobs.Progress(job).say(done=done, total=len(found), words="posture.finishing_forgetting")
    return len(found)


@jobs.task
def wipe_drills(*, job: str) -> int:
    """Every few minutes, and at once after a pause; answers how many exercises were wiped."""
    return len(actions.wipe_drills(at=clock.now()))


def write_ends() -> None:
    """Every few seconds a look at what is in memory; something is written only when an end has come."""
    copies.catch_up()  # an incident may have been closed through another process
    actions.write_ends(at=clock.now())


SCHEDULE = (jobs.Scheduled(finish_forgetting, "0 3 * * *"), jobs.Scheduled(wipe_drills, "*/5 * * * *"))
BEATS = (write_ends,)
