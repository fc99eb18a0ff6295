"""Whose doors they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_needs")]
    operations = [
        migrations.CreateModel(
            name="Giving",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("grid_id", models.UUIDField()),
                ("areas", models.TextField()),
                ("households", models.TextField()),
                ("hands", models.TextField()),
                ("team", models.CharField(max_length=40, null=True)),
                ("since", models.DateTimeField()),
                ("reason", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("given_by", models.UUIDField(null=True)),
                ("position", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["campaign_id", "grid_id"], name="campaigns_giving_grid")],
            },
        ),
    ]
