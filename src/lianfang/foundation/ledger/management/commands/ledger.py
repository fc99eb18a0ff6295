"""`lianfang ledger verify | rebuild`: prove that nothing was altered; fold everything again and compare."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lianfang.foundation.ledger import actions, queries


class Command(BaseCommand):
    """See the module docstring."""

    help = "账本:verify 核对链条,rebuild 重算各表并比对 / verify the chain, rebuild the read models and compare"

    def add_arguments(self, parser: CommandParser) -> None:
        """One word, and what was written down elsewhere."""
        parser.add_argument("verb", choices=["verify", "rebuild"])
        said = "早先抄下的链头,可多次 / a head that was written down earlier, as often as wanted"
        parser.add_argument("--head", action="append", default=[], type=_head, metavar="POSITION:DIGEST", help=said)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 when something is not as it should be."""
        broken = self._verify(dict(options["head"])) if options["verb"] == "verify" else self._rebuild()
        if broken:
            sys.exit(1)

    def _verify(self, heads: dict[int, bytes]) -> bool:
        found = queries.verify(heads=heads)
        for one in found:
            self.stderr.write(f"位置 {one.position}: {one.what}")
        if not found:
            self.stdout.write(f"账本完整:{queries.head():,} 条,链条相符 / ledger whole, chain holds")
            position, digest = queries.chain_head()
            self.stdout.write(f"链头(请抄存别处) head, to be kept elsewhere: {position}:{digest.hex()}")
        return bool(found)

    def _rebuild(self) -> bool:
        differing = actions.rebuild_differs(say=self._progress)
        self.stderr.write("")
        for table in differing:
            self.stderr.write(f"不一致 / differs: {table}")
        if not differing:
            self.stdout.write("重算结果与现有各表完全一致 / rebuilt tables equal the live ones")
        return bool(differing)

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and (done == total or done % 500 == 0):
            self.stderr.write(f"\r{done:,} / {total:,}", ending="")


def _head(text: str) -> tuple[int, bytes]:
    position, _, digest = text.partition(":")
    return int(position), bytes.fromhex(digest)
