"""In-memory copies of small tables that every request asks for: the tree, who holds a token.

A copy is loaded on first need and forgotten at the commit that changed its tables: never earlier (a rollback leaves it
right) and never later (the act that revoked a device answers after that). The thread that is changing the tables reads
the database instead until it commits, so that a transaction always sees its own work.

Other processes on the same database are told by the very transaction that changes the tables: it leaves a numbered
line in `plumbing_outdated` (`tell`). A process reads the lines it has not heard before it asks who somebody is and
at the head of each of its own turns (`catch_up`). So a read that begins after the commit finds it, without any delay to
be waited out.
"""

import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from itertools import count
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from django.db import connection, transaction

from lianfang.foundation.plumbing.database import Driver
from lianfang.foundation.plumbing.sealing import keyring

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_MOST_KEPT = 200_000
_MOST_NAMED = 500  # beyond that a line says "all of them"
_LINES_KEPT = 10_000
_all: dict[str, "_Invalidated"] = {}
_serials = count(1)
_hearing = threading.Lock()
_heard: int | None = None  # the last line this process has obeyed
_thread = threading.local()  # .untold: what this thread's open transaction has changed, and has told nobody

_Line = dict[str, list[UUID] | None]  # copy → keys, or None for all of it


def forget_all() -> None:
    """Drop every copy, opened data keys too: after a restore or rebuild, between tests that commit."""
    global _heard
    with _hearing:
        _heard = None
    for each in _all.values():
        each.forget()


def catch_up() -> None:
    """Forget what other processes changed since the last look.

    Lines are numbered without gaps under the ledger's lock, so a number that is missing was thrown away as too old:
    then everything is forgotten.
    """
    heard = _heard
    with connection.wrap_database_errors:
        if heard is None:
            (newest,) = Driver().run("SELECT max(no) FROM plumbing_outdated").fetchone()
            forget_all()
            _obeyed(newest or 0)
            return
        lines = Driver().run(_SINCE, (heard,)).fetchall()
    if lines:
        forget_all() if lines[0][0] != heard + 1 else _obey(what for _, what in lines)
        _obeyed(lines[-1][0])


_SINCE = "SELECT no, what FROM plumbing_outdated WHERE no > %s ORDER BY no"


def _obey(lines: Iterable[str]) -> None:
    for line in lines:
        for name, keys in msgspec.json.decode(line, type=_Line).items():
            if name in _all:  # another version's process may keep what we do not
                _all[name].forget_keys(keys)


def _obeyed(no: int) -> None:
    """After forgetting, never before: whoever sees the number may trust the copies."""
    global _heard
    with _hearing:
        _heard = max(no, _heard or 0)


def begin() -> None:
    """A transaction at the ledger begins, its lock in hand: know what others did; what was left untold came to
    nothing.
    """
    _thread.untold = {}
    catch_up()


def tell() -> None:
    """Leave a line for other processes about what this transaction has changed. Under the ledger's lock, last thing
    before the commit.
    """
    untold: dict[str, set[Any] | None] = getattr(_thread, "untold", {})
    if not untold:
        return
    _thread.untold = {}
    line = {name: None if keys is None or len(keys) > _MOST_NAMED else sorted(keys) for name, keys in untold.items()}
    (no,) = Driver().run(_LEAVE, (msgspec.json.encode(line).decode(),)).fetchone()
    if no % 100 == 0:
        Driver().run("DELETE FROM plumbing_outdated WHERE no <= %s", (no - _LINES_KEPT,))
    transaction.on_commit(lambda: _obeyed_own(no))


_LEAVE = (
    "INSERT INTO plumbing_outdated (no, what) SELECT coalesce(max(no), 0) + 1, %s FROM plumbing_outdated RETURNING no"
)


def _obeyed_own(no: int) -> None:
    """What it says was forgotten at the commit; a line before it that was not heard yet must still be."""
    if _heard == no - 1:
        _obeyed(no)


