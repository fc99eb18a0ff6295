"""Campaigns that begin anew, and which of their occasions have begun."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_checks")]
    operations = [
        migrations.AddField("campaign", "recurs", models.TextField(null=True)),
        migrations.CreateModel(
            name="Begun",
            fields=[
                ("pk", models.CompositePrimaryKey("campaign_id", "occasion", blank=True, editable=False, primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("occasion", models.CharField(max_length=60)),
                ("position", models.BigIntegerField()),
                ("begun_at", models.DateTimeField()),
            ],
        ),
    ]
