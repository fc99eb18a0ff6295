"""A sabotaged build: a copy of the source tree with one patch applied, and the test that must notice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from tests.serving import COMPILED

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
COPIED = ("src", "tests", "tools", "conftest.py", "pyproject.toml")
PASSED, FAILED = 0, 1


class Mutant(msgspec.Struct, frozen=True):
    """One patch with what stands above it."""

    name: str
    path: Path
    sabotage: str
    promise: str
    caught_by: str
    given: tuple[str, ...] = ()

    @property
    def is_front_end(self) -> bool:
        """Is it the field app that is broken?"""
        return self.caught_by.startswith("web/")


def mutants() -> list[Mutant]:
    """All there are, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.patch"))]


def _read(path: Path) -> Mutant:
    head = path.read_text("utf-8").split("\n---", 1)[0].split("\ndiff ", 1)[0]
    said = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    given = tuple(said.get("With", "").split())
    return Mutant(path.stem, path, said["Sabotage"], said["Promise"], said["Caught by"], given)


class Copy:
    """The source tree somewhere else, where it may be broken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        leave = shutil.ignore_patterns("__pycache__", "assets", "node_modules")
        for name in (*COPIED, "web"):
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / name, **({"ignore": leave} if source.is_dir() else {}))  # type: ignore[operator]
        if (ROOT / "web" / "node_modules").exists():
            (folder / "web" / "node_modules").symlink_to((ROOT / "web" / "node_modules").resolve())

    def throw_away(self) -> None:
        """With all that was compiled of it."""
        shutil.rmtree(COMPILED / self._folder.relative_to("/"), ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def apply(self, mutant: Mutant, *, undo: bool = False) -> None:
        """Break it; or mend it again. A patch that does not fit any more is an error."""
        way = ["--reverse"] if undo else []
        command = ["git", "apply", *way, str(mutant.path)]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{mutant.path.name} fits no more (tests/mutants/README.md):\n{done.stderr}"

    def outcome(self, mutant: Mutant) -> tuple[int, str]:
        """Run the test that must notice: its exit code, and what it said."""
        command, where = self._command(mutant)
        done = subprocess.run(command, cwd=where, env=_environment(), capture_output=True, text=True)
        return done.returncode, done.stdout[-3000:] + done.stderr[-1500:]

    def _command(self, mutant: Mutant) -> tuple[list[str], Path]:
        if mutant.is_front_end:
            file, _, name = mutant.caught_by.removeprefix("web/").partition(" > ")
            return ["npx", "vitest", "run", file, "-t", name], self._folder / "web"
        pytest = [sys.executable, "-m", "pytest", "-x", "--tb=line", *mutant.given, mutant.caught_by]
        return pytest, self._folder


def _environment() -> dict[str, str]:
    """Nothing of this run's own folder, settings, sizes and lines reaches the copy; what is compiled is kept."""
    own = {n: v for n, v in os.environ.items() if not n.startswith(("LIANFANG_", "DJANGO_", "PYTHONPATH"))}
    return own | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(COMPILED)}
