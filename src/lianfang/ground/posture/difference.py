"""What is otherwise because of an incident 差异: before it opens, while it runs, when it ends. Pure.

Seed 002 (平急转换: what is switched on switches off again). Two people agree to what they have seen, so a difference
has a mark, and whoever agrees names the mark of what was on the screen.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.posture.terms import (
    Change,
    Difference,
    DifferenceLine,
    DifferenceMoved,
    Incident,
    IncidentDraft,
    Pack,
    Part,
    Policy,
    Step,
    Words,
)

_TOLD_ONLY = frozenset({"register", "note"})
Readers = Mapping[str, tuple[str, ...]]


def of_opening(
    wanted: IncidentDraft, pack: Pack, *, readers: Readers, beside: Sequence[Incident], policies: Sequence[Policy]
) -> Difference:
    """What opening it would begin, what else runs there, and which tables it takes the place of."""
    replaced = {policy.code for policy in policies}
    lines = [
        *_collected(pack, kept_days=0 if wanted.drill else pack.retention_days),
        *_seen(readers, Change.BEGINS),
        *_gate(pack, Change.BEGINS),
        *_campaign(pack),
        *_notices(pack, Change.BEGINS),
        *(
            DifferenceLine(
                Part.POLICY, p.code, Change.BEGINS, p.title, about=("replaces",) if p.code in replaced else ()
            )
            for p in pack.policies
        ),
        *_beside(beside),
        *_afterwards(kept_days=0 if wanted.drill else pack.retention_days),
    ]
    return _difference(Step.OPENING, wanted.drill, wanted.ends_at, lines)


def of_incident(
    incident: Incident,
    *,
    step: Step,
    ends_at: datetime,
    running: Sequence[DifferenceLine],
    readers: Readers,
    beside: Sequence[Incident],
    policies: Sequence[Policy],
) -> Difference:
    """What stands because of it, goes on until a later end, or ends with it. `running`: what the house found."""
    ends = step is Step.CLOSING
    change = Change.ENDS if ends else Change.GOES_ON
    pack = incident.pack
    lines = [
        *(_ending(line) if ends else _lasting(line, ends_at, step) for line in running),
        *_seen(readers, change),
        *_gate(pack, change),
        *_notices(pack, change),
        *(DifferenceLine(Part.POLICY, p.code, change, p.title) for p in policies if p.incident == incident.id),
        *_beside(one for one in beside if one.id != incident.id),
        *_afterwards(kept_days=incident.kept_days),
    ]
    return _difference(step, incident.drill, ends_at, lines)


def moved(before: Iterable[DifferenceLine], now: Difference) -> DifferenceMoved:
    """What has come and gone since somebody proposed it."""
    was, lines = list(before), list(now.lines)
    return DifferenceMoved(tuple(one for one in lines if one not in was), tuple(one for one in was if one not in lines))


def check_seen(now: Difference, *, seen: str | None) -> None:
    """Nobody agrees to what they have not looked at: what stood on the screen is what is about to happen."""
    if seen != now.mark:
        raise Problem("posture.look_again", status=409)


def _difference(step: Step, drill: bool, ends_at: datetime, lines: Sequence[DifferenceLine]) -> Difference:
    said = msgspec.json.encode((step, drill, ends_at, lines))
    return Difference(step, drill, ends_at, tuple(lines), sha256(said).hexdigest()[:16])


def _collected(pack: Pack, *, kept_days: int) -> list[DifferenceLine]:
    return [
        DifferenceLine(
            Part.COLLECTED,
            str(form.get("code", "")),
            Change.BEGINS,
            _title(form),
            about=categories(form.get("questions", ())),
            questions=len(_asked(form.get("questions", ()))),
            days=kept_days,
        )
        for form in pack.forms
    ]


def categories(questions: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the questions of a form are about, each once, in their order."""
    return tuple(dict.fromkeys(str(q["category"]) for q in _asked(questions)))


def _asked(questions: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [q for q in questions if q.get("category") not in _TOLD_ONLY]


def _title(form: Mapping[str, Any]) -> Words:
    return msgspec.convert(form["title"], type=Words)


def _seen(readers: Readers, change: Change) -> list[DifferenceLine]:
    return [
        DifferenceLine(Part.SEEN, permission, change, about=roles)
        for permission, roles in sorted(readers.items())
        if roles
    ]


def _gate(pack: Pack, change: Change) -> list[DifferenceLine]:
    return [DifferenceLine(Part.GATE, pack.gates, change)] if pack.gates else []


def _campaign(pack: Pack) -> list[DifferenceLine]:
    draft = pack.campaign
    if draft is None:
        return []
    recurs = draft.recurs.every if draft.recurs else None
    return [DifferenceLine(Part.CAMPAIGN, draft.form, Change.BEGINS, draft.name, days=draft.days, recurs=recurs)]


def _notices(pack: Pack, change: Change) -> list[DifferenceLine]:
    return [
        DifferenceLine(Part.NOTICE, str(number), change, one.title) for number, one in enumerate(pack.notices, start=1)
    ]


def _beside(incidents: Iterable[Incident]) -> list[DifferenceLine]:
    """Both stand, each with its own end; the real one counts before the exercise, the nearer before the higher."""
    return [
        DifferenceLine(Part.BESIDE, str(i.id), Change.GOES_ON, Words(i.name, i.name), until=i.over_at, drill=i.drill)
        for i in incidents
    ]


def _lasting(line: DifferenceLine, ends_at: datetime, step: Step) -> DifferenceLine:
    """A campaign keeps its own end; a form may be asked as long as its incident runs."""
    longer = step is Step.RENEWING and line.part is not Part.CAMPAIGN
    return msgspec.structs.replace(line, change=Change.GOES_ON, until=ends_at if longer else line.until)


def _ending(line: DifferenceLine) -> DifferenceLine:
    return msgspec.structs.replace(line, change=Change.ENDS, until=None)


def _afterwards(*, kept_days: int) -> list[DifferenceLine]:
    return [
        DifferenceLine(Part.DESTROYED, "answers", Change.ENDS, days=kept_days),
        *(DifferenceLine(Part.REMAINS, code, Change.STAYS) for code in ("counts", "decisions", "register")),
    ]
