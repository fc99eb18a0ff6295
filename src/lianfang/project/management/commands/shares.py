"""`lianfang shares confirm | renew`: show that one holds a recovery share; print three new ones.

New ones make nothing stronger: two old sheets go on opening what they opened, so they belong into the shredder.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing import clock, recovery, sealing
from lianfang.ground.access import actions, queries
from lianfang.ground.access.permissions import Permission
from lianfang.project.terminal import sheets, signed_in


class Command(BaseCommand):
    """See the module docstring."""

    help = "恢复份额:confirm 确认自己那份还在,renew 重新打印三份 / confirm that one holds one; print three new ones"

    def add_arguments(self, parser: CommandParser) -> None:
        """One word; for confirming, who."""
        parser.add_argument("verb", choices=["confirm", "renew"])
        parser.add_argument("--by", help="confirm:谁(账号) who: an account, its password is asked for")

    def handle(self, *args: Any, **options: Any) -> None:
        """See `lianfang shares --help`."""
        if options["verb"] == "renew":
            self._renew()
        elif options["by"]:
            self._confirm(options["by"])
        else:
            raise CommandError("用法 usage: lianfang shares confirm --by ACCOUNT")

    def _confirm(self, name: str) -> None:
        at = clock.now()
        viewer = signed_in(name, Permission.CONFIRM_SHARE, at=at)
        words = input(f"前 {recovery.OPENING} 个词 the first {recovery.OPENING} words: ")
        actions.confirm_share(words=words, by=viewer.actor, at=at)
        current = queries.share_set()
        count = len(current.confirmed) if current else 0
        self.stdout.write(f"✓ 已确认 confirmed: {count}/{recovery.NEEDED}")

    def _renew(self) -> None:
        if settings.LIANFANG_DEMO or not ledger.head():
            raise Problem("project.no_district_yet")
        shares = recovery.shares_of(sealing.read_master_key(Path(settings.LIANFANG_MASTER_KEY_FILE)))
        actions.note_shares(mark=recovery.set_of(shares), by=THE_HOUSE, at=clock.now())
        for line in sheets(shares):
            self.stdout.write(line)
        self.stdout.write(
            "\n  旧的三份仍能打开主密钥,请收回销毁。"
            "\n  The old three still open the master key: collect and destroy them."
        )
