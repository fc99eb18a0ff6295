"""lianfang import FILE: load a roster, with a progress bar."""

import shutil
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.registry import actions, queries, roster, staging
from lianfang.ground.registry.terms import ImportState, ImportView
from lianfang.ground.territory import queries as territory


class Command(BaseCommand):
    help = "导入人口底册 (xlsx, csv): 先核对,加 --publish 才生效 · load a roster; --publish makes it count"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="底册文件 the roster; with --template: where to write an empty one")
        parser.add_argument("--publish", action="store_true", help="核对后立即发布 publish it once it is checked")
        parser.add_argument("--resume", action="store_true", help="接着上次中断的导入 go on with one that was cut off")
        parser.add_argument("--template", action="store_true", help="写出空白模板 write the empty template and stop")
        parser.add_argument("--errors", type=Path, help="把有问题的行写到这个文件 write the rows with findings there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, say what was found, publish when asked to."""
        file: Path = options["file"]
        try:
            if options["template"]:
                tables.write_template(file, title="人口底册", columns=roster.COLUMNS, notes=roster.NOTES)
                return
            id = self._begin(file, resume=options["resume"])
            view = self._read(id, file)
            if options["errors"]:
                self._write_errors(id, view, options["errors"])
            if options["publish"]:
                self._publish(id)
        except Problem as problem:
            raise CommandError(_both(problem)) from None

    def _begin(self, file: Path, *, resume: bool) -> UUID:
        if not file.is_file():
            raise CommandError(f"没有这个文件 no such file: {file}")
        unfinished = actions.unfinished_import(path=file) if resume else None
        if unfinished is not None:
            self.stdout.write(f"接着上次的导入 going on with {unfinished}")
            return unfinished
        at = clock.now()
        roots = [area.id for area in territory.roots(local_day(at))]
        return actions.begin_import(path=file, file_name=file.name, roots=roots, by=THE_HOUSE, at=at, keep_file=False)

    def _read(self, id: UUID, file: Path) -> ImportView:
        bar = Bar(sys.stderr)
        actions.read_import(import_id=id, path=file, say=bar.show)
        bar.end()
        view = queries.import_view(id, viewer=None, findings=20)
        if view.state is ImportState.FAILED:
            raise Problem(view.problem or "", **view.problem_details)
        self._tell(view)
        return view

    def _tell(self, view: ImportView) -> None:
        self.stdout.write(
            f"{view.rows:,} 行 rows · {view.good:,} 行可用 good · {view.bad:,} 行有错 bad · "
            f"{view.warned:,} 行请核对 to check\n"
            f"{view.households:,} 户 households · {view.residents:,} 人 residents · {view.edits:,} 处更改 edits · "
            f"{view.unchanged:,} 人没有变化 unchanged"
        )
        for finding in view.findings:
            self.stdout.write("  " + staging.in_words(finding, "zh-Hans"))

    def _write_errors(self, id: UUID, view: ImportView, target: Path) -> None:
        rows = (
            (cells, "；".join(staging.in_words(f, "zh-Hans") for f in found)) for cells, found in staging.shown_rows(id)
        )
        header = queries.import_header(id)
        count = tables.write_errors(target, title="需要核对的行", header=header, rows=rows)
        self.stdout.write(f"{count:,} 行写入 rows written to {target}")

    def _publish(self, id: UUID) -> None:
        actions.publish_import(import_id=id, by=THE_HOUSE, at=clock.now())
        view = queries.import_view(id, viewer=None, findings=0)
        self.stdout.write(f"已发布 published: {view.households:,} 户 households, {view.residents:,} 人 residents")


class Bar:
    """Rows read so far. On a terminal it moves; in a log it keeps quiet until the end."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._live = out.isatty()
        self._rows = 0

    def show(self, rows: int) -> None:
        """So many rows are read."""
        self._rows = rows
        if self._live:
            width = min(shutil.get_terminal_size().columns - 30, 40)
            mark = rows // 2000 % (width + 1)
            self._out.write(f"\r[{'█' * mark}{' ' * (width - mark)}] {rows:,} 行 rows")
            self._out.flush()

    def end(self) -> None:
        """All are read."""
        if self._live:
            self._out.write("\n")


def _both(problem: Problem) -> str:
    return " / ".join(sentence(problem.code, language, **problem.details) for language in ("zh-Hans", "en"))
