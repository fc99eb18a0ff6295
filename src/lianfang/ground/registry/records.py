"""What enters the ledger about the register.

All of it is sealed under the district's register key: closing an incident never erases the register. Facts from
phones are never refused for what they say, only for being unreadable; what is odd about them is a flag.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, DwellingId, HouseholdId, ResidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.registry import steward_records
from lianfang.ground.registry.door_lists import grid_of
from lianfang.ground.registry.rules import read_door, read_identity
from lianfang.ground.registry.terms import (
    NEWS_TAKES,
    Change,
    DocumentKind,
    DoorSpan,
    Field,
    HouseholdRef,
    Person,
    PlaceWhy,
    RedrawnRef,
    Relation,
    ResidenceKind,
    ResidentRef,
    RosterRef,
    Sex,
    Status,
)
from lianfang.ground.registry.upkeep_records import UPKEEP_KINDS
from lianfang.ground.territory.records import AREA
from lianfang.ground.territory.terms import AreaRef

HOUSEHOLD = "registry.household"
PREMISES = "registry.premises"  # a place or a building
RESIDENT = "registry.resident"
ROSTER = "registry.roster"
REDRAWN = "registry.redrawn"

ShortText = Annotated[str, msgspec.Meta(max_length=200)]
Version = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]

_WORDS: dict[Field, type] = {
    Field.SEX: Sex,
    Field.RELATION: Relation,
    Field.DOCUMENT_KIND: DocumentKind,
    Field.RESIDENCE_KIND: ResidenceKind,
    Field.STATUS: Status,
    Field.BORN_ON: date,
}


def readable(field: Field, value: str | None) -> bool:
    """Can this be the value of that field at all?

    Words of a list must be of the list; other text says what it likes.
    """
    if value is None:
        return field is not Field.STATUS
    word = _WORDS.get(field)
    try:
        return word is None or msgspec.convert(value, word) is not None
    except msgspec.ValidationError:
        return False


class HouseholdChanged(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact about a household: a field of a resident is otherwise, somebody lives here too, somebody does not any
    more.

    `base_version` is the version of the field that the hand saw (0: nobody had edited it); for `struck`, `versions`
    are those of all fields it saw. Without `resident`, `struck` and `field` "status" are about the household itself.
    """

    household: HouseholdId
    change: Change
    resident: ResidentId | None = None
    parent: UUID | None = None
    field: Field | None = None
    base_version: Version = 0
    value: ShortText | None = None
    person: Person | None = None
    reason: ShortText | None = None
    versions: dict[Field, Version] = {}

    def __post_init__(self) -> None:
        if self.change is Change.FIELD and (self.field is None or not readable(self.field, self.value)):
            raise ValueError("a changed field needs a field and a value it can have")
        if self.change is Change.FIELD and self.resident is None and self.field is not Field.STATUS:
            raise ValueError("of a household itself only the status changes")
        if self.change is Change.ADDED and (self.resident is None or self.person is None):
            raise ValueError("who is added needs an id and particulars")


class FoundPerson(Person, frozen=True, kw_only=True):
    """Somebody met behind a door that no list knew."""

    id: ResidentId


class HouseholdFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """A household nobody had listed. `area` is the entrance, building or grid it was found in."""

    household: HouseholdId
    dwelling: DwellingId
    area: AreaId
    door: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    people: Annotated[list[FoundPerson], msgspec.Meta(max_length=200)] = []
    parent: UUID | None = None


class RosterPublished(msgspec.Struct, frozen=True):
    """A roster became part of the register. Its rows stand in the attachments, each a `RosterChunk` (msgpack)."""

    import_id: UUID
    area: AreaId
    rows: int
    households: int
    residents: int
    edits: int
    file_name_hash: str
    office: UUID | None = None  # whose list it is, where that was said; None: the account's that published it
    sender: str = ""  # what that office is called


class PlacesPublished(msgspec.Struct, frozen=True):
    """A list of places counts. They stand in the attachments (msgpack lists of `PlaceSaid`)."""

    import_id: UUID
    area: AreaId
    places: int


