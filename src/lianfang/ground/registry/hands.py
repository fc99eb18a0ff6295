"""What a list would do to what is known of somebody: take the place of its own office's word, or only offer its own.

For the preview: what it says here of a row, folding says of it again when it is published (edits.write_edit).
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from uuid import UUID

from lianfang.ground.registry.edits import EditRow, Reading, edits_of, standing_of
from lianfang.ground.registry.oneness import line_of
from lianfang.ground.registry.reading import as_id, in_parts
from lianfang.ground.registry.register import OnRegister, search_hash
from lianfang.ground.registry.terms import SEALED_FIELDS, Field


class Says(StrEnum):
    """What becomes of a word that differs from what stands."""

    TAKEN = "taken"  # nothing stood there, or the same office's own word
    OFFERED = "offered"  # a person decides
    OFFERED_BEFORE = "offered_before"  # nobody is asked again


class Hands:
    """Looks up a chunk of people at a time."""

    def __init__(self, hand: UUID | None) -> None:
        self._hand = hand
        self._edits: dict[bytes, list[EditRow]] = {}

    def look_up(self, ids: Collection[bytes]) -> None:
        """Learn what many hands have said of these; of most of them nobody has said anything since they came in."""
        told = sorted(set(_with_a_history([UUID(bytes=id) for id in ids])))
        self._edits = {id.bytes: edits_of(Reading(), line_of(Reading(), id)[-1]) for id in told}

    def judge(self, known: OnRegister, field: str, value: str) -> Says:
        """Of one word that the register has otherwise, or not at all."""
        said = [row for row in self._edits.get(known.id, ()) if row.field == field]
        if not said:
            own = known.values.get(field) is None or known.author == self._hand
            return Says.TAKEN if own else Says.OFFERED
        if any(row.offered and row.edit.value == _as_compared(field, value) for row in said):
            return Says.OFFERED_BEFORE
        stands = standing_of(field, said).shown
        return Says.TAKEN if stands.value is None or stands.author == self._hand else Says.OFFERED


def _with_a_history(ids: list[UUID]) -> Iterable[UUID]:
    for sql in (
        "SELECT DISTINCT subject_id FROM registry_edit WHERE subject_id IN ({ids})",
        "SELECT kept_id FROM registry_merge WHERE undone IS NULL AND kept_id IN ({ids})",
        "SELECT other_id FROM registry_merge WHERE undone IS NULL AND other_id IN ({ids})",
    ):
        yield from (as_id(id) for (id,) in in_parts(sql, ids))


def _as_compared(field: str, value: str) -> str | bytes:
    return search_hash(Field(field), value) if field in SEALED_FIELDS else value
