"""By which letters a resident is found: 单雄信 is shanxiongxin and sxx. pypinyin, and a table of surnames read
otherwise.

A character is looked up once and remembered: 135,005 names are written with some hundreds of characters, and asking
the library for each name took 75 µs.
"""

import os
from functools import lru_cache

# One character at a time needs none of the library's phrases, which take half a second of every start.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import lazy_pinyin

from lianfang.ground.registry.rules import name_key

# Read otherwise as a surname than anywhere else. The library alone says dan, chou, ceng, jie, cha, qu, ….
_SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "员": "yun", "贠": "yun", "种": "chong", "召": "shao", "乜": "nie", "秘": "bi", "洗": "xian", "翟": "zhai",
    "缪": "miao", "牟": "mu", "隗": "wei", "黑": "he", "折": "she", "祭": "zhai", "句": "gou", "覃": "qin",
    "乐": "yue", "重": "chong", "能": "nai", "薄": "bo", "都": "du",
}  # fmt: skip
_DOUBLE_SURNAMES = {"尉迟": ("yu", "chi"), "单于": ("chan", "yu"), "万俟": ("mo", "qi"), "澹台": ("tan", "tai")}
_ANYWHERE = {"卜": "bu"}  # 阿卜杜拉


@lru_cache(maxsize=32_768)
def _sound(sign: str) -> str:
    """How a character is read inside a name; letters as themselves, ü as v, and what nobody can read as nothing."""
    said = _ANYWHERE.get(sign) or "".join(lazy_pinyin(sign, errors="ignore"))
    return said or (sign if sign.isascii() and sign.isalnum() else "")


def sounds(name: str) -> list[str]:
    """A name syllable by syllable, its surname read as a surname."""
    if name.isascii():
        return [word for word in map(name_key, name.split()) if word]
    key = name_key(name)
    if not key:
        return []
    first = _DOUBLE_SURNAMES.get(key[:2])
    if first:
        return [*first, *map(_sound, key[2:])]
    return [_SURNAMES.get(key[0]) or _sound(key[0]), *map(_sound, key[1:])]


def letters(name: str) -> tuple[str, str]:
    """(pinyin, initials) of a name: 尉迟恭 → yuchigong, ycg."""
    said = sounds(name)
    return "".join(said)[:120], "".join([sound[:1] for sound in said])[:40]
