"""Routine or emergency is data that a rule is handed, never a switch that it looks at.

A system born in an emergency grows `PEACETIME_MODE` branches and can never leave it.
Here a policy has an area and an end.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SWITCH = re.compile(
    r"(^|_)(mode|peacetime|wartime|emergency|peace|debug)$|^(is|in|during)_(emergency|routine|drill|demo)$", re.I
)
DECIDING = {"rules", "terms", "records", "projections", "measures"}
LAYERS = ("ground", "operations", "journeys")


def test_nothing_that_decides_looks_at_a_switch(repository: Path) -> None:
    found = [
        f"{file.relative_to(repository)}:{line} {name}"
        for file in _deciding(repository)
        for line, name in _switches(file)
    ]
    assert found == []


def test_nothing_that_decides_reads_the_environment_or_the_settings(repository: Path) -> None:
    files = [
        file for file in _deciding(repository) if re.search(r"\bos\.environ|\bgetenv\b|django\.conf", file.read_text())
    ]
    assert [str(file.relative_to(repository)) for file in files] == []


@pytest.mark.parametrize(
    "code", ["if PEACETIME_MODE: pass", "decide(emergency=True)", "x.is_emergency", "def f(demo_mode): pass"]
)
def test_a_switch_would_be_seen(code: str, tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(code)
    assert list(_switches(tmp_path / "rules.py"))


@pytest.mark.parametrize("code", ["policy.code_policy", "incident.ends_at", "model = 1", "residence_kind = 2"])
def test_plain_data_is_no_switch(code: str, tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(code)
    assert not list(_switches(tmp_path / "rules.py"))


def _deciding(repository: Path) -> list[Path]:
    source = repository / "src" / "lianfang"
    files = [file for layer in LAYERS for file in (source / layer).rglob("*.py") if "tests" not in file.parts]
    return [file for file in files if file.stem in DECIDING or file.is_relative_to(source / "journeys")]


def _switches(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = _name(node)
        if name and SWITCH.search(name):
            yield getattr(node, "lineno", 0), name


def _name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=name):
            return name
    return None
