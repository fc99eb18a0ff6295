"""Households that came to lie in another grid, and the lists by which a grid was split."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_their_own_layout")]
    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "household_id", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("household_id", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("grid_id", models.UUIDField()),
                ("to_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
            ],
            options={"indexes": [models.Index(fields=["grid_id", "position"], name="registry_move_feed")]},
        ),
        migrations.CreateModel(
            name="Redrawn",
            fields=[
                ("grid_id", models.UUIDField(primary_key=True, serialize=False)),
                ("lists", models.TextField()),
                ("rest_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
        ),
    ]
