"""Every type a request may carry, known to the decoder before the first thread starts.

msgspec works out how to read a Struct when it first meets it, and while it does, another thread that reads the same
type finds it half made and takes the whole process down (seen with 0.22.0: four threads, a new type each time, dead
within a second). So whatever serves with threads meets all types once, alone.
"""

from collections.abc import Iterator
from contextlib import suppress

import msgspec


def know_types() -> int:
    """Meet every Struct that is imported by now; answers how many. Call it after all imports, before any thread."""
    met = 0
    for each in set(_below(msgspec.Struct)):
        with suppress(TypeError):  # one of our own that nobody could read from JSON: no decoder will ever meet it
            msgspec.json.Decoder(each)
        met += 1
    return met


def _below(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in struct.__subclasses__():
        yield each
        yield from _below(each)
