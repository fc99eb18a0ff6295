"""A task whose household came to lie elsewhere knows where it has lain, and each word about it when it was heard."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_forgetting"), ("ledger", "0001_initial")]
    operations = [
        migrations.AddField("task", "stays", models.TextField(null=True)),
        migrations.AddField("said", "position", models.BigIntegerField(default=0)),
        migrations.RunSQL(
            "UPDATE campaigns_said SET position ="
            " (SELECT e.position FROM ledger_entry e WHERE e.record_id = campaigns_said.entry_id)"
            " WHERE EXISTS (SELECT 1 FROM ledger_entry e WHERE e.record_id = campaigns_said.entry_id)",
            migrations.RunSQL.noop,
        ),
    ]
