"""`lianfang db move | roles`: from the SQLite files to PostgreSQL; what each role of the database may do."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from lianfang.foundation.kernel.problems import Problem
from lianfang.project import moving, roles


class Command(BaseCommand):
    """See the module docstring."""

    help = "数据库:move 搬到 PostgreSQL,roles 角色与权限 / move to PostgreSQL; roles and what they may do"

    def add_arguments(self, parser: CommandParser) -> None:
        """One word, and where to."""
        parser.add_argument("verb", choices=["move", "roles"])
        parser.add_argument("url", nargs="?", help="move: postgresql://…")
        parser.add_argument("--again", action="store_true", help="move: 从头再来 / from the beginning")
        parser.add_argument("--apply", action="store_true", help="roles: 现在就执行 / do it, do not print it")

    def handle(self, *args: Any, **options: Any) -> None:
        """See `lianfang db --help`."""
        if options["verb"] == "move":
            self._move(options["url"] or "", again=options["again"])
        else:
            self._roles(apply=options["apply"])

    def _roles(self, *, apply: bool) -> None:
        if connections["default"].vendor != "postgresql":
            raise Problem("project.roles_need_postgresql")
        if apply:
            roles.apply()
            self.stdout.write("✓ 角色与行级安全已生效 / roles and row-level security are in force")
        else:
            self.stdout.write("\n".join(f"{statement};" for statement in roles.for_this_database()))

    def _move(self, url: str, *, again: bool) -> None:
        if not url.startswith(("postgresql://", "postgres://")):
            raise CommandError("要一个地址 say where to: lianfang db move postgresql://…")
        files = self._files()
        with moving.held_alone(files) as held, moving.reached(url) as target:
            if again or not moving.is_begun(target):
                self.stdout.write("  建表 making the tables")
                moving.prepare(url)
            moving.move(held, target, again=again, say=self._progress)
            self._compare(held, target)
            self.stdout.write(f"  {moving.lianfang(url, 'ledger', 'verify').strip()}")
            moving.forget_notes(target)
        kept = moving.put_away(files)
        self.stdout.write(f"✓ 搬完了,旧文件还在 moved; the old files are kept: {', '.join(map(str, kept))}")
        self.stdout.write("  现在设置 now set: LIANFANG_DATABASE_URL  →  lianfang serve")

    def _files(self) -> list[Path]:
        if connections["default"].vendor != "sqlite":
            raise Problem("project.move_from_sqlite")
        connections.close_all()
        return [Path(str(connections[alias].settings_dict["NAME"])) for alias in ("default", "plumbing")]

    def _compare(self, held: Any, target: Any) -> None:
        differing = []
        for one in moving.compare(held, target):
            self.stdout.write(f"  {'✓' if one.same else '✗'} {one.name:<36}{one.rows:>12,}{one.there:>12,}")
            if not one.same:
                differing.append(one.name)
        if differing:
            raise Problem("project.move_differs", tables=", ".join(differing))

    def _progress(self, table: str, done: int, total: int) -> None:
        if sys.stdout.isatty():
            self.stdout.write(f"\r  {table:<36}{done:>12,} / {total:<12,}", ending="\n" if done >= total else "")
