"""Search keys compare byte by byte on both databases: SQLite does by itself, PostgreSQL is told to.

So one `key >= 'zhang' AND key < 'zhang\U0010ffff'` uses the plain index everywhere, and lists sort alike.
"""

from django.db import migrations

_KEYS = (
    ("registry_resident", "name_key", 120),
    ("registry_resident", "pinyin", 120),
    ("registry_resident", "initials", 40),
    ("registry_household", "door_key", 160),
    ("registry_household", "room", 80),
    ("registry_dwelling", "door_key", 160),
)


def _collate(collation):
    def change(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for table, column, width in _KEYS:
                schema_editor.execute(
                    f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({width}) COLLATE "{collation}"'
                )

    return change


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(_collate("C"), _collate("default"))]
