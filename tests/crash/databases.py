"""Proofs that run inside the test's own process run on the database it was given; here they go on to the other one."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ON_POSTGRES = "on_postgresql_it_is_the_same"


def on_postgresql(file: str) -> None:
    """Everything in this file, once more, on PostgreSQL, in a process of its own."""
    chosen = ["-m", "proof", "-k", f"not {ON_POSTGRES}", "--db", "postgres", file]
    # What this process told itself about its own folder and settings must not reach the other one.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIANFANG_", "DJANGO_"))}
    kept["LIANFANG_PROOF"] = os.environ.get("LIANFANG_PROOF", "")
    command = [sys.executable, "-m", "pytest", *chosen]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
