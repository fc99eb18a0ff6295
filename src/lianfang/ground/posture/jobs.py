"""What posture does by the clock: every night what follows a forgetting is done again, harmlessly.

A crash may have come between the commit and its papers; a copy may have been out of reach; a reader may have kept the
database's log open.
"""

from lianfang.foundation.plumbing import jobs
from lianfang.ground.posture import actions, queries


@jobs.task
def finish_forgetting(*, job: str) -> int:
    """Answers how many incidents are forgotten altogether."""
    found = queries.forgotten()
    for done, incident in enumerate(found, start=1):
        actions.after_forgetting(incident=incident.id)
        jobs.Progress(job).say(done=done, total=len(found), words="posture.finishing_forgetting")
    return len(found)


SCHEDULE = (jobs.Scheduled(finish_forgetting, "0 3 * * *"),)
