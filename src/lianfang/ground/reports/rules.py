"""What the numbers of a report are, which of them are hidden, and who may still change it. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.measures import Catalogue, Share, Unit
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.reports.terms import (
    FEWEST_SHOWN,
    Audience,
    Basis,
    Counted,
    Figures,
    Place,
    Report,
    State,
    Subject,
)

Counts = Mapping[str, int]
_OF_PEOPLE = (Unit.PEOPLE, Unit.PERSON_TIMES)
LONGEST_TEXT = 4000


class Numbers(msgspec.Struct, frozen=True):
    """What one subject came to in each place: up to and on the report's day, and on that day alone."""

    catalogue: Catalogue
    until: dict[AreaId, dict[str, int]]
    today: dict[AreaId, dict[str, int]]
    hidden: dict[str, frozenset[AreaId]]  # by measure: the places in which it is not shown

    def value(self, name: str, place: AreaId, *, today: bool = False) -> int:
        """How many."""
        counts = self.today if today else self.until
        return self.catalogue.amount(name, counts.get(place, {})).value

    def share(self, name: str, place: AreaId) -> Share | None:
        """The share of its denominator; None where that is nought."""
        return self.catalogue.share(name, self.until.get(place, {}))

    def is_hidden(self, name: str, place: AreaId) -> bool:
        """May it not be shown there? (A share is hidden with either of its numbers.)"""
        return place in self.hidden.get(name, frozenset())


def numbers(subject: Subject, counted: Iterable[Counted], *, basis: Basis) -> Numbers:
    """Add up what was counted, place by place."""
    until: dict[AreaId, dict[str, int]] = defaultdict(dict)
    today: dict[AreaId, dict[str, int]] = defaultdict(dict)
    for one in counted:
        if one.day <= basis.day:
            for area in one.lineage:
                _add(until[area], one.counts)
                if one.day == basis.day:
                    _add(today[area], one.counts)
    catalogue = Catalogue(subject.measures)
    return Numbers(catalogue, dict(until), dict(today), _hidden(catalogue, until, basis))


def _add(sums: dict[str, int], counts: Counts) -> None:
    for name, count in counts.items():
        sums[name] = sums.get(name, 0) + count


def _hidden(catalogue: Catalogue, until: Mapping[AreaId, Counts], basis: Basis) -> dict[str, frozenset[AreaId]]:
    if basis.audience is Audience.DESK:
        return {}
    return {
        name: hidden_places(
            {p.id: catalogue.amount(name, until.get(p.id, {})).value for p in basis.places}, basis.places
        )
        for name, measure in catalogue.by_name.items()
        if measure.unit in _OF_PEOPLE
    }


def hidden_places(values: Mapping[AreaId, int], places: Sequence[Place]) -> frozenset[AreaId]:
    """Where a count of people is not shown: fewer than ten, and what would give such a count away by subtraction."""
    hidden = {place for place, value in values.items() if 0 < value < FEWEST_SHOWN}
    below: dict[AreaId | None, list[AreaId]] = defaultdict(list)
    for place in places:
        below[place.within].append(place.id)
    parents = [place.id for place in places if place.id in below]
    settled = False
    while not settled:
        more = {one for parent in parents for one in _also(parent, below[parent], values, hidden)}
        settled = more <= hidden
        hidden |= more
    return frozenset(hidden)


def _also(
    parent: AreaId, below: Sequence[AreaId], values: Mapping[AreaId, int], hidden: Collection[AreaId]
) -> Iterable[AreaId]:
    """One hidden number alone follows from the sum above it; a hidden sum follows from numbers that are all shown."""
    known = [place for place in below if values[place] and place not in hidden]
    unknown = [place for place in below if place in hidden]
    alone = len(unknown) == 1 and parent not in hidden
    open_sum = not unknown and parent in hidden
    return sorted(known, key=lambda place: (values[place], place))[:1] if alone or open_sum else []


# --- what a report is made of ----------------------------------------------------------------------------------------


def figures(found: Mapping[UUID, Numbers], places: Sequence[Place]) -> Figures:
    """Every number of a report, hidden ones too: what a signature stands for, and what a recount is compared with."""
    return {
        str(subject): {
            str(place.id): {
                name: [numbers.value(name, place.id), numbers.value(name, place.id, today=True)]
                for name in numbers.catalogue.by_name
            }
            for place in places
        }
        for subject, numbers in found.items()
    }


def digest(found: Figures) -> str:
    """The same numbers, the same digest, on any machine and for ever."""
    return sha256(msgspec.json.encode(found, order="sorted")).hexdigest()


def furthest_behind(found: Numbers, left: str, places: Sequence[Place], *, most: int = 3) -> list[tuple[Place, int]]:
    """The places directly below with most still to be done. By what is left, never by who refused."""
    below = [(place, found.value(left, place.id)) for place in places if place.within == places[0].id]
    return sorted((one for one in below if one[1] > 0), key=lambda one: -one[1])[:most]


def silent(found: Numbers, subject: Subject, places: Sequence[Place]) -> list[Place]:
    """The grids with something left of which nothing was heard on the day."""
    return [
        place
        for place in places
        if place.is_grid
        and subject.left
        and found.value(subject.left, place.id) > 0
        and not any(found.value(name, place.id, today=True) for name in subject.work)
    ]


# --- what may be done with it ----------------------------------------------------------------------------------------


def check_drafting(*, day: date, cut_off: datetime, at: datetime) -> None:
    """Nothing is reported before it happened, and no day after the one of the cut-off."""
    if cut_off > at:
        raise Problem("reports.cut_off_in_future")
    if day > local_day(cut_off):
        raise Problem("reports.day_after_cut_off")


def check_editing(report: Report, *, seen: int) -> None:
    """An issued report does not change, and nobody writes over what they have not read."""
    check_open(report)
    if seen != report.edits:
        raise Problem("reports.changed_meanwhile", status=409)


def check_open(report: Report) -> None:
    """Is it still a draft, signed or not?"""
    if report.state in (State.ISSUED, State.SUPERSEDED):
        raise Problem("reports.issued_already", status=409)


def check_issuing(report: Report, *, latest: UUID | None) -> None:
    """Somebody stands for it by name, and it takes the place of the one that is in force."""
    check_open(report)
    if report.signed is None:
        raise Problem("reports.not_signed", status=409)
    if report.basis.supersedes != latest:
        raise Problem("reports.other_issued_meanwhile", status=409)


def state_of(*, signed: bool, issued: bool, superseded: bool) -> State:
    """How far it has come."""
    if superseded:
        return State.SUPERSEDED
    return State.ISSUED if issued else State.SIGNED if signed else State.DRAFT
