"""The ground ./lf stands on: where things are, running a program, one line of progress per step, fingerprints."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
LOG = OUT / "lf.log"
LINES_OF_OUTPUT_SHOWN = 40
MOST_LOG_BYTES = 5_000_000

Command = Sequence[str | Path]


class Stopped(Exception):
    """A step that could not be done; the text says what happened and what to do about it."""


@contextmanager
def step(zh: str, en: str) -> Iterator[None]:
    """One thing being done: its name at once, its time when it is done. Beside another, both in one line at the end."""
    line = f"▸ {zh} {en} … "
    beside = threading.current_thread() is not threading.main_thread()
    if not beside:
        print(line, end="", flush=True)
    began, sign = time.monotonic(), "✗"
    try:
        yield
        sign = "✓"
    finally:
        print(f"{chr(13) + line if beside else ''}{sign} {time.monotonic() - began:.1f} s", flush=True)


@contextmanager
def beside(task: Callable[[], object]) -> Iterator[None]:
    """Do a task while the body of the `with` is done; what it could not do is raised at the end."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        doing = pool.submit(task)
        yield
        doing.result()


def run(command: Command, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, stdin: str | None = None) -> str:
    """Run quietly; its output goes to out/lf.log, and to the screen only if it fails."""
    done = outcome(command, cwd=cwd, env=env, stdin=stdin)
    if done.returncode != 0:
        shown = "\n".join(done.stdout.splitlines()[-LINES_OF_OUTPUT_SHOWN:])
        raise Stopped(f"{shown}\n\n{_spoken(command)}\n  → {done.returncode}; 全部输出 all of its output: {LOG}")
    return done.stdout


def outcome(
    command: Command, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run and keep what it said, whatever the outcome."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise Stopped(f"找不到程序 not found: {command[0]}") from None
    _log(command, done.stdout)
    return done


def show(command: Command, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> int:
    """Run with its output on the screen as it comes."""
    sys.stdout.flush()
    return subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, **(env or {})}).returncode


def become(command: Command) -> int:
    """Let another program take this process's place, so that signals and exit codes are its own."""
    sys.stdout.flush()
    os.environ.update(ENVIRONMENT)
    os.execv(str(command[0]), [str(part) for part in command])


def fingerprint(files: Iterable[Path]) -> str:
    """A short name for the content of these files; it changes when any of them does."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:24]


def is_current(stamp: Path, mark: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == mark


def remember(stamp: Path, mark: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark + "\n")


# The package is used where it lies; nothing is copied into the environment.
ENVIRONMENT = {"PYTHONPATH": str(ROOT / "src")}


def _spoken(command: Command) -> str:
    return " ".join(str(part) for part in command)


def _log(command: Command, output: str) -> None:
    OUT.mkdir(exist_ok=True)
    full = LOG.is_file() and LOG.stat().st_size > MOST_LOG_BYTES
    with LOG.open("w" if full else "a", encoding="utf-8") as log:
        log.write(f"\n$ {_spoken(command)}\n{output}")
