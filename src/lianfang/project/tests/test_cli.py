"""lianfang without a command tells a person what there is; Django's own commands stay out of the way but work."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lianfang
from lianfang.foundation.kernel.problems import Problem
from lianfang.project import cli


def test_the_overview_lists_our_commands_and_none_of_djangos(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main([])
    said = capsys.readouterr().out
    names = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
    assert names == [name.replace("_", "-") for name in cli.our_commands()]
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


def test_a_problem_is_told_as_a_sentence_in_both_languages_and_not_as_a_traceback() -> None:
    said = cli.told(Problem("project.no_network"))
    assert "没有连上任何网络" in said and "on no network" in said and "project.no_network" in said


def test_a_command_of_two_words_is_written_with_a_dash(tmp_path: Path) -> None:
    assert "usage: lianfang reset_password" in _lianfang("reset-password", "--help", data=tmp_path / "data").stdout


def test_a_server_without_its_key_says_so(tmp_path: Path) -> None:
    done = _lianfang("serve", data=tmp_path / "data")
    assert done.returncode == 1
    assert "sealing.no_master_key" in done.stderr and "Traceback" not in done.stderr


def test_django_never_sees_the_systems_sqlite(tmp_path: Path) -> None:
    """A process of its own: the exchange must happen before anything else imports sqlite3."""
    code = "from lianfang.project import cli; cli.main(['version']); import sqlite3; print(sqlite3.sqlite_version)"
    said = _python("-c", code, data=tmp_path / "data").stdout
    assert tuple(map(int, said.split()[-1].split("."))) >= (3, 51, 3)


@pytest.mark.sqlite_only("PostgreSQL takes as many as are wanted")
def test_several_processes_on_sqlite_are_refused_in_a_sentence(tmp_path: Path) -> None:
    done = _lianfang("serve", "--processes", "2", data=tmp_path / "data")
    assert done.returncode == 1
    assert "需要 PostgreSQL" in done.stderr and "project.processes_need_postgresql" in done.stderr


def _lianfang(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return _python("-m", "lianfang.project.cli", *arguments, data=data)


def _python(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own, with a data folder of its own."""
    own = {
        "PYTHONPATH": str(Path(lianfang.__file__).parents[1]),
        "LIANFANG_DATA": str(data),
        "LIANFANG_KEYS": str(data / "keys"),
    }
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env={**os.environ, **own})
