"""Folds places: as a list or a desk says, moved with their doors, gone; and every look they ever had."""

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.ground.registry.following import name_key
from lianfang.ground.registry.records import PlaceSaid, PlacesChanged, PlacesPublished, PlacesTakenBack
from lianfang.ground.registry.terms import PlaceWhy

_said = msgspec.msgpack.Decoder(list[PlaceSaid])
_WRITE = (
    "INSERT INTO registry_place (id, grid_id, area_id, kind, name, name_key, door, door_key, position, gone)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET grid_id = excluded.grid_id,"
    " area_id = excluded.area_id, kind = excluded.kind, name = excluded.name, name_key = excluded.name_key,"
    " door = excluded.door, door_key = excluded.door_key, position = excluded.position, gone = excluded.gone"
    " WHERE excluded.position > registry_place.position"
)
_GONE = "UPDATE registry_place SET gone = %s, position = %s WHERE id = %s AND position < %s"
_LOOK = (
    "INSERT INTO registry_placelook (place_id, position, day, why, by_id, grid_id, kind, name, door, gone)"
    " SELECT id, position, %s, %s, %s, grid_id, kind, name, door, gone FROM registry_place"
    " WHERE id = %s AND position = %s ON CONFLICT (place_id, position) DO NOTHING"
)
_KNOWN = "SELECT id FROM registry_place WHERE id = %s"


def fold_places(entry: Entry, fold: Fold) -> None:
    """As it says; taken back, as it was before. Each change is a look of its own."""
    said = [place for piece in fold.attachments(entry) for place in _said.decode(piece)]
    why = {place.id: _why(entry, place, fold) for place in said}
    fold.executemany(
        _WRITE,
        [
            (p.id, p.grid, p.area or p.grid, p.kind, p.name, name_key(p.name), p.door, p.key, entry.position, False)
            for p in said
        ],
    )
    if isinstance(entry.body, PlacesTakenBack | PlacesChanged):
        ends = PlaceWhy.TAKEN_BACK if isinstance(entry.body, PlacesTakenBack) else entry.body.why
        fold.executemany(_GONE, [(True, entry.position, id, entry.position) for id in entry.body.gone])
        why |= dict.fromkeys(entry.body.gone, ends)
    fold.executemany(_LOOK, [(entry.day, word, entry.actor, id, entry.position) for id, word in why.items()])


def _why(entry: Entry, place: PlaceSaid, fold: Fold) -> PlaceWhy:
    match entry.body:
        case PlacesChanged(why=why):
            return PlaceWhy(why)
        case PlacesPublished():
            known = fold.execute(_KNOWN, (place.id,)).fetchone()
            return PlaceWhy.CHANGED if known else PlaceWhy.LISTED
        case _:
            return PlaceWhy.TAKEN_BACK
