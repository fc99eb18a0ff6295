"""./lf proof [--full] [pytest arguments]: break it on purpose, and show that nothing acknowledged was lost.

Every test in tests/crash says in one line what it did, how often, and what it found; the lines become a table in
out/proof.md. `--full` takes the sizes that need a night.
"""

import json
import platform
from datetime import UTC, datetime

from tools import environment, house
from tools.testing import ready_for_browsers

LINES = house.OUT / "proof.jsonl"
TABLE = house.OUT / "proof.md"


def main(arguments: list[str]) -> int:
    """Run the proofs; green only when each holds."""
    environment.packages(development=True)
    ready_for_browsers()
    LINES.parent.mkdir(exist_ok=True)
    LINES.unlink(missing_ok=True)
    full = "--full" in arguments
    chosen = [argument for argument in arguments if argument != "--full"] or ["tests/crash"]
    command = [environment.PYTHON, "-m", "pytest", "-rs", "--durations=10", "-m", "proof", *chosen]
    code = house.show(command, env={**house.ENVIRONMENT, "LIANFANG_PROOF": "full" if full else ""})
    lines = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()] if LINES.exists() else []
    TABLE.write_text(table(lines), "utf-8")
    print(f"\n{TABLE.read_text('utf-8')}")
    return code


def table(lines: list[dict[str, object]]) -> str:
    """The published form: what was done, how often, what was found; when, on which commit, on what machine."""
    commit = house.outcome(["git", "rev-parse", "--short", "HEAD"]).stdout.strip()
    head = f"{datetime.now(UTC):%Y-%m-%d} · {commit} · {platform.machine()}, Python {platform.python_version()}\n\n"
    rows = [f"| {line['promise']} | {line['what']} | {line['size']} | {_words(line)} |" for line in lines]
    return head + "\n".join(["| | what was done | size | found |", "|---|---|---|---|", *rows]) + "\n"


def _words(line: dict[str, object]) -> str:
    found = line["found"]
    return ", ".join(f"{key} {value}" for key, value in found.items()) if isinstance(found, dict) else str(found)
