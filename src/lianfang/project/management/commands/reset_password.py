"""`lianfang reset_password NAME`: for the last administrator who forgot it. Whoever may run this owns the machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions, queries


class Command(BaseCommand):
    """See the module docstring."""

    help = "重设一个账号的密码 / a new password for an account, shown once"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one; it must be changed at the next sign-in, and every session of theirs ends."""
        account = queries.account_named(options["account"])
        if account is None:
            raise Problem("project.no_such_account", name=options["account"])
        made = actions.reset_password(account=account, by=THE_HOUSE, at=clock.now())
        self.stdout.write(f"✓ {options['account']}  {made}  (下次登录须修改 to be changed at the next sign-in)")
