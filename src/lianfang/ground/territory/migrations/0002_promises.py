"""What the database promises by itself: one accountable worker per grid at any instant, one parent at a time.

PostgreSQL keeps both with exclusion constraints, SQLite with triggers of the same names. (A later migration that makes SQLite
rebuild one of these tables drops its triggers: run `keep` again after it.)
"""

from django.db import migrations

ONE_WORKER = "territory_one_accountable_worker_per_grid"
ONE_PARENT = "territory_one_parent_at_a_time"

_POSTGRES = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"ALTER TABLE territory_responsibility ADD CONSTRAINT {ONE_WORKER}"
    " EXCLUDE USING gist (grid_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
    f"ALTER TABLE territory_closure ADD CONSTRAINT {ONE_PARENT}"
    " EXCLUDE USING gist (area_id WITH =, daterange(valid_from, valid_to) WITH &&) WHERE (depth = 1)",
]
_POSTGRES_BACK = [
    f"ALTER TABLE territory_responsibility DROP CONSTRAINT {ONE_WORKER}",
    f"ALTER TABLE territory_closure DROP CONSTRAINT {ONE_PARENT}",
]


def _sqlite(name, table, *, other, overlap):
    return [
        f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} o WHERE {other} AND {overlap})"
        f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
        for event in ("INSERT", "UPDATE")
    ]


def _windows(start, end):
    # A window that ends as it starts holds no instant and overlaps nothing.
    return (
        f"(NEW.{end} IS NULL OR NEW.{end} > NEW.{start}) AND (o.{end} IS NULL OR o.{end} > o.{start})"
        f" AND (o.{end} IS NULL OR NEW.{start} < o.{end}) AND (NEW.{end} IS NULL OR o.{start} < NEW.{end})"
    )


_SQLITE = [
    *_sqlite(
        ONE_WORKER,
        "territory_responsibility",
        other="o.grid_id = NEW.grid_id AND o.id <> NEW.id",
        overlap=_windows("starts_at", "ends_at"),
    ),
    *_sqlite(
        ONE_PARENT,
        "territory_closure",
        other="NEW.depth = 1 AND o.depth = 1 AND o.area_id = NEW.area_id"
        " AND NOT (o.ancestor_id = NEW.ancestor_id AND o.valid_from = NEW.valid_from)",
        overlap=_windows("valid_from", "valid_to"),
    ),
]
_SQLITE_BACK = [f"DROP TRIGGER {name}_{event}" for name in (ONE_WORKER, ONE_PARENT) for event in ("insert", "update")]


def keep(apps, schema_editor):
    for statement in _POSTGRES if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def give_up(apps, schema_editor):
    for statement in _POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else _SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]
    operations = [migrations.RunPython(keep, give_up)]
