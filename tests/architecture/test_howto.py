"""The how-to pages are followed, block by block, in a copy of the house. What they show works, or this fails."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PAGES = ("add-a-record-kind", "add-an-operation", "add-a-hazard-pack")
NOT_COPIED = shutil.ignore_patterns("node_modules", "assets", "__pycache__", ".venv", ".git", "out", "data", "*.pyc")
NEEDED = ("src", "tests", "tools", "docs", "lf", "conftest.py", "pyproject.toml")


class Block(NamedTuple):
    """A fenced block that says what to do with it: a file to write, lines of a file to change, or commands to run."""

    language: str
    target: str
    text: str


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_following_the_page_leads_to_passing_tests(name: str, repository: Path, tmp_path: Path) -> None:
    house = _copy(repository, tmp_path / "house")
    blocks = list(_blocks(repository / "docs" / "howto" / f"{name}.md"))
    assert any(block.target == "run" for block in blocks)
    for block in blocks:
        _follow(block, house)


def _blocks(page: Path) -> Iterator[Block]:
    fenced = re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    yield from (Block(*found) for found in fenced)


def _follow(block: Block, house: Path) -> None:
    if block.target == "run":
        for command in block.text.splitlines():
            _run(command.split(), house)
    elif block.language == "diff":
        _change(house / block.target, block.text)
    else:
        file = house / block.target
        assert not file.exists(), f"{block.target} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")


def _change(file: Path, diff: str) -> None:
    """Exchange the lines of a block that are there (kept and -) for those that shall be (kept and +)."""
    lines = diff.splitlines()
    before = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
    after = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name} has {text.count(before)} places that read:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def _run(command: list[str], house: Path) -> None:
    environment = {**os.environ, "LIANFANG_VENV": sys.prefix, "LIANFANG_DATA": str(house / "data"), "COLUMNS": "200"}
    for name in ("DJANGO_SETTINGS_MODULE", "PYTHONPATH", "LIANFANG_DATABASE_URL"):
        environment.pop(name, None)
    done = subprocess.run([sys.executable, *command], cwd=house, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"


def _copy(repository: Path, house: Path) -> Path:
    house.mkdir()
    for name in NEEDED:
        source = repository / name
        if source.is_dir():
            shutil.copytree(source, house / name, ignore=NOT_COPIED)
        else:
            shutil.copy(source, house / name)
    return house