class PlacesTakenBack(msgspec.Struct, frozen=True):
    """And no more. Those it added are gone; how the others were before stands in the attachments."""

    import_id: UUID
    area: AreaId
    gone: tuple[UUID, ...]
    reason: str = ""


class PlacesChanged(msgspec.Struct, frozen=True):
    """Places are otherwise than a list said: a boundary took them along, or somebody at a desk put them right. How they
    are now stands in the attachments; those of `gone` are no more.
    """

    area: AreaId
    why: PlaceWhy
    places: int
    gone: tuple[UUID, ...] = ()
    reason: str = ""


class PlaceSaid(msgspec.Struct, frozen=True, array_like=True):
    """A place as somebody says it is. `area`: the building or entrance it stands in, where the tree knows one; `key`:
    its door, as doors are compared.
    """

    id: UUID
    grid: UUID
    kind: str
    name: str
    door: str = ""
    area: UUID | None = None
    key: str = ""


class PlacesFacts(msgspec.Struct, frozen=True):
    """How many places a list brought, or gave back."""

    import_id: UUID
    places: int


class PlacesChangedFacts(msgspec.Struct, frozen=True):
    """How many places are otherwise, and why."""

    why: str
    places: int


class RosterChunk(msgspec.Struct, frozen=True, array_like=True):
    """Rows of a published roster: doors, the households behind them, the people in those. Ids are 16 bytes.

    A door or household may stand in an earlier chunk, or on the register already.
    """

    dwellings: list["RosterDwelling"] = []
    households: list["RosterHousehold"] = []
    residents: list["RosterResident"] = []
    edits: list["RosterEdit"] = []


