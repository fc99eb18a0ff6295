"""Visits that a second person looks at again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_giving")]
    operations = [
        migrations.CreateModel(
            name="CheckPolicy",
            fields=[
                ("pk", models.CompositePrimaryKey("campaign_id", "position", blank=True, editable=False, primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("percent", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("declared_by", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Checkable",
            fields=[
                ("entry_id", models.UUIDField(primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField(db_index=True)),
                ("target_id", models.UUIDField()),
                ("grid_id", models.UUIDField()),
                ("made_by", models.UUIDField()),
                ("device_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("n", models.BigIntegerField(default=0)),
                ("alike", models.CharField(max_length=32, null=True)),
                ("lot", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField(db_index=True)),
                ("target_id", models.UUIDField()),
                ("grid_id", models.UUIDField()),
                ("visit_id", models.UUIDField()),
                ("found", models.CharField(max_length=20)),
                ("questions", models.TextField()),
                ("at", models.DateTimeField()),
                ("checked_by", models.UUIDField(null=True)),
                ("key_name", models.CharField(max_length=80)),
                ("position", models.BigIntegerField()),
                ("how", models.CharField(max_length=20, null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.UUIDField(null=True)),
                ("reason", models.TextField(null=True)),
            ],
        ),
    ]
