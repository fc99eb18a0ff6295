"""Posts and who holds them. Of a post with one seat the database itself promises at most one regular and one acting
holder on any day: an exclusion constraint on PostgreSQL, triggers of the same name on SQLite (see 0002).
"""

from django.db import migrations, models

ONE_HOLDER = "territory_one_holder_per_seat"

_POSTGRES = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"ALTER TABLE territory_holding ADD CONSTRAINT {ONE_HOLDER}"
    " EXCLUDE USING gist (post_id WITH =, standing WITH =, daterange(starts_on, ends_on) WITH &&) WHERE (sole)",
]
# A holding that ends on the day it starts has no day and meets nothing.
_SQLITE = [
    f"CREATE TRIGGER {ONE_HOLDER}_{event.lower()} BEFORE {event} ON territory_holding"
    " WHEN NEW.sole AND EXISTS (SELECT 1 FROM territory_holding o"
    " WHERE o.sole AND o.post_id = NEW.post_id AND o.standing = NEW.standing AND o.id <> NEW.id"
    " AND (NEW.ends_on IS NULL OR NEW.ends_on > NEW.starts_on) AND (o.ends_on IS NULL OR o.ends_on > o.starts_on)"
    " AND (o.ends_on IS NULL OR NEW.starts_on < o.ends_on) AND (NEW.ends_on IS NULL OR o.starts_on < NEW.ends_on))"
    f" BEGIN SELECT RAISE(ABORT, '{ONE_HOLDER}'); END"
    for event in ("INSERT", "UPDATE")
]


def keep(apps, schema_editor):
    for statement in _POSTGRES if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def give_up(apps, schema_editor):
    """It goes with the table."""


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0003_map"),
    ]

    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "post_id", "valid_from", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("post_id", models.UUIDField()),
                ("valid_from", models.DateField()),
                ("organisation_id", models.UUIDField(db_index=True)),
                ("area_id", models.UUIDField(db_index=True)),
                ("name", models.CharField(max_length=120)),
                ("wanted", models.IntegerField()),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("post_id", models.UUIDField(db_index=True)),
                ("account_id", models.UUIDField(db_index=True)),
                ("name", models.CharField(max_length=60)),
                ("standing", models.CharField(max_length=10)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("acting_for", models.UUIDField(null=True)),
                ("sole", models.BooleanField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="territory_holding_lasts",
                    )
                ],
            },
        ),
        migrations.RunPython(keep, give_up),
    ]
