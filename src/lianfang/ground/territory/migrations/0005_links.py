"""Who else has to do with an area: liaison, contacts of buildings, report-ins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0004_posts")]
    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("area_id", models.UUIDField(db_index=True)),
                ("account_id", models.UUIDField(db_index=True, null=True)),
                ("name", models.CharField(max_length=60)),
                ("organisation_id", models.UUIDField(null=True)),
                ("post_id", models.UUIDField(null=True)),
                ("about", models.CharField(max_length=200)),
                ("consented_on", models.DateField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("position", models.BigIntegerField()),
            ],
        ),
    ]
