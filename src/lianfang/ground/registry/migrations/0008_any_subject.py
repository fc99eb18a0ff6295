"""Files about areas, organisations and places go the way of rosters; places have a table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_boundaries")]
    operations = [
        migrations.AddField("import", "about", models.CharField(default="people", max_length=20)),
        migrations.AddField("import", "added", models.IntegerField(default=0)),
        migrations.AddField("import", "kept", models.IntegerField(default=0)),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("grid_id", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("name_key", models.CharField(max_length=120)),
                ("door", models.CharField(default="", max_length=120)),
                ("position", models.BigIntegerField()),
                ("gone", models.BooleanField(default=False)),
            ],
            options={"indexes": [models.Index(fields=["grid_id", "name_key"], name="registry_place_name")]},
        ),
    ]
