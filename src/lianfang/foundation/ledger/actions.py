"""What can be done with the ledger: take a turn and append, hand in records, settle what is held, verify, rebuild."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.announce import listen
from lianfang.foundation.ledger.arrivals import Sending, split
from lianfang.foundation.ledger.folding import Folding
from lianfang.foundation.ledger.forgetting import Weighed, destroy, weigh
from lianfang.foundation.ledger.handing_in import hand_in_group, retry
from lianfang.foundation.ledger.house import House, install, installed
from lianfang.foundation.ledger.journeys import Runner
from lianfang.foundation.ledger.models import HeldRecord
from lianfang.foundation.ledger.queries import batches, entries_between, table_digests
from lianfang.foundation.ledger.records import HandInReply, HeldSettled
from lianfang.foundation.ledger.terms import Fate, Sender
from lianfang.foundation.ledger.turn import Act, Turn, alone, fold_into, shared_turn, turn
from lianfang.foundation.ledger.writer import Writer
from lianfang.foundation.plumbing import copies

__all__ = [
    "Act",
    "House",
    "Runner",
    "Sending",
    "Turn",
    "Weighed",
    "destroy",
    "hand_in",
    "install",
    "installed",
    "listen",
    "rebuild",
    "rebuild_differs",
    "settle_held",
    "shared_turn",
    "split",
    "turn",
    "weigh",
    "writer",
]

writer = Writer()  # the server starts it; one per process


def hand_in(raws: Sequence[bytes], *, sender: Sender, received_at: datetime) -> HandInReply:
    """Hand in one device's records, in this thread. The server does the same for many requests at once (writer.py)."""
    return hand_in_group([Sending(raws, sender, received_at)], at=received_at)[0]


def settle_held(held: UUID, *, accept: bool, reason: str, area: AreaId, by: Actor, at: datetime) -> None:
    """A person decides about a held record: count it (vouching for its place and device) or set it aside. Both
    leave an entry.

    Raises `ledger.held_settled` (409) when somebody was faster, `ledger.held_unsettled` (409) when it still
    cannot be counted.
    """
    row = HeldRecord.objects.filter(id=held).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    if row.settled_at is not None:
        raise Problem("ledger.held_settled", status=409)
    if accept:
        arrival = retry(row, at=at, anywhere=True)
        if arrival.fate not in (Fate.STORED, Fate.ALREADY_HELD):
            raise Problem("ledger.held_unsettled", status=409, why=arrival.code)
    with turn(by=by, at=at) as mine:
        if not accept:
            _set_aside(mine, row)
        mine.append("ledger.held_settled.v1", HeldSettled(row.id, row.record_id, row.why, accept, reason, area))


def _set_aside(turn: Turn, row: HeldRecord) -> None:
    done = HeldRecord.objects.filter(id=row.id, settled_at=None).update(settled_at=turn.at, settled_how="set_aside")
    if not done:
        raise Problem("ledger.held_settled", status=409)
    # The device's own count goes on including it: it handed the record in, and we have it.


def rebuild(*, say: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Empty every read model and fold the whole ledger again, commit by commit as it was. Runs no journey."""
    house = installed()
    with transaction.atomic():
        fold = Folding(house)
        alone(fold)
        for table in tables_of(house):
            fold.execute(f"DELETE FROM {table}")
        for first, last, head in batches():
            fold_into(house, entries_between(first, last), fold)
            fold.write_tallies()
            fold.write_moves(last)
            say(last, head)
        copies.tell()


def rebuild_differs(*, say: Callable[[int, int], None] = lambda done, total: None) -> list[str]:
    """Rebuild, and name the tables whose rows are not what they were. An empty list is the promise kept."""
    before = table_digests(tables_of(installed()))
    rebuild(say=say)
    after = table_digests(tables_of(installed()))
    return sorted(table for table in before if before[table] != after[table])


def tables_of(house: House) -> list[str]:
    """Every table that can be rebuilt, later layers first so that nothing is emptied under a reference."""
    tallies = {p.name: [name for t in p.tallies for name in (t.name, t.moves) if name] for p in house.projections}
    named = [table for p in house.projections for table in (*p.tables, *tallies[p.name])]
    return list(dict.fromkeys(reversed(named)))
