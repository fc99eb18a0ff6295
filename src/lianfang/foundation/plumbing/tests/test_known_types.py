"""A type that two threads meet first at the same time used to end the process; so one thread meets them all before."""

import gc
import subprocess
import sys

import msgspec

from lianfang.foundation.plumbing.known_types import know_types

FOUR_THREADS_MEET_NEW_TYPES = """
import sys, threading
import msgspec
from lianfang.foundation.plumbing.known_types import know_types

sys.setswitchinterval(1e-6)
numbers = [(f"n{n}", int | None, None) for n in range(20)]
body = msgspec.json.encode({f"p{n}": {f"n{m}": m for m in range(20)} for n in range(20)})


def a_new_type():
    parts = [msgspec.defstruct(f"Part{n}", numbers) for n in range(20)]
    return msgspec.defstruct("Whole", [(f"p{n}", part | None, None) for n, part in enumerate(parts)])


def read(type, together):
    together.wait()
    msgspec.json.decode(body, type=type)


for _ in range(60):
    type, together = a_new_type(), threading.Barrier(4)
    BEFORE
    threads = [threading.Thread(target=read, args=(type, together)) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""


class Nested(msgspec.Struct):
    count: int


class Body(msgspec.Struct):
    nested: list[Nested]


def test_every_struct_is_known_afterwards() -> None:
    assert know_types() > 2
    assert known(Body)
    assert known(Nested)


def test_a_struct_nobody_met_is_not_known() -> None:
    """Else the test above could not fail."""
    assert not known(msgspec.defstruct("Stranger", [("count", int)]))


def test_four_threads_read_types_that_are_known() -> None:
    assert exit_code("know_types()") == 0


def test_four_threads_that_meet_a_new_type_together_die() -> None:
    """The reason for all this. Should they live one day, msgspec has mended it, and known_types can go."""
    assert exit_code("pass") != 0


def known(struct: type[msgspec.Struct]) -> bool:
    return any(type(each).__name__ == "StructInfo" for each in gc.get_referents(struct))


def exit_code(before: str) -> int:
    code = FOUR_THREADS_MEET_NEW_TYPES.replace("BEFORE", before)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120).returncode
