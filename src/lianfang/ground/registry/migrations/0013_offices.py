"""Whose list a roster is; what it would only offer; many offers decided by one act."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_places_move")]
    operations = [
        migrations.AddField("import", "sender", models.CharField(max_length=40, default="")),
        migrations.AddField("import", "office", models.UUIDField(null=True)),
        migrations.AddField("import", "offered", models.IntegerField(default=0)),
        migrations.AddField("import", "offers", models.IntegerField(default=0)),
        migrations.AddField("import", "asked", models.IntegerField(default=0)),
        migrations.AddField("roster", "office", models.UUIDField(null=True)),
        migrations.AddField("roster", "sender", models.CharField(max_length=40, default="")),
        migrations.AddField("roster", "offered", models.IntegerField(default=0)),
        migrations.CreateModel(
            name="OffersSettled",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("import_id", models.UUIDField()),
                ("field", models.CharField(default="", max_length=16)),
                ("take", models.BooleanField()),
                ("fields", models.IntegerField()),
                ("people", models.IntegerField()),
                ("account", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(default="", max_length=200)),
                ("position", models.BigIntegerField()),
                ("undone", models.UUIDField(null=True)),
                ("kept", models.IntegerField(default=0)),
            ],
            options={"indexes": [models.Index(fields=["import_id", "position"], name="registry_offerssettled_of")]},
        ),
    ]
