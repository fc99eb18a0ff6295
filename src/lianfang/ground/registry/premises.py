"""Places 场所: shops, markets, schools, enterprises, sites, gates, venues: somewhere people come that is nobody's home.

A place is known again by its name in its grid. Nothing of whoever runs it is kept here.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, RecordId, derived_id, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.registry import tabled, words
from lianfang.ground.registry.addresses import AddressRead, read_address
from lianfang.ground.registry.following import as_said, name_key
from lianfang.ground.registry.models import Import, Place
from lianfang.ground.registry.own_layout import district_of
from lianfang.ground.registry.places import Grid, Places
from lianfang.ground.registry.records import PlaceSaid, PlacesPublished, PlacesTakenBack
from lianfang.ground.registry.rules import plain, read_door
from lianfang.ground.registry.tabled import Line, Outcome, Table, Writes
from lianfang.ground.registry.terms import Door, Finding, PlaceKind, Severity, Target

_LONGEST = 120


class Staged(msgspec.Struct, frozen=True):
    """What publishing would write, and how what it changes was before."""

    said: list[PlaceSaid]
    before: list[PlaceSaid]


class Published(msgspec.Struct, frozen=True):
    """What was written, to take it back."""

    added: list[UUID]
    said: dict[UUID, PlaceSaid]
    before: list[PlaceSaid]


def check(table: Table) -> Outcome:
    """What a list of places would add and change."""
    reader = _Reader(table)
    found = [place for line in table.lines if not line.findings and (place := reader.read(line)) is not None]
    there = _there({place.grid for place in found})
    said, before, unchanged = list[PlaceSaid](), list[PlaceSaid](), 0
    for place in found:
        known = there.get((place.grid, name_key(place.name)))
        if known is None:
            said.append(place)
            continue
        door = _door(place if place.door else known)
        now = PlaceSaid(known.id, place.grid, place.kind or known.kind, place.name, *door)
        unchanged += now == known
        if now != known:
            said.append(now)
            before.append(known)
    said = [msgspec.structs.replace(each, kind=each.kind or PlaceKind.OTHER) for each in said]
    area = table.roots[0] if table.roots else None
    return Outcome(Staged(said, before), area, len(said) - len(before), len(before), unchanged, reader.findings)


class _Reader:
    def __init__(self, table: Table) -> None:
        self.findings: list[Finding] = []
        self._table = table
        self._district = district_of(table.roots, on=table.on)
        self._grids = Places(table.roots, on=table.on)
        self._first: dict[tuple[UUID, str], int] = {}

    def read(self, line: Line) -> PlaceSaid | None:
        name, kind = line.text(Target.CALLED), line.text(Target.KIND)
        if wrong := _wrong(name, kind):
            target, code, details = wrong
            self._refuse(line, target, code, **details)
            return None
        grid, read = self._where(line)
        if grid is None:
            return None
        first = self._first.setdefault((grid.id, name_key(name)), line.row.number)
        if first != line.row.number:
            title = self._table.titles.get(Target.CALLED, "")
            row = line.row.number
            self.findings.append(Finding(row, title, "registry.line_twice", Severity.WARNING, {"first": first}))
            return None
        address = plain(line.text(Target.ADDRESS))[:_LONGEST]
        door = _door_of(read, address)
        where = (self._grids.area(grid.id, door), door.key) if door else (grid.id, "")
        return PlaceSaid(new_id(), grid.id, words.PLACE_KINDS.get(kind, ""), name, address, *where)

    def _where(self, line: Line) -> tuple[Grid | None, AddressRead]:
        """By its grid, else by its address and the district's own buildings; never guessed."""
        community, grid = line.text(Target.COMMUNITY), line.text(Target.GRID)
        address = line.text(Target.ADDRESS)
        read = read_address(address, self._district, community=community, grid=grid)
        if read.problem and not grid:
            self._refuse(line, Target.ADDRESS, read.problem, **read.details)
            return None, read
        grid = grid or read.grid
        community = community or read.community or self._district.community_of(grid)
        found = self._grids.grid(community, grid)
        if isinstance(found, Grid):
            return found, read
        target = Target.GRID if Target.GRID in self._table.titles else Target.ADDRESS
        like = {"like": found.like} if found.like else {}
        code = f"{found.code}_like" if like else found.code
        self._refuse(line, target, code if grid else "registry.cell_missing", **like)
        return None, read

    def _refuse(self, line: Line, target: Target, code: str, **details: str | int) -> None:
        self.findings.append(self._table.finding(line.row.number, target, code, **details))


