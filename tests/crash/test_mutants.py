"""A promise without a mutant is not tested: builds that were broken on purpose are each noticed by a named test.

The patches, and how one is added or mended: tests/mutants/README.md.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mutants.sabotage import FAILED, PASSED, Copy, Mutant, mutants

AT_ONCE = 3
ALL = mutants()


def whose_turn() -> list[Mutant]:
    """Three of them, other ones each time; all with `--full`."""
    if os.environ.get("LIANFANG_PROOF") == "full":
        return ALL
    turn = int(os.environ.get("LIANFANG_PROOF_TURN") or datetime.now(UTC).toordinal())
    return [ALL[(turn * AT_ONCE + n) % len(ALL)] for n in range(AT_ONCE)]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    copy = Copy(tmp_path_factory.mktemp("sabotaged"))
    yield copy
    copy.throw_away()


@pytest.mark.parametrize("mutant", whose_turn(), ids=lambda mutant: mutant.name)
def test_a_sabotaged_build_is_noticed(copy: Copy, mutant: Mutant, proof: Callable[..., None]) -> None:
    code, said = copy.outcome(mutant)
    assert code == PASSED, f"{mutant.caught_by} fails without any sabotage:\n{said}"
    copy.apply(mutant)
    try:
        code, said = copy.outcome(mutant)
    finally:
        copy.apply(mutant, undo=True)
    proof(mutant.promise, f"mutant: {mutant.sabotage}", size=1, noticed=code == FAILED)
    assert code == FAILED, f"{mutant.caught_by} did not notice ({code}):\n{said}"


def test_every_patch_still_fits(copy: Copy) -> None:
    fitting = [mutant for mutant in ALL if copy.apply(mutant) is None and copy.apply(mutant, undo=True) is None]
    assert fitting == ALL


def test_every_patch_names_a_test_that_is_there(repository: Path) -> None:
    for mutant in ALL:
        file, _, name = mutant.caught_by.partition(" > " if mutant.is_front_end else "::")
        assert name.split("::")[-1].split("[")[0] in (repository / file).read_text("utf-8"), mutant.name
    assert len(ALL) >= 14
