"""What can be done about an incident: open it, renew it by two people, close it, issue a policy."""

from datetime import datetime
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, IncidentId, new_id
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.actions import turn
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.posture import queries, records, rules
from lianfang.ground.posture.terms import Incident, Proposal, Words


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
