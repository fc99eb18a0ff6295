"""Needs found on the way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_attempts")]
    operations = [
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("household_id", models.UUIDField(db_index=True)),
                ("grid_id", models.UUIDField()),
                ("campaign_id", models.UUIDField(null=True)),
                ("word", models.CharField(max_length=20)),
                ("found_at", models.DateTimeField()),
                ("found_by", models.UUIDField(null=True)),
                ("owner_id", models.UUIDField(null=True)),
                ("due_on", models.DateField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("how", models.CharField(max_length=20, null=True)),
                ("key_name", models.CharField(max_length=80)),
                ("assigned", models.BigIntegerField(default=0)),
            ],
        ),
    ]
