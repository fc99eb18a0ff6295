"""A new table with a row for each entry; two of one entry would break its key."""

from typing import Any

from django.db import migrations


def copy(apps: Any, schema_editor: Any) -> None:
    """Row by row, so that there is time to be killed in."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT position, kind FROM ledger_entry ORDER BY position")
        for row in cursor.fetchall():
            cursor.execute("INSERT INTO next_thing (position, kind) VALUES (%s, %s)", row)


class Migration(migrations.Migration):
    dependencies = [("next_version", "0001_a_column_more")]
    operations = [
        migrations.RunSQL("CREATE TABLE next_thing (position bigint PRIMARY KEY, kind text NOT NULL)"),
        migrations.RunPython(copy),
    ]
