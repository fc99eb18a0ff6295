"""One transaction at the ledger: entries get positions, projections fold them, the commit is chained.

Desk acts and phone records go the same way from here on; what differs is what happens to something that cannot be
accepted: an act is refused with its reason, a fact is held.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection, transaction

from lianfang.foundation.kernel.ids import RecordId, new_id
from lianfang.foundation.kernel.moments import CLOCK_ODD, tally_day
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import announce
from lianfang.foundation.ledger.folding import Folding, attachment_place
from lianfang.foundation.ledger.house import House, installed
from lianfang.foundation.ledger.rules import FIRST_DIGEST, chained, entry_digest, said
from lianfang.foundation.ledger.terms import Accepted, Entry, Heard, Held, Kind, Reference
from lianfang.foundation.ledger.turnstile import Lane, turnstile
from lianfang.foundation.plumbing import copies, database, walls
from lianfang.foundation.plumbing.sealing import DataKey, keyring

_ENTRY_COLUMNS = (
    "position, record_id, kind, at, received_at, day, n, actor, device, area_id, key, flags, cell, cause, facts,"
    " subject, sealed, content, attachments, digest"
)
_INSERT_ENTRY = f"INSERT INTO ledger_entry ({_ENTRY_COLUMNS}) VALUES ({', '.join(['%s'] * 20)})"

# One lock for the whole ledger on PostgreSQL: positions must become visible in the order they were given.
# (A plain sequence lets a reader pass a position that commits later, and never sees it.)
_POSITION_LOCK = 0x6C69616E


class Lookup:
    """`Known`: what the references of this transaction turned out to be."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._found: dict[str, dict[UUID, Any]] = defaultdict(dict)

    def get(self, reference: Reference) -> Any | None:
        """See Known."""
        kind, id = reference
        found = self._found[kind]
        if id not in found:
            self.preheat([reference])
        return found[id]

    def preheat(self, references: Iterable[Reference]) -> None:
        """Look up, once each and by kind, whatever was not looked up before; what nobody has heard of is None."""
        asked: dict[str, set[UUID]] = defaultdict(set)
        for kind, id in references:
            asked[kind].add(id)
        for kind, ids in asked.items():
            found = self._found[kind]
            new = [id for id in ids if id not in found] if found else list(ids)
            loader = self._house.loaders.get(kind)
            found.update(dict.fromkeys(new))
            if new and loader:
                found.update(loader.load(new))

    def doubt(self) -> None:
        """Something came into being: ask again for what was not found, and for what may have changed."""
        self._found.clear()


class Act(msgspec.Struct, frozen=True):
    """Something that somebody does, on its way into a turn that others share."""

    kind: str
    body: msgspec.Struct
    by: Actor


class Saying(NamedTuple):
    """A record that its kind accepted: its body as it was sent, and what decides whether another says the same."""

    kind: Kind
    heard: Heard
    accepted: Accepted
    raw: bytes
    said: bytes


