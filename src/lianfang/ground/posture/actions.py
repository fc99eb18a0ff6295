"""What can be done about an incident: open, renew and close it by two people, write its end down, issue a policy."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, new_id
from lianfang.foundation.kernel.keys import KeyName, incident_key, incident_of
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import Turn, destroy, installed, turn
from lianfang.foundation.plumbing import backup, clock, forgotten
from lianfang.foundation.plumbing.catalogue import LANGUAGES
from lianfang.foundation.plumbing.database import overwrite_deleted
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.posture import difference, paper, queries, records, rules
from lianfang.ground.posture.terms import (
    Certificate,
    Closing,
    ForgettingProposal,
    Incident,
    IncidentDraft,
    Opening,
    Proposal,
    Step,
    Words,
)


def open_incident(
    *,
    name: str,
    area: AreaId,
    basis: str,
    pack: str,
    issuer: str,
    ends_at: datetime,
    by: Actor,
    at: datetime,
    starts_at: datetime | None = None,
    drill: bool = False,
    proposed: Opening | None = None,
) -> Incident:
    """Open an incident, make its data key, and put the pack's policies in force until it ends.

    At a desk two people do it: `propose_opening`, then `confirm_opening`.
    """
    chosen = queries.packs().get(pack)
    if chosen is None:
        raise Problem("posture.pack_unknown", name=pack)
    _check(IncidentDraft(name, area, basis, pack, issuer, ends_at, starts_at, drill), at=at)
    starts_at = max(starts_at or at, at)
    id = IncidentId(new_id())
    with turn(by=by, at=at) as ledger:
        keyring.ensure(incident_key(id), at=at)
        body = records.IncidentOpened(
            *(id, name, area, basis, issuer, chosen, starts_at, ends_at, drill),
            *((proposed.id, proposed.proposed_by) if proposed else ()),
        )
        ledger.append(records.INCIDENT_OPENED.name, body)
        for draft in chosen.policies:
            issue_policy(
                code=draft.code,
                title=draft.title,
                rows=draft.rows,
                issuer=issuer,
                basis=basis,
                area=area,
                starts_at=starts_at,
                incident=id,
                by=by,
                at=at,
            )
    return queries.incident(id=id)


def _check(wanted: IncidentDraft, *, at: datetime) -> None:
    pack = queries.packs().get(wanted.pack)
    starts_at = wanted.starts_at or at
    rules.check_opening(
        basis=queries.legal_bases().get(wanted.basis),
        starts_at=starts_at,
        ends_at=wanted.ends_at,
        longest=queries.longest(on=local_day(starts_at), basis=wanted.basis, pack=pack),
        at=at,
    )


def propose_opening(*, wanted: IncidentDraft, by: Actor, at: datetime, reason: str = "") -> Opening:
    """The first signature, under what it would change. Nothing begins before a second person agrees."""
    if by.account is None:
        raise Problem("posture.second_person_needed", status=409)
    shown = queries.difference_of_opening(wanted=wanted, at=at)
    _check(wanted, at=at)
    id = new_id()
    with turn(by=by, at=at) as ledger:
        ledger.append(records.OPENING_PROPOSED.name, records.OpeningProposed(id, wanted, reason.strip(), shown.lines))
    return queries.opening(id=id)


def confirm_opening(*, opening: UUID, seen: str | None, by: Actor, at: datetime) -> Incident:
    """The second signature: another person, who has seen what it changes as things stand now. Then it begins."""
    with turn(by=by, at=at):
        proposed = queries.opening(id=opening)
        rules.check_second_opener(opening=proposed, span=queries.span(on=local_day(at)), by=by.account, at=at)
        difference.check_seen(queries.difference_of_opening(wanted=proposed.wanted, at=at), seen=seen)
        wanted = msgspec.structs.asdict(proposed.wanted)
        if proposed.wanted.starts_at is not None:  # meant to begin before it was signed: it begins now
            wanted["starts_at"] = max(proposed.wanted.starts_at, at)
        return open_incident(**wanted, by=by, at=at, proposed=proposed)


def withdraw_opening(*, opening: UUID, by: Actor, at: datetime) -> None:
    """Whoever proposed it takes it back."""
    with turn(by=by, at=at) as ledger:
        proposed = queries.opening(id=opening)
        if not rules.opening_waits(proposed, span=queries.span(on=local_day(at)), at=at):
            raise Problem("posture.opening_lapsed", status=409, name=proposed.wanted.name)
        rules.check_withdrawal(proposed_by=proposed.proposed_by, by=by.account)
        ledger.append(records.PROPOSAL_WITHDRAWN.name, records.ProposalWithdrawn(opening, proposed.wanted.area))


def propose_renewal(*, incident: IncidentId, ends_at: datetime, reason: str, by: Actor, at: datetime) -> Proposal:
    """The first signature: say until when, and why. Nothing changes before a second person agrees."""
    if not reason.strip():
        raise Problem("posture.reason_missing")
    id = new_id()
    with turn(by=by, at=at) as ledger:
        running = queries.incident(id=incident)
        rules.check_proposal(incident=running, ends_at=ends_at, longest=_longest(running, at), at=at)
        shown = queries.difference_of(incident=running, step=Step.RENEWING, at=at, ends_at=ends_at).lines
        body = records.RenewalProposed(incident, id, ends_at, reason.strip(), shown)
        ledger.append(records.RENEWAL_PROPOSED.name, body)
    return queries.proposal(id=id)


def _longest(incident: Incident, at: datetime) -> timedelta:
    return queries.longest(on=local_day(at), basis=incident.basis, pack=incident.pack)


def renew_incident(*, proposal: UUID, seen: str | None, by: Actor, at: datetime) -> Incident:
    """The second signature: another person agrees to what they see, and the end moves."""
    with turn(by=by, at=at) as ledger:
        proposed = queries.proposal(id=proposal)
        running = queries.incident(id=proposed.incident)
        longest = _longest(running, at)
        rules.check_renewal(incident=running, proposal=proposed, longest=longest, by=by.account, at=at)
        if proposed.proposed_by is None:
            raise Problem("posture.second_person_needed", status=409)
        now = queries.difference_of(incident=running, step=Step.RENEWING, at=at, ends_at=proposed.ends_at)
        difference.check_seen(now, seen=seen)
        body = records.IncidentRenewed(proposed.incident, proposal, proposed.ends_at, proposed.proposed_by)
        ledger.append(records.INCIDENT_RENEWED.name, body)
    return queries.incident(id=proposed.incident)


def propose_closing(*, incident: IncidentId, reason: str, by: Actor, at: datetime) -> Closing:
    """The first signature under an end before its time."""
    if not reason.strip():
        raise Problem("posture.reason_missing")
    if by.account is None:
        raise Problem("posture.second_person_needed", status=409)
    id = new_id()
    with turn(by=by, at=at) as ledger:
        running = queries.incident(id=incident)
        rules.check_closing(incident=running, at=at)
        shown = queries.difference_of(incident=running, step=Step.CLOSING, at=at).lines
        ledger.append(records.CLOSING_PROPOSED.name, records.ClosingProposed(incident, id, reason.strip(), shown))
    return queries.closing(id=id)


def confirm_closing(*, closing: UUID, seen: str | None, by: Actor, at: datetime) -> Incident:
    """The second signature: it ends now."""
    with turn(by=by, at=at):
        proposed = queries.closing(id=closing)
        running = queries.incident(id=proposed.incident)
        rules.check_second_closer(incident=running, closing=proposed, by=by.account, at=at)
        difference.check_seen(queries.difference_of(incident=running, step=Step.CLOSING, at=at), seen=seen)
        return close_incident(incident=running.id, reason=proposed.reason, by=by, at=at, proposed=proposed)


def close_incident(
    *, incident: IncidentId, reason: str, by: Actor, at: datetime, proposed: Closing | None = None
) -> Incident:
    """End an emergency before its time; opening it again is a new incident. At a desk two people do it."""
    if not reason.strip():
        raise Problem("posture.reason_missing")
    with turn(by=by, at=at) as ledger:
        rules.check_closing(incident=queries.incident(id=incident), at=at)
        first = (proposed.id, proposed.proposed_by) if proposed else ()
        ledger.append(records.INCIDENT_CLOSED.name, records.IncidentClosed(incident, reason.strip(), *first))
    return queries.incident(id=incident)


def withdraw(*, proposal: UUID, by: Actor, at: datetime) -> Incident:
    """Whoever proposed to renew an incident, or to close it, takes it back."""
    with turn(by=by, at=at) as ledger:
        proposed = queries.waiting(id=proposal)
        rules.check_withdrawal(proposed_by=proposed.proposed_by, by=by.account)
        incident = queries.incident(id=proposed.incident)
        body = records.ProposalWithdrawn(proposal, incident.area, incident.id)
        ledger.append(records.PROPOSAL_WITHDRAWN.name, body)
    return incident


def write_ends(*, at: datetime) -> int:
    """Write down every end that has come, and so stop what ran under it. Harmless when repeated; answers how many."""
    due = rules.to_end(queries.incidents(), at=at)
    for one in due:
        with turn(by=THE_HOUSE, at=at) as ledger:
            incident = queries.incident(id=one.id)
            if rules.to_end([incident], at=at):
                ledger.append(records.INCIDENT_ENDED.name, records.IncidentEnded(incident.id, incident.over_at))
    return len(due)


def wipe_drills(*, at: datetime) -> list[Certificate]:
    """What an exercise collected goes at its end, as the two who opened it had decided."""
    found = [i for i in queries.incidents() if i.drill and i.forgotten_at is None and i.due_at <= at]
    return [proof for incident in found if (proof := _wipe(incident, at))]


def _wipe(incident: Incident, at: datetime) -> Certificate | None:
    opened = queries.opened_by_two(incident=incident.id)
    if opened is None or opened.confirmed_by is None:
        return None  # opened before two were asked for: two people forget it, as anything else
    with turn(by=THE_HOUSE, at=at) as ledger:
        if queries.incident(id=incident.id).forgotten_at is not None:
            return None
        two = (opened.proposed_by, opened.proposed_at, opened.confirmed_by, at)
        _forget(ledger, incident, Decided(opened.id, _DRILL_IS_OVER, *two), by_itself=True)
    return after_forgetting(incident=incident.id)


_DRILL_IS_OVER = "演练结束,资料清除 · The drill is over"


def propose_forgetting(*, incident: IncidentId, reason: str, by: Actor, at: datetime) -> ForgettingProposal:
    """The first signature: nothing goes before a second person agrees."""
    if not reason.strip():
        raise Problem("posture.reason_missing")
    if by.account is None:
        raise Problem("posture.second_forgetter_needed", status=409)
    id = new_id()
    with turn(by=by, at=at) as ledger:
        rules.check_forgetting(incident=queries.incident(id=incident), at=at)
        ledger.append(records.FORGETTING_PROPOSED.name, records.ForgettingProposed(incident, id, reason.strip()))
    return queries.forgetting_proposal(id=id)


def forget_incident(*, proposal: UUID, by: Actor, at: datetime) -> Certificate:
    """The second signature, and with it the forgetting: counts are kept, then the key is destroyed, for ever."""
    with turn(by=by, at=at) as ledger:
        proposed = queries.forgetting_proposal(id=proposal)
        incident = queries.incident(id=proposed.incident)
        rules.check_second_forgetter(incident=incident, proposal=proposed, by=by.account, at=at)
        assert by.account is not None  # the rule has just said so
        first = (proposed.reason, proposed.proposed_by, proposed.proposed_at)
        _forget(ledger, incident, Decided(proposal, *first, by.account, at))
    return after_forgetting(incident=incident.id)


class Decided(msgspec.Struct, frozen=True):
    """Who decided on a forgetting, when and why."""

    proposal: UUID
    reason: str
    proposed_by: AccountId
    proposed_at: datetime
    confirmed_by: AccountId
    confirmed_at: datetime


def _forget(
    ledger: Turn, incident: Incident, decided: Decided, *, again: bool = False, by_itself: bool = False
) -> None:
    gone = destroy(ledger, incident_key(incident.id), area=incident.area)
    body = records.IncidentForgotten(
        incident=incident.id,
        **msgspec.structs.asdict(decided),
        entries=gone.entries,
        waiting=gone.waiting,
        counts=gone.totals,
        again=again,
        by_itself=by_itself,
    )
    ledger.append(records.INCIDENT_FORGOTTEN.name, body)


def after_forgetting(*, incident: IncidentId) -> Certificate:
    """What follows the commit: certificates beside copies and master key, the key out of every copy in reach, nothing
    left in the database's own files. Again is harmless, and done every night.
    """
    found = queries.certificate(incident=queries.incident(id=incident))
    backup.forget_key(found.key)
    papers = {f"{incident}.{lang}.pdf": paper.certificate(found, lang=lang) for lang in LANGUAGES}
    forgotten.note(str(incident), msgspec.json.format(msgspec.json.encode(found)), papers)
    _overwrite()
    return found


def forget_again(one: forgotten.Forgotten) -> bool:
    """An older copy was restored: forget what was forgotten since. The house acts on what two people decided."""
    if incident_of(KeyName(one.key)) is None:
        return False
    proof = msgspec.json.decode(one.certificate, type=Certificate)
    at = clock.now()
    incident = next((found for found in queries.incidents() if found.id == proof.incident), None)
    if incident is None or incident.forgotten_at is not None:
        return False
    two = (proof.proposed_by.account, proof.proposed_at, proof.confirmed_by.account, proof.confirmed_at)
    with turn(by=THE_HOUSE, at=at) as ledger:
        _forget(ledger, incident, Decided(proof.proposal, proof.reason, *two), again=True, by_itself=proof.by_itself)
    backup.forget_key(one.key)
    _overwrite()
    return True


def _overwrite() -> bool:
    """Rows went from, or were emptied in, the keyring, what waited, and whatever folds a forgetting."""
    folding = installed().folded_by[records.INCIDENT_FORGOTTEN.name]
    dropped = [table for projection in folding if projection.name != "posture" for table in projection.tables]
    return overwrite_deleted(["plumbing_datakey", "ledger_heldrecord", "ledger_refused", *dropped])


REPLAYS = (forget_again,)


def issue_policy(
    *,
    code: str,
    title: Words,
    rows: tuple[dict[str, Any], ...],
    issuer: str,
    basis: str,
    area: AreaId,
    starts_at: datetime,
    by: Actor,
    at: datetime,
    ends_at: datetime | None = None,
    incident: IncidentId | None = None,
) -> UUID:
    """Put a decision table in force on an area, as its next version there. The one before stays on record."""
    rules.check_policy(basis=queries.legal_bases().get(basis), starts_at=starts_at, ends_at=ends_at)
    id = new_id()
    with turn(by=by, at=at) as ledger:
        version = rules.next_version(code=code, issued=queries.policy_versions(area=area))
        body = records.PolicyIssued(
            policy=id,
            code=code,
            version=version,
            title=title,
            issuer=issuer,
            basis=basis,
            area=area,
            starts_at=starts_at,
            ends_at=ends_at,
            incident=incident,
            rows=rows,
        )
        ledger.append(records.POLICY_ISSUED.name, body)
    return id
