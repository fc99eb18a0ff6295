"""When an incident may be opened, renewed and closed, and what is then in force. Pure.

Sources: 突发事件应对法 (measures have a ground, an area and an end), seed 002 (平急转换: what is switched on switches
off again).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.measures import Catalogue, Unit, UnitsDiffer
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.posture.terms import (
    Band,
    Basis,
    CampaignDraft,
    Closing,
    ForgettingProposal,
    Incident,
    IncidentState,
    Index,
    Opening,
    Pack,
    Policy,
    Posture,
    Proposal,
    Span,
)

# A desk's clock may run a little behind the server's; a start older than this would be permission after the fact.
_SLOWEST_DESK_CLOCK = timedelta(minutes=10)


def check_opening(
    *, basis: Basis | None, starts_at: datetime, ends_at: datetime, longest: timedelta, at: datetime
) -> None:
    """An incident rests on a law in force, neither begins nor ends in the past, and lasts no longer than it may."""
    check_basis(basis=basis, on=local_day(starts_at))
    if starts_at < at - _SLOWEST_DESK_CLOCK:
        raise Problem("posture.starts_in_the_past")
    check_length(starts_at=starts_at, ends_at=ends_at, longest=longest)


def longest(*, span: Span, basis: Basis | None, pack: Pack | None) -> timedelta:
    """The shortest of what the house, the law and the pack allow at a time."""
    said = (span.longest_days, basis.longest_days if basis else None, pack.longest_days if pack else None)
    return timedelta(days=min(days for days in said if days is not None))


def span_on(spans: Sequence[Span], on: date) -> Span:
    """The one in force on that day; before the first, the first."""
    return max((s for s in spans if s.in_force_from <= on), key=lambda s: s.in_force_from, default=spans[0])


def check_policy(*, basis: Basis | None, starts_at: datetime, ends_at: datetime | None) -> None:
    """A policy rests on a law in force and, if it says when it ends, ends after it begins."""
    check_basis(basis=basis, on=local_day(starts_at))
    if ends_at is not None and ends_at <= starts_at:
        raise Problem("posture.ends_before_it_starts")


def check_basis(*, basis: Basis | None, on: date) -> None:
    """The law is in the catalogue, and in force on that day."""
    if basis is None:
        raise Problem("posture.basis_unknown")
    if not basis.holds(on):
        raise Problem("posture.basis_not_in_force", since=basis.in_force_from.isoformat())


def check_length(*, starts_at: datetime, ends_at: datetime, longest: timedelta) -> None:
    """An emergency that could run on unnoticed would be the new routine."""
    if ends_at <= starts_at:
        raise Problem("posture.ends_before_it_starts")
    if ends_at - starts_at > longest:
        raise Problem("posture.longer_than_30_days", most=longest.days)


def check_proposal(*, incident: Incident, ends_at: datetime, longest: timedelta, at: datetime) -> None:
    """A renewal moves the end of a running incident later, to at most the longest time from now.

    One that is over is opened anew.
    """
    if not incident.is_open(at):
        raise Problem("posture.incident_not_open", status=409, name=incident.name)
    if ends_at <= incident.ends_at:
        raise Problem("posture.renewal_not_later")
    check_length(starts_at=at, ends_at=ends_at, longest=longest)


def check_renewal(
    *, incident: Incident, proposal: Proposal, longest: timedelta, by: AccountId | None, at: datetime
) -> None:
    """The second signature: another person than the one who proposed it, while the incident still runs."""
    check_second(proposed_by=proposal.proposed_by, by=by)
    check_proposal(incident=incident, ends_at=proposal.ends_at, longest=longest, at=at)


def check_second(*, proposed_by: AccountId | None, by: AccountId | None) -> None:
    """Two people, never one twice."""
    if by is None or by == proposed_by:
        raise Problem("posture.second_person_needed", status=409)


def check_second_opener(*, opening: Opening, span: Span, by: AccountId | None, at: datetime) -> None:
    """The second signature under an opening, while it waits."""
    if not opening_waits(opening, span=span, at=at):
        raise Problem("posture.opening_lapsed", status=409, name=opening.wanted.name)
    check_second(proposed_by=opening.proposed_by, by=by)


def opening_waits(opening: Opening, *, span: Span, at: datetime) -> bool:
    """Not signed, not withdrawn, and not older than a proposal may get; what nobody signed opens nothing later on."""
    last = min(opening.proposed_at + timedelta(hours=span.waits_hours), opening.wanted.ends_at)
    return opening.confirmed_by is None and opening.withdrawn_at is None and at < last


def check_closing(*, incident: Incident, at: datetime) -> None:
    """Only what still runs, or has yet to begin, can be closed."""
    if at >= incident.over_at:
        raise Problem("posture.incident_not_open", status=409, name=incident.name)


def check_second_closer(*, incident: Incident, closing: Closing, by: AccountId | None, at: datetime) -> None:
    """The second signature under an end before its time."""
    check_second(proposed_by=closing.proposed_by, by=by)
    check_closing(incident=incident, at=at)


def check_withdrawal(*, proposed_by: AccountId | None, by: AccountId | None) -> None:
    """A proposal is its proposer's to take back; whoever else is against it does not sign."""
    if by is None or by != proposed_by:
        raise Problem("posture.not_yours_to_withdraw", status=409)


