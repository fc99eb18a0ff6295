"""Every word on a finding."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0003_latest")]
    operations = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("pk", models.CompositePrimaryKey("entry_id", "question", blank=True, editable=False, primary_key=True, serialize=False)),
                ("entry_id", models.UUIDField()),
                ("question", models.CharField(max_length=60)),
                ("campaign_id", models.UUIDField()),
                ("incident_id", models.UUIDField(null=True)),
                ("household_id", models.UUIDField()),
                ("grid_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
                ("bad", models.BooleanField()),
                ("void", models.BooleanField(default=False)),
            ],
            options={"indexes": [models.Index(fields=["household_id", "campaign_id", "question"], name="screening_finding_door")]},
        ),
    ]