def _door(place: PlaceSaid) -> tuple[str, UUID | None, str]:
    return place.door, place.area, place.key


def _door_of(read: AddressRead, address: str) -> Door | None:
    """The door as the address was taken apart; else whatever of a door stands in it, a building alone as well."""
    if read.building or read.entrance or read.room:
        return read_door(read.building, read.entrance, read.room)
    return read_door(address) if address else None


def _wrong(name: str, kind: str) -> tuple[Target, str, dict[str, str | int]] | None:
    if not name:
        return Target.CALLED, "territory.name_missing", {}
    if len(name) > _LONGEST:
        return Target.CALLED, "territory.too_long", {}
    if kind and kind not in words.PLACE_KINDS:
        allowed = "、".join(words.kind_word(words.PLACE_KINDS, each) for each in PlaceKind)
        return Target.KIND, "territory.kind_unknown", {"value": kind, "allowed": allowed}
    return None


def _there(grids: Iterable[UUID]) -> dict[tuple[UUID, str], PlaceSaid]:
    rows = Place.objects.filter(grid_id__in=list(grids), gone=False)
    return {(row.grid_id, row.name_key): as_said(row) for row in rows.iterator()}


# --- publishing -------------------------------------------------------------------------------------------------------


def _publish(row: Import, area: AreaId, *, by: Actor, at: datetime) -> RecordId:
    """One entry makes them count."""
    staged = msgspec.msgpack.decode(tabled.staged(row.id), type=Staged)
    with ledger.turn(by=by, at=at) as turn:
        body = PlacesPublished(row.id, area, len(staged.said))
        record = RecordId(derived_id(row.id, "published"))
        turn.append("registry.places_published.v1", body, id=record, attachments=[msgspec.msgpack.encode(staged.said)])
        known = {each.id for each in staged.before}
        added = [each.id for each in staged.said if each.id not in known]
        tabled.keep(row.id, Published(added, {each.id: each for each in staged.said}, staged.before))
    return record


def _take_back(row: Import, *, by: Actor, at: datetime, reason: str) -> tuple[RecordId, int]:
    """One entry takes them back; what another list has changed since stays."""
    published = msgspec.msgpack.decode(tabled.staged(row.id), type=Published)
    assert row.area_id is not None
    with ledger.turn(by=by, at=at) as turn:
        now = {each.id: as_said(each) for each in Place.objects.filter(id__in=list(published.said), gone=False)}
        untouched = {id for id, said in published.said.items() if id in now and _moved(said, now[id]) == now[id]}
        gone = tuple(id for id in published.added if id in untouched)
        before = [_moved(each, now[each.id]) for each in published.before if each.id in untouched]
        body = PlacesTakenBack(row.id, AreaId(row.area_id), gone, reason)
        attachments = [msgspec.msgpack.encode(before)] if before else []
        record = turn.append("registry.places_taken_back.v1", body, attachments=attachments).id
    return record, len(published.said) - len(untouched)


def _moved(said: PlaceSaid, now: PlaceSaid) -> PlaceSaid:
    """As a list said it, where it stands today: that a boundary has been redrawn since is no other word about it."""
    return msgspec.structs.replace(said, grid=now.grid, area=now.area)


PLACES = Writes(check, _publish, _take_back)
