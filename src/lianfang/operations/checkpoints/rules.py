"""What follows at a gate, what is noted of it, and what is odd about what was noted. Pure.

Sources: seed 001 (the rule of Nantong, August 2021); ADR 0041 and 0042: a gate decides by its policy of the day, what
cannot be verified is for a person to look at, and no machine turns anybody red. The field app runs the same cases
(`vectors.json`).
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lianfang.foundation.kernel.moments import LOCAL, tally_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.codes.terms import Attested, CodeVerdict
from lianfang.ground.policies.terms import Edition, HoursSince, OneOf, PolicyDecision, Said, Verdict
from lianfang.ground.posture.terms import Incident
from lianfang.operations.checkpoints.terms import (
    REPEAT_WITHIN,
    Gate,
    GateDecision,
    GateReason,
    GateVerdict,
)

_FOLLOWS = {
    Verdict.PASS: GateVerdict.PASS,
    Verdict.NOTHING: GateVerdict.PASS,
    Verdict.TEST_FIRST: GateVerdict.TEST_FIRST,
    Verdict.TURN_BACK: GateVerdict.TURNED_BACK,
    Verdict.QUARANTINE_FIRST: GateVerdict.QUARANTINE_PATH,
    Verdict.QUARANTINE: GateVerdict.QUARANTINE_PATH,
}  # whatever is not named here is for a person
_NOT_GOOD = {
    CodeVerdict.COPIED: GateReason.SHOW_LIVE,
    CodeVerdict.REPLAYED: GateReason.SHOW_LIVE,
    CodeVerdict.FROM_THE_FUTURE: GateReason.CLOCK,
    CodeVerdict.EXPIRED: GateReason.EXPIRED,
    CodeVerdict.REVOKED: GateReason.REVOKED,
    CodeVerdict.FORGED: GateReason.FORGED,
    CodeVerdict.WRONG_KEY: GateReason.WRONG_KEY,
    CodeVerdict.DAMAGED: GateReason.DAMAGED,
    CodeVerdict.FOREIGN: GateReason.FOREIGN,
    CodeVerdict.TOO_LONG: GateReason.TOO_LONG,
}


def judge(*, asks: bool, code: CodeVerdict | None, compared: bool, decision: PolicyDecision | None) -> GateDecision:
    """What follows for whoever stands there.

    `asks`: an open incident's pack says that gates ask. `code`: what a look at a credential came to; None when none was
    looked at. `compared`: face or digits were compared. `decision`: what the table in force says of the facts.
    """
    if not asks:
        return GateDecision(GateVerdict.PASS, GateReason.NOTHING_ASKED)
    if code in _NOT_GOOD:
        return GateDecision(GateVerdict.BY_HAND, _NOT_GOOD[code])
    if code is CodeVerdict.PAPER and not compared:
        return GateDecision(GateVerdict.BY_HAND, GateReason.COMPARE)
    if decision is None or decision.policy is None:
        return GateDecision(GateVerdict.BY_HAND, GateReason.NO_POLICY)
    follows = _FOLLOWS.get(decision.verdict)
    if follows is None:
        return GateDecision(GateVerdict.BY_HAND, GateReason.OPEN_QUESTION)
    return GateDecision(follows, GateReason.POLICY)


def facts_of(evidence: Iterable[Attested], edition: Edition) -> dict[str, Said]:
    """What evidence says to the inputs of a table: `sampled` is when a sample was taken, `shown:green` that it was
    green. Of two pieces of one input the latest counts; what the table does not ask is not looked at.
    """
    asked = {each.name: each for each in edition.inputs}
    facts: dict[str, Said] = {}
    for piece in sorted(evidence, key=lambda each: each.at):
        name, _, value = piece.what.partition(":")
        match asked.get(name):
            case HoursSince() if not value:
                facts[name] = datetime.fromtimestamp(piece.at, UTC).isoformat()
            case OneOf() as one if value in one.values:
                facts[name] = value
    return facts


def asks(gate: Gate, incident: Incident, *, at: datetime) -> bool:
    """May this gate ask anybody for anything? Only while its incident runs, and its pack says so."""
    return (gate.closed_at is None or at < gate.closed_at) and incident.pack.gates is not None and incident.is_open(at)


def gate_moment(*, phone: datetime, contact: datetime, as_of: datetime, latest: datetime) -> datetime:
    """What time it is at a gate: the server's at the last sync, carried on by the phone's clock, which never runs
    backwards here. Set back, it revives nothing; years off, it spoils nothing.

    `contact`: what the phone's clock showed at that sync; `latest`: the latest it ever showed.
    """
    return as_of + max(timedelta(), max(phone, latest) - contact)


def token_of(number: bytes, *, key: bytes, hour: datetime) -> str:
    """Who it was, for one hour and for nobody without the key: 32 hexadecimal digits.

    Another hour gives another, so that tokens in a row are no trail.
    """
    counted = int(hour.timestamp()) // 3600
    return hmac.digest(key, counted.to_bytes(8, "big") + number, "sha256")[:16].hex()


def is_repeat(
    before: Sequence[tuple[str, str, str, datetime]], *, token: str, gate: str, direction: str, at: datetime
) -> bool:
    """Was this person noted here a moment ago, going the same way? (token, gate, direction, at) of what was noted.

    It is asked of the person, never of who stands at the gate; without a token nobody is taken for anybody.
    """
    return token != "" and any(
        (token, gate, direction) == one[:3] and timedelta() <= at - one[3] < REPEAT_WITHIN for one in before
    )


def hour_of(*, at: datetime, received_at: datetime) -> int:
    """In which hour of its day a passage counts: the phone's, where its clock can be believed."""
    _, odd = tally_day(at=at, received_at=received_at)
    return (received_at if odd else at).astimezone(LOCAL).hour


def odd_about(
    *, said: GateVerdict, expected: GateVerdict | None, decided: GateVerdict, overridden: bool, asked: bool
) -> tuple[str, ...]:
    """What is odd about a passage. It happened all the same: it is kept and counted, and somebody can look.

    `expected`: what the rule says here of the same facts; None when its table is not known here.
    """
    flags = {
        "checkpoints.verdict_differs": expected not in (None, said),
        "checkpoints.without_supervisor": needs_supervisor(said, decided) and not overridden,
        "checkpoints.after_the_end": not asked,
    }
    return tuple(flag for flag, holds in flags.items() if holds)


def needs_supervisor(verdict: GateVerdict, decided: GateVerdict) -> bool:
    """Who stands at a gate may do what was said, and may let pass whom they looked at by hand. All else takes a
    colleague who may decide, and a reason.
    """
    return decided is not verdict and (verdict, decided) != (GateVerdict.BY_HAND, GateVerdict.PASS)


def check_setting_up(*, incident: Incident | None, lanes: int, directions: Sequence[str], name: str) -> None:
    """A gate is set up under an open incident whose pack lets gates ask, with a name, lanes and a way."""
    if incident is None:
        raise Problem("checkpoints.no_incident_asks", status=409)
    if not name.strip():
        raise Problem("checkpoints.name_missing", status=422)
    if not 1 <= lanes <= 20 or not directions:
        raise Problem("checkpoints.lanes_missing", status=422, most=20)


def totals(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The hours of a day together."""
    total: dict[str, int] = {}
    for row in rows:
        for name, count in row.items():
            total[name] = total.get(name, 0) + count
    return total
