"""What enters the ledger about gates: set up, closed, somebody passed, and that it was not so."""

from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY, incident_key
from lianfang.foundation.kernel.moments import Instant
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.codes.terms import CodeVerdict
from lianfang.ground.policies import queries as policies
from lianfang.ground.policies.terms import InForce
from lianfang.ground.posture.terms import Incident
from lianfang.operations.checkpoints import rules
from lianfang.operations.checkpoints.terms import (
    MOST_PEOPLE_IN_A_VEHICLE,
    Direction,
    Gate,
    GateKind,
    GateReason,
    GateVerdict,
    HowChecked,
)

GATE, OPENED, TABLE = "checkpoints.gate", "checkpoints.opened", "checkpoints.table"
GateName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Word = Annotated[str, msgspec.Meta(max_length=100)]
Token = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class GateSetUp(msgspec.Struct, frozen=True):
    """Somebody is to stand there, until the incident is over or the gate is closed."""

    gate: UUID
    area: AreaId
    incident: IncidentId
    kind: GateKind
    name: GateName
    lanes: int
    directions: tuple[Direction, ...]


class GateClosed(msgspec.Struct, frozen=True):
    """Nobody stands there any more."""

    gate: UUID
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class GateFacts(msgspec.Struct, frozen=True):
    """What of a gate stays readable for ever."""

    gate: UUID
    incident: IncidentId


class GateOverride(msgspec.Struct, frozen=True):
    """A colleague who may decide did so otherwise, for this reason."""

    by: AccountId
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]


class PassageNoted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody stood at a gate: what was looked at, what followed by which table of which facts, what was done.

    `verdict` is what the rule said, `decided` what was done. `judged_at` is the gate's time, `data_as_of` that of the
    policies and keys it went by. `token` is who it was, for that hour only. A vehicle's occupants are noted one by one:
    the `nth` of `occupants`.
    """

    gate: UUID
    lane: Annotated[int, msgspec.Meta(ge=0, le=20)]
    direction: Direction
    how: HowChecked
    verdict: GateVerdict
    reason: GateReason
    decided: GateVerdict
    judged_at: Instant
    data_as_of: Instant
    code: CodeVerdict | None = None
    compared: bool = False
    policy: UUID | None = None
    version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    row: Word = ""
    inputs: Annotated[dict[Word, Word | float], msgspec.Meta(max_length=30)] = {}
    token: Token | None = None
    override: GateOverride | None = None
    temperature: Annotated[float, msgspec.Meta(ge=30, le=45)] | None = None
    vehicle: UUID | None = None
    nth: Annotated[int, msgspec.Meta(ge=1, le=MOST_PEOPLE_IN_A_VEHICLE)] = 1
    occupants: Annotated[int, msgspec.Meta(ge=1, le=MOST_PEOPLE_IN_A_VEHICLE)] = 1
    given: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class PassageFacts(msgspec.Struct, frozen=True):
    """What of a passage stays readable for ever. Nobody is named, and nobody can be found by it."""

    gate: UUID
    incident: IncidentId
    direction: Direction
    how: HowChecked
    verdict: GateVerdict
    decided: GateVerdict
    policy: UUID | None
    version: int
    row: str
    overridden: bool
    vehicle: bool
    given: int


class PassageUndone(msgspec.Struct, frozen=True):
    """It was not so: a tap too many."""

    passage: UUID
    gate: UUID


class UndoneFacts(msgspec.Struct, frozen=True):
    """What of it stays readable for ever."""

    passage: UUID
    gate: UUID


def _accept_set_up(heard: Heard, known: Known) -> Accepted:
    body: GateSetUp = heard.body
    return Accepted(body.area, REGISTER_KEY, GateFacts(body.gate, body.incident))


def _accept_closed(heard: Heard, known: Known) -> Accepted | Held:
    gate: Gate | None = known.get(Reference(GATE, heard.body.gate))
    if gate is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.gate)
    return Accepted(gate.area, REGISTER_KEY, GateFacts(gate.id, gate.incident))


def _accept_passage(heard: Heard, known: Known) -> Accepted | Held:
    """It counts where the gate stands, also when the incident ended meanwhile: the phone could not know."""
    body: PassageNoted = heard.body
    gate: Gate | None = known.get(Reference(GATE, body.gate))
    if gate is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.gate)
    incident: Incident | None = known.get(Reference(OPENED, body.gate))
    asked = incident is not None and rules.asks(gate, incident, at=body.judged_at)
    flags = rules.odd_about(
        said=body.verdict,
        expected=_expected(body, known, asked),
        decided=body.decided,
        overridden=body.override is not None,
        asked=asked,
    )
    return Accepted(gate.area, incident_key(gate.incident), _facts(body, gate), flags=flags)


def _expected(body: PassageNoted, known: Known, asked: bool) -> GateVerdict | None:
    """What is decided here of the same facts at the same moment: the same, or somebody should look."""
    table: InForce | None = known.get(Reference(TABLE, body.policy)) if body.policy else None
    if not asked or (body.policy is not None and table is None):
        return None
    decision = policies.decide(body.inputs, table, at=body.judged_at)
    return rules.judge(asks=True, code=body.code, compared=body.compared, decision=decision).verdict


def _facts(body: PassageNoted, gate: Gate) -> PassageFacts:
    return PassageFacts(
        gate=gate.id,
        incident=gate.incident,
        direction=body.direction,
        how=body.how,
        verdict=body.verdict,
        decided=body.decided,
        policy=body.policy,
        version=body.version,
        row=body.row,
        overridden=body.override is not None,
        vehicle=body.vehicle is not None and body.nth == 1,
        given=body.given,
    )


def _accept_undone(heard: Heard, known: Known) -> Accepted | Held:
    body: PassageUndone = heard.body
    gate: Gate | None = known.get(Reference(GATE, body.gate))
    if gate is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.gate)
    return Accepted(gate.area, incident_key(gate.incident), UndoneFacts(body.passage, gate.id))


def _wanted(body: PassageNoted) -> list[Reference]:
    gate = [Reference(GATE, body.gate), Reference(OPENED, body.gate)]
    return [*gate, Reference(TABLE, body.policy)] if body.policy else gate


def _its_gate(body: Any) -> list[Reference]:
    return [Reference(GATE, body.gate)]


GATE_SET_UP = Kind("checkpoints.gate_set_up.v1", GateSetUp, GateFacts, _accept_set_up, makes=lambda body: [body.gate])
GATE_CLOSED = Kind("checkpoints.gate_closed.v1", GateClosed, GateFacts, _accept_closed, wants=_its_gate)
PASSAGE_NOTED = Kind(
    "checkpoints.passage_noted.v1", PassageNoted, PassageFacts, _accept_passage, wants=_wanted, from_devices=True
)
PASSAGE_UNDONE = Kind(
    "checkpoints.passage_undone.v1",
    PassageUndone,
    UndoneFacts,
    _accept_undone,
    wants=_its_gate,
    parent=lambda body: body.passage,
    from_devices=True,
)

KINDS = (GATE_SET_UP, GATE_CLOSED, PASSAGE_NOTED, PASSAGE_UNDONE)
