"""What a file says over another hand's word is offered: a person decides."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_quality")]
    operations = [migrations.AddField("edit", "offered", models.BooleanField(default=False))]
