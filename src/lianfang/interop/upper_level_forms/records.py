"""What upper levels' tables write into the ledger: a blank that came in, what its cells hold, a filling that went out.
All under the register's key: they name nobody.
"""

from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.reports.terms import Audience, Basis
from lianfang.interop.upper_level_forms.terms import Mapped, Table

FORM = "upper_level_forms.form"
Name = Annotated[str, msgspec.Meta(max_length=200)]


class TakenIn(msgspec.Struct, frozen=True):
    """A blank workbook, the entry's attachment: the first one, or another layout with the cells where they are now."""

    form: UUID
    edit: int
    title: Name
    area: AreaId
    audience: Audience
    file_name: Name
    sha256: str
    size: int
    cells: tuple[Mapped, ...]
    by_name: Name


class CellsMapped(msgspec.Struct, frozen=True):
    """From now on these cells hold these measures."""

    form: UUID
    edit: int
    cells: tuple[Mapped, ...]
    by_name: Name


class TableIssued(msgspec.Struct, frozen=True):
    """A filled table goes out: the entry's attachment. What it rests on is all here, so it can be reckoned again."""

    filling: UUID
    form: UUID
    edit: int
    title: Name
    basis: Basis
    cells: tuple[Mapped, ...]
    figures: str
    versions: dict[str, dict[str, str]]
    sha256: str
    size: int
    by_name: Name


class TableFacts(msgspec.Struct, frozen=True):
    """What may be known of it for ever."""

    form: UUID
    edit: int = 0
    sha256: str = ""
    position: int = 0
    figures: str = ""


def _accept_taken_in(heard: Heard, known: Known) -> Accepted:
    body: TakenIn = heard.body
    return Accepted(body.area, REGISTER_KEY, TableFacts(body.form, body.edit, body.sha256))


def _accept_mapped(heard: Heard, known: Known) -> Accepted | Held:
    form: Table | None = known.get(Reference(FORM, heard.body.form))
    if form is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=heard.body.form)
    return Accepted(form.area, REGISTER_KEY, TableFacts(heard.body.form, heard.body.edit))


def _accept_issued(heard: Heard, known: Known) -> Accepted:
    body: TableIssued = heard.body
    facts = TableFacts(body.form, body.edit, body.sha256, body.basis.position, body.figures)
    return Accepted(body.basis.area, REGISTER_KEY, facts)


TAKEN_IN = Kind("upper_level_forms.taken_in.v1", TakenIn, TableFacts, _accept_taken_in, makes=lambda body: [body.form])
MAPPED = Kind(
    "upper_level_forms.mapped.v1",
    CellsMapped,
    TableFacts,
    _accept_mapped,
    wants=lambda body: [Reference(FORM, body.form)],
)
ISSUED = Kind("upper_level_forms.issued.v1", TableIssued, TableFacts, _accept_issued)

KINDS = (TAKEN_IN, MAPPED, ISSUED)
