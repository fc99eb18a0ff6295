"""Every change of the tallies, with its position.

What was counted before this is put down as having come all at once, at the head of the ledger as it is now; `lianfang
ledger rebuild` works out by and by when it really came.
"""

from itertools import count

from django.db import migrations, models
from django.db.models import Max

_SUMS = ("listed", "found", "struck", "done", "attempted", "people", "people_due", "disputed")


def begin(apps, schema_editor):
    head = apps.get_model("ledger", "Entry").objects.aggregate(head=Max("position"))["head"] or 0
    grids = set(apps.get_model("territory", "Area").objects.filter(kind="grid").values_list("id", flat=True))
    above = apps.get_model("territory", "AreaClosure").objects.order_by("-depth")
    moved, no = apps.get_model("campaigns", "Moved"), count()
    for row in apps.get_model("campaigns", "Tally").objects.filter(area_id__in=grids).order_by("campaign_id", "area_id", "day"):
        then = above.filter(area_id=row.area_id, valid_from__lte=row.day).exclude(valid_to__lte=row.day)
        lineage = "".join(id.hex for id in then.values_list("ancestor_id", flat=True)) or row.area_id.hex
        sums = {name: getattr(row, name) for name in _SUMS}
        moved.objects.create(campaign_id=row.campaign_id, position=head, no=next(no), day=row.day, lineage=lineage, **sums)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_boundaries"), ("ledger", "0001_initial"), ("territory", "0003_map")]
    operations = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                ("pk", models.CompositePrimaryKey("campaign_id", "position", "no", blank=True, editable=False, primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("no", models.IntegerField()),
                ("day", models.DateField()),
                ("lineage", models.TextField()),
                *((name, models.BigIntegerField(default=0)) for name in _SUMS),
            ],
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
