"""./lf check: everything a machine can say about the source without running it."""

import time
from collections.abc import Callable
from pathlib import Path

from tools import environment, house, locales
from tools.house import ROOT

Found = str  # what is wrong, in the words of the tool; empty when nothing is
LINES_SHOWN = 60


def main(arguments: list[str]) -> int:
    """Run every check, or those whose name begins as asked; show what is wrong; count."""
    environment.packages(development=True)
    results = run(arguments)
    failed = [name for name, found in results if found]
    print(f"\n{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run(wanted: list[str]) -> list[tuple[str, Found]]:
    chosen = {name: check for name, check in CHECKS.items() if not wanted or name.startswith(tuple(wanted))}
    return [(name, _one(name, check)) for name, check in chosen.items()]


def _one(name: str, check: Callable[[], Found]) -> Found:
    began = time.monotonic()
    print(f"▸ {name} … ", end="", flush=True)
    try:
        found = check().strip()
    except house.Stopped as stopped:
        found = str(stopped)
    print(f"{'✗' if found else '✓'} {time.monotonic() - began:.1f} s", flush=True)
    if found:
        print("\n".join(f"    {line}" for line in found.splitlines()[-LINES_SHOWN:]), flush=True)
    return found


def _said(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Found:
    """A tool's complaint: what it printed, if it ended in failure."""
    done = house.outcome(command, cwd=cwd, env={**house.ENVIRONMENT, **(env or {})})
    return (done.stdout or f"ended with {done.returncode}") if done.returncode != 0 else ""


def _tool(name: str) -> Path:
    return environment.PYTHON.parent / name


def _strictly_typed() -> list[Path]:
    source = ROOT / "src" / "lianfang"
    below = [source / "foundation", source / "ground"]
    rules = [path for path in sorted(source.rglob("rules.py")) if not any(path.is_relative_to(part) for part in below)]
    return [path for path in below if path.is_dir()] + rules


def _types() -> Found:
    return _said(_tool("mypy"), *_strictly_typed())


def _migrations() -> Found:
    """Would makemigrations write something? Then a model and its tables have parted."""
    return _said(*environment.lianfang("makemigrations", "--check", "--dry-run"))


def _web(tool: str, *arguments: str) -> Found:
    environment.front_end_packages()
    return _said(f"node_modules/.bin/{tool}", *arguments, cwd=environment.WEB, env=environment.with_node())


CHECKS: dict[str, Callable[[], Found]] = {
    "ruff": lambda: _said(_tool("ruff"), "check", "."),
    "format": lambda: _said(_tool("ruff"), "format", "--check", "."),
    "mypy": _types,
    "imports": lambda: _said(_tool("lint-imports"), "--no-cache"),
    "migrations": _migrations,
    "locales": lambda: "\n".join(locales.problems()),
    "vue-tsc": lambda: _web("vue-tsc", "--noEmit"),
    "eslint": lambda: _web("eslint", "."),
}
