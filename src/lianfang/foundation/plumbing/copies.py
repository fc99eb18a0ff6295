"""In-memory copies of small tables that every request asks for: the tree, who holds a token.

A copy is loaded on first need and forgotten at the commit that changed its tables: never earlier (a rollback leaves it
right) and never later (the act that revoked a device answers after that). The thread that is changing the tables reads
the database instead until it commits, so that a transaction always sees its own work.
"""

import threading
from collections.abc import Callable, Collection, Hashable, Mapping
from itertools import count
from typing import Generic, TypeVar

from django.db import connection, transaction

from lianfang.foundation.plumbing.sealing import keyring

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_MOST_KEPT = 200_000
_all: list["_Invalidated"] = []
_serials = count(1)


def forget_all() -> None:
    """Drop every copy, opened data keys too: after a restore or rebuild, when another process wrote, between tests."""
    keyring.forget_opened()
    for each in _all:
        each.forget()


class _Invalidated:
    """What both kinds of copy share: a generation that moves with each commit, and what this thread is changing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = 0
        self._thread = threading.local()
        _all.append(self)

    def forget(self) -> None:
        """Drop what is kept, and whatever is just being loaded."""
        raise NotImplementedError

    def _at_commit(self, forget: Callable[[], None]) -> None:
        transaction.on_commit(forget)
        self._thread.pending = [*getattr(self._thread, "pending", ()), (next(_serials), forget)]

    def _changes(self) -> tuple[int, ...]:
        """What this thread changed in a transaction that is still open. A rollback drops the callbacks we look for."""
        pending: list[tuple[int, Callable[[], None]]] = getattr(self._thread, "pending", [])
        if pending:
            waiting = {id(callback[1]) for callback in connection.run_on_commit}
            pending = self._thread.pending = [change for change in pending if id(change[1]) in waiting]
        return tuple(serial for serial, _ in pending)


class Copy(_Invalidated, Generic[T]):
    """One value made from whole tables."""

    def __init__(self, load: Callable[[], T]) -> None:
        super().__init__()
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
            self._generation += 1
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
            generation = self._generation
            value = self._load()
            with self._lock:
                # What was read before a commit must not be kept after it.
                if generation == self._generation:
                    self._shared = value
            return value


class Lookups(_Invalidated, Generic[K, T]):
    """Many values by key, looked up together when first asked for. What is not found is not kept: it may come to be."""

    def __init__(self, load: Callable[[Collection[K]], Mapping[K, T]]) -> None:
        super().__init__()
        self._load = load
        self._kept: dict[K, T] = {}

    def get(self, key: K) -> T | None:
        """The value as committed, or as this thread's open transaction has it."""
        return self.many((key,)).get(key)

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
        self._at_commit(lambda: self._drop(key))

    def all_changed(self) -> None:
        """The running transaction may have changed anything."""
        self._at_commit(lambda: self.forget())

    def forget(self) -> None:
        """See _Invalidated."""
        with self._lock:
            self._generation += 1
            self._kept.clear()

    def _drop(self, key: K) -> None:
        with self._lock:
            self._generation += 1
            self._kept.pop(key, None)

    def _loaded(self, keys: Collection[K]) -> dict[K, T]:
        generation = self._generation
        values = dict(self._load(keys))
        with self._lock:
            if generation == self._generation:
                if len(self._kept) + len(values) > _MOST_KEPT:
                    self._kept.clear()
                self._kept.update(values)
        return values
