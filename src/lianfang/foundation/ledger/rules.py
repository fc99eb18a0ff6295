"""How sendings are compared and entries are chained. Pure: same inputs, same bytes, for ever."""

import hashlib
from collections.abc import Iterable
from itertools import chain
from typing import Any

import msgspec


def said(raw: bytes) -> bytes:
    """What a record says, whatever its white space and order of keys: two sendings that say the same compare equal."""
    return msgspec.json.encode(msgspec.json.decode(raw), order="sorted")


def entry_digest(fields: tuple[Any, ...], *, sealed: bytes, attachments: Iterable[bytes] = ()) -> bytes:
    """The digest of an entry: over its open fields and the hash of its ciphertext, never over plaintext.

    So it can still be checked after the key is gone, and can never be used to guess what was sealed.
    """
    # One after the other: a large roster's attachments are made while they are hashed, and together fill the memory.
    pieces = [hashlib.sha256(piece).digest() for piece in chain((sealed,), attachments)]
    return hashlib.sha256(msgspec.msgpack.encode((fields, pieces))).digest()


def chained(previous: bytes, digests: Iterable[bytes]) -> bytes:
    """The digest of a commit: over the commit before it and the digests of its entries in order."""
    h = hashlib.sha256(previous)
    for digest in digests:
        h.update(digest)
    return h.digest()


FIRST_DIGEST = b"\0" * 32
