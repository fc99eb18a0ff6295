"""Rosters in an office's own layout: how a file is read, who publishes, what was confirmed once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_one_person")]
    operations = [
        migrations.AddField("import", "layout", models.TextField(default="")),
        migrations.AddField("import", "edited", models.IntegerField(default=0)),
        migrations.AddField("import", "held_by", models.UUIDField(null=True)),
        migrations.AddField("import", "held_since", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="RememberedLayout",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("sender", models.CharField(max_length=40)),
                ("layout", models.TextField()),
                ("by", models.UUIDField(null=True)),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["fingerprint", "sender"], name="registry_layout_once"),
                ],
            },
        ),
    ]
