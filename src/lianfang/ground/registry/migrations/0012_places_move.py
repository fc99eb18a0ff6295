"""A place knows its building and its door, so that it goes along when they come to lie in another grid; and its past."""

from django.db import migrations, models
from django.db.models import F


def _know_their_grid(apps, schema_editor):
    place = apps.get_model("registry", "Place")
    place.objects.filter(area_id=None).update(area_id=F("grid_id"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_offered")]
    operations = [
        migrations.AddField("place", "area_id", models.UUIDField(null=True)),
        migrations.AddField("place", "door_key", models.CharField(default="", max_length=120)),
        migrations.RunPython(_know_their_grid, migrations.RunPython.noop),
        migrations.AlterField("place", "area_id", models.UUIDField()),
        migrations.CreateModel(
            name="PlaceLook",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "place_id", "position", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place_id", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("day", models.DateField()),
                ("why", models.CharField(max_length=12)),
                ("by_id", models.UUIDField(null=True)),
                ("grid_id", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("door", models.CharField(default="", max_length=120)),
                ("gone", models.BooleanField(default=False)),
            ],
        ),
    ]
