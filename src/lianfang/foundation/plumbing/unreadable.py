"""What a decoder says of bytes it cannot read, as a person can read it: which field, and what it should have been.

The decoders speak English and of paths; a sentence with that in its middle is clear to nobody who works with it.
Whatever is not known here stays as the decoder said it.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple


class _Saying(NamedTuple):
    """What a decoder says, and under which code the same stands in the locale files."""

    pattern: re.Pattern[str]
    code: str


_SAYINGS = tuple(
    _Saying(re.compile(pattern), f"unreadable.{name}")
    for pattern, name in (
        (r"Input data was truncated|connection closed", "cut_short"),
        (r"JSON is malformed: .* \(byte (?P<byte>\d+)\)", "malformed"),
        (r"Object missing required field `(?P<field>[^`]+)`", "missing"),
        (r"Object contains unknown field `(?P<field>[^`]+)`", "unknown_field"),
        (r"Expected `(?P<wanted>\w+)(?: \| null)?`, got `(?P<got>\w+)`", "other_type"),
        (r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>\w+)`", "other_types"),
        (r"Expected `\w+` of length >= 1", "empty"),
        (r"Expected `\w+` of length >= (?P<least>\d+)", "too_short"),
        (r"Expected `\w+` of length <= (?P<most>\d+)", "too_long"),
        (r"Expected `\w+` >= (?P<least>\S+)", "too_small"),
        (r"Expected `\w+` <= (?P<most>\S+)", "too_big"),
        (r"Expected `str` matching regex .*", "spelling"),
        (r"Expected `datetime` with a timezone component", "no_zone"),
        (r"Invalid UUID", "no_id"),
        (r"Invalid RFC3339 encoded (?:datetime|time)|Invalid epoch timestamp", "no_time"),
        (r"Invalid RFC3339 encoded date", "no_day"),
        (r"Invalid enum value (?P<value>\S+)", "no_choice"),
        (r"Number out of range|Integer value out of range", "out_of_range"),
        (r"maximum recursion depth exceeded.*", "too_deep"),
        (r"Invalid UTF-8.*|.*codec can't decode.*", "no_utf8"),
        (r".*surrogate.*|Invalid character escape.*", "no_character"),
        (r"\\u0000", "nul"),
        (r"Cannot parse request body with content type '', .*", "nothing"),
        (r"Cannot parse request body with content type '(?P<got>[^']*)', expected=\['(?P<wanted>[^']*)'\]", "media"),
        (r"Cannot serialize response body .*supported=\['(?P<wanted>[^']*)'\]", "no_such_answer"),
        (r"Method '(?P<method>\w+)' is not allowed.*", "no_such_method"),
        (r"Invalid boundary in multipart.*|Invalid multipart.*|Invalid base64.*|Invalid content length.*", "multipart"),
        (r"The number of .* exceeded settings\.\w+\.", "too_many"),
    )
)
# What the layers above call the parts of a request; its sender knows them by no such name.
_OUR_PARTS = re.compile(r"^\$(\.parsed_(body|query|path|file_metadata)\b)?\.?|\[\.\.\.\]")
_PLACED = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)


def spoken(where: str, words: Mapping[str, str]) -> str:
    """The same in the words of a language (code → sentence)."""
    placed = _PLACED.match(where)
    what, path = (placed["what"], placed["path"] or "") if placed else (where, "")
    for pattern, code in _SAYINGS:
        if found := pattern.fullmatch(what):
            return _at(_OUR_PARTS.sub("", path), words) + _filled(words.get(code, what), found, words)
    return where


def _at(path: str, words: Mapping[str, str]) -> str:
    return words.get("unreadable.at", "{path}: ").format(path=path) if path else ""


def _filled(sentence: str, found: re.Match[str], words: Mapping[str, str]) -> str:
    """Names of types in the reader's words; all else as it was said."""
    values = found.groupdict()
    for name in {"wanted", "got"} & values.keys():
        values[name] = words.get(f"unreadable.type_{values[name]}", values[name])
    return sentence.format(**values)
