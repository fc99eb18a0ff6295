"""Folds what boundaries do to the register: doors, and the households behind them, come to lie in other grids."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.ground.registry.columns import count_grid
from lianfang.ground.registry.memory import HOUSEHOLDS
from lianfang.ground.registry.records import GridsRedrawn, RedrawnDoor

_doors = msgspec.msgpack.Decoder(list[RedrawnDoor])
_DWELLING = "UPDATE registry_dwelling SET area_id = %s, grid_id = %s WHERE id = %s"
_HOUSEHOLD = "UPDATE registry_household SET area_id = %s, grid_id = %s, position = %s WHERE id = %s"
_RESIDENTS = "UPDATE registry_resident SET grid_id = %s WHERE household_id = %s"
_QUESTIONS = "UPDATE registry_disagreement SET grid_id = %s WHERE household_id = %s"
_MOVE = (
    "INSERT INTO registry_move (household_id, position, grid_id, to_id, at, day) VALUES (%s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (household_id, position) DO NOTHING"
)
_REDRAWN = (
    "INSERT INTO registry_redrawn (grid_id, lists, rest_id, at, position) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (grid_id) DO UPDATE SET lists = excluded.lists, rest_id = excluded.rest_id, at = excluded.at,"
    " position = excluded.position"
)


def fold_redrawn(entry: Entry, fold: Fold) -> None:
    """Who lives behind a door goes where the door goes, with all that is asked about them."""
    body: GridsRedrawn = entry.body
    HOUSEHOLDS.all_changed()
    for piece in fold.attachments(entry):
        _move(list(_moved(_doors.decode(piece), body)), entry, fold)
    for grid in sorted({str(place[-1]) for place in body.places}):
        count_grid(fold, UUID(grid))
    if body.lists or body.rest != body.grid:
        _keep_lists(body, entry, fold)


def _keep_lists(body: GridsRedrawn, entry: Entry, fold: Fold) -> None:
    """The newest list first: what an earlier split gave away is still away, unless a later one says otherwise."""
    known = "SELECT lists, position FROM registry_redrawn WHERE grid_id = %s"
    row = fold.execute(known, (body.grid,)).fetchone()
    if row is not None and row[1] >= entry.position:
        return
    before = msgspec.json.decode(row[0]) if row is not None else []
    lists = msgspec.json.encode([*body.lists, *before]).decode()
    fold.execute(_REDRAWN, (body.grid, lists, body.rest, entry.received_at, entry.position))


def _moved(doors: list[RedrawnDoor], body: GridsRedrawn) -> Iterator[tuple[UUID, UUID, UUID, UUID, list[UUID]]]:
    for door in doors:
        was, to = body.places[door.was][-1], body.places[door.to][-1]
        yield UUID(bytes=door.dwelling), UUID(bytes=door.area), was, to, [UUID(bytes=id) for id in door.households]


def _move(doors: list[tuple[UUID, UUID, UUID, UUID, list[UUID]]], entry: Entry, fold: Fold) -> None:
    homes: list[tuple[Any, ...]] = [(home, area, was, to) for _, area, was, to, behind in doors for home in behind]
    fold.executemany(_DWELLING, [(area, to, id) for id, area, _, to, _ in doors])
    fold.executemany(_HOUSEHOLD, [(area, to, entry.position, home) for home, area, _, to in homes])
    fold.executemany(_RESIDENTS, [(to, home) for home, _, _, to in homes])
    fold.executemany(_QUESTIONS, [(to, home) for home, _, _, to in homes])
    when = (entry.received_at, entry.day)
    fold.executemany(_MOVE, [(home, entry.position, was, to, *when) for home, _, was, to in homes])
