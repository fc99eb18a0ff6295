"""Proofs that run inside the test's own process run on the database it was given; meanwhile the same file runs on
PostgreSQL in a process of its own.

A file imports the fixture `on_postgresql` and ends with a test that waits for it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WAITS = "on_postgresql_it_is_the_same"


@pytest.fixture(scope="module", autouse=True)
def on_postgresql(request: pytest.FixtureRequest) -> Iterator[Callable[[], int]]:
    """Everything in this file, once more, on PostgreSQL; what is given waits for its end."""
    waited_for = any(WAITS in item.name and item.path == request.path for item in request.session.items)
    if request.config.getoption("--db") == "postgres" or not waited_for:
        yield lambda: 0
        return
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(_command(request), cwd=ROOT, env=_own_environment(), stdout=said, stderr=said)

        def wait() -> int:
            code = process.wait()
            said.seek(0)
            sys.stdout.write(said.read()[-8000:])
            return code

        yield wait
        process.kill()
        process.wait()


def _command(request: pytest.FixtureRequest) -> list[str]:
    """A file may say which of its tests are worth asking twice: `ON_POSTGRESQL = "this or that"`."""
    chosen = getattr(request.module, "ON_POSTGRESQL", f"not {WAITS}")
    return [sys.executable, "-m", "pytest", "-m", "proof", "-k", chosen, "--db", "postgres", str(request.path)]


def _own_environment() -> dict[str, str]:
    """What this process told itself about its folder and settings must not reach the other one; nor what is done here,
    for there it is not.
    """
    told = {name for name in os.environ if name.startswith(("LIANFANG_", "DJANGO_"))}
    of_the_run = {name for name in told if name.startswith("LIANFANG_PROOF")} - {"LIANFANG_PROOF_DONE"}
    return {name: value for name, value in os.environ.items() if name not in told - of_the_run}
