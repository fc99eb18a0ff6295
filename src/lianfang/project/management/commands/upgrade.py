"""`lianfang upgrade`: a copy, this version's tables, a check; else all as before. Again is harmless."""

from typing import Any

from django.core.management.base import BaseCommand

from lianfang.foundation.plumbing import clock
from lianfang.project import upgrading


class Command(BaseCommand):
    """See the module docstring."""

    help = "先备份再升级数据库,不成就恢复原样 / copy, bring the databases to this version, or put them back"

    def handle(self, *args: Any, **options: Any) -> None:
        """See lianfang.project.upgrading."""
        upgrading.upgrade(at=clock.now(), verbosity=options["verbosity"] - 1)
