"""`lianfang upgrade`: bring both databases to this version's tables. Again is harmless."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from lianfang.foundation.plumbing import walls


class Command(BaseCommand):
    """See the module docstring."""

    help = "把数据库升级到当前版本 / bring the databases to this version's tables"

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate each database through its own name."""
        settings.LIANFANG_DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        with walls.owner_at_work():
            for alias in settings.DATABASES:
                call_command("migrate", database=alias, verbosity=options["verbosity"] - 1, interactive=False)
