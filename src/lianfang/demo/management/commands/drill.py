"""lianfang drill sweep: play the grid workers of the demo district against a running server."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.demo import recount, report, staff
from lianfang.demo.connection import Connection
from lianfang.demo.desk import Desk
from lianfang.demo.drill import Drill, Plan, Played
from lianfang.demo.office import DeskOffice
from lianfang.demo.setting_up import ACCOUNTS
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.plumbing import clock

LIVE = 900.0  # seconds: long enough to look around, short enough to see the end
SECONDS_AT_A_DOOR = 96  # seed 000: 一天时间内排查300多户, in a day of eight hours
MOST_DOORS = 650 * 1.25


class Command(BaseCommand):
    """See the module docstring."""

    help = "演练:69 名网格员通过真实接口排查演示街道 · play a sweep of the demo district through the real API"

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, how fast, against which server."""
        parser.add_argument("verb", choices=["sweep"])
        parser.add_argument("--devices", type=int, default=69, help="几部手机 how many phones (69)")
        pace = parser.add_mutually_exclusive_group()
        pace.add_argument("--seconds", type=float, help="用时几秒,0 为最快 how long; 0: as fast as it goes (900)")
        pace.add_argument("--speed", type=float, help="比真人快几倍 how many times as fast as people")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--seed", default="drill", help="同一种子,同样的一天 the same seed, the same day")
        parser.add_argument("--calm", action="store_true", help="一切顺利 no bad luck: no lost answers, no lost phone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, count three times, say so; exit 1 when the countings differ."""
        data = Path(settings.LIANFANG_DATA)
        if not (data / ACCOUNTS).exists():
            raise CommandError(
                "这里没有演示街道,请先 lianfang demo · there is no demo district here: lianfang demo first"
            )
        logins = staff.read_logins(data / ACCOUNTS)
        try:
            played, countings = asyncio.run(self._play(_plan(options, logins, data), logins))
        except asyncio.CancelledError:
            return
        for line in report.lines(played, countings):
            self.stdout.write(line)
        if report.disagreements(countings) or played.log.strange:
            sys.exit(1)

    async def _play(self, plan: Plan, logins: dict[str, staff.Login]) -> tuple[Played, report.Countings]:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        desks = [Desk(Connection(plan.host, plan.port, tls=plan.tls)) for _ in range(2)]
        for desk, account in zip(desks, ("desk", "command"), strict=True):
            await desk.sign_in(account, logins[account].password)
        office = DeskOffice(desk=desks[0], command=desks[1], today=local_day(clock.now()))
        played = await Drill(plan, office, now=clock.now).play()
        shown = await office.coverage(played.campaign.id, list(played.counts))
        counted = await asyncio.to_thread(recount.from_entries, played.campaign.id, list(played.counts))
        return played, report.Countings(played.counts, shown, counted)


def _plan(options: dict[str, Any], logins: dict[str, staff.Login], data: Path) -> Plan:
    workers = [account for account in logins if account.startswith("grid-")]
    seconds = LIVE if options["seconds"] is None else options["seconds"]
    if options["speed"]:
        seconds = SECONDS_AT_A_DOOR * MOST_DOORS / options["speed"]
    return Plan(
        host=options["host"],
        port=options["port"],
        workers=tuple(workers[: options["devices"]]),
        seconds=seconds,
        seed=options["seed"],
        misfortunes=not options["calm"],
        memory=data / "drill-phones.json",
    )