def to_end(incidents: Iterable[Incident], *, at: datetime) -> list[Incident]:
    """Those that are over and whose end nobody has written down yet, however long the server slept."""
    return [i for i in incidents if not i.end_written and i.forgotten_at is None and i.over_at <= at]


def check_forgetting(*, incident: Incident, at: datetime) -> None:
    """Only what is over, was kept for as long as its pack promised, and is not forgotten yet."""
    if incident.forgotten_at is not None:
        raise Problem("posture.forgotten_already", status=409, name=incident.name)
    if at < incident.over_at:
        raise Problem("posture.not_over_yet", status=409, name=incident.name)
    if at < incident.due_at:
        raise Problem("posture.kept_until", status=409, name=incident.name, day=local_day(incident.due_at).isoformat())


def check_second_forgetter(
    *, incident: Incident, proposal: ForgettingProposal, by: AccountId | None, at: datetime
) -> None:
    """The second signature: another person than the one who proposed it. Nobody else can, and nothing can instead."""
    if by is None or by == proposal.proposed_by:
        raise Problem("posture.second_forgetter_needed", status=409)
    check_forgetting(incident=incident, at=at)


def state_of(incident: Incident, *, at: datetime) -> IncidentState:
    """How far it has come."""
    if incident.forgotten_at is not None:
        return IncidentState.FORGOTTEN
    if incident.closed_at is not None and incident.closed_at <= at:
        return IncidentState.CLOSED
    if at >= incident.ends_at:
        return IncidentState.ENDED
    return IncidentState.OPEN if incident.starts_at <= at else IncidentState.PLANNED


