"""Households for the tests of the register and of whatever stands on it. Everybody is made up."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, HouseholdId, RecordId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.registry import rules
from lianfang.ground.registry.models import Disagreement, Household, Resident
from lianfang.ground.registry.records import (
    RosterChunk,
    RosterDwelling,
    RosterHousehold,
    RosterPublished,
    RosterResident,
)
from lianfang.ground.territory.tests.town import NOW, id_of

HOME, ZHANG, LI = HouseholdId(UUID(int=0x11)), ResidentId(UUID(int=0x21)), ResidentId(UUID(int=0x22))


def sender(n: int = 1, *, area: str = "S") -> Sender:
    """A grid worker's phone."""
    return Sender(AccountId(UUID(int=0x500 + n)), DeviceId(UUID(int=0x600 + n)), frozenset([id_of(area)]))


def a_number(seventeen: str) -> str:
    """An identity number with its check sign."""
    return seventeen + rules.check_sign(seventeen)


def publish(
    *people: dict[str, Any], door: str = "1幢1单元101", grid: str = "G1", household: HouseholdId = HOME, **more: Any
) -> RecordId:
    """One household on the register, by a roster of its own."""
    return publish_many([(door, grid, household, people)], **more)


def publish_many(
    homes: Iterable[tuple[str, str, HouseholdId, Sequence[dict[str, Any]]]], *, import_id: UUID | None = None
) -> RecordId:
    """Several households by one roster."""
    chunk = RosterChunk()
    for door_text, grid, household, people in homes:
        door = rules.read_door(door_text)
        assert door is not None
        area, dwelling = id_of(grid).bytes, new_id().bytes
        place = (area, area, door.shown, door.key, door.room)
        chunk.dwellings.append(RosterDwelling(dwelling, *place, door.kind, door.walk))
        chunk.households.append(RosterHousehold(household.bytes, dwelling, area))
        chunk.residents.extend(_resident(person, household) for person in people)
    body = RosterPublished(import_id or new_id(), id_of("S"), len(chunk.residents), 1, len(chunk.residents), 0, "x")
    with ledger.turn(by=THE_HOUSE, at=NOW) as turn:
        attachments = [msgspec.msgpack.encode(chunk)]
        return turn.append("registry.roster_published.v1", body, attachments=attachments).id


def _resident(person: dict[str, Any], household: HouseholdId) -> RosterResident:
    said = {"sex": None, "born_on": None, "relation": None, "document_kind": None} | person
    return RosterResident(
        row=2,
        id=said.get("id", new_id()).bytes,
        household=household.bytes,
        name=said["name"],
        sex=said["sex"],
        born_on=said["born_on"],
        relation=said["relation"],
        document_kind=said["document_kind"],
        id_number=said.get("id_number"),
        phone=said.get("phone"),
        residence_kind=said.get("residence_kind"),
    )


def changed(n: int | UUID | None = None, *, household: UUID = HOME, **body: Any) -> dict[str, Any]:
    """A `household_changed` record as a phone sends it; `n` makes its id."""
    id = n if isinstance(n, UUID) else UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + n) if n else new_id()
    plain = {key: str(value) if isinstance(value, UUID) else value for key, value in body.items()}
    return {
        "id": str(id),
        "kind": "registry.household_changed.v1",
        "at": (NOW + timedelta(minutes=1)).isoformat(),
        "body": {"household": str(household), **plain},
    }


def phone(
    value: str | None, n: int | None = None, *, base: int = 0, resident: UUID = ZHANG, household: UUID = HOME
) -> dict[str, Any]:
    """Somebody's telephone number turned out otherwise."""
    body = {"change": "field", "resident": resident, "field": "phone", "base_version": base, "value": value}
    return changed(n, household=household, **body)


def hand_in(*records: dict[str, Any], by: int = 1, area: str = "S") -> HandInReply:
    """Send records from phone number `by`."""
    raws = [msgspec.json.encode(record) for record in records]
    return ledger.hand_in(raws, sender=sender(by, area=area), received_at=NOW + timedelta(minutes=5))


def fates(reply: HandInReply) -> list[str]:
    """What became of each record."""
    return [receipt.fate.value for receipt in reply.receipts]


def resident(id: UUID = ZHANG) -> Resident:
    """Somebody as they stand."""
    return Resident.objects.get(id=id)


def household(id: UUID = HOME) -> Household:
    """A household as it stands."""
    return Household.objects.get(id=id)


def questions() -> int:
    """How many questions wait for a person."""
    return Disagreement.objects.count()


def grid_area(code: str = "G1") -> AreaId:
    """A grid by its code."""
    return id_of(code)
