"""lianfang read_numbers: what identity numbers say of their bearers, of those that came in before this was asked."""

from typing import Any

from django.core.management.base import BaseCommand

from lianfang.foundation.plumbing import walls
from lianfang.ground.registry.numbers import read_numbers


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "补读旧证件号(末位、生日、性别对不对),升级时自动做,可重复"
        " / read what older numbers say, for the register's quality; upgrade does it"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """See registry.numbers."""
        with walls.owner_at_work():
            done = read_numbers()
        self.stdout.write(f"✓ {done:,} 个证件号 numbers read")