def days_left(incident: Incident, *, at: datetime) -> int:
    """Whole days until it ends by itself, rounded up; 0 once it is over."""
    return max(0, -((at - incident.over_at) // timedelta(days=1)))


def posture_at(
    *, lineage: Sequence[AreaId], incidents: Iterable[Incident], policies: Iterable[Policy], at: datetime
) -> Posture:
    """What is in force on the last area of `lineage` (root first).

    Real incidents come before drills, nearer before higher, later before earlier. Of each policy the nearest and then
    the latest is in force; one that belongs to an incident ends with it.
    """
    depth = {area: level for level, area in enumerate(lineage)}
    running = [i for i in incidents if i.area in depth and i.is_open(at)]
    running.sort(key=lambda i: (i.drill, -depth[i.area], -i.starts_at.timestamp(), str(i.id)))
    valid = [p for p in policies if p.area in depth and p.holds(at) and _stands(p, running)]
    valid.sort(key=lambda p: (p.code, -depth[p.area], -p.starts_at.timestamp(), -p.version))
    first = {p.code: p for p in reversed(valid)}
    return Posture(incidents=tuple(running), policies=tuple(first[code] for code in sorted(first)))


def _stands(policy: Policy, running: Collection[Incident]) -> bool:
    return policy.incident is None or any(policy.incident == i.id for i in running)


def next_version(*, code: str, issued: Mapping[str, int]) -> int:
    """The version a policy gets when it is issued again."""
    return issued.get(code, 0) + 1


def read_pack(raw: bytes, *, name: str, forms: Sequence[dict[str, Any]] = ()) -> Pack:
    """A pack from its file, JSON or TOML, with the forms that stand in files of their own beside it.

    What cannot be read is named with the place where reading stopped.
    """
    decode = msgspec.toml.decode if name.endswith(".toml") else msgspec.json.decode
    try:
        pack = decode(raw, type=Pack)
        pack = msgspec.structs.replace(pack, forms=(*pack.forms, *forms))
        check_pack(pack)
        return pack
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, UnitsDiffer) as error:
        raise Problem("posture.pack_unreadable", name=name, where=str(error)) from None


def check_pack(pack: Pack) -> None:
    """Everything a pack refers to is declared in it."""
    catalogue = Catalogue(pack.measures)  # parts and denominators are declared, and of the same unit
    for index in pack.indices:
        _check_index(index, catalogue, pack)
    named = {form.get("code") for form in pack.forms}
    if pack.campaign and pack.campaign.form not in named:
        raise ValueError(f"campaign: no such form: {pack.campaign.form}")
    if pack.campaign and pack.campaign.recurs:
        _check_rhythm(pack.campaign)
    for name in (pack.roll.asked, pack.roll.settled) if pack.roll else ():
        if name not in catalogue.by_name or catalogue.by_name[name].unit is not Unit.PEOPLE:
            raise ValueError(f"roll: no measure of people: {name}")


def _check_rhythm(draft: CampaignDraft) -> None:
    weekly = draft.recurs is not None and draft.recurs.every == "weekly"
    if weekly is not (draft.recurs is not None and draft.recurs.weekday is not None):
        raise ValueError("campaign: a week has a weekday, a day has none")
    if weekly and draft.days < 7:
        raise ValueError(f"campaign: every week, but for {draft.days} days")


def _check_index(index: Index, catalogue: Catalogue, pack: Pack) -> None:
    over, under = (catalogue.by_name.get(name) for name in (index.numerator, index.denominator))
    if over is None or under is None:
        raise ValueError(f"{index.name}: no such measure: {index.numerator if over is None else index.denominator}")
    if {over.unit, under.unit} == {Unit.PEOPLE, Unit.PERSON_TIMES}:
        raise UnitsDiffer(over.unit, under.unit)
    if index.per < 1:
        raise ValueError(f"{index.name}: per {index.per}")
    policy = next((p for p in pack.policies if p.code == index.bands), None)
    if index.bands and (policy is None or not bands_of(policy.rows)):
        raise ValueError(f"{index.name}: no bands: {index.bands}")


def bands_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Band, ...]:
    """The steps of a scale, lowest first; none when the table cannot be read as one: then a number has no word."""
    try:
        bands = msgspec.convert(rows, type=tuple[Band, ...])
    except msgspec.ValidationError:
        return ()
    return tuple(sorted(bands, key=lambda band: band.starts))


def index_value(index: Index, over: int, under: int) -> Fraction | None:
    """So many per so many, exact; of fewer than enough there is no value."""
    return Fraction(over * index.per, under) if under >= max(index.fewest, 1) else None


def band_at(value: Fraction, bands: Sequence[Band]) -> Band | None:
    """The step on which a number stands: it begins on its lower bound."""
    return next((band for band in reversed(bands) if Fraction(str(band.starts)) <= value), None)
