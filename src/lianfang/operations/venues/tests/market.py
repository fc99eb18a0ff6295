"""A market with a code at its door, people who carry credentials, and the phone of whoever stands there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, DeviceId, HouseholdId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE, Viewer
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.codes.credential_terms import Carrier
from lianfang.ground.codes.records import CredentialIssued
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.registry import following
from lianfang.ground.registry.terms import PlaceKind
from lianfang.ground.registry.tests import homes
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.operations.venues import actions
from lianfang.operations.venues.terms import VenueCode

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = [ResidentId(UUID(int=0x7000 + n)) for n in range(4)]
NAMES = ("张三丰", "李四光", "王五一", "赵六安")


class Market:
    """香江市场 in the first grid, under the street's incident."""

    def __init__(self, *, days: int = 20, drill: bool = False) -> None:
        town.load()
        publish(zip(PEOPLE, NAMES, strict=True))
        self.tracer = hire("tracer", Role.TRACER)
        self.command = hire("command", Role.COMMAND)
        self.officer = hire("officer", Role.COMMUNITY_OFFICER, area="C1")
        self.incident: Incident = open_incident(days=days, drill=drill)
        self.place = a_place("香江市场")
        self.code = self.issue(self.place)
        self.credentials = [self.credential(person) for person in PEOPLE]
        self._n = 0

    def issue(self, place: UUID, *, at: datetime = NOW) -> VenueCode:
        return actions.issue_code(place=place, contact="社区 5400001", viewer=self.sees(self.officer, at), at=at)

    def sees(self, account: AccountId, at: datetime = NOW) -> Viewer:
        return msgspec.structs.replace(viewer(account), at=at)

    def credential(self, resident: ResidentId) -> UUID:
        number = new_id()
        body = CredentialIssued(number, resident, self.incident.id, Carrier.OWN_PHONE, NOW + 14 * DAY)
        with ledger.turn(by=THE_HOUSE, at=NOW) as turn:
            turn.append("codes.credential_issued.v1", body)
        return number

    def visit(self, who: int | UUID | None = 0, *, at: datetime = NOW, **more: Any) -> dict[str, Any]:
        """Somebody shows their code at the door of the market, unless something else is said."""
        self._n += 1
        number = self.credentials[who] if isinstance(who, int) else who
        body = {"code": self.code.id, "how": "at_the_door", "credential": number} | more
        body = {name: value for name, value in body.items() if value is not None}
        return {"id": new_id(), "kind": "venues.visit_noted.v1", "at": at, "n": self._n, "body": body}


def publish(people: Any, *, household: int = 0x6000) -> None:
    """People of the first grid, in one household."""
    said = [
        {"id": id, "name": name, "id_number": homes.a_number(f"1101011990{n // 28 % 12 + 1:02}{n % 28 + 1:02}{n:03}")}
        for n, (id, name) in enumerate(people)
    ]
    homes.publish(*said, household=HouseholdId(UUID(int=household)))


def a_place(name: str, *, grid: str = "G1") -> UUID:
    return following.set_place(
        grid=id_of(grid), kind=PlaceKind.MARKET, name=name, door="中街8号", by=THE_HOUSE, at=NOW - DAY
    )


def open_incident(*, days: int = 20, drill: bool = False, area: str = "S") -> Incident:
    return posture.open_incident(
        name="疫情处置",
        area=id_of(area),
        basis="public_health_emergencies",
        pack="household_sweep",
        issuer="莘塍街道办事处",
        ends_at=NOW + timedelta(days=days),
        drill=drill,
        by=THE_HOUSE,
        at=NOW - DAY,
    )


def hand_in(*records: dict[str, Any], at: datetime = NOW + timedelta(minutes=1)) -> list[str]:
    """From one phone that may record in the whole street."""
    phone = Sender(AccountId(new_id()), DeviceId(new_id()), frozenset([id_of("S")]))
    raws = [msgspec.json.encode(record) for record in records]
    return [receipt.fate.value for receipt in ledger.hand_in(raws, sender=phone, received_at=at).receipts]


def flags_of(record: dict[str, Any]) -> tuple[str, ...]:
    from lianfang.foundation.ledger import queries as entries

    (entry,) = entries.entries_of([UUID(str(record["id"]))])
    return entry.flags