class RosterDwelling(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A door."""

    id: bytes
    area: bytes
    grid: bytes
    door: str
    key: str
    room: str
    kind: str
    walk: int


class RosterHousehold(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Those who keep house together behind it."""

    id: bytes
    dwelling: bytes
    grid: bytes


class RosterResident(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One of them, and the row of the file."""

    row: int
    id: bytes
    household: bytes
    name: str
    sex: str | None
    born_on: str | None
    relation: str | None
    document_kind: str | None
    id_number: str | None
    phone: str | None
    residence_kind: str | None


class RosterEdit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A field of somebody already on the register that the roster says otherwise."""

    row: int
    resident: bytes
    household: bytes
    field: str
    base: int
    value: str | None


class RosterUndone(msgspec.Struct, frozen=True):
    """A published roster was taken back. What was edited since stays, and is listed."""

    import_id: UUID
    published: UUID
    reason: str = ""


class GridsRedrawn(msgspec.Struct, frozen=True):
    """Doors of a grid lie in other grids from now on. They stand in the attachments, each a list of `RedrawnDoor`.

    `places` are all that stands above each grid concerned (root first, the grid last), before for the first, after for
    the others: whoever counts by areas need not ask a tree that has changed since. `lists` place what comes late.
    """

    grid: AreaId
    places: tuple[tuple[AreaId, ...], ...]
    lists: tuple[tuple[AreaId, tuple[DoorSpan, ...]], ...]
    rest: AreaId
    on: date
    dwellings: int
    households: int
    reason: str = ""


class RedrawnDoor(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A door, the area it belongs to now, in which of `places` it was and is, and the households behind it."""

    dwelling: bytes
    area: bytes
    was: int
    to: int
    households: list[bytes]


class ConflictSettled(msgspec.Struct, frozen=True):
    """A person decided between different things written into one field. `settles` are all the edits they were shown."""

    household: HouseholdId
    field: Field
    kept: UUID
    settles: tuple[UUID, ...]
    base_version: Version
    resident: ResidentId | None = None
    reason: str = ""


class OffersSettled(msgspec.Struct, frozen=True, omit_defaults=True):
    """Many of what a roster offered, decided by one act: all taken, or all left as they were. The decisions stand in
    the attachments, each a list of `OfferSettled` (msgpack).
    """

    import_id: UUID
    area: AreaId
    take: bool
    fields: int
    people: int
    field: Field | None = None
    reason: ShortText = ""


class OfferSettled(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One of these: what stands from now on, over all that was shown."""

    resident: UUID
    household: UUID
    field: str
    kept: UUID
    settles: list[UUID]
    base: int


class OffersReopened(msgspec.Struct, frozen=True, omit_defaults=True):
    """The same are asked about again, except where somebody has written since."""

    settled: UUID
    import_id: UUID
    area: AreaId
    reason: ShortText = ""


class ResidentsMerged(msgspec.Struct, frozen=True, omit_defaults=True):
    """Two entries are one person: `kept` stands on the list, `other` steps aside. Of the fields in `take` the other's
    value stands.
    """

    kept: ResidentId
    other: ResidentId
    take: tuple[Field, ...] = ()
    reason: ShortText = ""


class MergeUndone(msgspec.Struct, frozen=True, omit_defaults=True):
    """They are two after all; each has again what was said of it, also since."""

    merge: UUID
    kept: ResidentId
    other: ResidentId
    reason: ShortText = ""


class ResidentsToldApart(msgspec.Struct, frozen=True, omit_defaults=True):
    """Two who look like one are two: nobody is asked again."""

    one: ResidentId
    other: ResidentId
    reason: ShortText = ""


class ChangeFacts(msgspec.Struct, frozen=True):
    """What may be known of a change for ever: what sort it was."""

    change: str
    field: str | None = None


class FoundFacts(msgspec.Struct, frozen=True):
    """How many people were found."""

    people: int


class RedrawnFacts(msgspec.Struct, frozen=True):
    """How much went to other grids."""

    grid: AreaId
    on: date
    households: int


class OffersFacts(msgspec.Struct, frozen=True):
    """How much was decided at once."""

    import_id: UUID
    fields: int = 0


class RosterFacts(msgspec.Struct, frozen=True):
    """How much a roster held."""

    import_id: UUID
    rows: int = 0
    households: int = 0
    residents: int = 0
    edits: int = 0


def _accept_changed(heard: Heard, known: Known) -> Accepted | Held:
    """The place is where the person is listed, not where the sender says: nobody reaches into another grid by naming
    their own.
    """
    body: HouseholdChanged = heard.body
    household: HouseholdRef | None = known.get(Reference(HOUSEHOLD, body.household))
    if household is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.household)
    grid, flags, lately = household.grid, _oddities(body, heard), household.lately(heard.at)
    if body.resident is not None:
        resident: ResidentRef | None = known.get(Reference(RESIDENT, body.resident))
        if resident is None and body.change is not Change.ADDED:
            return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.resident)
        if resident is not None and resident.household != body.household:
            grid, flags, lately = resident.grid, (*flags, "other_household"), ()
    facts = ChangeFacts(body.change, body.field)
    return Accepted(grid, REGISTER_KEY, facts, body.resident or body.household, flags, lately)


def _oddities(body: HouseholdChanged, heard: Heard) -> tuple[str, ...]:
    number = body.person.id_number if body.person else body.value if body.field is Field.ID_NUMBER else None
    kind = body.person.document_kind if body.person else None
    if number and read_identity(number, kind or DocumentKind.IDENTITY_CARD, on=heard.received_at.date()).wrong:
        return ("id_number_odd",)
    return ()


def _changed_wants(body: HouseholdChanged) -> Iterable[Reference]:
    yield Reference(HOUSEHOLD, body.household)
    if body.resident is not None:
        yield Reference(RESIDENT, body.resident)


def _changed_makes(body: HouseholdChanged) -> Iterable[UUID]:
    return [body.resident] if body.change is Change.ADDED and body.resident else []


def _accept_found(heard: Heard, known: Known) -> Accepted | Held:
    body: HouseholdFound = heard.body
    facts = FoundFacts(len(body.people))
    listed: HouseholdRef | None = known.get(Reference(HOUSEHOLD, body.household))
    if listed is not None:
        return Accepted(listed.grid, REGISTER_KEY, facts, body.household, ("already_listed",), listed.lately(heard.at))
    area: AreaRef | None = known.get(Reference(AREA, body.area))
    if area is None or area.grid is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.area)
    grid, lately = _where_it_went(body, area, heard, known)
    return Accepted(grid, REGISTER_KEY, facts, body.household, ("grid_redrawn",) if lately else (), lately)


