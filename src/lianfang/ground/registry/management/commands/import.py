"""lianfang import FILE: load a roster the very way a desk does, with a progress bar."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.catalogue import LANGUAGES, both, sentence
from lianfang.ground.registry import actions, choosing, queries, roster, staging, subjects
from lianfang.ground.registry.jobs import find_duplicates_later
from lianfang.ground.registry.layouts import Chosen, Layout, column_letters
from lianfang.ground.registry.models import Import
from lianfang.ground.registry.terms import About, ImportState, ImportView, Target
from lianfang.ground.registry.words import Vocabulary
from lianfang.ground.territory import queries as territory


class Command(BaseCommand):
    help = "导入人口底册 (xlsx, csv): 先核对,加 --publish 才生效 · load a roster; --publish makes it count"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="底册文件 the roster; with --template: where to write an empty one")
        parser.add_argument("--publish", action="store_true", help="核对后立即发布 publish it once it is checked")
        parser.add_argument("--resume", action="store_true", help="接着上次中断的导入 go on with one that was cut off")
        parser.add_argument("--template", action="store_true", help="写出空白模板 write the empty template and stop")
        parser.add_argument("--errors", type=Path, help="把有问题的行写到这个文件 write the rows with findings there")
        parser.add_argument(
            "--columns",
            type=Path,
            help="认列文件:没有就写出建议,改好再运行一次 what the columns are: written as suggested if not there yet",
        )
        parser.add_argument(
            "--sender",
            default="",
            help="报送单位,不是账号 the office whose list it is; remembers its columns too",
        )
        parser.add_argument(
            "--about",
            choices=[each.value for each in About],
            default=About.PEOPLE.value,
            help="表里是什么 what it lists",
        )
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help="原因用哪种语言 of the reasons")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, say what was found, publish when asked to."""
        file: Path = options["file"]
        try:
            if options["template"]:
                tables.write_template(file, title="人口底册", columns=roster.COLUMNS, notes=roster.NOTES)
                return
            self._refuse_again(file, publish=options["publish"])
            id = self._begin(file, About(options["about"]), resume=options["resume"], sender=options["sender"])
            if Import.objects.filter(id=id, state=ImportState.CHOOSING).exists():
                self._choose(id, options["columns"], sender=options["sender"], language=options["language"])
            self._read(id, file, language=options["language"])
            if options["errors"]:
                self._write_errors(id, options["errors"], language=options["language"])
            if options["publish"]:
                self._publish(id)
        except Problem as problem:
            raise CommandError(both(problem)) from None

    def _begin(self, file: Path, about: About, *, resume: bool, sender: str) -> UUID:
        if not file.is_file():
            raise CommandError(f"没有这个文件 no such file: {file}")
        unfinished = actions.unfinished_import(path=file) if resume else None
        if unfinished is not None:
            self.stdout.write(f"接着上次的导入 going on with {unfinished}")
            return unfinished
        return _taken(file, about, sender)

    def _refuse_again(self, file: Path, *, publish: bool) -> None:
        """Asked for once more, it need not be read again: it waits, and who reads this should know where."""
        waits = actions.waits_for_another(path=file) if publish and file.is_file() else None
        if waits is not None:
            raise actions.needs_another(waits)

    def _choose(self, id: UUID, columns: Path | None, *, sender: str, language: str) -> None:
        """What the columns are: from a file, as the same sender's were last time, or as somebody confirms."""
        found = choosing.look(id, viewer=None)
        layout = found.layout
        if columns is not None and columns.is_file():
            layout = _layout_in(columns)
        elif not sender or found.sender != sender:
            self._show(found, subjects.of(Import.objects.get(id=id)).vocabulary, language)
            self._ask(id, found, columns)
        _confirm(id, layout, sender=sender)

    def _show(self, found: choosing.Looked, named: Vocabulary, language: str) -> None:
        self.stdout.write(f"表头在第 {found.heading.row} 行 · the header stands in row {found.heading.row}")
        for each in found.columns:
            target = f"{named.word(each.target)} {each.target} {each.sure} %" if each.target else "不读 left out"
            why = " ".join(sentence(why.code, language, **why.details) for why in each.why)
            self.stdout.write(f"  {column_letters(each.index):>2} {each.title} → {target} · {why}")

    def _ask(self, id: UUID, found: choosing.Looked, columns: Path | None) -> None:
        """Nothing is read before somebody has said what it is."""
        if columns is not None:
            columns.write_bytes(_to_be_edited(found))
            self._stop(id, f"建议已写入 {columns},核对修改后再运行一次 · look through it and run this again")
        if not sys.stdin.isatty():
            self._stop(id, "请用 --columns 文件确认各列 · confirm the columns by --columns FILE")
        if input("就这样读吗? Read it so? [y/N] ").strip().lower() not in ("y", "yes", "是"):
            self._stop(id, "没有读 nothing was read")

    def _stop(self, id: UUID, words: str) -> None:
        actions.drop_import(import_id=id, by=THE_HOUSE, at=clock.now())
        raise CommandError(words)

    def _read(self, id: UUID, file: Path, *, language: str) -> None:
        bar = Bar(sys.stderr)
        actions.read_import(import_id=id, path=file, say=bar.show)
        bar.end()
        view = queries.import_view(id, viewer=None, findings=20)
        if view.state is ImportState.FAILED:
            raise Problem(view.problem or "", **view.problem_details)
        self._tell(view, language)

    def _tell(self, view: ImportView, language: str) -> None:
        self.stdout.write(
            f"{view.rows:,} 行 rows · {view.good:,} 行可用 good · {view.bad:,} 行有错 bad · "
            f"{view.warned:,} 行请核对 to check\n{_brings(view)}"
        )
        for finding in view.findings:
            self.stdout.write("  " + staging.in_words(finding, language))

    def _write_errors(self, id: UUID, target: Path, *, language: str) -> None:
        count = staging.write_errors(target, queries.import_header(id), staging.shown_rows(id), language=language)
        self.stdout.write(f"{count:,} 行写入 rows written to {target}")

    def _publish(self, id: UUID) -> None:
        actions.publish_now(import_id=id, by=THE_HOUSE, at=clock.now())
        view = queries.import_view(id, viewer=None, findings=0)
        if view.about is About.PEOPLE:
            find_duplicates_later(by=THE_HOUSE)  # the server, when it runs
        self.stdout.write(f"已发布 published: {_brings(view)}")


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


