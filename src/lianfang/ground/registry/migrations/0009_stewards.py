"""Household stewards."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_any_subject")]
    operations = [
        migrations.CreateModel(
            name="Stewardship",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("account_id", models.UUIDField(db_index=True)),
                ("name", models.CharField(max_length=60)),
                ("grid_id", models.UUIDField(db_index=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Stewarded",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stewardship_id", "household_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stewardship_id", models.UUIDField()),
                ("household_id", models.UUIDField(db_index=True)),
            ],
        ),
    ]
