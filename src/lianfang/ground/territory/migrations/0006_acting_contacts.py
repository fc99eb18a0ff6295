"""Somebody stands in for the contact of a building."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0005_links")]
    operations = [migrations.AddField("link", "standing", models.CharField(default="regular", max_length=10))]
