"""lianfang without a command tells a person what there is; Django's own commands stay out of the way but work."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lianfang
from lianfang.project import cli


def test_the_overview_lists_our_commands_and_none_of_djangos(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main([])
    said = capsys.readouterr().out
    names = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
    assert names == list(cli.our_commands())
    assert "migrate" not in names and "runserver" not in names


def test_each_command_explains_itself_in_both_languages() -> None:
    from django.core.management import load_command_class

    words = {name: load_command_class(app, name).help for name, app in cli.our_commands().items()}
    silent = [
        name
        for name, help in words.items()
        if not re.search("[\u4e00-\u9fff]", help) or not re.search("[a-z]{3}", help)
    ]
    assert silent == []


def test_django_never_sees_the_systems_sqlite(tmp_path: Path) -> None:
    """A process of its own: the exchange must happen before anything else imports sqlite3."""
    code = "from lianfang.project import cli; cli.main(['version']); import sqlite3; print(sqlite3.sqlite_version)"
    where = {**os.environ, "PYTHONPATH": str(Path(lianfang.__file__).parents[1])}
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=where, check=True).stdout
    assert tuple(map(int, said.split()[-1].split("."))) >= (3, 51, 3)
