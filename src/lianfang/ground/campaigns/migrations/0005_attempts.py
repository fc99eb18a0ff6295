"""How often and when to call again, and how often a household refused: counted from what was said of it."""

from django.db import migrations, models

# A correction takes the place of what it names, whatever it says itself.
_COUNT = """
    UPDATE campaigns_task SET refusals = (
        SELECT count(*) FROM campaigns_said s
        WHERE s.campaign_id = campaigns_task.campaign_id AND s.target_id = campaigns_task.target_id
        AND s.occasion = campaigns_task.occasion AND s.outcome = 'refused'
        AND NOT EXISTS (
            SELECT 1 FROM campaigns_said c WHERE c.campaign_id = s.campaign_id AND c.target_id = s.target_id
            AND c.occasion = s.occasion AND c.corrects = s.entry_id))
    WHERE attempts > 0
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_moved")]
    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("pk", models.CompositePrimaryKey("campaign_id", "position", blank=True, editable=False, primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("policy", models.TextField()),
                ("declared_by", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField("task", "refusals", models.IntegerField(default=0)),
        migrations.RunSQL(_COUNT, migrations.RunSQL.noop),
    ]
