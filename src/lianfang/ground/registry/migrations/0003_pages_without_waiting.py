"""Lists of 135,005 people page, sort and search without waiting: indexes that hold a page in the order shown, counts of
whole grids, and the end of a door's key, by which it is found without the name of its estate.
"""

from django.db import migrations, models

from lianfang.ground.registry.rules import door_end


def fill(apps, schema_editor):
    """What stands on the register already."""
    households = apps.get_model("registry", "Household").objects
    ends = [(door_end(key), id.hex) for id, key in households.values_list("id", "door_key").iterator(2000)]
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany("UPDATE registry_household SET door_end = %s WHERE id = %s", ends)
    schema_editor.execute(
        "INSERT INTO registry_gridcount (grid_id, households, residents)"
        " SELECT h.grid_id, COUNT(*), (SELECT COUNT(*) FROM registry_resident r WHERE r.grid_id = h.grid_id)"
        " FROM registry_household h GROUP BY h.grid_id"
    )


def by_bytes(apps, schema_editor):
    """As the other keys, see 0002."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE registry_household ALTER COLUMN door_end TYPE varchar(160) COLLATE "C"')


def nothing(apps, schema_editor):
    """Going back drops the column."""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_keys_compare_by_bytes")]
    operations = [
        migrations.CreateModel(
            name="GridCount",
            fields=[
                ("grid_id", models.UUIDField(primary_key=True, serialize=False)),
                ("households", models.IntegerField()),
                ("residents", models.IntegerField()),
            ],
        ),
        migrations.AddField(
            "household", "door_end", models.CharField(max_length=160, default=""), preserve_default=False
        ),
        migrations.RunPython(by_bytes, nothing),
        migrations.RunPython(fill, nothing),
        migrations.RemoveIndex("resident", "registry_resident_name"),
        migrations.RemoveIndex("resident", "registry_resident_pinyin"),
        migrations.RemoveIndex("resident", "registry_resident_initials"),
        migrations.AddIndex(
            "household", models.Index(fields=["people", "id", "grid_id"], name="registry_household_people")
        ),
        migrations.AddIndex("household", models.Index(fields=["door_end"], name="registry_household_end")),
        migrations.AddIndex(
            "resident", models.Index(fields=["name_key", "id", "grid_id"], name="registry_resident_name")
        ),
        migrations.AddIndex(
            "resident", models.Index(fields=["born_on", "id", "grid_id"], name="registry_resident_born")
        ),
        migrations.AddIndex(
            "resident", models.Index(fields=["pinyin", "id", "grid_id"], name="registry_resident_pinyin")
        ),
        migrations.AddIndex(
            "resident",
            models.Index(fields=["initials", "pinyin", "id", "grid_id"], name="registry_resident_initials"),
        ),
    ]
