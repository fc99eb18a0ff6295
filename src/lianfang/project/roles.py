"""What each role of the database may do, as SQL: printed by `lianfang db roles`, applied by `lianfang upgrade`.

Made from the house: what is appended to, what is folded, what shows people. A new module's tables are in it by
themselves; its tables of people when it names them in `projections.WALLED`.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import walls
from lianfang.project import wiring

# Only ever added to. A held record is settled, never removed.
APPENDED = ("ledger_entry", "ledger_batch", "ledger_attachment", "ledger_refused")
NEVER_REMOVED = ("ledger_heldrecord", "plumbing_datakey")
NEVER_WRITTEN = ("django_migrations",)
# Everything a request may change outside of a turn: sessions, jobs, imports on their way in. Never what is folded.
_OF_THE_WRITER = ("ledger_", "plumbing_datakey", "plumbing_outdated", *NEVER_WRITTEN)

_INSIDE = (
    "{column} IN (SELECT area_id FROM territory_closure WHERE ancestor_id = ANY"
    " ((SELECT coalesce(nullif(current_setting('lianfang.roots', true), ''), '{{}}')::uuid[])::uuid[])"
    " AND valid_from <= (SELECT nullif(current_setting('lianfang.on', true), '')::date)"
    " AND (valid_to IS NULL OR valid_to > (SELECT nullif(current_setting('lianfang.on', true), '')::date)))"
)
_OF_A_HOUSEHOLD = "EXISTS (SELECT 1 FROM registry_household h WHERE h.id = {column})"
_OF_A_TARGET = (
    f"{_OF_A_HOUSEHOLD} OR EXISTS (SELECT 1 FROM registry_place p WHERE p.id = {{column}}) OR {_INSIDE}"  # a building
)


def statements(database: str, login: str) -> Iterator[str]:
    """All of it, in an order in which it can be applied again and again."""
    writer, reader = (_quoted(f"{database}_{part}") for part in ("writer", "reader"))
    for name in (f"{database}_writer", f"{database}_reader"):
        # Only what is not there yet: an owner who may not make roles can still renew what they may do.
        there = f"EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(name)})"
        yield _unless(there, f"CREATE ROLE {_quoted(name)} NOLOGIN")
        member = f"pg_has_role({_literal(login)}, {_literal(name)}, 'member')"
        yield _unless(member, f"GRANT {_quoted(name)} TO {_quoted(login)}")
    yield f"GRANT USAGE ON SCHEMA public TO {writer}, {reader}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {writer}, {reader}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {writer}, {reader}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {writer}, {reader}"
    yield f"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {writer}"
    yield f"REVOKE UPDATE, DELETE ON {', '.join(APPENDED)} FROM {writer}"
    yield f"GRANT UPDATE (sealed) ON ledger_refused TO {writer}"  # forgetting empties it
    yield f"REVOKE DELETE ON {', '.join(NEVER_REMOVED)} FROM {writer}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(NEVER_WRITTEN)} FROM {writer}"
    yield f"GRANT INSERT, UPDATE, DELETE ON {', '.join(_of_requests())} TO {reader}"
    for walled in wiring.exported("projections", "WALLED"):
        yield from _wall(walled, writer, reader)


def apply_after_migration(*, using: str, **what: Any) -> None:
    """Tables have changed, so their grants do. Who may not make roles is told so by `serve`, not here."""
    if using != walls.ALIAS or "plan" not in what or connection.vendor != "postgresql" or not _everything_is_there():
        return
    try:
        apply()
    except ProgrammingError as error:
        if not _is_about_rights(error):
            raise


def apply() -> None:
    """Put the roles in force: all of it, or nothing."""
    with walls.owner_at_work(), transaction.atomic(), connection.cursor() as cursor:
        for statement in for_this_database():
            cursor.execute(statement)


def for_this_database() -> list[str]:
    """The statements with the names of the database and of the login in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), session_user")
        return list(statements(*cursor.fetchone()))


def _everything_is_there() -> bool:
    """Migrations are applied app by app, and backwards too."""
    there = set(connection.introspection.table_names())
    return {walled.table for walled in wiring.exported("projections", "WALLED")} | set(APPENDED) <= there


def _is_about_rights(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "42501"


def _unless(there: str, then: str) -> str:
    return f"DO $$ BEGIN IF NOT {there} THEN EXECUTE {_literal(then)}; END IF; END $$"


def _of_requests() -> list[str]:
    folded = set(ledger.tables_of(ledger.installed()))
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(table for table in known - folded if not table.startswith(_OF_THE_WRITER))


def _wall(walled: walls.Walled, writer: str, reader: str) -> Iterator[str]:
    shows = _shows(walled)
    yield f"ALTER TABLE {walled.table} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS everything ON {walled.table}"
    yield f"DROP POLICY IF EXISTS own_grids ON {walled.table}"
    yield f"CREATE POLICY everything ON {walled.table} TO {writer} USING (true) WITH CHECK (true)"
    yield f"CREATE POLICY own_grids ON {walled.table} FOR SELECT TO {reader} USING ({shows})"


def _shows(walled: walls.Walled) -> str:
    if walled.grid:
        return _INSIDE.format(column=walled.grid)
    if walled.target:
        return _OF_A_TARGET.format(column=walled.target)
    return _OF_A_HOUSEHOLD.format(column=walled.household)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