class Turn:
    """See the module docstring. Made by `turn()` and by the writer, never elsewhere."""

    def __init__(self, *, by: Actor, at: datetime, house: House) -> None:
        self.by = by
        self.at = at
        self.house = house
        self.known = Lookup(house)
        self.fold = Folding(house)
        self.appended: list[Entry] = []
        self._digests: list[bytes] = []
        head, self._previous = self._stand()
        self._first = self._next = head + 1

    @property
    def head(self) -> int:
        """The last position given so far."""
        return self._next - 1

    def append(
        self,
        kind: str,
        body: msgspec.Struct,
        *,
        id: UUID | None = None,
        cause: UUID | None = None,
        at: datetime | None = None,
        attachments: Sequence[bytes] = (),
    ) -> Entry:
        """Append an act and fold it at once. Raises Problem when the kind's `accept()` will not have it now."""
        heard = Heard(
            id=RecordId(id or new_id()),
            kind=kind,
            at=at or self.at,
            body=body,
            received_at=self.at,
            account=self.by.account,
            device=self.by.device,
            cause=RecordId(cause) if cause else None,
        )
        spec = self.house.kinds[kind]
        answer = self.consider(spec, heard)
        if isinstance(answer, Held):
            raise Problem(answer.why, status=409)
        raw = msgspec.json.encode(body)
        entry = self.write(Saying(spec, heard, answer, raw, _said(heard, raw)), attachments=attachments)
        self.project([entry])
        return entry

    def append_many(self, acts: Sequence[Act]) -> list[RecordId | Problem]:
        """Append acts of several people, each as if alone; one that its kind will not have now is answered with the
        Problem. They do not see each other.
        """
        kinds = [self.house.kinds[act.kind] for act in acts]
        self.known.preheat(wanted for kind, act in zip(kinds, acts, strict=True) for wanted in kind.wants(act.body))
        heard = [
            Heard(
                id=RecordId(new_id()),
                kind=act.kind,
                at=self.at,
                body=act.body,
                received_at=self.at,
                account=act.by.account,
                device=act.by.device,
            )
            for act in acts
        ]
        answers = [kind.accept(each, self.known) for kind, each in zip(kinds, heard, strict=True)]
        self.project(
            self.write_many(
                [
                    Saying(kind, each, answer, raw := msgspec.json.encode(each.body), _said(each, raw))
                    for kind, each, answer in zip(kinds, heard, answers, strict=True)
                    if isinstance(answer, Accepted)
                ]
            )
        )
        return [
            Problem(answer.why, status=409) if isinstance(answer, Held) else each.id
            for each, answer in zip(heard, answers, strict=True)
        ]

    def consider(self, kind: Kind, heard: Heard) -> Accepted | Held:
        """Look up what it points at and ask its kind."""
        self.known.preheat(kind.wants(heard.body))
        return kind.accept(heard, self.known)

    def write(self, saying: Saying, *, attachments: Sequence[bytes] = ()) -> Entry:
        """Give the record its position and store it."""
        entry, row = self._prepare(saying, attachments)
        self.fold.executemany(_INSERT_ENTRY, [row])
        return entry

    def write_many(self, accepted: Sequence[Saying]) -> list[Entry]:
        """The same for a whole batch, one statement."""
        prepared = [self._prepare(one, ()) for one in accepted]
        self.fold.executemany(_INSERT_ENTRY, [row for _, row in prepared])
        return [entry for entry, _ in prepared]

    def project(self, entries: Sequence[Entry]) -> None:
        """Fold entries into every read model that takes their kinds."""
        fold_into(self.house, entries, self.fold)

    def close(self) -> None:
        """Write the tallies and chain the commit. Last thing before the transaction commits."""
        self.fold.write_tallies()
        copies.tell()
        if not self._digests:
            return
        self.fold.write_moves(self.head)
        digest = chained(self._previous, self._digests)
        self.fold.execute(
            "INSERT INTO ledger_batch (last, first, committed_at, digest) VALUES (%s, %s, %s, %s)",
            (self.head, self._first, self.at, digest),
        )
        head, entries = self.head, list(self.appended)
        transaction.on_commit(lambda: announce.committed(head, entries))

    def _stand(self) -> tuple[int, bytes]:
        """The last position and the digest of the last commit; both stand in one row, because each commit chains."""
        alone(self.fold)
        last = self.fold.execute("SELECT last, digest FROM ledger_batch ORDER BY last DESC LIMIT 1").fetchone()
        return (int(last[0]), bytes(last[1])) if last else (0, FIRST_DIGEST)

    def _prepare(self, saying: Saying, attachments: Sequence[bytes]) -> tuple[Entry, tuple[Any, ...]]:
        _, heard, accepted, raw, said = saying
        key = keyring.ensure(accepted.key, at=self.at)
        day, clock_odd = tally_day(at=heard.at, received_at=heard.received_at)
        flags = (*accepted.flags, CLOCK_ODD) if clock_odd else accepted.flags
        position, self._next = self._next, self._next + 1
        facts = msgspec.json.encode(accepted.facts).decode()
        subject = key.search_hash(accepted.subject.bytes, field=b"subject") if accepted.subject else None
        sealed = key.seal(raw, about=body_place(heard.id, heard.kind))
        content = key.content_hash(said)
        open_fields = (
            *(position, heard.id, heard.kind, heard.at, heard.received_at, day, heard.n, heard.account, heard.device),
            *(accepted.area, accepted.key, ",".join(flags), 0, heard.cause, facts, subject),
        )
        digest = entry_digest(
            (*open_fields, content), sealed=sealed, attachments=self._kept(heard.id, attachments, key)
        )
        entry = Entry(
            *(position, heard.id, heard.kind, heard.at, heard.received_at, day, accepted.area, accepted.key),
            *(accepted.facts, heard.body, heard.account, heard.device, flags, heard.cause, len(attachments), heard.n),
        )
        self._digests.append(digest)
        self.appended.append(entry)
        return entry, (*open_fields, sealed, content, len(attachments), digest)

    def _kept(self, record: UUID, attachments: Iterable[bytes], key: DataKey) -> Iterator[bytes]:
        """Seal, store and hand on one piece at a time: a large roster's pieces together would fill the memory."""
        for no, piece in enumerate(attachments):
            sealed = key.seal(piece, about=attachment_place(record, no))
            self.fold.executemany(
                "INSERT INTO ledger_attachment (record_id, no, sealed) VALUES (%s, %s, %s)", [(record, no, sealed)]
            )
            yield sealed


