"""Counting a sweep from the ledger's entries alone.

No table, no tally, no code of the engine whose numbers it checks.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from lianfang.demo.counts import Book, Count
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.terms import Entry
from lianfang.ground.registry.records import RosterChunk

_ROSTER = "registry.roster_published.v1"
_FOUND = "registry.household_found.v1"
_OPENED = "campaigns.campaign_opened.v1"
_VISITED = "screening.household_visited.v1"


def from_entries(campaign: str, grids: Sequence[str]) -> dict[str, Count]:
    """Grid by grid: who stood on the rosters when the campaign opened, who was found since, how each visit ended."""
    books = {UUID(grid): Book() for grid in grids}
    doors: dict[bytes, UUID] = {}
    opened = False
    for entry in _entries():
        if entry.kind == _OPENED:
            opened = opened or entry.body.campaign == UUID(campaign)
        elif entry.kind == _ROSTER:
            _list(entry, books, doors)
        elif entry.area in books:
            _fold(books[entry.area], entry, UUID(campaign), opened=opened)
    return {str(grid): book.count() for grid, book in books.items()}


def _entries() -> Iterator[Entry]:
    position = 0
    while page := ledger.entries_after(position, kinds=frozenset({_ROSTER, _FOUND, _OPENED, _VISITED}), limit=2000):
        yield from page
        position = page[-1].position


def _list(entry: Entry, books: dict[Any, Book], doors: dict[bytes, UUID]) -> None:
    """A household stands behind a door, of this roster or of one before, and the door in a grid."""
    for piece in ledger.attachments_of(entry):
        chunk = msgspec.msgpack.decode(piece, type=RosterChunk)
        doors |= {dwelling.id: UUID(bytes=dwelling.grid) for dwelling in chunk.dwellings}
        for household in chunk.households:
            if (grid := doors.get(household.dwelling)) in books:
                books[grid].lists(str(UUID(bytes=household.id)))


def _fold(book: Book, entry: Entry, campaign: UUID, *, opened: bool) -> None:
    body = entry.body
    if entry.kind == _FOUND:
        (book.finds if opened else book.lists)(str(body.household))
    elif body.task.campaign == campaign:
        book.visits(str(body.task.target), body.task.outcome, body.people)
