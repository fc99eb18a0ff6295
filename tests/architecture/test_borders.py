"""Who may import whom. The layers stand in pyproject.toml; here stands the front door of each module."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

LAYERS = ("project", "demo", "screens", "interop", "journeys", "operations", "ground", "foundation")
# Layers whose children are modules with a front door. kernel and plumbing are toolboxes: open on every side.
HOUSES = ("demo", "screens", "interop", "journeys", "operations", "ground", "foundation")
TOOLBOXES = {"lianfang.foundation.kernel", "lianfang.foundation.plumbing"}
FRONT_DOOR = {"terms", "records", "queries", "actions", "measures"}
DOOR_OF_THE_WIRING = FRONT_DOOR | {"api", "permissions", "projections", "jobs"}
PURE = {
    "rules",
    "terms",
    "credential_terms",
    "occasions",
    "giving",
    "checking",
    "expressions",
    "logic",
    "filling",
}  # all but the first two are rules under names of their own
IMPURE_CALLS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "uuid4", "uuid7", "random", "getenv"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("lianfang", include_external_packages=True, cache_dir=None)


def test_other_modules_come_in_by_the_front_door(graph: grimp.ImportGraph) -> None:
    back_doors = [
        f"{importer} imports {imported}"
        for importer, imported in _imports(graph)
        if _by_a_back_door(importer, imported)
    ]
    assert back_doors == []


def test_the_front_door_is_guarded() -> None:
    """The rule itself: what it lets through and what it stops."""
    visits = "lianfang.operations.screening.actions"
    assert not _by_a_back_door(visits, "lianfang.ground.campaigns.records")
    assert not _by_a_back_door(visits, "lianfang.operations.screening.models")
    assert not _by_a_back_door(visits, "lianfang.foundation.plumbing.wire")
    assert not _by_a_back_door("lianfang.project.wiring", "lianfang.ground.campaigns.projections")
    assert _by_a_back_door(visits, "lianfang.ground.campaigns.models")
    assert _by_a_back_door(visits, "lianfang.ground.campaigns.projections")
    assert _by_a_back_door("lianfang.project.wiring", "lianfang.ground.campaigns.models")
    assert _by_a_back_door("lianfang.screens.desk.api", "lianfang.foundation.ledger.store.sqlite")


def test_rules_and_terms_are_pure(graph: grimp.ImportGraph) -> None:
    """They know words, other rules and the shape of records: no Django, no clock, no database, no file, no network."""
    impure = [
        f"{importer} imports {imported}"
        for importer, imported in _imports(graph)
        if _is_pure(importer) and not _may_be_known_to_a_rule(imported)
    ]
    assert impure == []


def test_rules_and_terms_read_no_clock_and_roll_no_dice(repository: Path) -> None:
    files = [path for path in (repository / "src").rglob("*.py") if path.stem in PURE and "tests" not in path.parts]
    calls = [f"{path.relative_to(repository)}:{line} {name}()" for path in files for line, name in _impure_calls(path)]
    assert calls == []


def test_the_layers_hold_and_a_breach_would_be_seen(tmp_path: Path, repository: Path) -> None:
    """Build a small house with one import that points upward: import-linter must object to exactly that."""
    _a_house_with_a_breach(tmp_path / "lianfang")
    config = (repository / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(config[config.index("[tool.importlinter]") :])
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    said = " ".join(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout.split())
    assert "lianfang.foundation.kernel.ids -> lianfang.ground.access.terms" in said
    assert "lianfang.operations.hotline is not allowed to import lianfang.operations.screening" in said
    assert "lianfang.attic" in said


def _a_house_with_a_breach(house: Path) -> None:
    rooms = ["foundation.kernel", "foundation.plumbing", "ground.access", "operations.screening", "operations.hotline"]
    for module in [*rooms, "screens.desk", "project", "attic"]:
        folder = house.joinpath(*module.split("."))
        folder.mkdir(parents=True)
        for parent in [folder, *folder.parents]:
            if parent.is_relative_to(house):
                (parent / "__init__.py").touch()
    (house / "ground/access/terms.py").touch()
    (house / "operations/screening/terms.py").touch()
    (house / "foundation/kernel/ids.py").write_text("from lianfang.ground.access import terms\n")
    (house / "operations/hotline/rules.py").write_text("from lianfang.operations.screening import terms\n")


def _imports(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    for importer in sorted(graph.modules):
        if importer.startswith("lianfang") and ".tests" not in importer:
            yield from ((importer, imported) for imported in sorted(graph.find_modules_directly_imported_by(importer)))


def _by_a_back_door(importer: str, imported: str) -> bool:
    owner = _owner(imported)
    if owner is None or owner in TOOLBOXES or _owner(importer) == owner or imported == owner:
        return False
    room = imported.removeprefix(owner + ".").split(".")
    door = DOOR_OF_THE_WIRING if importer.startswith("lianfang.project") else FRONT_DOOR
    return len(room) > 1 or room[0] not in door


def _owner(module: str) -> str | None:
    """The module whose front door counts: for lianfang.ground.access.queries that is lianfang.ground.access."""
    parts = module.split(".")
    if parts[0] != "lianfang" or len(parts) < 2 or parts[1] not in HOUSES:
        return None
    if parts[1] == "demo":
        return "lianfang.demo"
    return ".".join(parts[:3]) if len(parts) > 2 else None


def _is_pure(module: str) -> bool:
    return module.rsplit(".", 1)[-1] in PURE


def _may_be_known_to_a_rule(imported: str) -> bool:
    if imported.startswith("lianfang"):
        return (
            _is_pure(imported)
            or imported.endswith(".records")
            or imported.startswith("lianfang.foundation.kernel")
            or _is_a_package(imported)
        )
    return imported.split(".")[0] in WORDS_OF_THE_LANGUAGE


def _is_a_package(module: str) -> bool:
    return module.count(".") <= 2


WORDS_OF_THE_LANGUAGE = {
    "__future__", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib",
    "hmac", "itertools", "json", "math", "msgspec", "operator", "re", "statistics", "string", "typing", "unicodedata",
    "uuid", "zoneinfo",
}  # fmt: skip


def _impure_calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in IMPURE_CALLS or name == "open":
                yield node.lineno, name
