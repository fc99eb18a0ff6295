"""What a decision table answers, and whether it may be one. Pure: same table, same facts, same moment, same answer.

A table is looked at whole when it is read: its inputs have finitely many cells (the words of a choice; numbers cut at
every bound that a row names; "unknown" for each), and every combination of cells must be decided by exactly one row.
A hole would be a default hidden in code, an overlap would make the answer hang on the order of lines.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import ceil, isfinite
from string import Formatter
from typing import Any

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.policies.terms import (
    NOT_YET,
    UNKNOWN,
    Between,
    Edition,
    HoursSince,
    InForce,
    Input,
    NumberOf,
    OneOf,
    PolicyDecision,
    PolicyLine,
    PolicyStep,
    Said,
    StepPlace,
    Verdict,
)
from lianfang.ground.posture.terms import Words

Cell = str | Fraction
MOST_COMBINATIONS = 200_000

_HOUR = timedelta(hours=1) // timedelta(microseconds=1)

_FOLLOWS = {
    Verdict.PASS: Words("放行", "pass"),
    Verdict.TEST_FIRST: Words("先做检测", "a test first"),
    Verdict.TURN_BACK: Words("劝返", "asked to turn back"),
    Verdict.QUARANTINE_FIRST: Words("先隔离,再进入", "quarantine first, then entry"),
    Verdict.QUARANTINE: Words("隔离", "quarantine"),
    Verdict.STEPS: Words("", ""),
    Verdict.NOTHING: Words("不采取措施", "no measure"),
    Verdict.ASK_A_PERSON: Words("请人来定", "ask a person"),
}
_WHERE = {
    StepPlace.CENTRAL: Words("集中隔离", "central quarantine"),
    StepPlace.HOME: Words("居家隔离", "quarantine at home"),
    StepPlace.MONITORED: Words("居家健康监测", "health monitoring at home"),
    StepPlace.HIGH_RISK: Words("按高风险区管理", "as a high-risk area"),
    StepPlace.MEDIUM_RISK: Words("按中风险区管理", "as a medium-risk area"),
}
_UNKNOWN = Words("不清楚", "unknown")
_NOT_YET = Words("时间在以后", "in the future")
_NO_TABLE = Words("现在没有有效的政策,请人来定。", "No policy is in force now: ask a person.")
_TWO_SIGN = Words("隔离要由两个人签的决定才算数。", "Quarantine takes an order signed by two people.")


def read_edition(raw: bytes, *, name: str) -> Edition:
    """A decision table from its file. What cannot be one is named with the row that is at fault."""
    try:
        edition = msgspec.toml.decode(raw, type=Edition)
        check_edition(edition)
        return edition
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise Problem("policies.unreadable", name=name, where=str(error)) from None


def check_edition(edition: Edition) -> None:
    """Every combination of facts is decided by exactly one row, and every row can be said."""
    inputs = {each.name: each for each in edition.inputs}
    if len(inputs) != len(edition.inputs) or len({row.name for row in edition.rows}) != len(edition.rows):
        raise ValueError("two of one name")
    if edition.valid_until is not None and edition.valid_until <= edition.valid_from:
        raise ValueError(f"valid_until {edition.valid_until}")
    for row in edition.rows:
        _check_row(row, inputs)
    cells = {name: cells_of(each, edition.rows) for name, each in inputs.items()}
    covered = [_covered(row, cells) for row in edition.rows]
    for row, holds in zip(edition.rows, covered, strict=True):
        if not all(holds.values()):
            raise ValueError(f"row {row.name}: no facts fit")
    _check_overlaps(edition.rows, covered)
    _check_gaps(edition.rows, covered, cells)


def _check_row(row: PolicyLine, inputs: Mapping[str, Input]) -> None:
    for name, wanted in row.when.items():
        for item in wanted:
            if name not in inputs or not _can_be(item, inputs[name]):
                raise ValueError(f"row {row.name}: {name} cannot be {item}")
    if bool(row.steps) != (row.then is Verdict.STEPS):
        raise ValueError(f"row {row.name}: steps belong to {Verdict.STEPS}")
    if row.open is not None and row.then is not Verdict.ASK_A_PERSON:
        raise ValueError(f"row {row.name}: an open question is for a person")
    for step in row.steps:
        if step.days < 1 or any(not 1 <= day <= step.days for day in step.test_days):
            raise ValueError(f"row {row.name}: {step.days} days, tests on {step.test_days}")
    for sentence in (row.because, *((row.open,) if row.open else ())):
        for said in (sentence.zh, sentence.en):
            if unheard := {field for _, field, _, _ in Formatter().parse(said) if field} - inputs.keys():
                raise ValueError(f"row {row.name}: no such input: {sorted(unheard)}")


def _can_be(item: str | Between, asked: Input) -> bool:
    if isinstance(item, Between):
        return not isinstance(asked, OneOf) and len(_bounds(item)) > 0
    if isinstance(asked, OneOf):
        return item in asked.values or item == UNKNOWN
    return item == UNKNOWN or (item == NOT_YET and isinstance(asked, HoursSince))


def _check_overlaps(rows: Sequence[PolicyLine], covered: Sequence[Mapping[str, set[Cell]]]) -> None:
    """Two rows decide the same facts when they share a cell of every input."""
    for (one, mine), (other, theirs) in combinations(zip(rows, covered, strict=True), 2):
        shared = {name: mine[name] & theirs[name] for name in mine}
        if all(shared.values()):
            facts = {name: min(cells, key=str) for name, cells in shared.items()}
            raise ValueError(f"rows {one.name} and {other.name} both decide {_named(facts)}")


def _check_gaps(
    rows: Sequence[PolicyLine], covered: Sequence[Mapping[str, set[Cell]]], cells: Mapping[str, Sequence[Cell]]
) -> None:
    """Every combination, one by one: tables are small, and this can be believed by reading it."""
    for facts in combinations_of(cells):
        if not any(all(facts[name] in holds[name] for name in facts) for holds in covered):
            misses = [sum(facts[name] not in holds[name] for name in facts) for holds in covered]
            nearest = rows[misses.index(min(misses))].name if rows else "-"
            raise ValueError(f"no row decides {_named(facts)}; the nearest is row {nearest}")


def combinations_of(cells: Mapping[str, Sequence[Cell]]) -> Iterator[dict[str, Cell]]:
    """Every combination of facts that rows can tell apart."""
    count = 1
    for each in cells.values():
        count *= len(each)
    if count > MOST_COMBINATIONS:
        raise ValueError(f"{count} combinations; at most {MOST_COMBINATIONS}")
    return (dict(zip(cells, chosen, strict=True)) for chosen in product(*cells.values()))


def cells_of(asked: Input, rows: Iterable[PolicyLine]) -> tuple[Cell, ...]:
    """What rows can tell apart of an input. A number stands for its stretch: each bound, and what lies between two."""
    if isinstance(asked, OneOf):
        return (*dict.fromkeys([*asked.values, UNKNOWN]),)
    least = Fraction(asked.least if isinstance(asked, NumberOf) else 0)
    spans = [item for row in rows for item in row.when.get(asked.name, ()) if isinstance(item, Between)]
    cuts = sorted({least, *(bound for span in spans for bound in _bounds(span) if bound > least)})
    between = [(low + high) / 2 for low, high in pairwise(cuts)]
    words = (UNKNOWN, NOT_YET) if isinstance(asked, HoursSince) else (UNKNOWN,)
    return (*sorted([*cuts, *between, cuts[-1] + 1]), *words)


def _bounds(span: Between) -> list[Fraction]:
    return [Fraction(str(bound)) for bound in msgspec.structs.astuple(span) if bound is not None]


def _covered(row: PolicyLine, cells: Mapping[str, Sequence[Cell]]) -> dict[str, set[Cell]]:
    return {name: {cell for cell in each if _fits(row.when.get(name), cell)} for name, each in cells.items()}


def _fits(wanted: Sequence[str | Between] | None, cell: Cell) -> bool:
    """Is it what a row speaks of? A row that does not name an input does not mind what it is."""
    return wanted is None or any(_in(item, cell) for item in wanted)


def _in(item: str | Between, cell: Cell) -> bool:
    if isinstance(item, str) or isinstance(cell, str):
        return item == cell
    low, above, high, below = (None if b is None else Fraction(str(b)) for b in msgspec.structs.astuple(item))
    return (
        (low is None or cell >= low)
        and (above is None or cell > above)
        and (high is None or cell <= high)
        and (below is None or cell < below)
    )


def _named(facts: Mapping[str, Cell]) -> str:
    return ", ".join(f"{name}={float(cell) if isinstance(cell, Fraction) else cell}" for name, cell in facts.items())


def decide(facts: Mapping[str, Any], policy: InForce | None, *, at: datetime) -> PolicyDecision:
    """Which row of the table in force decides these facts, and what it says.

    A fact that is missing or cannot be read is `unknown`, for which the table has a row as for anything else. Without a
    table in force there is nothing to decide by, and a person is asked.
    """
    if policy is None or not policy.holds(at):
        return PolicyDecision(None, "", "", 0, at, {}, "", Verdict.ASK_A_PERSON, (), False, _NO_TABLE)
    edition = policy.edition
    inputs = {each.name: kept for each in edition.inputs if (kept := _kept(facts.get(each.name))) is not None}
    cells = {each.name: cell_of(each, inputs.get(each.name), at) for each in edition.inputs}
    row = next(row for row in edition.rows if all(_fits(row.when.get(name), cells[name]) for name in cells))
    return PolicyDecision(
        policy=policy.id,
        code=edition.code,
        edition=edition.name,
        version=policy.version,
        at=at,
        inputs=inputs,
        row=row.name,
        verdict=row.then,
        steps=row.steps,
        open_question=row.open is not None,
        explanation=_explained(row, policy, cells),
    )


def left_to_ask(facts: Mapping[str, Any], edition: Edition, *, at: datetime) -> str | None:
    """Which input is to be asked next before the table decides; None when asking on would change nothing.

    `facts` with the value `unknown` were asked already, and nobody could say. As long as the rows that may still decide
    say different things, the first input that they name and nobody has answered is the next.
    """
    cells = {each.name: cell_of(each, _kept(facts[each.name]), at) for each in edition.inputs if each.name in facts}
    may = [row for row in edition.rows if all(_fits(row.when.get(name), cell) for name, cell in cells.items())]
    if len({(row.then, row.steps) for row in may}) < 2:
        return None
    return next(
        (i.name for i in edition.inputs if i.name not in cells and any(i.name in row.when for row in may)), None
    )


def replay(decision: PolicyDecision, policy: InForce | None) -> PolicyDecision:
    """The same decision once more, from what was stored of it."""
    return decide(decision.inputs, policy, at=decision.at)


def _kept(fact: Any) -> Said | None:
    """A fact as it is stored: whatever is of no kind that we know is not known."""
    match fact:
        case datetime():
            return fact.isoformat() if fact.tzinfo else None
        case bool():
            return None
        case int() | float():
            return float(fact) if abs(fact) < 1e15 and isfinite(fact) else None
        case str():
            return fact[:100]
    return None


def cell_of(asked: Input, said: Said | None, at: datetime) -> Cell:
    """Where a fact falls; `unknown` where it cannot be read as one of this input."""
    match asked:
        case OneOf():
            return said if isinstance(said, str) and said in asked.values else UNKNOWN
        case HoursSince():
            return _hours_since(said, at) if isinstance(said, str) else UNKNOWN
        case NumberOf():
            return Fraction(str(said)) if isinstance(said, float) and said >= asked.least else UNKNOWN


def _hours_since(said: str, at: datetime) -> Cell:
    try:
        passed = at - datetime.fromisoformat(said)
    except (ValueError, TypeError, OverflowError):
        return UNKNOWN
    return NOT_YET if passed < timedelta() else Fraction(passed // timedelta(microseconds=1), _HOUR)


def _explained(row: PolicyLine, policy: InForce, cells: Mapping[str, Cell]) -> Words:
    edition, day = policy.edition, local_day(policy.starts_at)
    said = {each.name: _said(each, cells[each.name]) for each in edition.inputs}
    zh = f"按《{edition.title.zh}》({policy.issuer}发布,{day}起施行,第 {policy.version} 版):"
    en = f"By “{edition.title.en}” (issued by {policy.issuer}, in force from {day}, version {policy.version}): "
    return Words(
        zh + _sentence([_filled(row.because.zh, said, "zh"), _follows(row, "zh"), _asked(row, said, "zh")], "zh"),
        en + _sentence([_filled(row.because.en, said, "en"), _follows(row, "en"), _asked(row, said, "en")], "en"),
    )


def _sentence(parts: Sequence[str], language: str) -> str:
    """What is so, what follows, and what is added as a sentence of its own."""
    because, follows, added = parts
    stop, arrow = ("。", ",") if language == "zh" else (". ", ": ")
    return f"{because}{arrow}{follows}{stop}{added}".strip()


def _filled(sentence: str, said: Mapping[str, Words], language: str) -> str:
    return sentence.format_map({name: getattr(words, language) for name, words in said.items()})


def _follows(row: PolicyLine, language: str) -> str:
    if not row.steps:
        return str(getattr(_FOLLOWS[row.then], language))
    return (",再" if language == "zh" else ", then ").join(_step(step, language) for step in row.steps)


def _step(step: PolicyStep, language: str) -> str:
    where, days = getattr(_WHERE[step.place], language), step.days
    tests = "、".join(map(str, step.test_days)) if language == "zh" else ", ".join(map(str, step.test_days))
    if language == "zh":
        return f"{where} {days} 天" + (f"(第 {tests} 天检测)" if tests else "")
    return f"{days} days of {where}" + (f" (tests on days {tests})" if tests else "")


def _asked(row: PolicyLine, said: Mapping[str, Words], language: str) -> str:
    """The question left open; and where quarantine is named, that a table alone orders none."""
    if row.open is not None:
        return _filled(getattr(row.open, language), said, language)
    restricts = row.then in (Verdict.QUARANTINE, Verdict.QUARANTINE_FIRST) or any(
        step.place in (StepPlace.CENTRAL, StepPlace.HOME) for step in row.steps
    )
    return str(getattr(_TWO_SIGN, language)) if restricts else ""


def _said(asked: Input, cell: Cell) -> Words:
    if cell == UNKNOWN:
        return _UNKNOWN
    if cell == NOT_YET:
        return _NOT_YET
    if isinstance(asked, OneOf):
        return asked.values[str(cell)]
    number = Fraction(cell)
    if isinstance(asked, NumberOf):
        return Words(f"{float(number):g}{asked.unit.zh}", f"{float(number):g} {asked.unit.en}".strip())
    hours, minutes = divmod(ceil(number * 60), 60)  # rounded up: what is past 48 hours never reads as 48 hours
    return Words(
        f"{hours} 小时" + (f" {minutes} 分" if minutes else ""), f"{hours} h" + (f" {minutes} min" if minutes else "")
    )


def midnight(day: date) -> datetime:
    """When a day of the district begins: policies change there, and phones know it beforehand."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)


