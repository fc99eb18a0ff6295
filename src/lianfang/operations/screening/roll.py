"""The roll call 点名: who is left on a grid, by name: those who need help first, then the oldest.

Nothing is kept for it: what was said stands in the entries of the latest visits, and is read when somebody asks.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, IncidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import queries as ledger
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import CampaignRef, Standing, TaskState
from lianfang.ground.forms.terms import Answers
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import PackMeasure, Roll, Words
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import HouseholdView, ResidentRow, Status
from lianfang.ground.territory import queries as territory
from lianfang.operations.screening.board import latest_round
from lianfang.operations.screening.permissions import Permission
from lianfang.operations.screening.records import HouseholdVisited
from lianfang.operations.screening.terms import RollCall, RollRow, RollSaid


def roll_call(*, incident: IncidentId, grid: AreaId, viewer: Viewer) -> RollCall:
    """Everybody of a grid's homes in the campaign who is not settled; one look at all of them.

    `screening.no_roll` (404) when the incident's pack calls none, or nobody has been listed yet.
    """
    found = posture.incident(id=incident)
    roll, round_ = found.pack.roll, latest_round(found)
    if roll is None or round_ is None:
        raise Problem("screening.no_roll", status=404)
    settled = next(m for m in found.pack.measures if m.name == roll.settled)
    stands = campaigns.standings(campaign=round_.id, grid=grid)
    visits = _visits(stands)
    waiting = [id for id, one in stands.items() if _somebody_left(visits.get(id), settled) or id not in visits]
    homes = _homes(waiting, grid, viewer)
    said = dict(_words(round_, roll))
    rows = [row for home in homes for row in _rows(home, visits.get(home.household.id), settled, roll, said, viewer)]
    rows.sort(key=lambda row: (not row.help, -(row.age if row.age is not None else -1), row.door))
    return RollCall(
        as_of=viewer.at,
        incident=found.id,
        grid=grid,
        name=territory.area(grid).name,
        said=RollSaid(roll.left, roll.nobody_left),
        people=sum(row.people for row in rows),
        rows=tuple(rows),
    )


def _homes(waiting: list[HouseholdId], grid: AreaId, viewer: Viewer) -> list[HouseholdView]:
    if not waiting:
        return []
    return registry.whole_households(
        waiting,
        viewer=viewer,
        area=grid,
        what="screening.roll",
        permission=Permission.CALL_ROLL,
        purpose=Purpose.INCIDENT_RESPONSE,
    )


def _visits(stands: Mapping[HouseholdId, Standing]) -> dict[HouseholdId, HouseholdVisited]:
    """The latest finished visit of each home, with what was said."""
    entries = {one.entry: id for id, one in stands.items() if one.state is TaskState.DONE and one.entry}
    read = ledger.entries_of([entry for entry in entries if isinstance(entry, UUID)])
    return {entries[entry.id]: entry.body for entry in read if isinstance(entry.body, HouseholdVisited)}


def _answer(visit: HouseholdVisited, resident: UUID | None, code: str) -> object:
    """What was said of somebody: of themselves, else of everybody."""
    own: Answers = next((e.answers for e in reversed(visit.exceptions) if e.resident == resident), {})
    return own.get(code, visit.answers.get(code))


def _is_settled(visit: HouseholdVisited, resident: UUID | None, settled: PackMeasure) -> bool:
    said = _answer(visit, resident, settled.question or "")
    return said is not None and said in settled.counts


def _somebody_left(visit: HouseholdVisited | None, settled: PackMeasure) -> bool:
    if visit is None:
        return False
    everybody = [None, *(each.resident for each in visit.exceptions)]
    return any(not _is_settled(visit, resident, settled) for resident in everybody)


def _rows(
    home: HouseholdView,
    visit: HouseholdVisited | None,
    settled: PackMeasure,
    roll: Roll,
    said: Mapping[str, Words],
    viewer: Viewer,
) -> Iterator[RollRow]:
    there = [each for each in home.residents if each.status is Status.PRESENT]
    today = local_day(viewer.at)
    for each in there:
        if visit is None or not _is_settled(visit, each.id, settled):
            yield RollRow(
                household=home.household.id,
                resident=each.id,
                door=home.household.door,
                name=each.name,
                age=_age(each, today),
                help=tuple(said[code] for code in roll.first if visit and _answer(visit, each.id, code) is True),
                why=_why(visit, each.id, settled),
            )
    unknown = max(0, visit.people - len(there)) if visit and not _is_settled(visit, None, settled) else 0
    if unknown:
        yield RollRow(home.household.id, None, home.household.door, "", None, (), "unknown", unknown)


def _why(visit: HouseholdVisited | None, resident: UUID, settled: PackMeasure) -> str:
    if visit is None:
        return "unmet"
    return "not_said" if _answer(visit, resident, settled.question or "") is None else "said"


def _age(resident: ResidentRow, today: date) -> int | None:
    """By the year alone: lists show no day of birth."""
    return today.year - resident.born_year if resident.born_year else None


def _words(round_: CampaignRef, roll: Roll) -> Iterable[tuple[str, Words]]:
    form = round_.form.form
    return [(code, form.by_code[code].label) for code in roll.first if code in form.by_code]
