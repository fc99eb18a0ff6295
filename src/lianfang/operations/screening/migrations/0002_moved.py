"""Every change of the packs' measures, with its position; begun as in campaigns."""

from itertools import count

from django.db import migrations, models
from django.db.models import Max


def begin(apps, schema_editor):
    head = apps.get_model("ledger", "Entry").objects.aggregate(head=Max("position"))["head"] or 0
    grids = set(apps.get_model("territory", "Area").objects.filter(kind="grid").values_list("id", flat=True))
    above = apps.get_model("territory", "AreaClosure").objects.order_by("-depth")
    moved, no = apps.get_model("screening", "Moved"), count()
    for row in apps.get_model("screening", "PackMeasure").objects.filter(area_id__in=grids).order_by("incident_id", "measure", "area_id", "day"):
        then = above.filter(area_id=row.area_id, valid_from__lte=row.day).exclude(valid_to__lte=row.day)
        lineage = "".join(id.hex for id in then.values_list("ancestor_id", flat=True)) or row.area_id.hex
        what = {"incident_id": row.incident_id, "pack": row.pack, "measure": row.measure, "day": row.day, "value": row.value}
        moved.objects.create(position=head, no=next(no), lineage=lineage, **what)


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial"), ("ledger", "0001_initial"), ("territory", "0003_map")]
    operations = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                ("pk", models.CompositePrimaryKey("incident_id", "position", "no", blank=True, editable=False, primary_key=True, serialize=False)),
                ("incident_id", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("no", models.IntegerField()),
                ("pack", models.CharField(max_length=60)),
                ("measure", models.CharField(max_length=60)),
                ("day", models.DateField()),
                ("lineage", models.TextField()),
                ("value", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