def alone(fold: Folding) -> None:
    """Nobody else writes to the ledger until this transaction ends, and what others wrote before is known here."""
    if connection.vendor == "postgresql":
        fold.execute("SELECT pg_advisory_xact_lock(%s)", (_POSITION_LOCK,))
    copies.begin()


def what_was_said(kind: str, at: datetime, n: int | None, body: bytes) -> bytes:
    """The bytes whose keyed hash decides "same content": kind, device time, counter and body."""
    return said(body) + msgspec.msgpack.encode((kind, at, n))


def _said(heard: Heard, raw: bytes) -> bytes:
    return what_was_said(heard.kind, heard.at, heard.n, raw)


def body_place(record: UUID, kind: str) -> bytes:
    """What binds a sealed body to its entry."""
    return f"entry/{record}/{kind}".encode()


def fold_into(house: House, entries: Sequence[Entry], fold: Folding) -> None:
    """Each projection gets the entries it folds, in order; projections run in the order of the layers."""
    taken: dict[str, list[Entry]] = {}
    for entry in entries:
        for projection in house.folded_by.get(entry.kind, ()):
            taken.setdefault(projection.name, []).append(entry)
    for projection in house.projections:
        if projection.name in taken:
            projection.apply(taken[projection.name], fold)


_running = threading.local()


@contextmanager
def turn(*, by: Actor, at: datetime) -> Iterator[Turn]:
    """Take a turn at the ledger for a desk act: one transaction, desk first. A turn inside a turn joins it."""
    outer: Turn | None = getattr(_running, "turn", None)
    if outer is not None:
        yield outer
        return
    with open_turn(Lane.DESK, by=by, at=at) as mine:
        yield mine


@contextmanager
def shared_turn(*, at: datetime) -> Iterator[Turn]:
    """A turn for acts of several people who need not be served before records: a commit for all of them."""
    with open_turn(Lane.RECORDS, by=THE_HOUSE, at=at) as mine:
        yield mine


@contextmanager
def open_turn(lane: Lane, *, by: Actor, at: datetime) -> Iterator[Turn]:
    """A turn of its own, in a lane."""
    with turnstile.turn(lane), walls.lifted(), connection.wrap_database_errors, transaction.atomic():
        mine = Turn(by=by, at=at, house=installed())
        _running.turn = mine
        try:
            yield mine
            mine.close()
            database.commit_begins()
        finally:
            _running.turn = None
