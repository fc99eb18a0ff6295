"""What can be done about an incident: open it, renew it by two people, close it, issue a policy."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, new_id
from lianfang.foundation.kernel.keys import KeyName, incident_key, incident_of
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import Turn, destroy, installed, turn
from lianfang.foundation.plumbing import backup, clock, forgotten
from lianfang.foundation.plumbing.catalogue import LANGUAGES
from lianfang.foundation.plumbing.database import overwrite_deleted
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.posture import paper, queries, records, rules
from lianfang.ground.posture.terms import Certificate, ForgettingProposal, Incident, Proposal, Words


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
) -> Incident:
    """Open an incident, make its data key, and put the pack's policies in force until it ends."""
    chosen = queries.packs().get(pack)
    if chosen is None:
        raise Problem("posture.pack_unknown", name=pack)
    starts_at = max(starts_at or at, at)
    rules.check_opening(basis=queries.legal_bases().get(basis), starts_at=starts_at, ends_at=ends_at, at=at)
    id = IncidentId(new_id())
    with turn(by=by, at=at) as ledger:
        keyring.ensure(incident_key(id), at=at)
        body = records.IncidentOpened(id, name, area, basis, issuer, chosen, starts_at, ends_at, drill)
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


def propose_renewal(*, incident: IncidentId, ends_at: datetime, reason: str, by: Actor, at: datetime) -> Proposal:
    """The first signature: say until when, and why. Nothing changes before a second person agrees."""
    if not reason.strip():
        raise Problem("posture.reason_missing")
    id = new_id()
    with turn(by=by, at=at) as ledger:
        rules.check_proposal(incident=queries.incident(id=incident), ends_at=ends_at, at=at)
        ledger.append(records.RENEWAL_PROPOSED.name, records.RenewalProposed(incident, id, ends_at, reason.strip()))
    return queries.proposal(id=id)


def renew_incident(*, proposal: UUID, by: Actor, at: datetime) -> Incident:
    """The second signature: another person agrees, and the end moves."""
    with turn(by=by, at=at) as ledger:
        proposed = queries.proposal(id=proposal)
        running = queries.incident(id=proposed.incident)
        rules.check_renewal(incident=running, proposal=proposed, by=by.account, at=at)
        if proposed.proposed_by is None:
            raise Problem("posture.second_person_needed", status=409)
        body = records.IncidentRenewed(proposed.incident, proposal, proposed.ends_at, proposed.proposed_by)
        ledger.append(records.INCIDENT_RENEWED.name, body)
    return queries.incident(id=proposed.incident)


def close_incident(*, incident: IncidentId, reason: str, by: Actor, at: datetime) -> Incident:
    """End an emergency before its time. One person suffices; opening it again is a new incident."""
    if not reason.strip():
        raise Problem("posture.reason_missing")
    with turn(by=by, at=at) as ledger:
        rules.check_closing(incident=queries.incident(id=incident), at=at)
        ledger.append(records.INCIDENT_CLOSED.name, records.IncidentClosed(incident, reason.strip()))
    return queries.incident(id=incident)


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


def _forget(ledger: Turn, incident: Incident, decided: Decided, *, again: bool = False) -> None:
    gone = destroy(ledger, incident_key(incident.id), area=incident.area)
    body = records.IncidentForgotten(
        incident=incident.id,
        **msgspec.structs.asdict(decided),
        entries=gone.entries,
        waiting=gone.waiting,
        counts=gone.totals,
        again=again,
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
        _forget(ledger, incident, Decided(proof.proposal, proof.reason, *two), again=True)
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
