"""The figures that were measured, as the table of docs/figures.md.

python -m tests.bench.table [out/figures.jsonl]

The newest line of each name counts.
"""

import sys
from pathlib import Path

import msgspec

from tests.bench.figures import KEPT, Figure


def main() -> None:
    """Read the lines, print the table."""
    kept = Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT
    newest = {figure.name: figure for figure in map(_read, kept.read_text("utf-8").splitlines())}
    print("| | reached | asked | rounds | beside |\n|---|---|---|---|---|")
    for figure in newest.values():
        print(_row(figure))


def _read(line: str) -> Figure:
    return msgspec.json.decode(line, type=Figure)


def _row(figure: Figure) -> str:
    asked = "" if figure.asked is None else f"{'≤' if figure.at_most else '≥'} {figure.asked:g}"
    mark = {True: "✓ ", False: "✗ ", None: ""}[figure.reached]
    rounds = ", ".join(f"{value:g}" for value in figure.rounds)
    beside = ", ".join(f"{key} {value}" for key, value in figure.beside.items())
    moved = " (the ceiling moved more than two-fold)" if figure.unstable else ""
    return f"| {figure.name} | {mark}{figure.value:g} {figure.unit}{moved} | {asked} | {rounds} | {beside} |"


if __name__ == "__main__":
    main()
