"""lianfang demo: load the made-up district into a data folder of its own."""

import sys
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.demo import district, setting_up
from lianfang.foundation.plumbing import sealing

STEPS = {
    "people": "生成居民 making people up",
    "areas": "载入区域 loading areas",
    "accounts": "开设账号 making accounts",
    "reading": "读取底册 reading the roster",
    "publishing": "发布底册 publishing the roster",
    "organisations": "组织、岗位和场所 organisations, posts, places",
    "sweep": "开启演练 opening the drill",
}
BAR = 24


class Command(BaseCommand):
    """See the module docstring."""

    help = "载入演示街道(莘塍街道,135,005 位虚构居民) · load the demo district: 135,005 people who do not exist"

    def add_arguments(self, parser: CommandParser) -> None:
        """A smaller district for those in a hurry."""
        parser.add_argument("--grids", type=int, default=district.GRIDS, help="几个网格 how many grids (69)")
        parser.add_argument("--people", type=int, help="多少人 how many people (135,005)")
        parser.add_argument("--seed", default=district.SEED, help="同一种子,同样的人 the same seed, the same people")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, unless it is there."""
        if not settings.LIANFANG_DEMO:
            raise CommandError("演示数据要单独存放:请设 LIANFANG_DEMO=1 · the demo is kept apart: set LIANFANG_DEMO=1")
        if setting_up.is_set_up():
            self.stdout.write("✓ 演示街道已经在了 the demo district is there already")
            return
        _prepare()
        plan = district.plan(seed=options["seed"], grids=options["grids"], people=options["people"])
        began = monotonic()
        logins = setting_up.set_up(plan, say=Bars())
        where = Path(settings.LIANFANG_DATA) / setting_up.ACCOUNTS
        self.stdout.write(f"  ✓ {plan.people:,} 人 people · {len(plan.grids)} 网格 grids · {monotonic() - began:.1f} s")
        self.stdout.write(f"  {len(logins)} 个账号 accounts → {where}")


def _prepare() -> None:
    if not Path(settings.LIANFANG_MASTER_KEY_FILE).exists():
        sealing.write_master_key(Path(settings.LIANFANG_MASTER_KEY_FILE))
    call_command("upgrade", verbosity=0)


class Bars:
    """One line per step: a bar that grows where somebody watches, the last word only where nobody does."""

    def __init__(self) -> None:
        self._step = ""
        self._began = monotonic()
        self._next = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """See Say."""
        if step != self._step:
            self._step, self._began, self._next = step, monotonic(), 0.0
        finished = bool(total) and done >= total
        if sys.stdout.isatty() and (finished or monotonic() >= self._next):
            self._next = monotonic() + 0.1
            filled = BAR * done // total if total else 0
            print(f"\r  {'█' * filled}{'░' * (BAR - filled)} {STEPS[step]} {done:,}  ", end="", flush=True)
        if finished:
            ends = "\r  ✓ " if sys.stdout.isatty() else "  ✓ "
            print(f"{ends}{STEPS[step]} {done:,} · {monotonic() - self._began:.1f} s{' ' * BAR}", flush=True)