def _where_it_went(
    body: HouseholdFound, area: AreaRef, heard: Heard, known: Known
) -> tuple[AreaId, tuple[AreaId, ...]]:
    """The grid of a door that was found in a grid by whoever did not know yet that it had been split or merged."""
    assert area.grid is not None
    grid, lately = area.grid, list[AreaId]()
    while body.area == area.id == area.grid and grid not in lately:  # a building has gone along by itself
        redrawn: RedrawnRef | None = known.get(Reference(REDRAWN, grid))
        if redrawn is None or not (area.ended_on or heard.at <= redrawn.at + NEWS_TAKES):
            break
        door = read_door(body.door)
        lately.append(grid)
        grid = grid_of(redrawn, door.key if door else body.door)
    return grid, tuple(each for each in lately if each != grid)


def _found_wants(body: HouseholdFound) -> Iterable[Reference]:
    return [Reference(HOUSEHOLD, body.household), Reference(AREA, body.area), Reference(REDRAWN, body.area)]


def _found_makes(body: HouseholdFound) -> Iterable[UUID]:
    return [body.household, body.dwelling, *(person.id for person in body.people)]


def _accept_published(heard: Heard, known: Known) -> Accepted | Held:
    body: RosterPublished = heard.body
    area: AreaRef | None = known.get(Reference(AREA, body.area))
    if area is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.area)
    return Accepted(
        area.filed_under,
        REGISTER_KEY,
        RosterFacts(body.import_id, body.rows, body.households, body.residents, body.edits),
    )


def _accept_places(heard: Heard, known: Known) -> Accepted | Held:
    body: PlacesPublished | PlacesTakenBack = heard.body
    area: AreaRef | None = known.get(Reference(AREA, body.area))
    if area is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.area)
    places = body.places if isinstance(body, PlacesPublished) else len(body.gone)
    return Accepted(area.filed_under, REGISTER_KEY, PlacesFacts(body.import_id, places))


def _accept_places_changed(heard: Heard, known: Known) -> Accepted | Held:
    body: PlacesChanged = heard.body
    area: AreaRef | None = known.get(Reference(AREA, body.area))
    if area is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.area)
    return Accepted(area.filed_under, REGISTER_KEY, PlacesChangedFacts(body.why, body.places))


def _accept_undone(heard: Heard, known: Known) -> Accepted | Held:
    body: RosterUndone = heard.body
    roster: RosterRef | None = known.get(Reference(ROSTER, body.import_id))
    if roster is None or roster.undone:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.import_id)
    return Accepted(roster.area, REGISTER_KEY, RosterFacts(body.import_id))


def _accept_offers(heard: Heard, known: Known) -> Accepted | Held:
    body: OffersSettled | OffersReopened = heard.body
    roster: RosterRef | None = known.get(Reference(ROSTER, body.import_id))
    if roster is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.import_id)
    fields = body.fields if isinstance(body, OffersSettled) else 0
    return Accepted(body.area, REGISTER_KEY, OffersFacts(body.import_id, fields))


def _accept_redrawn(heard: Heard, known: Known) -> Accepted:
    body: GridsRedrawn = heard.body
    return Accepted(body.places[0][-1], REGISTER_KEY, RedrawnFacts(body.grid, body.on, body.households))


def _accept_settled(heard: Heard, known: Known) -> Accepted | Held:
    body: ConflictSettled = heard.body
    household: HouseholdRef | None = known.get(Reference(HOUSEHOLD, body.household))
    if household is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.household)
    facts = ChangeFacts("settled", body.field)
    return Accepted(household.grid, REGISTER_KEY, facts, subject=body.resident or body.household)


