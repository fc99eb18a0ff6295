"""What can be done about a report: draft it, write its free parts, stand for it by name, issue it."""

from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.actions import turn
from lianfang.ground.reports import paper, queries, records, rules
from lianfang.ground.reports.terms import (
    Audience,
    Basis,
    File,
    Format,
    Language,
    Report,
    Signature,
    State,
    SubjectKey,
    Texts,
)
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind


def draft_report(
    *,
    area: AreaId,
    day: date,
    cut_off: datetime,
    by: Actor,
    at: datetime,
    audience: Audience = Audience.DESK,
    language: Language = Language.ZH,
    reason: str = "",
) -> Report:
    """Begin a report of a day as of an instant; where one is in force already, its next version, with a reason."""
    rules.check_drafting(day=day, cut_off=cut_off, at=at)
    _named(by)
    if territory.area(area).kind in (AreaKind.BUILDING, AreaKind.ENTRANCE):
        raise Problem("reports.smaller_than_a_grid")
    id = new_id()
    with turn(by=by, at=at) as mine:
        before = queries.in_force(area=area, day=day, audience=audience, language=language)
        if before and not reason.strip():
            raise Problem("reports.reason_missing", status=409, number=before.basis.number)
        basis = Basis(
            area=area,
            path=territory.area_on(area, day).path,
            day=day,
            cut_off=cut_off,
            position=ledger.position_at(cut_off),
            audience=audience,
            language=language,
            places=queries.places(area=area, day=day, at=cut_off),
            subjects=tuple(SubjectKey(s.source, s.id) for s in queries.subjects(area=area, day=day, at=cut_off)),
            number=before.basis.number + 1 if before else 1,
            supersedes=before.id if before else None,
            reason=reason.strip() if before else "",
        )
        mine.append(records.DRAFTED.name, records.Drafted(id, basis, by.name))
    return queries.report(id=id)


def edit_report(*, report: UUID, texts: Texts, seen: int, by: Actor, at: datetime) -> Report:
    """Write the free parts. `seen`: the edit that was read before. A signature falls: it stood for other words."""
    for text in msgspec.structs.astuple(texts):
        if len(text) > rules.LONGEST_TEXT:
            raise Problem("reports.text_too_long", most=rules.LONGEST_TEXT)
    with turn(by=by, at=at) as mine:
        found = queries.report(id=report)
        rules.check_editing(found, seen=seen)
        if texts != found.texts:
            mine.append(records.EDITED.name, records.Edited(report, found.edits + 1, texts))
    return queries.report(id=report)


def sign_report(*, report: UUID, seen: int, by: Actor, at: datetime) -> Report:
    """Stand for the report as it reads after the edit that was seen, with its numbers as they come out now."""
    _named(by)
    with turn(by=by, at=at) as mine:
        found = queries.report(id=report)
        rules.check_editing(found, seen=seen)
        numbers = queries.counted(found.basis)
        figures, versions = queries.digest_of(numbers, found.basis.places), queries.versions_of(numbers)
        mine.append(records.SIGNED.name, records.Signed(report, found.edits, figures, versions, by.name))
    return queries.report(id=report)


def issue_report(*, report: UUID, by: Actor, at: datetime) -> Report:
    """It goes out and is archived: what was signed, rendered once, kept byte for byte."""
    _named(by)
    found = queries.report(id=report)
    rules.check_issuing(found, latest=_latest(found))
    if not queries.recount(found).same:
        raise Problem("reports.numbers_differ", status=409)
    made = _rendered(found, by, at)  # before the turn: nobody at a door waits for a report to be printed
    with turn(by=by, at=at) as mine:
        now = queries.report(id=report)
        rules.check_issuing(now, latest=_latest(now))
        if (now.edits, now.signed) != (found.edits, found.signed):
            raise Problem("reports.changed_meanwhile", status=409)
        files = tuple(File(format, sha256(data).hexdigest(), len(data)) for format, data in made.items())
        body = records.Issued(report, files, now.figures, now.basis.supersedes, by.name)
        mine.append(records.ISSUED.name, body, attachments=list(made.values()))
    return queries.report(id=report)


def _rendered(found: Report, by: Actor, at: datetime) -> dict[Format, bytes]:
    issued = Signature(_named(by), by.name, at)
    as_issued = msgspec.structs.replace(found, issued=issued, state=State.ISSUED)
    return {format: paper.rendered(as_issued, queries.read(as_issued), format, by=by.name, at=at) for format in Format}


def _latest(found: Report) -> UUID | None:
    basis = found.basis
    latest = queries.in_force(area=basis.area, day=basis.day, audience=basis.audience, language=basis.language)
    return latest.id if latest else None


def _named(by: Actor) -> AccountId:
    """Whoever stands for something has a name."""
    if by.account is None:
        raise Problem("reports.nobody_signs", status=409)
    return by.account