# --- what the columns are, in a file that a person edits --------------------------------------------------------------


class _Line(msgspec.Struct):
    index: int
    title: str = ""
    target: Target | None = None


class _Columns(msgspec.Struct):
    header: int
    header_rows: int
    columns: list[_Line]
    sheet: str = ""
    community: str = ""
    grid: str = ""
    carry: bool = False


def _brings(view: ImportView) -> str:
    changes = f"{view.edits:,} 处更改 edits · {view.unchanged:,} 没有变化 unchanged"
    if view.about is About.PEOPLE:
        return f"{view.households:,} 户 households · {view.residents:,} 人 residents · {changes}"
    return f"{view.added:,} 个新增 added · {changes}"


def _to_be_edited(found: choosing.Looked) -> bytes:
    at = {chosen.index: chosen.target for chosen in found.layout.columns}
    lines = [_Line(each.index, each.title, at.get(each.index)) for each in found.columns]
    of = found.layout
    columns = _Columns(of.header, of.header_rows, lines, of.sheet, of.community, of.grid, of.carry)
    return msgspec.json.format(msgspec.json.encode(columns), indent=1)


def _layout_in(file: Path) -> Layout:
    try:
        said = msgspec.json.decode(file.read_bytes(), type=_Columns)
        chosen = [Chosen(line.index, line.target) for line in said.columns if line.target]
        return msgspec.convert(msgspec.structs.asdict(said) | {"columns": chosen}, Layout)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"认列文件读不了 cannot read {file}: {error}") from None


def _taken(file: Path, about: About, sender: str) -> UUID:
    """As uploaded: a copy that is ours, deleted with the import."""
    kept = actions.keep_upload(_pieces(file), most=settings.LIANFANG_LARGEST_UPLOAD)
    at = clock.now()
    roots = [area.id for area in territory.roots(local_day(at))]
    try:
        own = about is not About.PEOPLE or not choosing.is_the_template(kept)
        what: dict[str, Any] = {"path": kept, "file_name": file.name, "choosing": own, "about": about}
        return actions.begin_import(**what, roots=roots, by=THE_HOUSE, at=at, sender=sender)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from iter(lambda: opened.read(1 << 20), b"")


def _confirm(id: UUID, layout: Layout, *, sender: str) -> None:
    heading = choosing.check(id, layout, sender=sender, viewer=None)
    at = clock.now()
    with ledger.turn(by=THE_HOUSE, at=at):
        choosing.choose(id, layout, heading, sender=sender, by=THE_HOUSE, at=at)
