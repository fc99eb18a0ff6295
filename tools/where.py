"""./lf where TERM: from a word, Chinese or English, to the folder and the line where it is decided."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.house import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
SOURCE = ROOT / "src" / "lianfang"
WEB = ROOT / "web"
FILES_THAT_DECIDE = ("terms.py", "rules.py", "records.py", "actions.py", "queries.py", "measures.py")
MOST_LINES_PER_FILE = 6
MOST_WEB_FILES = 6


class Term(NamedTuple):
    zh: str
    identifier: str
    module: str  # folder below src/lianfang, as in ground/campaigns
    words: str

    def answers(self, asked: str) -> bool:
        return (
            asked in self.zh.lower() or asked in self.identifier.lower() or asked in self.identifier.replace("_", " ")
        )


def main(arguments: list[str]) -> int:
    if not arguments:
        print("./lf where TERM   例如 for example: ./lf where 覆盖率 · ./lf where coverage")
        return 2
    asked = " ".join(arguments).strip().lower()
    terms = [term for term in glossary() if term.answers(asked)]
    exact = [term for term in terms if asked in {term.identifier.lower(), *re.split(r"[、/ ]+", term.zh.lower())}]
    lines = [line for term in (exact or terms) for line in _about(term)] or list(_in_the_code(asked))
    print("\n".join(lines) if lines else f"词汇表和代码里都没有 neither the glossary nor the code knows: {asked}")
    return 0 if lines else 1


def glossary() -> list[Term]:
    """The rows of docs/glossary.md: | 中文 | identifier | where | what it means |"""
    rows = (
        line.strip().strip("|").split("|")
        for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    )
    cells = ([cell.strip().strip("`") for cell in row] for row in rows)
    return [Term(*row) for row in cells if len(row) == 4 and row[0] != "中文" and not row[0].startswith("-")]


def _about(term: Term) -> Iterator[str]:
    yield f"{term.zh}  {term.identifier}  {term.words}"
    folder = SOURCE / term.module
    if not folder.is_dir():
        yield f"  {term.module}: 还没有建 not built yet"
        return
    yield f"  {folder.relative_to(ROOT)}/  {_purpose(folder)}"
    for file in (folder / name for name in FILES_THAT_DECIDE):
        yield from _lines_in(file, term.identifier)
    yield from _on_screens(term.identifier, folder.name)


def _purpose(folder: Path) -> str:
    init = folder / "__init__.py"
    first = init.read_text(encoding="utf-8").strip().splitlines() if init.is_file() else []
    return first[0].strip('"') if first else ""


def _lines_in(file: Path, identifier: str) -> Iterator[str]:
    """Lines that name the thing: where it is defined first, then where it is spoken of."""
    if not file.is_file():
        return
    lines = file.read_text(encoding="utf-8").splitlines()
    hits = [number for number, line in enumerate(lines) if _named(identifier).search(line)]
    hits.sort(key=lambda number: not re.match(r"\s*(class|def|[A-Z_]+\b.*=)", lines[number]))
    for number in hits[:MOST_LINES_PER_FILE]:
        yield f"    {file.relative_to(ROOT)}:{number + 1}: {lines[number].strip()[:90]}"


def _on_screens(identifier: str, module: str) -> Iterator[str]:
    hits = (line for file in _web_files() for line in list(_lines_in(file, identifier))[:1])
    found = [line for line, _ in zip(hits, range(MOST_WEB_FILES), strict=False)]
    folders = sorted(str(path.relative_to(ROOT)) for path in WEB.glob(f"*/{module}") if path.is_dir())
    yield from (f"    {folder}/" for folder in folders)
    yield from found


def _web_files() -> Iterator[Path]:
    for folder in sorted(path for path in WEB.glob("*") if path.is_dir() and path.name not in {"node_modules", "dist"}):
        yield from sorted(
            path for path in folder.rglob("*") if path.suffix in {".ts", ".vue"} and "node_modules" not in path.parts
        )


def _named(identifier: str) -> re.Pattern[str]:
    """usual_resident, UsualResident, USUAL_RESIDENT and usualResident are one name."""
    return re.compile(r"_?".join(map(re.escape, identifier.split("_"))), re.IGNORECASE)


def _in_the_code(asked: str) -> Iterator[str]:
    """No glossary row: where is something of that name defined, or its Chinese written?"""
    wanted = re.compile(r"_?".join(map(re.escape, re.split(r"[ _]+", asked))), re.IGNORECASE)
    for file in sorted(SOURCE.rglob("*.py")):
        if {"migrations", "tests"} & set(file.parts):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if wanted.search(line) and (not asked.isascii() or re.match(r"\s*(class|def|[A-Z_]+\b.*=)", line)):
                yield f"  {file.relative_to(ROOT)}:{number}: {line.strip()[:90]}"
