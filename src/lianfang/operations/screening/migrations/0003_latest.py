"""Of some measures the latest visit's word stands: when a visit was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0002_moved")]
    operations = [migrations.AddField("answered", "at", models.DateTimeField(null=True))]
