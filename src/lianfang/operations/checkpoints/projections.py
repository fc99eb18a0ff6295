"""Folds gates and passages into the tables they are read from."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.operations.checkpoints import records, rules
from lianfang.operations.checkpoints.measures import COUNTED
from lianfang.operations.checkpoints.records import PassageFacts
from lianfang.operations.checkpoints.terms import Direction, GateVerdict, HowChecked

_SET_UP = (
    "INSERT INTO checkpoints_gate (id, area_id, incident_id, kind, name, lanes, directions, set_up_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_CLOSE = "UPDATE checkpoints_gate SET closed_at = %s WHERE id = %s AND closed_at IS NULL"
_NOTE = (
    "INSERT INTO checkpoints_passage (id, gate_id, incident_id, area_id, day, hour, direction, counts, token, void)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_UNDO = (
    "UPDATE checkpoints_passage SET void = %s WHERE id = %s AND void = %s"
    " RETURNING incident_id, gate_id, hour, area_id, day, counts"
)
_FORGET = "UPDATE checkpoints_passage SET token = NULL WHERE incident_id = %s"
_FORGOTTEN = "posture.incident_forgotten.v1"
_COLUMN = {
    GateVerdict.PASS: "passed",
    GateVerdict.BY_HAND: "by_hand",
    GateVerdict.TEST_FIRST: "test_first",
    GateVerdict.TURNED_BACK: "turned_back",
    GateVerdict.QUARANTINE_PATH: "quarantine_path",
}


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """Each passage counts once, and once undone not at all, however often both are told."""
    for entry in entries:
        if entry.kind == records.PASSAGE_NOTED.name:
            _note(entry, fold)
        elif entry.kind == records.PASSAGE_UNDONE.name:
            _undo(entry.facts.passage, fold)
        elif entry.kind == records.GATE_CLOSED.name:
            fold.execute(_CLOSE, (entry.received_at, entry.facts.gate))
        elif entry.kind == _FORGOTTEN:
            fold.execute(_FORGET, (entry.facts.incident,))
        elif entry.body is not None:
            _set_up(entry.body, entry, fold)


def _set_up(body: records.GateSetUp, entry: Entry, fold: Fold) -> None:
    ways = ",".join(body.directions)
    row = (body.gate, body.area, body.incident, body.kind, body.name, body.lanes, ways, entry.received_at)
    fold.execute(_SET_UP, row)


def _note(entry: Entry, fold: Fold) -> None:
    facts: PassageFacts = entry.facts
    counts = counts_of(facts)
    hour = rules.hour_of(at=entry.at, received_at=entry.received_at)
    token = entry.body.token if entry.body is not None else None
    said = msgspec.json.encode(counts, order="sorted").decode()
    key = (entry.id, facts.gate, facts.incident, entry.area, entry.day, hour)
    if fold.execute(_NOTE, (*key, facts.direction, said, token, False)).rowcount:
        _count(fold, (facts.incident, facts.gate, hour), entry.area, entry.day, counts)


def _undo(passage: UUID, fold: Fold) -> None:
    row = fold.execute(_UNDO, (True, passage, False)).fetchone()
    if row is not None:
        incident, gate, hour, area, day, said = row
        counts = msgspec.json.decode(said, type=dict[str, int])
        back = {name: -count for name, count in counts.items()}
        _count(fold, (_id(incident), _id(gate), hour), AreaId(_id(area)), day, back)


def _count(fold: Fold, keys: tuple[UUID, UUID, int], area: AreaId, day: date, counts: Mapping[str, int]) -> None:
    fold.tally(COUNTED, area=area, day=day, keys=keys, **counts)


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def counts_of(facts: PassageFacts) -> dict[str, int]:
    """What one passage adds to the hour of its gate."""
    counts = {
        "passages": 1,
        "entered": facts.direction is Direction.IN,
        "went_out": facts.direction is Direction.OUT,
        _COLUMN[facts.decided]: 1,
        "without_phone": facts.how is HowChecked.WITHOUT_PHONE,
        "overridden": facts.overridden,
        "vehicles": facts.vehicle,
        "given": facts.given,
    }
    return {name: int(count) for name, count in counts.items() if count}


PROJECTIONS = (
    Projection(
        name="checkpoints",
        apply=apply,
        tables=("checkpoints_gate", "checkpoints_passage"),
        kinds=frozenset({*(kind.name for kind in records.KINDS), _FORGOTTEN}),
        tallies=(COUNTED,),
    ),
)
