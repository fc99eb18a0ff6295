"""The repository looks after itself: locks, reasons, files that must be there, the same anatomy everywhere."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock")
MUST_BE_THERE = (
    "lf", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", ".ci/run",
    "docs/architecture.md", "docs/glossary.md", "docs/adr/0001-one-write-path.md",
    "docs/howto/add-a-record-kind.md", "docs/howto/add-an-operation.md", "docs/howto/run-for-real.md",
    "docs/manual/README.md",
)  # fmt: skip
DRAWERS = {"utils", "helpers", "constants", "exceptions", "mixins", "common", "misc", "signals", "managers"}
LAYERS_OF_MODULES = ("foundation", "ground", "operations", "screens", "interop")
# Addresses that name no machine: this one, names reserved for examples, and names of XML vocabularies.
HARMLESS_HOST = re.compile(
    r"(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|www\.w3\.org|schemas\.\w+\.org|openrosa\.org"
    r"|([\w-]+\.)*(example|test|invalid|localhost|local|example\.(com|org|net)))$"
)
# How a dependency shows in our code where that is not `import <its own name>`.
USED_AS = {
    "django-modern-rest": r"\bfrom dmr\b",
    "uvloop": r"\buvicorn\b",
    "httptools": r"\buvicorn\b",
    "psycopg": r"django\.db\.backends\.postgresql",
    "argon2-cffi": r"Argon2PasswordHasher",
    "django-axes": r"axes\.middleware",
    "django-csp": r"csp\.middleware",
    "django-tasks": r"\bfrom django_tasks\b",
    "django-tasks-db": r"django_tasks_db",
    "python-calamine": r"\bpython_calamine\b",
    "whitenoise": r"whitenoise\.middleware",
    "python-docx": r"(?m)^from docx import",
    "chinesecalendar": r"\bchinese_calendar\b",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_carries_hashes_and_no_address(name: str, repository: Path) -> None:
    text = (repository / name).read_text()
    assert "://" not in text
    pins = re.findall(r"^\S+==\S+.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pins and all("--hash=sha256:" in pin for pin in pins)


def test_the_front_end_lock_names_no_registry(repository: Path) -> None:
    lock = repository / "web" / "package-lock.json"
    if not lock.is_file():
        pytest.skip("the front end is not there yet")
    packages = json.loads(lock.read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package and not package.get("link")] == []


def test_the_runtime_lock_and_the_development_lock_agree(repository: Path) -> None:
    runtime, development = (_pins(repository / name) for name in LOCKS[:2])
    assert runtime.items() <= development.items()


def test_the_lock_holds_what_the_project_asks_for(repository: Path) -> None:
    asked = {_name(line) for line in _project(repository)["project"]["dependencies"]}
    assert asked <= set(_pins(repository / "requirements.lock"))


def test_each_dependency_says_why_it_is_here(repository: Path) -> None:
    lines = (repository / "pyproject.toml").read_text().splitlines()
    wanted = {line for group in _dependency_groups(repository) for line in group}
    silent = [line.strip() for line in lines if _quoted(line) in wanted and not re.search(r"#\s*\S+ \S+", line)]
    assert silent == []


def test_each_runtime_dependency_is_used(repository: Path) -> None:
    """One that nothing imports or names is taken out: it would be installed, updated and trusted for nothing."""
    files = [file for file in (repository / "src").rglob("*.py") if "tests" not in file.parts]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    asked = [_name(line) for line in _project(repository)["project"]["dependencies"]]
    assert [name for name in asked if not re.search(USED_AS.get(name, _imported(name)), code)] == []


def test_the_script_runs_on_a_bare_python(repository: Path) -> None:
    """./lf and tools/ import nothing but the standard library and each other."""
    files = [repository / "lf", *(repository / "tools").glob("*.py")]
    imported = {(file.name, name) for file in files for name in _top_level_imports(file)}
    assert sorted((file, name) for file, name in imported if name not in sys.stdlib_module_names | {"tools"}) == []


@pytest.mark.parametrize("name", MUST_BE_THERE)
def test_a_file_every_reader_looks_for_is_there(name: str, repository: Path) -> None:
    file = repository / name
    assert file.is_file() and file.stat().st_size > 100


def test_no_merge_was_left_half_done(repository: Path) -> None:
    marked = [
        file for file in _tracked_text(repository) if re.search(r"^(<{7}|>{7}) ", file.read_text(errors="ignore"), re.M)
    ]
    assert [str(file.relative_to(repository)) for file in marked] == []


def test_nothing_speaks_to_a_machine_elsewhere(repository: Path) -> None:
    """No CDN, no tile server, no font host, no registry: at run time nothing needs the internet."""
    named = [
        f"{file.relative_to(repository)}: {host}"
        for file in _tracked_text(repository)
        if file.name not in {"LICENSE", "package-lock.json"}
        for host in re.findall(r"https?://([^\s/\"'`<>)\]}:,\\]+)", file.read_text(encoding="utf-8", errors="ignore"))
        if not HARMLESS_HOST.match(host) and "$" not in host and "{" not in host
    ]
    assert named == []


def test_each_module_says_what_it_is_for_and_its_chinese_name(repository: Path) -> None:
    silent = [
        str(folder.relative_to(repository))
        for folder in _modules(repository)
        if not CHINESE.search(_docstring(folder / "__init__.py")) or len(_docstring(folder / "__init__.py")) < 20
    ]
    assert silent == []


def test_there_are_no_drawers_for_odds_and_ends(repository: Path) -> None:
    files = (repository / "src").rglob("*.py")
    assert [str(file.relative_to(repository)) for file in files if file.stem in DRAWERS] == []


def test_a_file_exists_only_when_it_has_content(repository: Path) -> None:
    files = [
        file
        for file in (repository / "src").rglob("*.py")
        if not {"tests", "migrations", "management"} & set(file.parts)
    ]
    assert [str(file.relative_to(repository)) for file in files if not file.read_text().strip()] == []


def test_each_test_can_fail(repository: Path) -> None:
    """A test without any claim passes whatever the code does."""
    files = [*(repository / "src").rglob("test_*.py"), *(repository / "tests").rglob("test_*.py")]
    hollow = [f"{file.relative_to(repository)}: {name}" for file in files for name in _tests_without_a_claim(file)]
    assert hollow == []


def _project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text())


def _dependency_groups(repository: Path) -> Iterator[list[str]]:
    project = _project(repository)
    yield project["project"]["dependencies"]
    for group in project["dependency-groups"].values():
        yield [line for line in group if isinstance(line, str)]


def _quoted(line: str) -> str:
    found = re.match(r"\s*\"([^\"]+)\",", line)
    return found[1] if found else ""


def _name(requirement: str) -> str:
    return re.split(r"[\[=<>;! ]", requirement)[0].lower().replace("_", "-")


def _imported(name: str) -> str:
    return rf"(?m)^\s*(import|from) {re.escape(name.replace('-', '_'))}\b"


def _pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", lock.read_text(), re.MULTILINE))


def _top_level_imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _tracked_text(repository: Path) -> list[Path]:
    said = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True).stdout
    files = [repository / name for name in said.splitlines()]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


def _modules(repository: Path) -> list[Path]:
    source = repository / "src" / "lianfang"
    layers = [source / name for name in (*LAYERS_OF_MODULES, "project", "demo", "journeys")]
    inner = [folder for name in LAYERS_OF_MODULES for folder in sorted((source / name).glob("*/"))]
    return [folder for folder in layers + inner if (folder / "__init__.py").is_file()]


def _docstring(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""


def _tests_without_a_claim(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words = ast.dump(node)
            if not any(
                claim in words
                for claim in ("Assert(", "raises", "assert", "expect", "verify", "check", "must_", "attr='sees'")
            ):
                yield node.name
