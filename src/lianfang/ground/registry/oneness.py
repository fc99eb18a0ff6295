"""Who has become one with whom. Entries go on naming the id they named; what is shown is worked out of all ids of one.

A merge is a link from one id to another and nothing more: it loses nothing, and its undoing takes the link away.
"""

from collections.abc import Iterable
from uuid import UUID

from lianfang.foundation.kernel.ids import derived_id
from lianfang.foundation.ledger.terms import Fold
from lianfang.ground.registry.reading import as_id, query

_KEPT = "SELECT kept_id FROM registry_merge WHERE other_id = %s AND undone IS NULL"
_OTHERS = "SELECT other_id FROM registry_merge WHERE kept_id = %s AND undone IS NULL ORDER BY position"
_EVER = (
    "SELECT other_id FROM registry_merge WHERE kept_id = %s"
    " UNION SELECT kept_id FROM registry_merge WHERE other_id = %s"
)


def line_of(fold: Fold, subject: UUID) -> list[UUID]:
    """An id, the one it was merged into, and so on to the one that stands on the list; mostly itself alone."""
    line = [subject]
    while row := fold.execute(_KEPT, (line[-1],)).fetchone():
        line.append(as_id(row[0]))
    return line


def kept_for(fold: Fold, subject: UUID) -> UUID:
    """The id under which somebody stands on the list."""
    return line_of(fold, subject)[-1]


def others_of(fold: Fold, subject: UUID) -> list[UUID]:
    """Every other id that stands for the same person through this one."""
    found = [as_id(id) for (id,) in fold.execute(_OTHERS, (subject,)).fetchall()]
    return [*found, *(deeper for id in found for deeper in others_of(fold, id))]


def standing_id(subject: UUID) -> UUID:
    """As `kept_for`, for who reads."""
    while rows := query(_KEPT, [subject]):
        subject = as_id(rows[0][0])
    return subject


def ids_of(subject: UUID) -> list[UUID]:
    """As `others_of`, for who reads; the id itself first."""
    return [subject, *(deeper for (id,) in query(_OTHERS, [subject]) for deeper in ids_of(as_id(id)))]


def ever_one_with(subject: UUID) -> Iterable[UUID]:
    """Every id that ever stood for the same person: what was sealed under one of them may be shown under another."""
    seen, todo = set[UUID](), [subject]
    while todo:
        id = todo.pop()
        if id not in seen:
            seen.add(id)
            todo += [as_id(other) for (other,) in query(_EVER, [id, id])]
            yield id


def pair_id(one: UUID, other: UUID) -> UUID:
    """Of two people, whichever way round."""
    low, high = sorted((one, other))
    return derived_id(low, "and", str(high))
