"""`lianfang init`: begin a real district with its own area workbook, three administrators, a key and its shares."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.plumbing import clock, recovery, sealing
from lianfang.foundation.plumbing.catalogue import both
from lianfang.ground.access import actions as access
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.project.terminal import sheets

# 三员分立 (GB/T 22239): one keeps it running, one says who may do what, one looks at what was done. None sees people.
ADMINISTRATORS = (
    ("admin", Role.SYSTEM_ADMIN, "系统管理员"),
    ("security", Role.SECURITY_ADMIN, "安全管理员"),
    ("audit", Role.AUDIT_ADMIN, "审计管理员"),
)
MOST_ERRORS_SHOWN = 50


class Command(BaseCommand):
    """See the module docstring."""

    help = "建立自己的街道:区域表、管理员、恢复份额 / begin your own district: areas, administrators, recovery shares"

    def add_arguments(self, parser: CommandParser) -> None:
        """Asked for when not given."""
        parser.add_argument("--template", type=Path, help="只写一份空的区域表 / only write an empty area workbook")
        parser.add_argument("--areas", type=Path, help="填好的区域表 xlsx 或 csv / the area workbook, filled in")
        parser.add_argument("--names", help="三位管理员的姓名,逗号隔开 / names of the three administrators, by commas")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing: a mistake in the workbook leaves no district behind."""
        if options["template"]:
            self._write_template(options["template"])
            return
        _refuse_the_demo()
        path = options["areas"] or Path(input("区域表 area workbook: ").strip())
        if not path.is_file():
            raise CommandError(f"没有这个文件 there is no such file: {path}")
        names = _names(options["names"])
        secret = _master_key()
        call_command("upgrade", verbosity=0)
        if entries.head():
            raise Problem("project.district_is_there", folder=str(settings.LIANFANG_DATA))
        shares = recovery.shares_of(secret)
        self._tell(self._begin(path, names, shares), shares)

    def _write_template(self, path: Path) -> None:
        try:
            with path.open("xb") as file:
                territory.write_template(file)
        except FileExistsError:
            raise CommandError(f"已经有这个文件,没有改动 is there already and was left alone: {path}") from None
        except OSError as error:
            raise CommandError(f"写不了 cannot be written: {path} ({error.strerror})") from None
        self.stdout.write(f"✓ {path}")

    def _begin(self, path: Path, names: Mapping[str, str], shares: Sequence[str]) -> dict[str, str]:
        at = clock.now()
        try:
            with ledger.turn(by=THE_HOUSE, at=at):
                loaded = territory.load_workbook(path=path, on=local_day(at), by=THE_HOUSE, at=at, file_name=path.name)
                if not loaded.added:
                    raise Problem("project.no_areas")
                passwords = dict(_administrators(names))
                access.note_shares(mark=recovery.set_of(shares), by=THE_HOUSE, at=at)
        except Problem as problem:
            for line in _errors(problem.details.get("errors", ())):
                self.stderr.write(line)
            raise
        self.stdout.write(f"✓ {loaded.added:,} 个区域 areas")
        return passwords

    def _tell(self, passwords: Mapping[str, str], shares: Sequence[str]) -> None:
        self.stdout.write("\n管理员,首次登录须改密码 · administrators; to be changed at the first sign-in")
        for account, role, what in ADMINISTRATORS:
            self.stdout.write(f"  {account:<10}{passwords[account]:<20}{what} {role}")
        for line in sheets(shares):
            self.stdout.write(line)
        self.stdout.write(f"\n  主密钥文件 master key file: {settings.LIANFANG_MASTER_KEY_FILE}")
        self.stdout.write("  启动 start: lianfang serve")


def _refuse_the_demo() -> None:
    if settings.LIANFANG_DEMO:
        raise Problem("project.demo_is_no_district")


def _names(said: str | None) -> dict[str, str]:
    """What the administrators are called; asked for one by one unless given."""
    if said is None:
        return {account: input(f"{what}姓名 name of the {role}: ").strip() for account, role, what in ADMINISTRATORS}
    parts = [part.strip() for part in said.replace("，", ",").split(",")]
    if len(parts) != len(ADMINISTRATORS) or not all(parts):
        raise CommandError("--names 要三个姓名,用逗号隔开 · three names, separated by commas")
    return dict(zip((account for account, _, _ in ADMINISTRATORS), parts, strict=True))


def _master_key() -> bytes:
    """Made unless an earlier attempt has made it."""
    path = Path(settings.LIANFANG_MASTER_KEY_FILE)
    return sealing.read_master_key(path) if path.exists() else sealing.write_master_key(path)


def _administrators(names: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    at = clock.now()
    root = areas.root(local_day(at))
    for account, role, _ in ADMINISTRATORS:
        made = access.create_account(name=account, display_name=names[account], area=root, by=THE_HOUSE, at=at)
        access.grant_role(account=made.account, role=role, area=root, by=THE_HOUSE, at=at)
        yield account, made.password or ""


def _errors(errors: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Row by row, as the clerk finds it in the workbook."""
    for error in list(errors)[:MOST_ERRORS_SHOWN]:
        problem = Problem(error["code"], **error.get("details", {}))
        yield f"  第 {error['row']} 行 row {error['row']}, {territory.heading(error['column'])}: {both(problem)}"