class _Invalidated:
    """What both kinds of copy share: a generation that moves with each commit, and what this thread is changing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.generation = 0
        self._lock = threading.Lock()
        self._thread = threading.local()
        _all[name] = self

    def forget(self) -> None:
        """Drop what is kept, and whatever is just being loaded."""
        raise NotImplementedError

    def forget_keys(self, keys: Collection[Any] | None) -> None:
        """The same, for some keys only where a copy has keys."""
        self.forget()

    def _at_commit(self, forget: Callable[[], None], key: Any = None) -> None:
        transaction.on_commit(forget)
        self._thread.pending = [*getattr(self._thread, "pending", ()), (next(_serials), forget)]
        self._will_tell(key)

    def _will_tell(self, key: Any) -> None:
        untold: dict[str, set[Any] | None] = _thread.__dict__.setdefault("untold", {})
        keys = untold.setdefault(self.name, set())
        if key is None:
            untold[self.name] = None
        elif keys is not None:
            keys.add(key)

    def _changes(self) -> tuple[int, ...]:
        """What this thread changed in a transaction that is still open. A rollback drops the callbacks we look for."""
        pending: list[tuple[int, Callable[[], None]]] | None = getattr(self._thread, "pending", None)
        if not pending:
            return ()
        waiting = {id(callback[1]) for callback in connection.run_on_commit}
        pending = self._thread.pending = [change for change in pending if id(change[1]) in waiting]
        return tuple(serial for serial, _ in pending)


class Copy(_Invalidated, Generic[T]):
    """One value made from whole tables."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        super().__init__(name)
        self._load = load
        self._loading = threading.Lock()
        self._shared: T | None = None

    def now(self) -> T:
        """The value as committed, or as this thread's open transaction has it."""
        changes = self._changes()
        if changes:
            return self._own(changes)
        shared = self._shared
        return shared if shared is not None else self._loaded()

    def changed(self) -> None:
        """The running transaction has changed the tables."""
        self._at_commit(lambda: self.forget())

    def forget(self) -> None:
        """See _Invalidated."""
        with self._lock:
            self.generation += 1
            self._shared = None

    def _own(self, changes: tuple[int, ...]) -> T:
        kept: tuple[tuple[int, ...], T] | None = getattr(self._thread, "own", None)
        if kept is None or kept[0] != changes:
            kept = self._thread.own = (changes, self._load())
        return kept[1]

    def _loaded(self) -> T:
        with self._loading:
            if self._shared is not None:
                return self._shared
            generation = self.generation
            value = self._load()
            with self._lock:
                # What was read before a commit must not be kept after it.
                if generation == self.generation:
                    self._shared = value
            return value


class Lookups(_Invalidated, Generic[K, T]):
    """Many values by key, looked up together when first asked for. What is not found is not kept: it may come to be."""

    def __init__(self, name: str, load: Callable[[Collection[K]], Mapping[K, T]]) -> None:
        super().__init__(name)
        self._load = load
        self._kept: dict[K, T] = {}

    def get(self, key: K) -> T | None:
        """The value as committed, or as this thread's open transaction has it."""
        value = self.kept(key)
        return self.many((key,)).get(key) if value is None else value

    def many(self, keys: Collection[K]) -> Mapping[K, T]:
        """The values of all keys that have one."""
        if self._changes():
            return self._load(keys)
        found = {key: value for key in keys if (value := self._kept.get(key)) is not None}
        return found if len(found) == len(keys) else found | self._loaded([key for key in keys if key not in found])

    def kept(self, key: K) -> T | None:
        """The value if it is in memory, for whoever must not wait for a disk."""
        return None if self._changes() else self._kept.get(key)

    def changed(self, key: K) -> None:
        """The running transaction has changed what stands under this key."""
        self._at_commit(lambda: self.forget_keys((key,)), key)

    def all_changed(self) -> None:
        """The running transaction may have changed anything."""
        self._at_commit(lambda: self.forget())

    def forget(self) -> None:
        """See _Invalidated."""
        with self._lock:
            self.generation += 1
            self._kept.clear()

    def forget_keys(self, keys: Collection[K] | None) -> None:
        """See _Invalidated."""
        if keys is None:
            self.forget()
            return
        with self._lock:
            self.generation += 1
            for key in keys:
                self._kept.pop(key, None)

    def _loaded(self, keys: Collection[K]) -> dict[K, T]:
        generation = self.generation
        values = dict(self._load(keys))
        with self._lock:
            if generation == self.generation:
                if len(self._kept) + len(values) > _MOST_KEPT:
                    self._kept.clear()
                self._kept.update(values)
        return values


class _OpenedKeys(_Invalidated):
    """The keyring: a data key that was destroyed through one process is closed in all."""

    def changed(self) -> None:
        """The running transaction has destroyed a key."""
        self._at_commit(lambda: self.forget())

    def forget(self) -> None:
        """See _Invalidated."""
        keyring.forget_opened()


OPENED_KEYS = _OpenedKeys("plumbing.keys")
