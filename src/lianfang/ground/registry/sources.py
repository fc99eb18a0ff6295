"""Where a word came from: an office's list, or somebody by name; and when."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing.database import as_instant
from lianfang.ground.access import queries as accounts
from lianfang.ground.registry.reading import as_id, in_parts


class Source(NamedTuple):
    """`name` of an office or of a person; `office`: it was that office's list."""

    name: str
    at: datetime | None
    office: str = ""


NOBODY_SAID = Source("", None)


def sources_of(said: Collection[UUID]) -> dict[UUID, Source]:
    """Of these records."""
    records = sorted(said)
    told = ledger.said_by(records)
    names = accounts.names_of({actor for actor, _ in told.values() if actor})
    found = {id: Source(names.get(actor or UUID(int=0), ""), at) for id, (actor, at) in told.items()}
    lists = "SELECT record, sender, published_at FROM registry_roster WHERE record IN ({ids})"
    for record, sender, at in in_parts(lists, records):
        id = as_id(record)
        found[id] = Source(sender or found.get(id, NOBODY_SAID).name, as_instant(at), sender)
    return found
