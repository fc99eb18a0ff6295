"""Is every sentence there in both languages? zh-Hans and en must have the same codes and the same placeholders."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.house import ROOT

LANGUAGES = ("zh-Hans", "en")
PLACEHOLDER = re.compile(r"\{(\w+)(?::[^{}]*)?\}")


def problems(root: Path = ROOT) -> list[str]:
    """Every gap found, one line each; none means complete."""
    return [line for folder in folders(root) for line in _problems_in(folder, root)]


def folders(root: Path = ROOT) -> list[Path]:
    """Where sentences live: each module's locale/, and the i18n/ of the screens."""
    found = {path.parent for path in (root / "src").rglob("locale/*.json")}
    found |= {path.parent for path in (root / "web").rglob("*.json") if _is_a_language_file(path)}
    return sorted(found)


def _is_a_language_file(path: Path) -> bool:
    return path.stem in LANGUAGES and "node_modules" not in path.parts


def _problems_in(folder: Path, root: Path) -> Iterator[str]:
    place = folder.relative_to(root)
    sentences: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        try:
            sentences[language] = dict(_flat(json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))))
        except FileNotFoundError:
            yield f"{place}: {language}.json is missing"
            return
        except ValueError as wrong:
            yield f"{place}/{language}.json: {wrong}"
            return
    zh, en = (sentences[language] for language in LANGUAGES)
    for code in sorted(zh.keys() ^ en.keys()):
        yield f"{place}: {code} stands only in {'zh-Hans' if code in zh else 'en'}.json"
    for code in sorted(zh.keys() & en.keys()):
        yield from (f"{place}: {code} {words}" for words in _differences(zh[code], en[code]))


def _differences(zh: str, en: str) -> Iterator[str]:
    if not zh.strip() or not en.strip():
        yield "is empty"
    if set(PLACEHOLDER.findall(zh)) != set(PLACEHOLDER.findall(en)):
        yield f"has different placeholders: {PLACEHOLDER.findall(zh)} and {PLACEHOLDER.findall(en)}"


def _flat(node: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested keys as dotted codes; a module's own file is flat already."""
    if isinstance(node, str):
        yield prefix, node
        return
    if not isinstance(node, dict):
        raise ValueError(f"{prefix or 'the file'} is neither a sentence nor a group of them")
    for key, value in node.items():
        yield from _flat(value, f"{prefix}.{key}" if prefix else key)
