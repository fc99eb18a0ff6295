"""lianfang backup: a verified copy of everything, while the server runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import backup, clock
from lianfang.foundation.plumbing.catalogue import both


class Command(BaseCommand):
    """See the module docstring."""

    help = "备份一份并核对(服务照常运行) · make a verified copy while the server runs"

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one and say where it is."""
        try:
            copy = backup.make(at=clock.now())
        except Problem as problem:
            raise CommandError(both(problem)) from None
        size = f"{copy.bytes / 2**20:,.1f} MB"
        self.stdout.write(f"✓ {copy.folder} · {size} · 已核对 verified · 共 {len(backup.copies())} 份 copies kept")
