"""How far a command has come 进度: one line on a terminal, written over; nothing where nobody looks."""

import sys
from time import monotonic
from typing import TextIO

_AT_MOST_EVERY = 0.2


class Bar:
    """A context: `say(done, total)` while it works; the line is cleared when it is left."""

    def __init__(self, what: str, out: TextIO | None = None) -> None:
        self._what = what
        self._out = out or sys.stderr
        self._seen = self._out.isatty()
        self._next = 0.0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._seen:
            self._out.write("\r\033[K")
            self._out.flush()

    def say(self, done: int, total: int) -> None:
        """See the class docstring."""
        if self._seen and (done >= total or monotonic() >= self._next):
            self._next = monotonic() + _AT_MOST_EVERY
            self._out.write(f"\r\033[K{self._what} {done * 100 // max(total, 1):3} %")
            self._out.flush()
