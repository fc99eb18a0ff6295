"""What reports write into the ledger: drafted, edited, signed, issued. All under the register's key: they name nobody
and outlive every incident they tell of.
"""

from typing import Annotated
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.reports.terms import Basis, File, Report, Texts

REPORT = "reports.report"
Name = Annotated[str, msgspec.Meta(max_length=200)]


class Drafted(msgspec.Struct, frozen=True):
    """A report begins: as of which position, of which areas and subjects."""

    report: UUID
    basis: Basis
    by_name: Name


class Edited(msgspec.Struct, frozen=True):
    """Its free parts read so from now on. `edit` counts: an edit of what was changed meanwhile is refused before."""

    report: UUID
    edit: int
    texts: Texts


class Signed(msgspec.Struct, frozen=True):
    """Somebody stands for it as it reads after `edit`, with these figures, made by these declarations."""

    report: UUID
    edit: int
    figures: str
    versions: dict[str, dict[str, str]]
    by_name: Name


class Issued(msgspec.Struct, frozen=True):
    """It goes out. The rendered files are the entry's attachments, in this order."""

    report: UUID
    files: tuple[File, ...]
    figures: str
    supersedes: UUID | None
    by_name: Name


class ReportFacts(msgspec.Struct, frozen=True):
    """What may be known of it for ever."""

    report: UUID
    edit: int = 0
    position: int = 0
    figures: str = ""
    files: tuple[str, ...] = ()
    supersedes: UUID | None = None


def _accept_drafted(heard: Heard, known: Known) -> Accepted:
    body: Drafted = heard.body
    facts = ReportFacts(body.report, position=body.basis.position, supersedes=body.basis.supersedes)
    return Accepted(body.basis.area, REGISTER_KEY, facts)


def _accept_edited(heard: Heard, known: Known) -> Accepted | Held:
    return _of_its_area(heard, known, ReportFacts(heard.body.report, heard.body.edit))


def _accept_signed(heard: Heard, known: Known) -> Accepted | Held:
    return _of_its_area(heard, known, ReportFacts(heard.body.report, heard.body.edit, figures=heard.body.figures))


def _accept_issued(heard: Heard, known: Known) -> Accepted | Held:
    body: Issued = heard.body
    digests = tuple(file.sha256 for file in body.files)
    return _of_its_area(
        heard, known, ReportFacts(body.report, figures=body.figures, files=digests, supersedes=body.supersedes)
    )


def _of_its_area(heard: Heard, known: Known, facts: ReportFacts) -> Accepted | Held:
    report: Report | None = known.get(Reference(REPORT, facts.report))
    if report is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=facts.report)
    return Accepted(report.basis.area, REGISTER_KEY, facts)


def _wanted(body: Edited | Signed | Issued) -> list[Reference]:
    return [Reference(REPORT, body.report)]


DRAFTED = Kind("reports.drafted.v1", Drafted, ReportFacts, _accept_drafted, makes=lambda body: [body.report])
EDITED = Kind("reports.edited.v1", Edited, ReportFacts, _accept_edited, wants=_wanted)
SIGNED = Kind("reports.signed.v1", Signed, ReportFacts, _accept_signed, wants=_wanted)
ISSUED = Kind("reports.issued.v1", Issued, ReportFacts, _accept_issued, wants=_wanted)

KINDS = (DRAFTED, EDITED, SIGNED, ISSUED)
