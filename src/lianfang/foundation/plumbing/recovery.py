"""Recovery shares of the master key 恢复份额: any two of three bring it back, one alone tells nothing (SLIP-0039).

Whoever keeps a share keeps a sheet of paper. Without the key file and without two shares the sealed part of the
district's data is lost for ever, and that is what makes it safe. The first four words of a sheet say of which set it
is and which of the three; the secret's part begins after them.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import msgspec
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import sealing

NEEDED, MADE = 2, 3
OPENING = 4  # words of ten bits: set 15, way of making 5, group 4 + 4 + 4, member 4, members needed 4
_MEMBER = 0xF0


class Opening(msgspec.Struct, frozen=True):
    """What a sheet's first words say: `set`, the same on all that were made together, and which of them it is."""

    set: int
    member: int


def shares_of(secret: bytes) -> list[str]:
    """Three lists of words, new ones each time; they are printed once and kept nowhere."""
    (group,) = generate_mnemonics(1, [(NEEDED, MADE)], secret)
    return list(group)


def opening_of(words: str) -> Opening:
    """Read a sheet's first four words, and no more than four. A problem never repeats one: it names its place."""
    said = re.findall("[a-z]+", unicodedata.normalize("NFKC", words).lower())
    if len(said) != OPENING:
        raise Problem("recovery.four_words", status=422, words=OPENING)
    bits = 0
    for place, word in enumerate(said, start=1):
        if word not in WORD_INDEX_MAP:
            raise Problem("recovery.unknown_word", status=422, place=place)
        bits = bits << 10 | WORD_INDEX_MAP[word]
    return Opening(set=bits & ~_MEMBER, member=((bits & _MEMBER) >> 4) + 1)


def set_of(shares: Sequence[str]) -> int:
    """The set that these shares are; it may be known."""
    return opening_of(" ".join(shares[0].split()[:OPENING])).set


def secret_of(shares: Sequence[str]) -> bytes:
    """The secret again, from any two."""
    try:
        return bytes(combine_mnemonics([" ".join(share.lower().split()) for share in shares]))
    except (MnemonicError, ValueError):
        raise Problem("recovery.shares_do_not_fit", needed=NEEDED) from None


def write_back(shares: Sequence[str], path: Path) -> None:
    """Make the master key file anew from shares; `recovery.key_is_there` when there is one."""
    if path.exists():
        raise Problem("recovery.key_is_there", file=path.name)
    sealing.write_master_key(path, secret_of(shares))
