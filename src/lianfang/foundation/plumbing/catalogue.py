"""Sentences for people 文案: each module keeps `locale/zh-Hans.json` and `locale/en.json`, flat {code: sentence with
{placeholders}}.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.unreadable import spoken

LANGUAGES = ("zh-Hans", "en")


@cache
def sentences(language: str) -> dict[str, str]:
    """All sentences of a language, from every module."""
    house = Path(__file__).parents[2]
    found: dict[str, str] = {}
    for path in sorted(house.rglob(f"locale/{language}.json")):
        found |= msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    return found


def sentence(code: str, language: str = "zh-Hans", /, **details: Any) -> str:
    """The sentence for a code; the code itself if nobody wrote one (a test keeps that from happening)."""
    words = sentences(language)
    pattern = words.get(code, code)
    if isinstance(where := details.get("where"), str):
        details["where"] = spoken(where, words)
    if isinstance(permission := details.get("permission"), str):
        details["permission"] = words.get(permission, permission).rstrip("。.")
    try:
        return pattern.format_map(_Shown(details))
    except (ValueError, IndexError):
        return pattern


def both(problem: Problem) -> str:
    """A problem on a terminal: in both languages."""
    return " / ".join(sentence(problem.code, language, **problem.details) for language in LANGUAGES)


class _Shown(dict[str, Any]):
    """A placeholder without a value shows as a dash, never as an error in front of a person."""

    def __missing__(self, key: str) -> str:
        return "—"


def language_of(accept_language: str) -> str:
    """`en` when English is asked for before Chinese, else zh-Hans."""
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return "zh-Hans"
