"""What a scan of a venue's code says, for how long it is kept, and when two people may learn who it was. Pure.

Sources: seed 002 (场所码); Zhengzhou, June 2022: 871 people turned red for a code that had been forwarded to them;
个人信息保护法 art. 6 and 19 (no more than needed, no longer than needed). What is returned here is counted or refused;
there is no answer that says anything about a person.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, IncidentId
from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.moments import LOCAL, tally_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.posture.terms import Incident
from lianfang.operations.venues.terms import (
    DAYS_KEPT,
    LONGEST_WINDOW,
    NEAR,
    READ_WITHIN,
    UNSIGNED_LAPSES_AFTER,
    ScanHow,
    VenueCode,
    Warrant,
    WarrantState,
    WarrantTerms,
)

SHORTEST_REASON = 10
CODE_PREFIX = "LFP1:"
_CODE = re.compile(rf"{CODE_PREFIX}([0-9A-F]{{32}})")
NOT_AT_THE_DOOR, WITHDRAWN = "venues.not_at_the_door", "venues.code_withdrawn_before"
AFTER_THE_END, UNKNOWN_CREDENTIAL = "venues.after_the_end", "venues.credential_unknown"
_NO_VISIT = frozenset({NOT_AT_THE_DOOR, WITHDRAWN, AFTER_THE_END})
VISIT_KEYS = "visits:"


def code_text(code: UUID) -> str:
    """What stands in the poster's QR: which code it is, and nothing else."""
    return f"{CODE_PREFIX}{code.hex.upper()}"


def code_of(text: str) -> UUID | None:
    """Which code that is, if it is one of ours."""
    found = _CODE.fullmatch(text)
    return UUID(found.group(1)) if found else None


def visit_key(incident: IncidentId, day: date) -> KeyName:
    """The key of one day's visits. It is destroyed when the day has been kept for long enough, whatever its incident
    does.
    """
    return KeyName(f"{VISIT_KEYS}{incident}:{day.isoformat()}")


def visits_of_key(key: KeyName) -> tuple[IncidentId, date]:
    """Whose visits of which day it seals."""
    incident, _, day = key.removeprefix(VISIT_KEYS).partition(":")
    return IncidentId(UUID(incident)), date.fromisoformat(day)


def is_due(day: date, *, today: date) -> bool:
    """Have the visits of that day been kept for as long as they may be?"""
    return day < oldest_day(today)


def oldest_day(today: date) -> date:
    """The oldest day whose visits may still be looked at."""
    return today - timedelta(days=DAYS_KEPT)


def moment_of(*, at: datetime, received_at: datetime) -> datetime:
    """When a visit was: the phone's time, where its clock can be believed."""
    return received_at if tally_day(at=at, received_at=received_at)[1] else at


def is_good(code: VenueCode, incident: Incident, *, at: datetime) -> bool:
    """Does this code count for anything at that moment?"""
    hangs = code.withdrawn_at is None or at < code.withdrawn_at
    return hangs and incident.pack.gates is not None and incident.is_open(at)


def odd_about(
    code: VenueCode, incident: Incident | None, *, how: ScanHow, known: bool, at: datetime
) -> tuple[str, ...]:
    """What is odd about a scan. It is kept all the same; of a code that was sent on no visit is made."""
    asked = incident is not None and incident.pack.gates is not None and incident.is_open(at)
    flags = {
        NOT_AT_THE_DOOR: how is ScanHow.SENT_ON,
        WITHDRAWN: code.withdrawn_at is not None and code.withdrawn_at <= at,
        AFTER_THE_END: not asked,
        UNKNOWN_CREDENTIAL: not known,
    }
    return tuple(flag for flag, holds in flags.items() if holds)


def is_visit(flags: Iterable[str]) -> bool:
    """Was the code shown where it hangs, while it counted?"""
    return _NO_VISIT.isdisjoint(flags)


def seconds_of(day: date) -> int:
    """When a day begins in the district, in seconds of the epoch."""
    return int(datetime(day.year, day.month, day.day, tzinfo=LOCAL).timestamp())


def hour_of(at: datetime) -> int:
    """Of which hour a token is. Another hour gives another token, so that tokens in a row are no trail."""
    return int(at.timestamp()) // 3600


def token_text(*, hour: int, credential: UUID) -> str:
    """What a token is the keyed hash of."""
    return f"{hour}/{credential.hex}"


def hours_between(starts_at: datetime, ends_at: datetime) -> Iterator[tuple[int, date]]:
    """Every hour that the window touches, with the district's day that it begins on."""
    for hour in range(hour_of(starts_at), hour_of(ends_at - timedelta(seconds=1)) + 1):
        yield hour, datetime.fromtimestamp(hour * 3600, LOCAL).date()


def near(at: datetime) -> tuple[int, int]:
    """From when until when somebody else was there together with somebody noted then, in seconds of the epoch."""
    return int((at - NEAR).timestamp()), int((at + NEAR).timestamp())


# --- warrants ---------------------------------------------------------------------------------------------------------


def check_proposing(terms: WarrantTerms, *, at: datetime) -> None:
    """About one place for a day at most, or about one case; in the past, and not longer ago than visits are kept."""
    if len({letter for letter in terms.reason if letter.isalnum()}) < 4 or len(terms.reason.strip()) < SHORTEST_REASON:
        raise Problem("venues.reason_too_short", status=422, least=SHORTEST_REASON)
    if (terms.place is None) is (terms.resident is None):
        raise Problem("venues.one_question", status=422)
    longest = LONGEST_WINDOW if terms.place else timedelta(days=DAYS_KEPT)
    if not timedelta() < terms.ends_at - terms.starts_at <= longest:
        raise Problem("venues.window_too_long", status=422, hours=int(longest.total_seconds()) // 3600)
    if terms.ends_at > at or terms.starts_at < at - timedelta(days=DAYS_KEPT):
        raise Problem("venues.window_not_kept", status=422, days=DAYS_KEPT)


def state_of(warrant: Warrant, incident: Incident, *, at: datetime) -> WarrantState:
    """How far it has come at that moment. A signature of the same person is none."""
    if warrant.declined_at is not None and warrant.declined_at <= at:
        return WarrantState.DECLINED
    over = not incident.is_open(at)
    if warrant.signed_at is None or warrant.signed_by in (None, warrant.proposed_by):
        waiting = at < warrant.proposed_at + UNSIGNED_LAPSES_AFTER and not over
        return WarrantState.PROPOSED if waiting else WarrantState.LAPSED
    return WarrantState.OVER if over or at >= warrant.signed_at + READ_WITHIN else WarrantState.SIGNED


def check_signing(warrant: Warrant, incident: Incident, *, by: AccountId | None, at: datetime) -> None:
    """The second signature: another person, within a day, while the incident runs."""
    if state_of(warrant, incident, at=at) is not WarrantState.PROPOSED:
        raise Problem("venues.not_waiting", status=409)
    if by is None or by == warrant.proposed_by:
        raise Problem("venues.second_person_needed", status=409)


def check_reading(warrant: Warrant, incident: Incident, *, by: AccountId | None, at: datetime) -> None:
    """Signed by two, its day not over, its incident open; and by one of the two."""
    if state_of(warrant, incident, at=at) is not WarrantState.SIGNED:
        raise Problem("venues.not_signed", status=409)
    if by not in (warrant.proposed_by, warrant.signed_by):
        raise Problem("venues.one_of_the_two", status=409)
