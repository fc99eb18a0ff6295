"""The ledger has not become slower by a third since its ratios were recorded (tests/bench/guard.py)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_no_ratio_has_fallen_below_what_was_recorded(repository: Path, proof: Callable[..., None]) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("LIANFANG_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.guard"],
        env=own | {"PYTHONPATH": f"{repository / 'src'}:{repository}"},
        cwd=repository,
        capture_output=True,
        text=True,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    best = {name: max(each[name] for each in found["tries"]) for name in found["recorded"]}
    told = {name: f"{best[name]:g} (recorded {was:g})" for name, was in found["recorded"].items()}
    proof("speed", "short ratios beside the recorded ones", size=len(found["tries"]), **told)
    assert done.returncode == 0, found
