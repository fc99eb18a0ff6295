"""lianfang restore: put a copy where no data is, go through all of it, and prove that it can be read."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import backup, forgotten, recovery, sealing, walls
from lianfang.foundation.plumbing.models import DataKey
from lianfang.foundation.plumbing.terminal import Bar

_NO_LIST = (
    "  没有找到遗忘名单。如果这份备份之后遗忘过应急事件,请用 --forgotten 带上证明再恢复一次。\n"
    "  No list of what was forgotten was found. If an incident was forgotten after this copy was made, restore once"
    " more with --forgotten and its certificate."
)


class Command(BaseCommand):
    """See the module docstring. The target is the data folder of this environment (LIANFANG_DATA), or its database."""

    help = "把一份备份恢复到空的数据文件夹或空数据库 · put a copy into an empty data folder or an empty database"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which copy, and the master key's shares when its file is gone."""
        parser.add_argument(
            "copy", nargs="?", type=Path, help="备份文件夹,默认最新一份 the copy's folder; the newest if none"
        )
        parser.add_argument(
            "--shares", action="store_true", help="主密钥文件丢了:用份额恢复 the key file is lost: ask for shares"
        )

        parser.add_argument(
            "--forgotten",
            nargs="*",
            type=Path,
            default=[],
            help="已遗忘的证明 json,名单也丢了时用 certificates of what was forgotten, when the list is lost too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, bring the tables up to date, open the keys, say what there is."""
        with walls.owner_at_work():
            self._restore(options["copy"], _asked_for() if options["shares"] else [], options["forgotten"])

    def _restore(self, folder: Path | None, shares: list[str], certificates: list[Path]) -> None:
        folder = folder or _newest()
        gone = forgotten.known([*certificates, *_beside(folder)])
        if shares:
            recovery.write_back(shares, Path(settings.LIANFANG_MASTER_KEY_FILE))
        sealing.read_master_key(Path(settings.LIANFANG_MASTER_KEY_FILE))
        with Bar("恢复 restoring") as bar:
            manifest = backup.restore(source=folder, data=Path(settings.LIANFANG_DATA), say=bar.say, gone=gone)
        _refuse_a_newer_house()
        for database in ("default", "plumbing"):
            call_command("migrate", database=database, interactive=False, verbosity=0)
        for name in DataKey.objects.filter(destroyed_at=None).values_list("name", flat=True):
            sealing.keyring.need(KeyName(name))
        sealing.keyring.forget_opened()
        for name in backup.replay(gone):
            self.stdout.write(f"✓ 再次遗忘 forgotten again: {name}")
        if not gone:
            self.stdout.write(_NO_LIST)
        faults = backup.faults()
        if faults:
            raise Problem("backup.restored_with_faults", faults=" · ".join(faults))
        seen = " · ".join(f"{name} {_told(what)}" for name, what in manifest.seen.items())
        self.stdout.write(f"✓ {folder.name} → {_where()} · {seen}")


def _where() -> str:
    return str(connection.settings_dict["NAME"] if connection.vendor == "postgresql" else settings.LIANFANG_DATA)


def _beside(folder: Path) -> list[Path]:
    """The list that lies with the copies among which this one was found, wherever that is."""
    return sorted((folder.absolute().parent / "forgotten").glob("*.json"))


def _told(witness: Any) -> str:
    """What a copy was seen to hold, short enough to compare with what is written on paper."""
    if not isinstance(witness, dict):
        return str(witness)
    return ", ".join(f"{name} {str(value)[:16]}" for name, value in witness.items())


def _asked_for() -> list[str]:
    """Read from the terminal, because what stands on a command line is seen by others."""
    return [input(f"份额 share {n}/{recovery.NEEDED}: ") for n in range(1, recovery.NEEDED + 1)]


def _newest() -> Path:
    copy = backup.last_backup()
    if copy is None:
        raise Problem("backup.none_there", folder=str(settings.LIANFANG_BACKUPS))
    return copy.folder


def _refuse_a_newer_house() -> None:
    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations}
    if any(app in ours and (app, name) not in loader.disk_migrations for app, name in loader.applied_migrations):
        raise Problem("backup.from_a_newer_house")
