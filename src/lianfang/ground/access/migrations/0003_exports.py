"""Lists that leave by two people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_shares")]
    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=60)),
                ("area_id", models.UUIDField()),
                ("rows", models.IntegerField()),
                ("reason", models.CharField(max_length=400)),
                ("permission", models.CharField(max_length=60)),
                ("query", models.TextField(default="")),
                ("asked_by", models.UUIDField(db_index=True)),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("agreed", models.BooleanField(null=True)),
                ("said", models.CharField(default="", max_length=400)),
            ],
        ),
    ]
