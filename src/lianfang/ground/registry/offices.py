"""Whose list it is 报送单位: the office counts, and not the account that happens to publish its file.

An organisation of the tree is known by its id, so it stays the same hand when it is renamed; any other office by its
name as it is compared: without blanks, full-width or half-width.
"""

import re
import unicodedata
from datetime import date
from uuid import UUID

from lianfang.foundation.kernel.ids import derived_id
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.territory import queries as territory

_OFFICES = UUID("6b1f3c52-5f0e-5d7b-9b8a-0c6a2f1d4e73")  # the ids of offices that stand in no tree are made below this
_AN_OFFICE = re.compile(r"(?!.*\d{5})[^@\n\x00]{1,40}")


def office_of(sender: str, *, on: date) -> UUID | None:
    """The hand of an office; None where nobody has said whose list it is."""
    if not sender.strip():
        return None
    named = territory.organisation_named(sender.strip(), on)
    return named or derived_id(_OFFICES, _as_compared(sender))


def refuse_a_person(sender: str) -> None:
    """An office is named here and nobody in particular: no number of anybody, no address."""
    if sender and not _AN_OFFICE.fullmatch(sender):
        raise Problem("registry.layout_sender", status=422)


def _as_compared(sender: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", sender)).lower()
