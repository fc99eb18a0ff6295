"""A tiny town for the ledger's own tests: one kind that visits, one that finds, one tally, one read model."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, new_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.measures import Measure, Unit
from lianfang.foundation.ledger import records
from lianfang.foundation.ledger.house import House
from lianfang.foundation.ledger.terms import (
    Accepted,
    Entry,
    Fold,
    Heard,
    Held,
    HeldWhy,
    Kind,
    Known,
    Loader,
    Projection,
    Reference,
    Sender,
    TallyTable,
)

STREET = AreaId(UUID("018d0000-0000-7000-8000-000000000001"))
GRID = AreaId(UUID("018d0000-0000-7000-8000-000000000002"))
ELSEWHERE = AreaId(UUID("018d0000-0000-7000-8000-000000000003"))
NOW = datetime(2021, 12, 10, 8, 0, tzinfo=UTC)
WORKER = Sender(AccountId(new_id()), DeviceId(new_id()), frozenset([STREET]))

houses: dict[UUID, AreaId] = {}  # the town's register: household → grid


class Knocked(msgspec.Struct, frozen=True):
    """Somebody knocked at a door."""

    household: UUID
    people: int = 0
    after: UUID | None = None
    note: str = ""


class KnockedFacts(msgspec.Struct, frozen=True):
    """What names nobody."""

    people: int


class Found(msgspec.Struct, frozen=True):
    """A household nobody had listed."""

    household: UUID


class FoundFacts(msgspec.Struct, frozen=True):
    """Nothing to say."""


def accept_knocked(heard: Heard, known: Known) -> Accepted | Held:
    grid = known.get(Reference("town.household", heard.body.household))
    if grid is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, heard.body.household)
    return Accepted(grid, REGISTER_KEY, KnockedFacts(heard.body.people), subject=heard.body.household)


def accept_found(heard: Heard, known: Known) -> Accepted | Held:
    return Accepted(GRID, REGISTER_KEY, FoundFacts())


KINDS = (
    Kind(
        "town.knocked.v1",
        Knocked,
        KnockedFacts,
        accept_knocked,
        wants=lambda body: (Reference("town.household", body.household),),
        parent=lambda body: body.after,
        from_devices=True,
    ),
    Kind("town.found.v1", Found, FoundFacts, accept_found, from_devices=True, makes=lambda body: (body.household,)),
    Kind("town.decreed.v1", Found, FoundFacts, accept_found),
)
TALLY = TallyTable(
    "town_tally",
    (Measure("knocks", Unit.RECORDS, "", "", "", ""), Measure("people", Unit.PERSON_TIMES, "", "", "", "")),
)


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        if entry.kind == "town.found.v1" and entry.body is not None:
            houses[entry.body.household] = entry.area
        if entry.kind == "town.knocked.v1":
            if entry.body is not None and entry.body.note == "poison":
                raise RuntimeError("a bug in a projection")
            fold.execute(
                "INSERT INTO town_door (id, times) VALUES (%s, 1)"
                " ON CONFLICT (id) DO UPDATE SET times = town_door.times + 1",
                (entry.body.household if entry.body else entry.id,),
            )
            fold.tally(TALLY, area=entry.area, day=entry.day, knocks=1, people=entry.facts.people)


PROJECTION = Projection(
    "town.doors", apply, ("town_door",), kinds=frozenset({"town.knocked.v1", "town.found.v1"}), tallies=(TALLY,)
)


def lineage(area: AreaId, on: date) -> tuple[AreaId, ...]:
    return {GRID: (STREET, GRID), ELSEWHERE: (ELSEWHERE,)}.get(area, (area,))


HOUSE = House(
    kinds={k.name: k for k in (*KINDS, *records.KINDS)},
    projections=(PROJECTION,),
    loaders={"town.household": Loader("town.household", lambda ids: {i: houses[i] for i in ids if i in houses})},
    lineage=lineage,
)

TABLES = (
    "CREATE TABLE town_door (id uuid PRIMARY KEY, times integer NOT NULL)",
    "CREATE TABLE town_tally (area_id uuid NOT NULL, day date NOT NULL, knocks integer NOT NULL,"
    " people integer NOT NULL, PRIMARY KEY (area_id, day))",
)


def a_record(
    kind: str = "town.knocked.v1", *, minutes: int = 0, n: int = 1, id: UUID | None = None, **body: object
) -> dict[str, object]:
    """A valid record as a phone would send it."""
    return {
        "id": str(id or new_id()),
        "kind": kind,
        "at": (NOW + timedelta(minutes=minutes)).isoformat(),
        "n": n,
        "body": body,
    }


def as_sent(records: Sequence[dict[str, object]]) -> list[bytes]:
    """The records as bytes on the wire."""
    return [msgspec.json.encode(record) for record in records]
