"""What campaigns do by the clock: an occasion whose day has come begins, whoever is asleep."""

from lianfang.foundation.plumbing import clock, copies
from lianfang.ground.campaigns import actions


def begin_occasions() -> None:
    """Every few seconds a look at what is in memory; something is written only when a day has come."""
    copies.catch_up()  # a campaign may have been opened through another process
    actions.begin_occasions(at=clock.now())


BEATS = (begin_occasions,)
