"""What the quality of the register is judged by: last word, telephones, what a number says; figures that an office set.

Numbers that came before this are opened only by a rebuild: until then nothing is said about them.
"""

from django.db import migrations, models

_PHONES = (
    "UPDATE registry_household SET phones = (SELECT COUNT(r.phone_hash) FROM registry_resident r"
    " WHERE r.household_id = registry_household.id AND r.status = 'present')"
)
_CONFIRMED = (
    "UPDATE registry_household SET confirmed_on = (SELECT e.day FROM ledger_entry e"
    " WHERE e.position = registry_household.position)"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_stewards"), ("ledger", "0001_initial")]
    operations = [
        migrations.AddField("household", "phones", models.IntegerField(default=0)),
        migrations.AddField("household", "confirmed_on", models.DateField(null=True)),
        migrations.AddField("resident", "id_says", models.CharField(max_length=16, null=True)),
        migrations.AddField("aside", "id_says", models.CharField(max_length=16, null=True)),
        migrations.AddField("edit", "says", models.CharField(max_length=16, null=True)),
        migrations.CreateModel(
            name="Upkeep",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("area_id", models.UUIDField()),
                ("from_on", models.DateField()),
                ("stale_months", models.IntegerField()),
                ("oldest_years", models.IntegerField()),
                ("issuer", models.CharField(max_length=80)),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Expected",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("area_id", models.UUIDField()),
                ("homes", models.IntegerField()),
                ("source", models.CharField(max_length=80)),
                ("counted_on", models.DateField()),
                ("position", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["area_id", "counted_on"], name="registry_expected_area")]},
        ),
        migrations.RunSQL(_PHONES, migrations.RunSQL.noop),
        migrations.RunSQL(_CONFIRMED, migrations.RunSQL.noop),
    ]
