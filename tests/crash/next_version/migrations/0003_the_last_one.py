"""An index; or, when a test asks for it, a failure after two migrations went well."""

import os
from typing import Any

from django.db import migrations


def fail_if_told_to(apps: Any, schema_editor: Any) -> None:
    if os.environ.get("NEXT_VERSION_FAILS"):
        raise RuntimeError("this migration was written in a hurry")


class Migration(migrations.Migration):
    dependencies = [("next_version", "0002_a_table_of_all_entries")]
    operations = [
        migrations.RunSQL("CREATE INDEX next_thing_by_kind ON next_thing (kind)"),
        migrations.RunPython(fail_if_told_to),
    ]
