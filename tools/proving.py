"""./lf proof [--full | --publish] [pytest arguments]: break it on purpose, and show that nothing acknowledged was lost.

Every test in tests/crash says in one line what it did, how often, and what it found; the lines become a table in
out/proof.md. `--full` takes the sizes that need a night; broken off, it goes on where it was when it is called again on
the same commit. `--publish` runs nothing: it puts what the last runs found into docs/proof.md, which also says when
each proof that was not among them last ran.
"""

import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools import environment, house
from tools.testing import AT_ONCE, DAYS_ON_POSTGRES, ON_POSTGRES, ready_for_browsers

Line = dict[str, Any]

LINES = {"": house.OUT / "proof.jsonl", "full": house.OUT / "proof-full.jsonl"}
DONE = house.OUT / "proof-full.done"  # its first line is the commit
TABLE = house.OUT / "proof.md"
PUBLISHED = house.ROOT / "docs" / "proof.jsonl"
PAGE = house.ROOT / "docs" / "proof.md"
HEAD = """# 凭据 Proof

What is broken on purpose, how often, and what was found after it. Made by `./lf proof`, `./lf proof --full` and then
`./lf proof --publish`; not written by hand. P1 to P20 are the promises of the ledger; `lost`, `twice` and
`counts_differ` are to be 0. A power cut is the shutdown of the file system under the running server; only what was
acknowledged before it began is counted. With nothing lost in n cuts, the chance of losing something in one cut is
below 3/n (95 %).

Not proved here: the write cache of real disks and torn sectors, real phones, a PostgreSQL of several machines.

"""


def main(arguments: list[str]) -> int:
    """Run the proofs; green only when each holds, and in CI only when none was skipped."""
    if "--publish" in arguments:
        return publish()
    environment.packages(development=True)
    ready_for_browsers()
    size = "full" if "--full" in arguments else ""
    _begin_or_go_on(size)
    code = house.show(_command(arguments), env=_environment(size))
    if not arguments:
        code = house.show(_days_on_postgres(), env=house.ENVIRONMENT) or code
    if size and code == 0:
        DONE.unlink(missing_ok=True)
    lines = read(LINES[size])
    TABLE.write_text(table(latest([*read(PUBLISHED), *lines])), "utf-8")
    print(f"\n{TABLE.read_text('utf-8')}")
    return code or _skipped_in_ci(lines)


def publish() -> int:
    """Into docs/: the newest line of each proof that held."""
    found = [line for path in LINES.values() for line in read(path) if _counts(line)]
    lines = latest([*read(PUBLISHED), *found])
    PUBLISHED.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    PAGE.write_text(HEAD + table(lines), "utf-8")
    print(f"{len(found)} → {PAGE.relative_to(house.ROOT)}")
    return 0


def _begin_or_go_on(size: str) -> None:
    """A full run that was broken off on this commit keeps what it found; any other run begins with nothing."""
    house.OUT.mkdir(parents=True, exist_ok=True)
    goes_on = size and DONE.is_file() and DONE.read_text().splitlines()[:1] == [_commit()]
    if not goes_on:
        LINES[size].unlink(missing_ok=True)
        if size:
            DONE.write_text(f"{_commit()}\n")


def _command(arguments: list[str]) -> list[str | Path]:
    chosen = [argument for argument in arguments if argument != "--full"] or ["tests/crash"]
    return [environment.PYTHON, "-m", "pytest", "-rs", "--durations=15", "-m", "proof", *chosen]


def _days_on_postgres() -> list[str | Path]:
    """What `./lf test` plays on SQLite from the first to the last door, once more, and what PostgreSQL alone can do."""
    return [environment.PYTHON, "-m", "pytest", "-rs", *AT_ONCE, *ON_POSTGRES, "-m", DAYS_ON_POSTGRES]


def _environment(size: str) -> dict[str, str]:
    own = {
        "LIANFANG_PROOF": size,
        "LIANFANG_PROOF_LINES": str(LINES[size]),
        "LIANFANG_PROOF_DONE": str(DONE) if size else "",
        "LIANFANG_PROOF_TURN": house.outcome(["git", "rev-list", "--count", "HEAD"]).stdout.strip(),
        "LIANFANG_PROOF_COMMIT": _commit(),
        "LIANFANG_PROOF_MACHINE": _machine(),
    }
    return {**house.ENVIRONMENT, **own}


def _skipped_in_ci(lines: list[Line]) -> int:
    """CI runs as root on a machine that can do everything: what is skipped there is a hole nobody would see."""
    skipped = [line for line in lines if _skipped(line)]
    for line in skipped:
        print(f"! 没有证明 not proved: {line['promise']} {line['what']}: {line['found']['SKIPPED']}")
    return 1 if skipped and os.environ.get("CI") == "true" else 0


def _counts(line: Line) -> bool:
    """It held, was not skipped, and is of a run by `./lf proof`, which knows the commit and the machine."""
    return bool(line["held"] and line["commit"] and not _skipped(line))


def _skipped(line: Line) -> bool:
    return "SKIPPED" in line["found"]


def read(path: Path) -> list[Line]:
    """Lines of a file, none when there is no file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def latest(lines: Iterable[Line]) -> list[Line]:
    """Of each proof at each size the newest line, by promise."""
    newest: dict[tuple[str, str, bool], Line] = {}
    for line in sorted(lines, key=lambda line: str(line["at"])):
        newest[line["promise"], line["what"], line["full"]] = line
    return sorted(newest.values(), key=lambda line: (_number(line["promise"]), line["what"], line["full"]))


def _number(promise: str) -> tuple[int, str]:
    digits = "".join(sign for sign in promise if sign.isdigit())
    return int(digits or 99), promise


def table(lines: list[Line]) -> str:
    """What was done, how often, what was found; when it last ran, on which commit, on what machine."""
    rows = [
        f"| {line['promise']} | {line['what']} | {line['size']:,} | {_words(line)} | {line['at']} · {line['commit']} |"
        for line in lines
    ]
    machines = sorted({line["machine"] for line in lines})
    head = ["| | what was done | size | found | last ran |", "|---|---|--:|---|---|"]
    return "\n".join([*head, *rows, "", *machines]) + "\n"


def _words(line: Line) -> str:
    words = ", ".join(f"{key} {value}" for key, value in line["found"].items())
    return words if line["held"] else f"**DOES NOT HOLD**: {words}"


def _commit() -> str:
    return house.outcome(["git", "rev-parse", "--short", "HEAD"]).stdout.strip()


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    where = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return f"{where}, {os.cpu_count()} cores, {memory} GiB, Python {platform.python_version()}"
