"""Roles and row-level security 角色与行级安全: the second wall around people, on PostgreSQL.

The first wall is the query, which asks the viewer. Should a query ever forget to, the database still shows nothing of
another grid: while a request is answered its connection stands in the reader's role, and the tables of people show that
role only rows of the grids below the viewer's own areas. A turn at the ledger steps out of the wall into the writer's
role, which appends and folds, and can alter or remove no entry. Outside of requests (jobs, commands, the writer itself)
everything runs in the writer's role; only `upgrade` runs as the owner of the tables, whom no policy binds.

A role is set whenever a connection is taken from the pool, so what one request left on it says nothing about the next.
On SQLite none of this exists.
"""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

ALIAS = "default"


class Walled(msgspec.Struct, frozen=True):
    """A table about people: which column says in which grid a row lies, or in which household; or (`target`) at
    which household, place or building (which is an area itself).

    Modules export `projections.WALLED`.
    """

    table: str
    grid: str = ""
    household: str = ""
    target: str = ""


class _Place(msgspec.Struct, frozen=True):
    """Behind the wall: whose areas, on which day."""

    roots: frozenset[UUID]
    on: date


_here = threading.local()  # .place: behind which wall this thread is, if any; .owner: in front of it
_stands = False


def standing() -> bool:
    """Are both roles there, and may we take them? Once they are they stay."""
    connection.ensure_connection()
    return connection.vendor == "postgresql" and _stands_for(connection)


def _stands_for(connection: Any) -> bool:
    global _stands
    if not _stands:
        (found,) = connection.connection.execute(_BOTH_ROLES).fetchone()
        _stands = found == 2
    return _stands


_BOTH_ROLES = (
    "SELECT count(*) FROM pg_roles WHERE rolname IN (current_database() || '_writer', current_database() || '_reader')"
    " AND pg_has_role(session_user, oid, 'member')"
)


@contextmanager
def behind(roots: Collection[UUID], on: date) -> Iterator[None]:
    """For this block the thread reads as somebody whose areas these are; nobody's are none, and show nobody."""
    before = getattr(_here, "place", None)
    _here.place = _Place(frozenset(roots), on)
    _take_place()
    try:
        yield
    finally:
        _here.place = before
        _take_place()


@contextmanager
def lifted() -> Iterator[None]:
    """For a turn at the ledger: what is decided there is decided on all there is."""
    before = getattr(_here, "place", None)
    if before is None:
        yield
        return
    _here.place = None
    _take_place()
    try:
        yield
    finally:
        _here.place = before
        _take_place()


@contextmanager
def owner_at_work() -> Iterator[None]:
    """For what concerns the tables themselves (their making, a copy of all they hold): this thread acts as whoever the
    process logged in as.
    """
    before = getattr(_here, "owner", False)
    _here.owner = True
    _take_place()
    try:
        yield
    finally:
        _here.owner = before
        _take_place()


def on_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """A connection comes from the pool as somebody else left it."""
    if connection.vendor == "postgresql" and connection.alias == ALIAS:
        _take_place_on(connection)


def _take_place() -> None:
    """A thread without a connection takes its place when it gets one."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    try:
        _take_place_on(connection)
    except connection.Database.Error:  # type: ignore[attr-defined]
        # The connection is gone, or a transaction of ours has failed and takes every setting with it.
        if not connection.in_atomic_block:
            connection.close()


def _take_place_on(connection: Any) -> None:
    place: _Place | None = getattr(_here, "place", None)
    if getattr(_here, "owner", False) or not _stands_for(connection):
        role, place = "", None
    else:
        role = "_reader" if place else "_writer"
    roots = f"{{{','.join(map(str, place.roots))}}}" if place else "{}"
    connection.connection.execute(_SET, (role, role, roots, str(place.on) if place else ""))


_SET = (
    "SELECT set_config('role', CASE WHEN %s = '' THEN 'none' ELSE current_database() || %s END, false),"
    " set_config('lianfang.roots', %s, false), set_config('lianfang.on', %s, false)"
)
