"""Recovery shares of the master key 恢复份额: any two of three bring it back, one alone tells nothing (SLIP-0039).

Whoever keeps a share keeps a sheet of paper. Without the key file and without two shares the sealed part of the
district's data is lost for ever, and that is what makes it safe.
"""

from collections.abc import Sequence
from pathlib import Path

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import sealing

NEEDED, MADE = 2, 3


def shares_of(secret: bytes) -> list[str]:
    """Three lists of words, new ones each time; they are printed once and kept nowhere."""
    (group,) = generate_mnemonics(1, [(NEEDED, MADE)], secret)
    return list(group)


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
