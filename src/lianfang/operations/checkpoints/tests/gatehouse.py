"""A gate at the edge of a small town, its volunteer, and what their phone sends."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.policies import actions as policies
from lianfang.ground.policies import queries as tables
from lianfang.ground.policies.terms import InForce
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of
from lianfang.operations.checkpoints import actions, queries, rules
from lianfang.operations.checkpoints.terms import Gate, GateDay, GateKind

SOON = timedelta(minutes=1)


class Gatehouse:
    """The street's incident, Nantong's rule, an expressway gate in the first community."""

    def __init__(self, *, drill: bool = False) -> None:
        town.load()
        self.officer = hire("officer", Role.SUBDISTRICT_OFFICER)
        self.volunteer = hire("volunteer", Role.VOLUNTEER, area="C1")
        self.incident: Incident = open_incident(drill=drill)
        self.table: InForce = policies.put_in_force(
            edition="nantong_2021_08", area=id_of("S"), from_day=TODAY, by=THE_HOUSE, at=NOW - timedelta(hours=6)
        )
        self.gate = self.another("沈海高速东山出口", area="C1")
        self._n = 0

    def another(self, name: str, *, area: str = "C1") -> Gate:
        return actions.set_up_gate(
            area=id_of(area), kind=GateKind.EXPRESSWAY, name=name, lanes=3, viewer=viewer(self.officer), at=NOW
        )

    def passage(self, *, at: datetime = NOW - SOON, gate: Gate | None = None, **more: Any) -> dict[str, Any]:
        """A lorry driver shows a green travel code and passes, unless something else is said."""
        self._n += 1
        inputs = more.pop("inputs", {"shown": "green", "who": "grown_up"})
        decision = tables.decide(inputs, self.table, at=at)
        judged = rules.judge(asks=True, code=None, compared=False, decision=decision)
        body = {
            "gate": (gate or self.gate).id,
            "lane": 1,
            "direction": "in",
            "how": "foreign_code",
            "verdict": judged.verdict,
            "reason": judged.reason,
            "decided": judged.verdict,
            "judged_at": at,
            "data_as_of": NOW - timedelta(hours=2),
            "policy": self.table.id,
            "version": self.table.version,
            "row": decision.row,
            "inputs": inputs,
        }
        return {"id": new_id(), "kind": "checkpoints.passage_noted.v1", "at": at, "n": self._n, "body": body | more}

    def undone(self, passage: dict[str, Any]) -> dict[str, Any]:
        self._n += 1
        body = {"passage": passage["id"], "gate": passage["body"]["gate"]}
        return {"id": new_id(), "kind": "checkpoints.passage_undone.v1", "at": NOW, "n": self._n, "body": body}

    def day(self, gate: Gate | None = None) -> GateDay:
        return queries.gate_day(id=(gate or self.gate).id, day=TODAY, viewer=viewer(self.officer))

    def counts(self, gate: Gate | None = None) -> dict[str, int]:
        return {name: count for name, count in self.day(gate).total.items() if count}


def open_incident(*, drill: bool = False, pack: str = "household_sweep", days: int = 7) -> Incident:
    return posture.open_incident(
        name="疫情处置",
        area=id_of("S"),
        basis="public_health_emergencies",
        pack=pack,
        issuer="莘塍街道办事处",
        ends_at=NOW + timedelta(days=days),
        drill=drill,
        by=THE_HOUSE,
        at=NOW - timedelta(hours=3),
    )


def hand_in(*records: dict[str, Any], at: datetime = NOW, areas: AreaId | None = None) -> list[str]:
    """From one phone that may record in the whole street."""
    phone = Sender(AccountId(new_id()), DeviceId(new_id()), frozenset([areas or id_of("S")]))
    raws = [msgspec.json.encode(record) for record in records]
    return [receipt.fate.value for receipt in ledger.hand_in(raws, sender=phone, received_at=at).receipts]


def flags_of(record: dict[str, Any]) -> tuple[str, ...]:
    from lianfang.foundation.ledger import queries as entries

    entry = entries.entry_of(UUID(str(record["id"])))
    assert entry is not None
    return entry.flags
