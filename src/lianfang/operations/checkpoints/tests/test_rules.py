"""What follows at a gate. The cases stand in `vectors.json`; the phone decides the same (gate.test.ts)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AreaId
from lianfang.ground.codes import credential
from lianfang.ground.codes.credential_terms import Attested, CodeVerdict, IssuerKey, Revocations
from lianfang.ground.policies import rules as tables
from lianfang.ground.policies.terms import InForce
from lianfang.ground.policies.tests.builders import LINEAGE, NEXT_STREET, NOW, edition, in_force
from lianfang.ground.posture.tests.builders import an_incident
from lianfang.operations.checkpoints import rules
from lianfang.operations.checkpoints.terms import Gate, GateKind, GateVerdict
from lianfang.operations.checkpoints.tests.write_vectors import FILE

VECTORS: dict[str, Any] = msgspec.json.decode(FILE.read_bytes())
NOTHING_GOOD = set(CodeVerdict) - {CodeVerdict.GENUINE, CodeVerdict.PAPER}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@cache
def table() -> InForce:
    return msgspec.convert(VECTORS["table"], InForce)


def cases(section: str) -> Any:
    return pytest.mark.parametrize("case", VECTORS[section], ids=lambda case: case.get("name", "") or None)


def test_the_table_of_the_cases_is_the_one_that_is_shipped() -> None:
    assert table().edition == edition("travel_code_nantong_2021")


@cases("looks")
def test_what_a_look_at_a_text_comes_to(case: dict[str, Any]) -> None:
    keys = [
        IssuerKey(
            *(bytes.fromhex(k[part]) for part in ("id", "x", "y")), moment(k["signs_from"]), moment(k["signs_until"])
        )
        for k in VECTORS["keys"]
    ]
    head, letter, times = case.get("repeat", ["", "", 0])
    text = case.get("text", "") + head + letter * times
    revoked = msgspec.convert(VECTORS["revoked"], Revocations)
    found = credential.verify(text, trusted=keys, revoked=revoked, at=moment(case["at"]))
    assert found.verdict == case["verdict"]
    if "whats" in case:
        assert [piece.what for piece in found.evidence] == case["whats"]


@cases("verdicts")
def test_what_follows_and_why(case: dict[str, Any]) -> None:
    decision = tables.decide(case["facts"], table(), at=moment(case["at"]))
    code = CodeVerdict(case["code"]) if case["code"] else None
    found = rules.judge(asks=case["asks"], code=code, compared=case["compared"], decision=decision)
    assert (found.verdict, found.reason, decision.row) == (case["verdict"], case["reason"], case["row"])
    assert (decision.explanation.zh, decision.explanation.en) == (case["zh"], case["en"])


@cases("asked")
def test_what_is_asked_next(case: dict[str, Any]) -> None:
    assert tables.left_to_ask(case["facts"], table().edition, at=NOW) == case["next"]


@cases("evidence")
def test_what_evidence_says_to_a_table(case: dict[str, Any]) -> None:
    pieces = [Attested(*piece) for piece in case["evidence"]]
    assert rules.facts_of(pieces, table().edition) == case["facts"]


@cases("moments")
def test_what_time_it_is_at_a_gate(case: dict[str, Any]) -> None:
    said = {name: moment(case[name]) for name in ("phone", "contact", "as_of", "latest")}
    assert rules.gate_moment(**said) == moment(case["now"])


@pytest.mark.parametrize("case", VECTORS["tokens"])
def test_a_token_is_of_its_hour(case: dict[str, Any]) -> None:
    number, key = bytes.fromhex(case["number"]), bytes.fromhex(case["key"])
    assert rules.token_of(number, key=key, hour=moment(case["hour"])) == case["token"]


@cases("repeats")
def test_the_same_person_is_noted_once_whoever_stands_at_the_gate(case: dict[str, Any]) -> None:
    before = [(token, gate, way, moment(at)) for token, gate, way, at in case["before"]]
    asked = {name: case[name] for name in ("token", "gate", "direction")}
    assert rules.is_repeat(before, **asked, at=NOW) is case["repeat"]


@pytest.mark.parametrize(("verdict", "decided", "needed"), VECTORS["supervisors"])
def test_who_may_decide_otherwise(verdict: str, decided: str, needed: bool) -> None:
    assert rules.needs_supervisor(GateVerdict(verdict), GateVerdict(decided)) is needed


@cases("chosen")
def test_which_table_decides(case: dict[str, Any]) -> None:
    places = (*LINEAGE, NEXT_STREET)
    hour = timedelta(hours=1)
    issued = [
        in_force(area=places[depth], starts_at=NOW + starts * hour, ends_at=None if ends is None else NOW + ends * hour)
        for depth, starts, ends in case["tables"]
    ]
    found = tables.chosen(issued, code="gate.travel_code", lineage=LINEAGE, at=NOW)
    assert found == (None if case["wins"] is None else issued[case["wins"]])


# --- whatever comes ---

facts = st.dictionaries(
    st.sampled_from(["shown", "who", "home", "must_enter", "sampled", "reported", "nonsense"]),
    st.sampled_from(["red", "yellow", "green", "grown_up", "minor", "yes", "no", "", "unknown", 3, None, NOW]),
)


@given(code=st.sampled_from(sorted(NOTHING_GOOD)), said=facts, compared=st.booleans())
def test_whatever_cannot_be_verified_is_for_a_person_whatever_else_is_so(
    code: CodeVerdict, said: dict[str, Any], compared: bool
) -> None:
    decision = tables.decide(said, table(), at=NOW)
    assert rules.judge(asks=True, code=code, compared=compared, decision=decision).verdict is GateVerdict.BY_HAND


@given(code=st.none() | st.sampled_from(CodeVerdict), said=facts)
def test_without_an_open_incident_everybody_passes(code: CodeVerdict | None, said: dict[str, Any]) -> None:
    decision = tables.decide(said, table(), at=NOW)
    assert rules.judge(asks=False, code=code, compared=False, decision=decision).verdict is GateVerdict.PASS


@given(said=facts)
def test_asking_on_never_ends_in_a_circle_and_once_it_ends_more_facts_change_nothing(said: dict[str, Any]) -> None:
    """Whoever is asked until nothing is left to ask has been asked each thing at most once."""
    known = {name: fact for name, fact in said.items() if name in {each.name for each in table().edition.inputs}}
    asked: list[str] = []
    while (name := tables.left_to_ask(known, table().edition, at=NOW)) is not None:
        assert name not in asked and name not in known
        asked.append(name)
        known[name] = "unknown"
    settled = tables.decide(known, table(), at=NOW).verdict
    more = {each.name: "unknown" for each in table().edition.inputs} | known
    assert tables.decide(more, table(), at=NOW).verdict is settled


def test_a_gate_asks_while_its_incident_runs_and_its_pack_says_so() -> None:
    incident = an_incident(starts_at=NOW)
    asking = msgspec.structs.replace(incident, pack=msgspec.structs.replace(incident.pack, gates="gate.travel_code"))
    gate = Gate(UUID(int=1), AreaId(UUID(int=2)), incident.id, GateKind.MARKET, "东市", 1, ())
    assert rules.asks(gate, asking, at=NOW)
    assert not rules.asks(gate, incident, at=NOW)
    assert not rules.asks(gate, asking, at=NOW + timedelta(days=7))
    closed = msgspec.structs.replace(gate, closed_at=NOW + timedelta(hours=1))
    assert rules.asks(closed, asking, at=NOW) and not rules.asks(closed, asking, at=NOW + timedelta(hours=1))