def window_of(
    edition: Edition, *, from_day: date, until_day: date | None, at: datetime
) -> tuple[datetime, datetime | None]:
    """From when until when an edition will be in force: from midnight, or from now when it is for today at once.

    Never backwards, and never outside the days for which it was published.
    """
    today = local_day(at)
    if from_day < today:
        raise Problem("policies.starts_in_the_past", day=today.isoformat())
    if from_day < edition.valid_from:
        raise Problem("policies.not_valid_yet", day=edition.valid_from.isoformat())
    if edition.valid_until is not None and from_day >= edition.valid_until:
        raise Problem("policies.valid_no_more", day=edition.valid_until.isoformat())
    if until_day is not None and until_day <= from_day:
        raise Problem("policies.ends_before_it_starts")
    ends = min((day for day in (until_day, edition.valid_until) if day is not None), default=None)
    return max(midnight(from_day), at), None if ends is None else midnight(ends)


def chosen(policies: Iterable[InForce], *, code: str, lineage: Sequence[AreaId], at: datetime) -> InForce | None:
    """The table in force on the last area of `lineage` (root first): the nearest, and of one area the latest."""
    depth = {area: level for level, area in enumerate(lineage)}
    held = [p for p in policies if p.edition.code == code and p.area in depth and p.holds(at)]
    return max(held, key=lambda p: (depth[p.area], p.starts_at, p.version), default=None)


def unheard_of(facts: Collection[str], edition: Edition) -> list[str]:
    """Names that are no input of this table: a word misspelt would otherwise read as not known."""
    return sorted(set(facts) - {each.name for each in edition.inputs})