def _accept_of_two(heard: Heard, known: Known) -> Accepted | Held:
    """It happened where the first of them lives."""
    body: ResidentsMerged | MergeUndone | ResidentsToldApart = heard.body
    people = _two(body)
    for each in people:
        if known.get(Reference(RESIDENT, each)) is None:
            return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=each)
    first, other = (known.get(Reference(RESIDENT, each)) for each in people)
    assert first is not None and other is not None
    flags = () if first.grid == other.grid else ("two_grids",)
    return Accepted(first.grid, REGISTER_KEY, ChangeFacts(_SAID_OF_TWO[type(body)]), subject=people[0], flags=flags)


_SAID_OF_TWO: dict[type, str] = {
    ResidentsMerged: "merged",
    MergeUndone: "merge_undone",
    ResidentsToldApart: "told_apart",
}


def _two(body: ResidentsMerged | MergeUndone | ResidentsToldApart) -> tuple[ResidentId, ResidentId]:
    return (body.one if isinstance(body, ResidentsToldApart) else body.kept), body.other


def _wants_two(body: ResidentsMerged | MergeUndone | ResidentsToldApart) -> Iterable[Reference]:
    return [Reference(RESIDENT, each) for each in _two(body)]


def _roster_area(body: RosterPublished | PlacesPublished | PlacesTakenBack) -> Iterable[Reference]:
    return [Reference(AREA, body.area)]


def _roster(body: RosterUndone | OffersSettled | OffersReopened) -> Iterable[Reference]:
    return [Reference(ROSTER, body.import_id)]


def _settled_wants(body: ConflictSettled) -> Iterable[Reference]:
    return [Reference(HOUSEHOLD, body.household)]


def _parent(body: Any) -> UUID | None:
    parent: UUID | None = body.parent
    return parent


KINDS: tuple[Kind, ...] = (
    Kind(
        "registry.household_changed.v1",
        HouseholdChanged,
        ChangeFacts,
        _accept_changed,
        wants=_changed_wants,
        parent=_parent,
        makes=_changed_makes,
        from_devices=True,
    ),
    Kind(
        "registry.household_found.v1",
        HouseholdFound,
        FoundFacts,
        _accept_found,
        wants=_found_wants,
        parent=_parent,
        makes=_found_makes,
        from_devices=True,
    ),
    Kind("registry.roster_published.v1", RosterPublished, RosterFacts, _accept_published, wants=_roster_area),
    Kind("registry.roster_undone.v1", RosterUndone, RosterFacts, _accept_undone, wants=_roster),
    Kind("registry.places_published.v1", PlacesPublished, PlacesFacts, _accept_places, wants=_roster_area),
    Kind("registry.places_taken_back.v1", PlacesTakenBack, PlacesFacts, _accept_places, wants=_roster_area),
    Kind("registry.places_changed.v1", PlacesChanged, PlacesChangedFacts, _accept_places_changed, wants=_roster_area),
    Kind("registry.grids_redrawn.v1", GridsRedrawn, RedrawnFacts, _accept_redrawn),
    Kind("registry.conflict_settled.v1", ConflictSettled, ChangeFacts, _accept_settled, wants=_settled_wants),
    Kind("registry.offers_settled.v1", OffersSettled, OffersFacts, _accept_offers, wants=_roster),
    Kind("registry.offers_reopened.v1", OffersReopened, OffersFacts, _accept_offers, wants=_roster),
    Kind("registry.residents_merged.v1", ResidentsMerged, ChangeFacts, _accept_of_two, wants=_wants_two),
    Kind("registry.merge_undone.v1", MergeUndone, ChangeFacts, _accept_of_two, wants=_wants_two),
    Kind("registry.residents_told_apart.v1", ResidentsToldApart, ChangeFacts, _accept_of_two, wants=_wants_two),
    steward_records.STEWARDSHIP_SET,
    *UPKEEP_KINDS,
)
