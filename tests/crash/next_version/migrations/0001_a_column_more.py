"""A column for every entry, and a value for each."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    """Entry by entry, so that there is time to be killed in."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT position FROM ledger_entry ORDER BY position")
        for (position,) in cursor.fetchall():
            cursor.execute(
                "UPDATE ledger_entry SET next_word = next_word || 'x' WHERE position = %s", [position]
            )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE ledger_entry ADD COLUMN next_word text NOT NULL DEFAULT ''"),
        migrations.RunPython(fill),
    ]
