"""Outlines of areas, and the gates and sites on them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0002_promises")]
    operations = [
        migrations.CreateModel(
            name="Outline",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "area_id", "valid_from", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area_id", models.UUIDField()),
                ("valid_from", models.DateField()),
                ("shape", models.TextField(null=True)),
                ("datum", models.CharField(max_length=10)),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Marker",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("area_id", models.UUIDField(db_index=True)),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=120)),
                ("east", models.FloatField()),
                ("north", models.FloatField()),
                ("position", models.BigIntegerField()),
            ],
        ),
    ]
