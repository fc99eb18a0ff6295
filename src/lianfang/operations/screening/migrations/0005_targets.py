"""A finding is of a household, place or building."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0004_findings")]
    operations = [
        migrations.RemoveIndex(model_name="finding", name="screening_finding_door"),
        migrations.RenameField(model_name="finding", old_name="household_id", new_name="target_id"),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["target_id", "campaign_id", "question"], name="screening_finding_door"),
        ),
    ]
