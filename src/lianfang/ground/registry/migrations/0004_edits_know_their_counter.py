"""Edits of one hand follow each other by its device's own counter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_pages_without_waiting"), ("ledger", "0001_initial")]
    operations = [
        migrations.AddField("edit", "n", models.BigIntegerField(null=True)),
        # What a field held before its first edit came with no counter, and has no time either.
        migrations.RunSQL(
            "UPDATE registry_edit SET n = (SELECT e.n FROM ledger_entry e WHERE e.record_id = registry_edit.record)"
            " WHERE at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
